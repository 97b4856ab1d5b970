"""A month of the benchmark is published once."""

from __future__ import annotations

import duckdb
import pytest

from core.errors import AffiliateError
from core.settings import Settings
from serving import benchmark
from serving.query import open_release
from serving.release import publish
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


def test_a_published_month_stays_and_a_new_one_is_added(warehouse: Settings) -> None:
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
    """The guard holds although nothing settles what was published."""
    settle = benchmark.settle
    publish(warehouse)
    change(warehouse, *LATER)
    monkeypatch.setattr(
        "serving.release.settle", lambda connection, **_: settle(connection, has_before=False)
    )
    with pytest.raises(AffiliateError, match="4 rows differ in months that were published"):
        publish(warehouse)
    assert months(warehouse) == [(1, 40), (2, 40)]


def test_a_damaged_release_is_nothing_to_go_on_from(warehouse: Settings) -> None:
    path = publish(warehouse).path / "customer_olap.duckdb"
    path.chmod(0o600)
    with duckdb.connect(path) as file:
        file.execute("UPDATE marts.benchmark SET customers = 41")
    with pytest.raises(AffiliateError, match="benchmark of the current release is damaged"):
        publish(warehouse)
