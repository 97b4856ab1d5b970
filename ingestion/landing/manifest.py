"""A manifest entry: the files that a batch landed, and the read position of each source after it.

Entries are numbered from 1 without gaps and never change. Positions are cumulative, so the newest
entry has all of them. Kafka's group offsets and Dagster's cursors are only copies.

An entry that only rewrites files (compaction, retention, erasure) reads no source, so its
`datasets` is empty. Over all entries, landed plus deleted minus dropped rows of a dataset equal the
rows in its live files. Quarantined rows minus replayed and dropped rows equal the rows in
quarantine.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["data", "quarantine"]
#: Checkpoint where a dataset's next read starts: a JSON object whose keys its reader defines.
Position = dict[str, Any]
Outcome = Literal["passed", "held", "accepted"]
#: Mode of rows that left quarantine: no source was read and no position changed.
REPLAY = "replay"
#: Mode of rows that the platform produced itself; they are not validated.
LEDGER = "ledger"


@dataclass(frozen=True)
class LandedFile:
    """One immutable Parquet file.

    Attributes:
        dataset: `oltp/<schema>.<table>[@<source>]`, `events/<topic>`, `identity/<name>`,
            `privacy/tombstones` or `quarantine/<source>`.
        kind: Whether its rows are data or quarantined.
        path: Relative to the zone's root.
        sha256: Checksum of the whole file, in hex; it is the only protection against flipped bits.
        rows: Rows in the file, deletes included.
        bytes: Size of the file.
        schema_hash: Hash of column names and types.
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
    """Row counts of one dataset in a batch; `rows_read` = landed + quarantined + erased.

    Attributes:
        mode: `full`, `delta` or `resync` for tables, `events` for topics, `replay` for messages
            that left quarantine, `ledger` for rows that the platform produced itself.
        rows_read: New rows or messages from the source.
        rows_landed: Rows in the dataset's data file.
        rows_quarantined: Rows in quarantine.
        rows_deleted: Keys that were deleted in the source; landed in addition to the rows read.
        rows_erased: Messages of customers who had been erased; they are not stored.
    """

    mode: str
    rows_read: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    rows_deleted: int = 0
    rows_erased: int = 0


@dataclass(frozen=True)
class ValidationResult:
    """Result of the quality checks on one dataset of one entry; a later result overrides it.

    Attributes:
        entry: Number of the entry that landed the rows.
        dataset: Dataset of that entry.
        outcome: `held` rows stay out of the warehouse until they are `accepted`.
        reasons: One line per failed check; no row values.
    """

    entry: int
    dataset: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ManifestEntry:
    """One committed batch.

    Attributes:
        number: 1, 2, 3, …
        batch: Name of the batch; it is part of all its file names.
        source: The source that was read (the name of an OLTP, or `kafka`) or the operation
            (`compaction`, `retention`, `replay`, `review`, `identity`, `erasure`).
        committed_at: UTC.
        files: Files that the batch landed.
        datasets: Row counts of each dataset that the batch read.
        positions: Positions of all datasets ever landed, not only of this batch.
        replaces: Paths of earlier files whose rows are now in this entry's files.
        dropped: Dataset → rows of the replaced files that were deleted for good. The logical rows
            of a dataset in here changed, even if the number is 0: copies must be rebuilt.
        verdicts: Validation results for datasets of earlier entries.
    """

    number: int
    batch: str
    source: str
    committed_at: datetime
    files: tuple[LandedFile, ...]
    datasets: dict[str, Counts]
    positions: dict[str, Position]
    replaces: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    verdicts: tuple[ValidationResult, ...] = ()

    def sources_read(self) -> set[str]:
        """Return the datasets whose position this entry advanced."""
        return {name for name, counts in self.datasets.items() if counts.mode != REPLAY}

    def to_json(self) -> str:
        """Return the entry as the JSON text of the manifest."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str | bytes) -> ManifestEntry:
        """Parse the output of `to_json`, also from versions without rewrites and validation."""
        entry = json.loads(text)
        entry["committed_at"] = datetime.fromisoformat(entry["committed_at"])
        entry["files"] = tuple(LandedFile(**file) for file in entry["files"])
        entry["datasets"] = {name: Counts(**counts) for name, counts in entry["datasets"].items()}
        entry["replaces"] = tuple(entry.get("replaces", ()))
        entry["verdicts"] = tuple(map(_validation_result, entry.get("verdicts", ())))
        return cls(**entry)


def _validation_result(stored: dict[str, Any]) -> ValidationResult:
    return ValidationResult(**{**stored, "reasons": tuple(stored["reasons"])})
