"""Tombstones: keyed hashes of whom to keep out; without the key they say nothing of anybody.

They are landed before anything of a person is removed, so that no read between brings it back.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from core.duckdb_session import connect
from core.errors import ConfigurationError
from core.secret_key import generated_key, read_key
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.checksum import check
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
    """Turns keys of the sources into tombstones.

    Attributes:
        key: Secret; 32 bytes.
    """

    key: bytes

    def record(self, affiliate_id: int, customer_id: int) -> str:
        """Of a customer record."""
        return self._hash("record", f"{affiliate_id}:{customer_id}")

    def customer(self, customer_id: int) -> str:
        """Of a customer's id alone: all that can be read of a broken message."""
        return self._hash("customer", str(customer_id))

    def mailbox(self, affiliate_id: int, email: str) -> str:
        """Of an address that an affiliate invited before it knew the customer."""
        return self._hash("mailbox", f"{affiliate_id}:{email.strip().lower()}")

    def _hash(self, kind: str, text: str) -> str:
        return f"{kind}:{hmac.digest(self.key, f'{kind}:{text}'.encode(), 'sha256').hex()}"


def key_for_writing(home: Path) -> bytes:
    """The key of a home, made at the first call; losing it means that nobody is kept out."""
    return generated_key(home, KEY)


def hasher_of(zone: LandingZone) -> Hasher | None:
    """What the zone's tombstones were made with; None if it has none.

    The key lies in the home that the zone is part of, so that no reader can forget to pass it.

    Raises:
        ConfigurationError: there are tombstones, and their key is lost.
    """
    if not zone.live(DATASET):
        return None
    path = zone.root.parent / "secrets" / f"{KEY}.key"
    if not path.exists():
        raise ConfigurationError(
            f"{path} is lost, and without it erased customers would come back: restore it"
        )
    return Hasher(read_key(path, str(path)))


def read(zone: LandingZone) -> dict[str, datetime]:
    """Every tombstone, and when its erasure was first requested.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    with zone.reading(), closing(connect()) as connection:
        for _, file in zone.live(DATASET):
            check(zone, file)
        rows = connection.execute(
            "select tombstone, min(requested_at)::timestamptz from "
            f"({scan(zone, DATASET, SCHEMA.names)}) group by tombstone"
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
    """Lands those that are not landed yet; returns how many."""
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
