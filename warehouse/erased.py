"""List the loaded customers that were erased; the models exclude them.

Tombstones are keyed hashes, and SQL has no HMAC, so they are compared here. This is a second
safeguard, independent of the first, which strips rows before they are landed.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from contracts.personal import IDENTIFYING
from contracts.tables import TABLES
from contracts.topics import CUSTOMER_ID, TOPICS
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones
from warehouse import raw
from warehouse.connection import ALIAS

TABLE = f"{ALIAS}.{raw.SCHEMA}.{raw.ERASED}"
_SCHEMA = pa.schema(
    [
        ("affiliate_id", pa.int64()),
        ("affiliate_customer_id", pa.int64()),
        ("requested_at", pa.timestamp("us", tz="UTC")),
    ]
)


def fill(connection: duckdb.DuckDBPyConnection, settings: Settings, zone: LandingZone) -> None:
    """Replace the raw table of erased records, from the current tombstones.

    Raises:
        ConfigurationError: the key of the tombstones is missing.
    """
    hasher = tombstones.hasher_of(zone)
    if hasher is None:
        return
    erased = tombstones.read(zone)
    rows = [
        (affiliate, customer, erased[mark])
        for affiliate, customer in connection.execute(" union ".join(_keys())).fetchall()
        if affiliate is not None and customer is not None
        if (mark := hasher.record(affiliate, customer)) in erased
    ]
    found = pa.Table.from_pylist(
        [dict(zip(_SCHEMA.names, row, strict=True)) for row in rows], _SCHEMA
    )
    connection.register("found", found)
    connection.begin()
    raw.truncate(connection, settings, raw.ERASED)
    connection.execute(f"insert into {TABLE} select * from found")
    connection.commit()
    connection.unregister("found")


def _keys() -> Iterator[str]:
    """Yield SQL for (affiliate, customer) of every record in a table or event."""
    for table in TABLES:
        if table.subject:
            source = f"{ALIAS}.{raw.SCHEMA}.{table.raw_table}"
            yield f"select affiliate_id, {table.subject.customer} from {source}"
    for topic in TOPICS:
        if topic.of_class(*IDENTIFYING):
            customer = f"try_cast(data ->> '{CUSTOMER_ID}' as bigint)"
            yield f"select affiliate_id, {customer} from {ALIAS}.{raw.SCHEMA}.{topic.raw_table}"
