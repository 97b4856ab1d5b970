"""What one manifest entry says: which files a batch landed, and where each source stands after it.

Entries are numbered from 1 without gaps and never change. Positions are cumulative, so the highest
entry alone says where to read on; Kafka's group offsets and Dagster's cursors are mirrors of it.

An entry that only rewrites (compaction, retention, erasure) reads nothing from a source: its
`datasets` stay empty. Summed over all entries, a dataset's landed and deleted rows less its dropped
ones are the rows that stand in its files; quarantined rows, less what replays landed and what was
dropped, are those that stand in quarantine.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["data", "quarantine"]
#: Where a dataset's next read starts; a JSON object whose keys its reader defines.
Position = dict[str, Any]
Outcome = Literal["passed", "held", "accepted"]
#: Mode of rows that came out of quarantine: no source was read, no position moved.
REPLAY = "replay"
#: Mode of rows that the platform made itself: nobody reviews them.
LEDGER = "ledger"


@dataclass(frozen=True)
class LandedFile:
    """One immutable Parquet file.

    Attributes:
        dataset: `oltp/<schema>.<table>[@<source>]`, `events/<topic>`, `identity/<name>`,
            `privacy/tombstones` or `quarantine/<source>`.
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
    """What a batch did to one dataset; `rows_read` is landed, quarantined and erased together.

    Attributes:
        mode: `full`, `delta` or `resync` for tables, `events` for topics, `replay` for messages
            that quarantine gave back, `ledger` for what the platform says itself.
        rows_read: New rows or messages that the source gave.
        rows_landed: Those that reached the dataset's data file.
        rows_quarantined: Those set aside.
        rows_deleted: Keys the source no longer has; landed in addition to the rows read.
        rows_erased: Messages of customers who were erased before; they are kept nowhere.
    """

    mode: str
    rows_read: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    rows_deleted: int = 0
    rows_erased: int = 0


@dataclass(frozen=True)
class Verdict:
    """What a review found of one dataset of one entry; a later verdict overrides it.

    Attributes:
        entry: Number of the entry that landed the rows.
        dataset: One of that entry's.
        outcome: `held` rows stay out of the warehouse until they are `accepted`.
        reasons: One line each, for people; no row values.
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
        batch: Name of the batch; every file of it carries it.
        source: What was read: the name of an OLTP or `kafka`; or what was done: `compaction`,
            `retention`, `replay`, `review`, `identity`, `erasure`.
        committed_at: UTC.
        files: What the batch landed.
        datasets: Per dataset that the batch read, what came of it.
        positions: Of every dataset ever landed, not only of this batch's.
        replaces: Paths of earlier files whose rows this entry's files hold now.
        dropped: Dataset → rows of the replaced files that are gone for good. A dataset in here has
            other logical rows than before, even if none was dropped: whoever copied it starts over.
        verdicts: What a review found of earlier entries.
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
    verdicts: tuple[Verdict, ...] = ()

    def sources_read(self) -> set[str]:
        """Datasets whose position this entry moved."""
        return {name for name, counts in self.datasets.items() if counts.mode != REPLAY}

    def to_json(self) -> str:
        """The entry as it stands in the manifest."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str | bytes) -> ManifestEntry:
        """Reads what `to_json` wrote, now or before there were rewrites and reviews."""
        entry = json.loads(text)
        entry["committed_at"] = datetime.fromisoformat(entry["committed_at"])
        entry["files"] = tuple(LandedFile(**file) for file in entry["files"])
        entry["datasets"] = {name: Counts(**counts) for name, counts in entry["datasets"].items()}
        entry["replaces"] = tuple(entry.get("replaces", ()))
        entry["verdicts"] = tuple(map(_verdict, entry.get("verdicts", ())))
        return cls(**entry)


def _verdict(stored: dict[str, Any]) -> Verdict:
    return Verdict(**{**stored, "reasons": tuple(stored["reasons"])})
