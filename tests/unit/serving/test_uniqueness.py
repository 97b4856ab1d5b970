"""Customers who are unique by gender, age, country and spending are counted."""

from __future__ import annotations

from pathlib import Path

import duckdb

from serving import Uniqueness, measure_uniqueness

CUSTOMERS = """
select 'female' as gender, '25-34' as age_band, 'BR' as country, 70::decimal(18, 2) as avg_ticket
from range(25)
union all select 'female', '25-34', 'BR', 130 from range(3)
union all select 'male', null, 'BR', null from range(1)
union all select null, null, 'BR', 0.5 from range(2)
"""


def write(path: Path, query: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create schema marts; create table marts.customer as {query}")
    return path


def test_groups_are_counted_by_their_size(tmp_path: Path) -> None:
    found = measure_uniqueness(write(tmp_path / "olap.duckdb", CUSTOMERS))
    assert found == Uniqueness(persons=31, groups=4, smallest=1, alone=1, in_small_groups=6)
    assert found.share_alone == 1 / 31


def test_no_customers_give_no_groups(tmp_path: Path) -> None:
    found = measure_uniqueness(write(tmp_path / "olap.duckdb", f"{CUSTOMERS} limit 0"))
    assert (found, found.share_alone) == (Uniqueness(0, 0, 0, 0, 0), 0.0)
