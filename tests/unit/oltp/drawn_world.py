"""A world drawn in memory: no server is needed to look at it."""

from __future__ import annotations

from dataclasses import dataclass

from oltp.world import WorldSpec
from oltp.world.beginning import Beginning
from oltp.world.chunk import Chunk, draw
from oltp.world.customers import Records
from oltp.world.events.malformed import KINDS


@dataclass(frozen=True)
class DrawnWorld:
    beginning: Beginning
    records: Records
    chunk: Chunk


def draw_world(spec: WorldSpec) -> DrawnWorld:
    """The first chunk of a world, which is all of it up to 20,000 customers."""
    beginning = Beginning(spec)
    counters = beginning.counters()
    records = beginning.records(0, counters.person)
    chunk = draw(
        spec,
        beginning.window,
        beginning.stock,
        counters,
        (0,),
        records,
        spec.orders_per_customer,
        len(KINDS),
    )
    return DrawnWorld(beginning, records, chunk)
