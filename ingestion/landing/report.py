"""What an ingestion tells its caller about each dataset."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import AffiliateError
from ingestion.landing.manifest import Counts, Position


@dataclass(frozen=True)
class DatasetReport:
    """What one run did to one dataset.

    Attributes:
        dataset: `oltp/<schema>.<table>` or `events/<topic>`.
        counts: Rows read, landed, quarantined, deleted, and the mode of reading.
        position: Where the next run starts.
        manifest_entry: Number of the entry that holds it; None when there was nothing to land.
        quarantined: Reason code → rows set aside.
        warnings: One line each, for people; no row values.
        lag: Partition → messages that came to a topic while it was read.
    """

    dataset: str
    counts: Counts
    position: Position
    manifest_entry: int | None = None
    quarantined: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    lag: dict[int, int] = field(default_factory=dict)


class IncompleteIngestError(AffiliateError):
    """Some datasets could not be read; the others were landed and committed.

    Attributes:
        failures: Dataset → what happened to it.
        reports: Of the datasets that were committed.
    """

    def __init__(self, failures: dict[str, str], reports: list[DatasetReport]) -> None:
        super().__init__("; ".join(failures.values()))
        self.failures = failures
        self.reports = reports
