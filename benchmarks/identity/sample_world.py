"""The customer records of a sample world of any size, with their truth, and without a server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.identity.datasets import RECORDS, TRUTH, Dataset
from oltp.world.beginning import Beginning
from oltp.world.columns import dates
from oltp.world.customers import Records
from oltp.world.spec import WorldSpec

AFFILIATES = 20
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)


def sample_world(folder: Path, size: int, seed: int) -> Dataset:
    """Writes exactly `size` records, chunk by chunk, so that memory does not grow with them."""
    world = Dataset(f"world_{size}_seed{seed}", folder)
    beginning = Beginning(WorldSpec(AFFILIATES, size, 0, seed, UNTIL))
    first_person = 1
    with (
        pq.ParquetWriter(world.records, RECORDS) as records,
        pq.ParquetWriter(world.truth, TRUTH) as truth,
    ):
        for number in range(beginning.chunks):
            them = beginning.records(number, first_person)
            first_person = int(them.person_id.max()) + 1
            in_table = np.flatnonzero(~them.event_only)
            records.write_table(_records(them).take(in_table))
            truth.write_table(_truth(them).take(in_table))
    return world


def _records(them: Records) -> pa.Table:
    """What the OLTP's table says, under the names of `int_identity__records`."""
    renamed = them.table.rename_columns(
        {"created_at": "known_since", "updated_at": "last_stated_at"}
    )
    columns = {
        **{name: renamed[name] for name in renamed.column_names},
        "affiliate_customer_id": pa.array(them.id),
        "known_from": pa.repeat("table", len(them.id)),
    }
    return pa.table([columns[name] for name in RECORDS.names], names=RECORDS.names).cast(RECORDS)


def _truth(them: Records) -> pa.Table:
    """A household is named after its head, whose number its family mailbox bears."""
    household = pc.struct_field(
        pc.extract_regex(them.everyone.family_email, r"(?P<head>[0-9]+)@"), "head"
    ).cast(pa.int64())
    everyone = pa.table(
        {
            "household_id": household,
            "first_name": them.everyone.first,
            "birth_date": dates(
                them.everyone.birth_day, np.zeros(len(them.everyone.birth_day), dtype=np.bool_)
            ),
        }
    )
    of_records = everyone.take(them.who)
    columns = [them.affiliate, them.id, them.person_id, *of_records.columns]
    return pa.table(columns, names=TRUTH.names).cast(TRUTH)
