"""Which pseudonym is which record and person: known inside the company, and never written."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from contracts.ledgers import ASSIGNMENTS
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from privacy.pairwise import Pseudonyms

PERSON = "person"
_CHUNK = 100_000


def load(connection: duckdb.DuckDBPyConnection, zone: LandingZone, key: bytes) -> None:
    """Creates `person(affiliate_id, record_id, person_id, member)`, one row per customer record.

    `member` is what the affiliate's file calls the record, `person_id` who that is everywhere.

    Args:
        connection: In memory.
        zone: Where the ledger of identity is.
        key: The platform's key for pseudonyms.
    """
    connection.execute(
        f"CREATE OR REPLACE TABLE {PERSON} "
        "(affiliate_id BIGINT, record_id BIGINT, person_id VARCHAR, member VARCHAR)"
    )
    names = [name for name, _ in ASSIGNMENTS.columns]
    pseudonyms = Pseudonyms(key)
    with zone.reading():
        reader = (
            connection.cursor()
            .execute(
                f"""
                SELECT affiliate_id::BIGINT AS affiliate_id,
                    affiliate_customer_id::BIGINT AS record_id,
                    arg_max(customer_id, (_seq, assigned_at))::VARCHAR AS person_id
                FROM ({scan(zone, ASSIGNMENTS.dataset, names)}) WHERE customer_id IS NOT NULL
                GROUP BY ALL
                """
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
            connection.execute(f"INSERT INTO {PERSON} FROM people")
            connection.unregister("people")
