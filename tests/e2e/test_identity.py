"""The commands of identity: a person is explained, and what cannot be done is one line."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import Home


@pytest.fixture(scope="module")
def person(home: Home) -> str:
    """A person of several records."""
    found = home.json(
        "query", "select customer_id from marts.customer order by records_count desc, 1 limit 1"
    )
    return str(found[0]["customer_id"])


def test_page_explains_a_customer_and_values_come_with_a_warning(home: Home, person: str) -> None:
    page = home.path / "person.html"
    home.must("identity", "explain", person, "--html", str(page))
    assert page.stat().st_mode & 0o777 == 0o600
    assert "plotly" in page.read_text()

    plain = home.run("identity", "explain", person)
    clear = home.run("identity", "explain", person, "--show-values", "--json")
    assert "personal data" in clear.stderr
    assert "personal data" not in plain.stderr
    values = json.loads(clear.stdout)["values"].values()
    assert all(of["name"] not in plain.stdout for of in values if of["name"])
    assert any(of["name"] for of in values)


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "nobody"),
        ("split", "nobody", "--record", "1:1", "--reason", "x"),
        ("join", "9:1", "9:2", "--reason", "x"),
    ],
)
def test_unknown_customer_is_a_one_line_error(home: Home, command: tuple[str, ...]) -> None:
    done = home.run("identity", *command)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_missing_warehouse_is_explained(empty_home: Home) -> None:
    done = empty_home.run("identity", "explain", "1:1")
    assert done.returncode == 2
    assert "affiliate run" in done.stderr


def test_every_identity_command_has_help_with_an_example(home: Home) -> None:
    for command in ("explain", "split", "join", "decisions"):
        assert "Example" in home.must("identity", command, "--help")
