"""The sample world: affiliates, people who shop at several of them, and everything they do.

`create` fills an empty OLTP and emits the events, `evolve` lets the world go on by days. The same
spec gives the same world. Which record is which person is written beside the world, as the truth.
"""

from oltp.world.creation import create
from oltp.world.evolution import evolve
from oltp.world.spec import WorldSpec, WorldSummary
from oltp.world.writer import Progress

__all__ = ["Progress", "WorldSpec", "WorldSummary", "create", "evolve"]
