from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from core.errors import ConfigurationError
from oltp.world import WorldSpec, WorldSummary


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"affiliates": 0}, "affiliates"),
        ({"affiliates": 1_001, "customers": 100_000}, "affiliates"),
        ({"affiliates": 5, "customers": 49}, "customers"),
        ({"orders_per_customer": -0.1}, "orders per customer"),
        ({"orders_per_customer": float("nan")}, "orders per customer"),
        ({"seed": -1}, "seed"),
        ({"until": datetime(2026, 1, 1)}, "UTC"),  # noqa: DTZ001 - the one that is refused
        ({"until": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))}, "UTC"),
        ({"until": datetime(2026, 1, 1, 12, tzinfo=UTC)}, "midnight"),
    ],
)
def test_spec_out_of_range_names_the_value(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        WorldSpec(**wrong)


def test_smallest_spec_is_accepted() -> None:
    assert WorldSpec(affiliates=1, customers=10, orders_per_customer=0).customers == 10


def test_summaries_add_up() -> None:
    total = WorldSummary(rows={"a": 1}, events={"t": 2}, persons=5, seconds=1.0)
    total.add(WorldSummary(rows={"a": 2, "b": 3}, bad_events={"k": 1}, persons=6, seconds=0.5))
    assert total.rows == {"a": 3, "b": 3}
    assert (total.events, total.bad_events, total.persons) == ({"t": 2}, {"k": 1}, 6)
    assert total.rows_per_second == pytest.approx(9 / 1.5)


def test_rate_without_rows_is_zero() -> None:
    assert WorldSummary().rows_per_second == 0.0
