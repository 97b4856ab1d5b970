"""A month of the benchmark is published once."""

from __future__ import annotations

import duckdb
import pytest

from core.errors import AffiliateError
from core.settings import Settings
from serving import benchmark, open_release, publish
from tests.support.release_sample import change

LATER = (
    "UPDATE wh.marts.benchmark SET customers = 45",
    "INSERT INTO wh.marts.benchmark VALUES ('2025-03', '(all)', 45, 0)",
)


def months(settings: Settings, affiliate: str | None = None) -> list[tuple[int, int]]:
    """Month and customers, as published."""
    with open_release(settings, affiliate=affiliate) as file:
        rows = file.execute("SELECT sales_month[6:]::INTEGER, customers FROM benchmark").fetchall()
    return sorted(rows)


def test_published_months_stay_and_new_months_are_added(warehouse: Settings) -> None:
    publish(warehouse)
    assert months(warehouse) == [(1, 40), (2, 40)]
    change(warehouse, *LATER)
    publish(warehouse)
    expected = [(1, 40), (2, 40), (3, 45)]
    assert months(warehouse) == months(warehouse, "shop-1") == expected
    change(warehouse, "DELETE FROM wh.marts.benchmark")
    publish(warehouse)
    assert months(warehouse) == expected


def test_a_published_month_that_changes_is_refused(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check works even if published months are not copied from the previous release."""
    fill = benchmark.fill_benchmark
    publish(warehouse)
    change(warehouse, *LATER)
    monkeypatch.setattr(
        "serving.publishing.fill_benchmark",
        lambda connection, **_: fill(connection, has_previous=False),
    )
    with pytest.raises(AffiliateError, match="4 rows differ in months that were published"):
        publish(warehouse)
    assert months(warehouse) == [(1, 40), (2, 40)]


def test_a_damaged_previous_release_is_refused(warehouse: Settings) -> None:
    path = publish(warehouse).path / "customer_olap.duckdb"
    path.chmod(0o600)
    with duckdb.connect(path) as file:
        file.execute("UPDATE marts.benchmark SET customers = 41")
    with pytest.raises(AffiliateError, match="benchmark of the current release is damaged"):
        publish(warehouse)
