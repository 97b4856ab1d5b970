"""When a delta is safe, and when a table must be read again in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ingestion.postgres.snapshot import MAX_TRANSACTIONS, Snapshot

BEFORE = Snapshot(
    low_watermark=990, next_id=1000, counter=1000, system_id="71", timeline=1, started="noon"
)
LATER = replace(BEFORE, low_watermark=1990, next_id=2000, counter=2000)
POSITION = BEFORE.position(16400, "abc")


def test_delta_requires_a_compatible_previous_snapshot() -> None:
    assert LATER.continues(POSITION, 16400, "abc")
    assert BEFORE.continues(POSITION, 16400, "abc")


@pytest.mark.parametrize(
    "change",
    [
        {"system_id": "72"},
        {"timeline": 2},
        {"low_watermark": 900, "next_id": 999, "counter": 999},
        {"counter": 990 + MAX_TRANSACTIONS + 1},
    ],
    ids=["another cluster", "restored", "earlier than before", "too long ago"],
)
def test_another_cluster_history_is_read_in_full(change: dict[str, Any]) -> None:
    assert not replace(LATER, **change).continues(POSITION, 16400, "abc")


@pytest.mark.parametrize(("oid", "columns"), [(16401, "abc"), (16400, "abcd")])
def test_another_table_or_contract_is_read_in_full(oid: int, columns: str) -> None:
    assert not LATER.continues(POSITION, oid, columns)


def test_server_restart_is_detected() -> None:
    assert not LATER.has_restarted(POSITION)
    assert replace(LATER, started="one").has_restarted(POSITION)
    before_it_was_recorded = {k: v for k, v in POSITION.items() if k != "started"}
    assert LATER.has_restarted(before_it_was_recorded)


def test_predicate_uses_ages_relative_to_the_counter() -> None:
    assert LATER.since(990) == "(age(xmin) <= 1010 and age(xmin) >= 0)"
