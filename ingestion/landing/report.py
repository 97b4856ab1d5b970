"""Reports that ingestion returns for each dataset."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import AffiliateError
from ingestion.landing.manifest import Counts, Position


@dataclass(frozen=True)
class DatasetReport:
    """Result of ingesting one dataset.

    Attributes:
        dataset: `oltp/<schema>.<table>` or `events/<topic>`.
        counts: Rows read, landed, quarantined, deleted, and the mode of reading.
        position: Where the next run starts.
        manifest_entry: Number of the entry; None if there was nothing to land.
        quarantined: Reason code → quarantined rows.
        warnings: One line each; no row values.
        lag: Partition → messages that arrived in the topic during the read.
    """

    dataset: str
    counts: Counts
    position: Position
    manifest_entry: int | None = None
    quarantined: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    lag: dict[int, int] = field(default_factory=dict)


class IncompleteIngestError(AffiliateError):
    """Some datasets could not be read; the others were committed.

    Attributes:
        failures: Dataset → error message.
        reports: Reports of the datasets that were committed.
    """

    def __init__(self, failures: dict[str, str], reports: list[DatasetReport]) -> None:
        super().__init__("; ".join(failures.values()))
        self.failures = failures
        self.reports = reports
