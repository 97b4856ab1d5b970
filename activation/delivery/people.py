"""Resolve pseudonyms to customer records and unified customers, inside the company only."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from contracts.ledgers import ASSIGNMENTS
from core import sql
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from privacy.pairwise import Pseudonyms

_CHUNK = 100_000


def load(connection: duckdb.DuckDBPyConnection, zone: LandingZone, key: bytes) -> None:
    """Create `person(affiliate_id, record_id, person_id, member)`, one row per customer record.

    `member` is the pseudonym in the affiliate's file, `person_id` the ID of the unified customer.

    Args:
        connection: In-memory database.
        zone: The landing zone with the identity ledger.
        key: The platform's key for pseudonyms.
    """
    connection.execute(
        "create or replace table person "
        "(affiliate_id bigint, record_id bigint, person_id varchar, member varchar)"
    )
    names = [name for name, _ in ASSIGNMENTS.columns]
    pseudonyms = Pseudonyms(key)
    with zone.reading():
        reader = (
            connection.cursor()
            .execute(
                sql.load(
                    __package__,
                    "people",
                    assignments=f"({scan(zone, ASSIGNMENTS.dataset, names)})",
                )
            )
            .to_arrow_reader(_CHUNK)
        )
        for batch in reader:
            things = zip(
                batch["affiliate_id"].to_pylist(),
                ["customer"] * len(batch),
                map(str, batch["record_id"].to_pylist()),
                strict=True,
            )
            columns = [*batch.columns, pseudonyms.of(things)]
            connection.register("people", pa.table(columns, [*batch.schema.names, "member"]))
            connection.execute("insert into person from people")
            connection.unregister("people")
