"""Retention of rows in the landing zone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionPolicy:
    """Days that rows are kept; None keeps them forever.

    Attributes:
        superseded_days: OLTP row versions after a newer version landed, and deleted rows after the
            delete landed.
        events_days: Events, counted from their Kafka timestamp.
        quarantine_days: Messages, counted from when they were quarantined.
    """

    superseded_days: int | None = None
    events_days: int | None = None
    quarantine_days: int | None = None

    def __post_init__(self) -> None:
        for days in (self.superseded_days, self.events_days, self.quarantine_days):
            if days is not None and days < 0:
                raise ValueError("a retention cannot be negative")

    def days(self, dataset: str) -> int | None:
        """Return for how many days old rows of a dataset are kept."""
        kinds = {"oltp": self.superseded_days, "events": self.events_days}
        return {**kinds, "quarantine": self.quarantine_days}.get(dataset.partition("/")[0])
