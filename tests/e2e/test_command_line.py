"""What a new user does, in that order."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import Home, rows


def test_demo_publishes_a_release_with_customers(home: Home) -> None:
    answer = home.json("query", "select count(*) as n from marts.customer")

    assert 0 < answer[0]["n"] < 400


def test_second_run_lands_nothing_and_gives_the_same_rows(home: Home) -> None:
    before, landed, release = rows(home), home.landed(), home.current
    manifest = json.loads((home.path / "releases" / "current" / "manifest.json").read_text())

    # even without the warehouse: it is built from the landing zone, and no id is lost
    (home.path / "warehouse" / "warehouse.duckdb").unlink()
    result = home.json("run", "--as-of", manifest["as_of"])

    assert [step["rows"] for step in result["steps"] if step["step"] == "identity__ledger"] == [0]
    assert home.landed() == landed
    assert home.current != release
    assert result["release"]["release"] == home.current
    assert rows(home) == before


@pytest.mark.nightly
def test_parts_of_a_run_give_the_same_rows(home: Home) -> None:
    before, landed = rows(home), home.landed()
    manifest = json.loads((home.path / "releases" / "current" / "manifest.json").read_text())

    home.must("ingest")
    home.must("build", "--as-of", manifest["as_of"])
    home.must("publish")

    assert home.landed() == landed
    assert rows(home) == before


def test_only_changes_of_the_new_day_are_landed(home: Home) -> None:
    home.must("evolve")
    before = home.landed()

    steps = {step["step"]: step["rows"] for step in home.json("ingest")["steps"]}

    assert len(home.landed()) > len(before)
    total = home.json("query", "select count(*) as n from marts.customer_orders")[0]["n"]
    assert 0 < steps["oltp_tables"] < total


def test_doctor_passes(home: Home) -> None:
    checks = {check["name"]: check["ok"] for check in home.json("doctor")}

    assert checks.keys() >= {"settings", "oltp", "kafka", "warehouse", "key", "disk", "versions"}
    assert all(checks.values())


def test_a_query_cannot_write(home: Home) -> None:
    done = home.run("query", "delete from marts.customer")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_every_command_has_help_with_an_example(home: Home) -> None:
    for command in ("demo", "run", "ingest", "build", "publish", "up", "query", "doctor"):
        assert "Example" in home.must(command, "--help")
