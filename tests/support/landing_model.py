"""Reference model of a landing zone: a table, a topic and its quarantine, as sets."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ingestion.landing import ManifestEntry
from tests.support.landed_messages import EVENTS
from tests.support.landed_rows import TABLE


@dataclass
class Model:
    """Rows by the number of the entry that landed them.

    Attributes:
        versions: (number, key, operation).
        events: (number, offset).
        aside: (number, offset).
        unvalidated: (number, dataset) without a verdict.
        held: (number, dataset) that a review held.
        times: When each entry was committed.
    """

    versions: set[tuple[int, int, str]] = field(default_factory=set)
    events: set[tuple[int, int]] = field(default_factory=set)
    aside: set[tuple[int, int]] = field(default_factory=set)
    unvalidated: set[tuple[int, str]] = field(default_factory=set)
    held: set[tuple[int, str]] = field(default_factory=set)
    times: list[datetime] = field(default_factory=list)

    def land_versions(self, number: int, upserts: Iterable[int], deletes: Iterable[int]) -> None:
        self.versions |= {(number, key, "upsert") for key in upserts}
        self.versions |= {(number, key, "delete") for key in deletes}
        self.unvalidated.add((number, TABLE))

    def land_messages(self, number: int, good: Iterable[int], bad: Iterable[int]) -> None:
        self.events |= {(number, offset) for offset in good}
        self.aside |= {(number, offset) for offset in bad}
        self.unvalidated.add((number, EVENTS))

    def review(self, *, hold: bool) -> None:
        """Everything passes; if `hold`, the newest dataset does not."""
        if hold:
            self.held.add(max(self.unvalidated))
        self.unvalidated.clear()

    def replay(self, number: int) -> None:
        good = {found for found in self.aside if found[1] % 3 == 0}
        self.aside -= good
        self.land_messages(number, [offset for _, offset in good], [])

    def retain(self, now: datetime, last_offset: int) -> None:
        """Drops superseded versions and quarantine up to `now`, and events up to the offset."""
        until = self._committed(now, self._settled(TABLE))
        newest: dict[int, tuple[int, str]] = {}
        for number, key, operation in sorted(self.versions):
            if number <= until:
                newest[key] = (number, operation)
        self.versions = {
            (number, key, operation)
            for number, key, operation in self.versions
            if number > until or newest[key] == (number, "upsert")
        }
        settled = self._settled(EVENTS)
        self.events = {
            found for found in self.events if found[0] >= settled or found[1] > last_offset
        }
        until = self._committed(now, math.inf)
        self.aside = {found for found in self.aside if found[0] > until}

    def first_held(self, dataset: str) -> float:
        return min((number for number, name in self.held if name == dataset), default=math.inf)

    def note(self, entries: list[ManifestEntry]) -> None:
        self.times = [entry.committed_at for entry in entries]

    def _settled(self, dataset: str) -> float:
        pending = self.unvalidated | self.held
        return min((number for number, name in pending if name == dataset), default=math.inf)

    def _committed(self, now: datetime, settled: float) -> int:
        count = 0
        for number, time in enumerate(self.times, start=1):
            if time > now or number >= settled:
                break
            count = number
        return count
