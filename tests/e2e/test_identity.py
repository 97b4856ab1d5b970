"""Persons' ids over the life of a platform: they stay, are explained, and stewards decide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.conftest import Home

Document = dict[str, Any]


@pytest.fixture(scope="module")
def person(home: Home) -> str:
    """A person of several records."""
    found = home.json(
        "query", "select customer_id from marts.customer order by records_count desc, 1 limit 1"
    )
    return str(found[0]["customer_id"])


def explained(home: Home, identifier: str) -> Document:
    document: Document = home.json("identity", "explain", identifier)
    return document


def records(home: Home, identifier: str) -> set[str]:
    return {record["record_id"] for record in explained(home, identifier)["records"]}


def persons(home: Home) -> list[Document]:
    listed: list[Document] = home.json("query", "select customer_id from marts.customer order by 1")
    return listed


def test_a_lost_warehouse_loses_no_id(home: Home) -> None:
    before = persons(home)
    (home.path / "warehouse" / "warehouse.duckdb").unlink()
    steps = home.json("run")["steps"]
    assert [step["rows"] for step in steps if step["step"] == "identity__ledger"] == [0]
    assert persons(home) == before


def test_a_steward_sets_a_record_apart_and_takes_it_back(home: Home, person: str) -> None:
    before = explained(home, person)
    together = {record["record_id"] for record in before["records"]}
    apart, *others = sorted(together)
    act = home.json(
        "identity", "split", person, "--record", apart, "--reason", "a brother", "--by", "me"
    )
    assert act["decision"] == "different"
    assert {record for pair in act["pairs"] for record in pair} == together

    home.must("build")
    alone, rest = explained(home, apart), explained(home, others[0])
    assert [record["record_id"] for record in alone["records"]] == [apart]
    assert {record["record_id"] for record in rest["records"]} == set(others)
    assert ("split", "steward") in {(e["event"], e["cause"]) for e in alone["events"]}
    (minted,) = {alone["customer_id"], rest["customer_id"]} - {person}

    home.must("identity", "join", apart, others[0], "--reason", "no brother after all")
    home.must("build")
    assert records(home, person) == together
    # whoever kept the id of the time between still finds the person
    found = explained(home, minted)
    assert (found["customer_id"], found["redirected"]) == (person, True)
    listed = home.json("identity", "decisions")
    assert [(d["decision"], d["decided_by"], len(d["in_force"])) for d in listed][:1] == [
        ("different", "me", 0)
    ]
    assert home.run("doctor", "--verify").returncode == 0


def test_a_page_explains_a_person_and_values_come_with_a_warning(home: Home, person: str) -> None:
    page = home.path / "person.html"
    home.must("identity", "explain", person, "--html", str(page))
    assert page.stat().st_mode & 0o777 == 0o600
    assert "<svg" in page.read_text()

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
def test_an_unknown_person_is_one_line(home: Home, command: tuple[str, ...]) -> None:
    done = home.run("identity", *command)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_a_warehouse_the_reason_is_told(empty_home: Home) -> None:
    done = empty_home.run("identity", "explain", "1:1")
    assert done.returncode == 2
    assert "affiliate run" in done.stderr


def test_every_identity_command_has_help_with_an_example(home: Home) -> None:
    for command in ("explain", "split", "join", "decisions"):
        assert "Example" in home.must("identity", command, "--help")
