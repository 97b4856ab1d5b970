"""How long the landing zone keeps which rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionPolicy:
    """How many days rows are kept; None keeps them without limit.

    Attributes:
        superseded_days: Row versions of the OLTP after a newer one landed, and deleted rows after
            their delete landed.
        events_days: Events after the time Kafka gave them.
        quarantine_days: Messages after they were quarantined.
    """

    superseded_days: int | None = None
    events_days: int | None = None
    quarantine_days: int | None = None

    def __post_init__(self) -> None:
        for days in (self.superseded_days, self.events_days, self.quarantine_days):
            if days is not None and days < 0:
                raise ValueError("a retention cannot be negative")

    def days(self, dataset: str) -> int | None:
        """Returns how many days old rows of a dataset are kept."""
        kinds = {"oltp": self.superseded_days, "events": self.events_days}
        return {**kinds, "quarantine": self.quarantine_days}.get(dataset.partition("/")[0])
