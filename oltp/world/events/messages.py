"""Convert columns to messages: CloudEvents envelope, late and duplicate deliveries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from oltp.world.columns import DAY
from oltp.world.randomness import Indices, chance, scramble

CUSTOMERS = "affiliate.customers"
VISITS = "storefront.visits"
FUNNEL = "sales.funnel"
FOLLOW_UPS = "marketing.follow-ups"
CONSENTS = "marketing.consents"
ERASURES = "privacy.erasures"
TOPICS = (CUSTOMERS, VISITS, FUNNEL, FOLLOW_UPS, CONSENTS, ERASURES)

LATE, LATE_DAYS, REPEATED = 0.01, 3, 0.01
to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

#: Arrow, numpy or a plain list.
Column = Any


class Message(NamedTuple):
    """A message for the broker; `arrival`, in microseconds, determines the order of delivery."""

    arrival: int
    key: bytes
    value: bytes | None


@dataclass(frozen=True)
class Events:
    """Events of one topic as columns: `time` in microseconds, `data` by field name.

    A null in `data` is a field that the event leaves out.
    """

    topic: str
    key: Column
    type: Sequence[str]
    time: Indices
    affiliate: Indices
    data: Mapping[str, Column]


def utc(moments: Indices) -> list[str]:
    """RFC 3339 with milliseconds."""
    stamps = np.datetime_as_string(moments.astype("datetime64[us]"), unit="ms")
    return [f"{stamp}Z" for stamp in stamps.tolist()]


def messages(rng: np.random.Generator, events: Events, numbers: count[int]) -> list[Message]:
    """Wrap events in envelopes and sort them by delivery.

    One in a hundred comes up to three days late; another one in a hundred comes twice, in the very
    same bytes.

    Args:
        rng: Decides which.
        events: What happened.
        numbers: Running numbers of the world's events; ids are made of them.
    """
    size = len(events.time)
    lateness = rng.integers(0, LATE_DAYS * DAY, size)
    arrival = events.time + np.where(chance(rng, LATE, size), lateness, 0)
    again = np.flatnonzero(chance(rng, REPEATED, size))
    keys = [str(key).encode() for key in as_list(events.key)]
    once = list(map(Message, arrival.tolist(), keys, _values(events, numbers)))
    repeats = (once[i]._replace(arrival=once[i].arrival + DAY // 4) for i in again)
    return sorted([*once, *repeats], key=lambda message: message.arrival)


def _values(events: Events, numbers: count[int]) -> Iterator[bytes]:
    size = len(events.time)
    ids = scramble(np.fromiter(numbers, dtype=np.int64, count=size)).tolist()
    columns = [as_list(column) for column in events.data.values()]
    rows = zip(*columns, strict=True) if columns else iter([()] * size)
    envelope = zip(ids, events.type, utc(events.time), events.affiliate.tolist(), rows, strict=True)
    for id_, type_, time, affiliate, row in envelope:
        yield to_json(
            {
                "specversion": "1.0",
                "id": f"{id_:016x}",
                "source": f"/{events.topic}",
                "type": type_,
                "time": time,
                "datacontenttype": "application/json",
                "affiliateid": affiliate,
                "data": {
                    name: value
                    for name, value in zip(events.data, row, strict=True)
                    if value is not None
                },
            }
        ).encode()


def as_list(column: Column) -> list[Any]:
    """A column's values as Python objects."""
    if isinstance(column, np.ndarray):
        return list(column.tolist())
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return list(column.to_pylist())
    return list(column)
