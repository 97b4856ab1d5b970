"""What became of persons' ids when records arrived."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

#: A person is known again by the records that were there before: same records, same sum of hashes.
CHANGES = """
with known as (
    select
        before.affiliate_id,
        before.affiliate_customer_id,
        before.customer_id as old_id,
        after.customer_id as new_id,
        hash(before.affiliate_id, before.affiliate_customer_id)::hugeint as mark
    from read_parquet($before) as before
    left join read_parquet($after) as after using (affiliate_id, affiliate_customer_id)
),

marked as (
    select
        old_id,
        new_id,
        sum(mark) over (partition by old_id) as old_mark,
        sum(mark) over (partition by new_id) as new_mark
    from known
)

select
    count(*),
    count(*) filter (where new_id is distinct from old_id),
    count(*) filter (where new_id is distinct from old_id and new_mark = old_mark)
from marked
"""


@dataclass(frozen=True)
class Changes:
    """Records by what became of their id.

    Attributes:
        records: Records that were there before.
        changed: Those with another id now.
        without_cause: Those of them whose person has the same records as before, new ones aside.
    """

    records: int
    changed: int
    without_cause: int


def changes(before: Path, after: Path) -> Changes:
    """Compares two Parquet files of `affiliate_id`, `affiliate_customer_id`, `customer_id`."""
    with duckdb.connect() as connection:
        row = connection.execute(CHANGES, {"before": str(before), "after": str(after)}).fetchone()
    assert row is not None
    return Changes(*row)
