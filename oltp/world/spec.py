"""Specification of a sample world, and the summary of its creation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from core.errors import ConfigurationError


@dataclass(frozen=True)
class WorldSpec:
    """Size, seed and date of a world; the same spec gives the same world, byte for byte.

    Attributes:
        affiliates: Number of affiliates, 1 to 1,000.
        customers: Rows of `affiliate_customer`, at least ten an affiliate.
        orders_per_customer: Mean number of orders, 0 to 1,000; guests' orders come on top.
        seed: Any integer from 0.
        until: The world's "now": midnight in UTC. Nothing in the world is younger.

    Raises:
        ConfigurationError: a value is out of range.
    """

    affiliates: int = 5
    customers: int = 10_000
    orders_per_customer: float = 3.0
    seed: int = 1
    until: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __post_init__(self) -> None:
        if not 1 <= self.affiliates <= 1_000:
            raise ConfigurationError("affiliates must be from 1 to 1000")
        if self.customers < 10 * self.affiliates:
            raise ConfigurationError("customers must be at least 10 times the affiliates")
        if not 0 <= self.orders_per_customer <= 1_000:
            raise ConfigurationError("orders per customer must be from 0 to 1000")
        if self.seed < 0:
            raise ConfigurationError("seed must not be negative")
        if self.until.tzinfo is None or self.until.utcoffset() != UTC.utcoffset(None):
            raise ConfigurationError("until must be in UTC")
        if self.until.time() != time():
            raise ConfigurationError("until must be a midnight")


@dataclass
class WorldSummary:
    """Counts of what was written.

    Attributes:
        rows: Rows written per table (`schema.table`), deletes and updates counted too.
        events: Well-formed messages per topic, repeated deliveries included.
        bad_events: Malformed messages per kind; they come on top of `events`.
        persons: People behind all customer records so far.
        seconds: How long it took.
    """

    rows: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    bad_events: dict[str, int] = field(default_factory=dict)
    persons: int = 0
    seconds: float = 0.0

    def add(self, other: WorldSummary) -> None:
        """Add the counts of a later write."""
        for mine, theirs in (
            (self.rows, other.rows),
            (self.events, other.events),
            (self.bad_events, other.bad_events),
        ):
            for name, number in theirs.items():
                mine[name] = mine.get(name, 0) + number
        self.persons = other.persons
        self.seconds += other.seconds

    @property
    def rows_per_second(self) -> float:
        """Table rows and messages written per second."""
        written = sum((*self.rows.values(), *self.events.values(), *self.bad_events.values()))
        return written / self.seconds if self.seconds else 0.0
