"""What one manifest entry says: which files a batch landed, and where each source stands after it.

Entries are numbered from 1 without gaps and never change. Positions are cumulative, so the highest
entry alone is the state of the zone; Kafka's group offsets and Dagster's cursors are mirrors of it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["data", "quarantine"]
#: Where a dataset's next read starts; a JSON object whose keys its reader defines.
Position = dict[str, Any]


@dataclass(frozen=True)
class LandedFile:
    """One immutable Parquet file.

    Attributes:
        dataset: `oltp/<schema>.<table>`, `events/<topic>` or `quarantine/<source>`.
        kind: Whether its rows are data or were set aside.
        path: Relative to the zone's root.
        sha256: Of the whole file, in hex; the only thing that notices a flipped bit.
        rows: Rows in the file, deletes included.
        bytes: Size of the file.
        schema_hash: Of column names and types.
    """

    dataset: str
    kind: Kind
    path: str
    sha256: str
    rows: int
    bytes: int
    schema_hash: str


@dataclass(frozen=True)
class Counts:
    """What a batch did to one dataset; `rows_read` is always landed plus quarantined.

    Attributes:
        mode: `full`, `delta` or `resync` for tables, `events` for topics.
        rows_read: New rows or messages that the source gave.
        rows_landed: Those that reached the dataset's data file.
        rows_quarantined: Those set aside.
        rows_deleted: Keys the source no longer has; landed in addition to the rows read.
    """

    mode: str
    rows_read: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    rows_deleted: int = 0


@dataclass(frozen=True)
class ManifestEntry:
    """One committed batch.

    Attributes:
        number: 1, 2, 3, …
        batch: Name of the batch; every file of it carries it.
        source: What was read: `oltp` or `kafka`.
        committed_at: UTC.
        files: What the batch landed.
        datasets: Per dataset that the batch read, what came of it.
        positions: Of every dataset ever landed, not only of this batch's.
    """

    number: int
    batch: str
    source: str
    committed_at: datetime
    files: tuple[LandedFile, ...]
    datasets: dict[str, Counts]
    positions: dict[str, Position]

    def to_json(self) -> str:
        """The entry as it stands in the manifest."""
        return json.dumps(asdict(self), default=datetime.isoformat, indent=1)

    @classmethod
    def from_json(cls, text: str) -> ManifestEntry:
        """Reads what `to_json` wrote."""
        entry = json.loads(text)
        return cls(
            **{
                **entry,
                "committed_at": datetime.fromisoformat(entry["committed_at"]),
                "files": tuple(LandedFile(**file) for file in entry["files"]),
                "datasets": {name: Counts(**counts) for name, counts in entry["datasets"].items()},
            }
        )
