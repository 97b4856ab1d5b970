"""Customer records: the data that each affiliate has about its customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oltp.world import record_fields
from oltp.world.people import People, people
from oltp.world.randomness import Indices, Mask, chance, weighted
from oltp.world.window import Window

#: Records per person: 35 % of people have two or more.
RECORDS_PER_PERSON = (65.0, 21.0, 9.0, 4.0, 1.0)
REGISTERED_TWICE = 0.03
GROWTH = 1.3


@dataclass(frozen=True)
class Records:
    """Customer records of one chunk, oldest first.

    Attributes:
        table: Columns of `affiliate_customer` without id and totals, plus the audit columns.
        id: `affiliate_customer_id` per row.
        affiliate: `affiliate_id` per row.
        person_id: Who it is: the truth.
        event_only: Known from events alone; not a row of the OLTP.
        created: Microseconds since 1970.
        everyone: The people of the chunk.
        who: Each record's row in `everyone`.
    """

    table: pa.Table
    id: Indices
    affiliate: Indices
    person_id: Indices
    event_only: Mask
    created: Indices
    everyone: People
    who: Indices

    def some(self, rows: Indices, since: int) -> Records:
        """Return chosen rows, without events before `since`."""
        return Records(
            table=self.table.take(pa.array(rows)),
            id=self.id[rows],
            affiliate=self.affiliate[rows],
            person_id=self.person_id[rows],
            event_only=self.event_only[rows],
            created=np.maximum(self.created[rows], since),
            everyone=self.everyone,
            who=self.who[rows],
        )


def affiliate_weights(affiliates: int) -> list[float]:
    """Return the distribution of customers over affiliates; the first is the largest."""
    return [1.0 / (rank + 2) for rank in range(affiliates)]


def records(
    rng: np.random.Generator,
    window: Window,
    affiliates: int,
    first_person: int,
    ids: Indices,
    event_only_ids: Indices,
) -> Records:
    """Draws one record for each id, and the people behind them (ids from `first_person`)."""
    size = len(ids) + len(event_only_ids)
    counts = _records_per_person(rng, size, affiliates)
    everyone = people(rng, first_person, len(counts), window.last_day)
    who = np.repeat(np.arange(len(counts)), counts)
    affiliate = _affiliates(rng, counts, affiliates)
    order = rng.permutation(size)
    return _written(rng, window, everyone, who[order], affiliate[order], ids, event_only_ids)


def further_records(
    rng: np.random.Generator, window: Window, affiliates: int, everyone: People, ids: Indices
) -> Records:
    """Draws one more record for each id, of people who have records already."""
    who = rng.integers(0, len(everyone.person_id), len(ids))
    affiliate = weighted(rng, affiliate_weights(affiliates), len(ids)) + 1
    return _written(rng, window, everyone, who, affiliate, ids, np.zeros(0, dtype=np.int64))


def _written(
    rng: np.random.Generator,
    window: Window,
    everyone: People,
    who: Indices,
    affiliate: Indices,
    ids: Indices,
    event_only_ids: Indices,
) -> Records:
    """Ids grow with time, within the table's and within the others."""
    size = len(who)
    created = np.sort(window.moments(rng, size, GROWTH))
    event_only = np.zeros(size, dtype=np.bool_)
    event_only[rng.permutation(size)[: len(event_only_ids)]] = True
    id_ = np.empty(size, dtype=np.int64)
    id_[~event_only], id_[event_only] = ids, event_only_ids
    return Records(
        table=record_fields.written(rng, window, everyone, who, affiliate, created),
        id=id_,
        affiliate=affiliate,
        person_id=everyone.person_id[who],
        event_only=event_only,
        created=created,
        everyone=everyone,
        who=who,
    )


def _records_per_person(rng: np.random.Generator, size: int, affiliates: int) -> Indices:
    """Counts that add up to `size`."""
    counts = np.minimum(weighted(rng, RECORDS_PER_PERSON, size) + 1, affiliates)
    counts += chance(rng, REGISTERED_TWICE, size)
    ends = np.cumsum(counts)
    last = int(np.searchsorted(ends, size))
    counts = counts[: last + 1]
    counts[-1] -= ends[last] - size
    return counts


def _affiliates(rng: np.random.Generator, counts: Indices, affiliates: int) -> Indices:
    """Return affiliate IDs: a person's records are at different affiliates, except duplicates."""
    people_count = len(counts)
    home = np.repeat(weighted(rng, affiliate_weights(affiliates), people_count), counts)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    place = np.arange(len(home)) - starts
    offset = np.repeat(rng.integers(0, max(affiliates - 1, 1), people_count), counts)
    elsewhere = 1 + (offset + place - 1) % max(affiliates - 1, 1)
    twice = np.repeat(chance(rng, REGISTERED_TWICE, people_count), counts)
    stays = (place == 0) | (place >= affiliates) | (twice & (place == 1))
    return np.where(stays, home, (home + elsewhere) % affiliates) + 1
