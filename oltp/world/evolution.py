"""Simulate more days of a world."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import psycopg

from core.errors import AffiliateError, ConfigurationError
from oltp.connection import connect
from oltp.migrate import migrate
from oltp.world import load, state
from oltp.world.broker import Broker
from oltp.world.chunk import Counters
from oltp.world.columns import DAY, micros
from oltp.world.day import Day
from oltp.world.spec import WorldSummary
from oltp.world.window import Window
from oltp.world.writer import Progress, Writer

logger = logging.getLogger(__name__)


def evolve(
    dsn: str,
    bootstrap: str | None,
    out: Path,
    days: int = 1,
    progress: Progress | None = None,
) -> WorldSummary:
    """Simulate more days of the world in `out`; about 1 % of the rows change per day.

    Each day is one transaction. The same world evolves the same way every time.

    Args:
        dsn: A role above row-level security that may write the tables.
        bootstrap: The broker's `host:port,…`; None emits no events.
        out: Where `create` wrote the world; its files are brought up to date.
        days: How many days, at least one.
        progress: Called with a table or topic and what was written to it in the day so far.

    Raises:
        ConfigurationError: a server cannot be reached, or `days` is below one.
        AffiliateError: there is no world in `out`, the OLTP holds another one, or the role is
            bound by row-level security.
    """
    if days < 1:
        raise ConfigurationError("days must be at least 1")
    world, _ = state.load(out)
    with connect(dsn) as connection:
        _refuse_other_world(connection, world)
    # apply migrations that are newer than the world
    migrate(dsn)
    total = WorldSummary()
    with Broker(bootstrap) if bootstrap else nullcontext() as broker:
        for _ in range(days):
            with connect(dsn) as connection:
                total.add(_one_day(connection, broker, out, progress))
    logger.info("world evolved by %d days", days)
    return total


def _one_day(
    connection: psycopg.Connection, broker: Broker | None, out: Path, progress: Progress | None
) -> WorldSummary:
    began = time.perf_counter()
    world, truth = state.load(out)
    _refuse_other_world(connection, world)
    number = world.day + 1
    start = micros(world.spec.until) + world.day * DAY
    counters = _counters(connection, world)
    writer = Writer(connection, broker, progress)
    window = Window(start, start + DAY)
    new_truth = Day(writer, world.spec, number, window, counters, truth).run()
    load.continue_ids(connection, counters)
    if broker:
        broker.flush()
    state.save(out, state.WorldState.of(world.spec, number, counters), [truth, *new_truth])
    writer.summary.persons = counters.person - 1
    writer.summary.seconds = time.perf_counter() - began
    return writer.summary


def _refuse_other_world(connection: psycopg.Connection, world: state.WorldState) -> None:
    load.refuse_if_bound(connection)
    found = connection.execute("select count(*) from affiliate.affiliate").fetchone()
    if found is None or found[0] != world.spec.affiliates:
        raise AffiliateError(
            "the OLTP does not hold the world that is to evolve: check the DSN and the directory"
        )


def _counters(connection: psycopg.Connection, world: state.WorldState) -> Counters:
    """Return the next unused IDs; the lock keeps other writers from using them."""
    customer, tag, invite, order, item = (
        load.next_id(connection, table) for table in load.GROWING_TABLES
    )
    return Counters(
        person=world.last_person + 1,
        customer=customer,
        event_only=customer,
        tag=tag,
        invite=invite,
        order=order,
        item=item,
        event=count(world.last_event + 1),
    )
