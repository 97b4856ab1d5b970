"""Tombstones: keyed hashes of erased customers. Without the key they reveal nothing.

They are landed before any data is erased, so that a read in between cannot bring the data back.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from core import sql
from core.duckdb_session import connect
from core.errors import ConfigurationError
from core.secret_key import generated_key, read_key
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.manifest import LEDGER
from ingestion.landing.scan import scan

DATASET = "privacy/tombstones"
SOURCE = "erasure"
KEY = "tombstone"
SCHEMA = pa.schema(
    [
        ("tombstone", pa.string()),
        ("request_id", pa.string()),
        ("scope", pa.string()),
        ("requested_at", pa.timestamp("us", tz="UTC")),
    ]
)
#: (affiliate_id, affiliate_customer_id).
Record = tuple[int, int]


@dataclass(frozen=True)
class Hasher:
    """Computes the tombstones for keys of the sources.

    Attributes:
        key: Secret of 32 bytes.
    """

    key: bytes

    def record(self, affiliate_id: int, customer_id: int) -> str:
        """Return the tombstone of a customer record."""
        return self._hash("record", f"{affiliate_id}:{customer_id}")

    def customer(self, customer_id: int) -> str:
        """Return the tombstone of a customer id alone; a broken message may contain only that."""
        return self._hash("customer", str(customer_id))

    def mailbox(self, affiliate_id: int, email: str) -> str:
        """Return the tombstone of an address that was invited before the customer was known."""
        return self._hash("mailbox", f"{affiliate_id}:{email.strip().lower()}")

    def _hash(self, kind: str, text: str) -> str:
        return f"{kind}:{hmac.digest(self.key, f'{kind}:{text}'.encode(), 'sha256').hex()}"


def key_for_writing(home: Path) -> bytes:
    """Return the key of a home; the first call generates it. Without it, no exclusion works."""
    return generated_key(home, KEY)


def hasher_of(zone: LandingZone) -> Hasher | None:
    """Return the hasher of a zone's tombstones; None if it has none.

    The key is found through the zone, so no caller can omit it by mistake.

    Raises:
        ConfigurationError: there are tombstones, and their key is lost.
    """
    if not zone.live(DATASET):
        return None
    path = zone.root.parent / "secrets" / f"{KEY}.key"
    if not path.exists():
        raise ConfigurationError(
            f"{path} is lost, and without it data of erased customers would return: restore it"
        )
    return Hasher(read_key(path, str(path)))


def read(zone: LandingZone) -> dict[str, datetime]:
    """Return every tombstone, and when its erasure was first requested.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    with zone.reading(), closing(connect()) as connection:
        for _, file in zone.live(DATASET):
            verify_checksum(zone, file)
        tombstones = f"({scan(zone, DATASET, SCHEMA.names)})"
        rows = connection.execute(
            sql.load(__package__, "tombstones", tombstones=tombstones)
        ).fetchall()
    return dict(rows)


def land(
    zone: LandingZone,
    tombstones: Iterable[str],
    *,
    request_id: str,
    scope: str,
    requested_at: datetime,
) -> int:
    """Land the tombstones that are not landed yet, and return how many."""
    known = read(zone)
    rows = [
        {
            "tombstone": tombstone,
            "request_id": request_id,
            "scope": scope,
            "requested_at": requested_at,
        }
        for tombstone in sorted(set(tombstones) - known.keys())
    ]
    if not rows:
        return 0
    with zone.batch(SOURCE) as batch:
        table = pa.RecordBatch.from_pylist(rows, SCHEMA)
        written = parquet.write(batch.stage(DATASET), SCHEMA, [table])
        counts = Counts(LEDGER, rows_read=len(rows), rows_landed=written)
        batch.record(DATASET, counts, {"request_id": request_id})
        batch.commit()
    return len(rows)
