"""When batches are judged: each once, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.errors import AffiliateError
from ingestion.landing import LandingZone
from ingestion.quality import CHECKS, checks, revalidate_held, validate_batches
from ingestion.quality.evaluate import evaluate
from ingestion.quality.rules import between
from tests.support.landed_tables import (
    CUSTOMER,
    MARKER,
    NOW,
    SPECS,
    bad_rows,
    good_rows,
    land_rows,
)

PRODUCT = SPECS["sales.product"]


def test_batch_is_validated_once(zone: LandingZone, pages: Path) -> None:
    land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 3))
    land_rows(zone, PRODUCT, bad_rows(PRODUCT, 120))
    told: dict[str, int] = {}
    first = validate_batches(zone, pages, now=NOW, progress=told.__setitem__)
    assert (
        told
        == {r.dataset: r.rows_read for r in first}
        == {
            "oltp/affiliate.affiliate_customer": 3,
            "oltp/sales.product": 120,
        }
    )
    (verdicts,) = [entry.verdicts for entry in zone.entries() if entry.verdicts]
    assert [(v.entry, v.dataset, v.outcome) for v in verdicts] == [
        (1, "oltp/affiliate.affiliate_customer", "passed"),
        (2, "oltp/sales.product", "held"),
    ]
    assert validate_batches(zone, pages, now=NOW) == []
    assert len(zone.entries()) == 3


def test_pages_missing_after_a_crash_are_written_by_the_next_call(
    zone: LandingZone, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 3))
    with monkeypatch.context() as patched:
        patched.setattr("ingestion.quality.validating.publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            validate_batches(zone, pages, now=NOW)
    assert not (pages / "index.html").exists()
    assert validate_batches(zone, pages, now=NOW) == []
    assert "affiliate_customer" in (pages / "index.html").read_text()


def test_held_batches_are_revalidated_with_current_rules(
    zone: LandingZone, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = good_rows(PRODUCT, 120)
    land_rows(zone, PRODUCT, [row | {"unit_price": None} for row in rows])
    land_rows(zone, PRODUCT, [*rows, rows[0]], mode="delta")
    assert [r.outcome for r in validate_batches(zone, pages, now=NOW)] == ["held", "held"]
    monkeypatch.setattr("ingestion.quality.table_rules.declared_rules", lambda *_: ())
    assert [(r.entry, r.outcome) for r in revalidate_held(zone, pages, now=NOW)] == [
        (1, "passed"),
        (2, "held"),
    ]
    assert [v.entry for v in zone.held()] == [2]


def test_damaged_file_saves_no_result(zone: LandingZone, pages: Path) -> None:
    entry = land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 3))
    path = zone.path(entry.files[0])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(AffiliateError, match="damaged"):
        validate_batches(zone, pages, now=NOW)
    assert len(zone.entries()) == 1


def test_failed_validation_reveals_no_values(
    zone: LandingZone, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 3))

    def fail(*_: object) -> None:
        duckdb.execute(f"select '{MARKER}'::bigint")

    monkeypatch.setattr("ingestion.quality.validating.evaluate", fail)
    with pytest.raises(AffiliateError, match="ConversionException") as caught:
        validate_batches(zone, pages, now=NOW)
    assert MARKER not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert len(zone.entries()) == 1


def test_rule_that_cannot_be_evaluated_fails() -> None:
    connection = duckdb.connect()
    connection.execute(f"create view texts as select '{MARKER}' as word, 1 as number")
    rules = [between("word", 1, 2, 0.9, "no number"), between("number", 1, 2, 1.0, "a number")]
    wrong, right = evaluate(connection, "texts", "texts", rules)
    assert (wrong.evaluated, wrong.success) == (False, False)
    assert MARKER not in repr(wrong)
    assert (right.evaluated, right.success) == (True, True)


def test_checks_have_the_severity_of_the_worst_failure(zone: LandingZone, pages: Path) -> None:
    rows = good_rows(PRODUCT, 150)
    rows[0] |= {"unit_price": None}
    land_rows(zone, PRODUCT, [row | {"currency": "?", "id": 1} for row in rows])
    (found,) = validate_batches(zone, pages, now=NOW)
    told = {check.name: (check.passed, check.severity) for check in checks(found)}
    assert list(told) == list(CHECKS)
    assert {name: state for name, state in told.items() if not state[0]} == {
        "keys": (False, "error"),
        "formats": (False, "warning"),
        "values": (False, "warning"),
    }
    (keys,) = [check for check in checks(found) if check.name == "keys"]
    assert keys.failures == (
        "oltp/sales.product: id: 150 of 150 rows (100.0%) failed; expected unique values in "
        "every row (ExpectColumnValuesToBeUnique): the newest version of a row is ambiguous: "
        "the source's primary key is broken",
    )
