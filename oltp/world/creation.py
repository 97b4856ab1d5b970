"""Create a world: fill an empty OLTP and emit the events of two years."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pyarrow as pa

from core.errors import AffiliateError
from oltp.connection import connect
from oltp.migrate import migrate
from oltp.world import load, state
from oltp.world.beginning import Beginning
from oltp.world.broker import Broker
from oltp.world.chunk import Counters, draw
from oltp.world.events.malformed import KINDS
from oltp.world.spec import WorldSpec, WorldSummary
from oltp.world.writer import Progress, Writer

logger = logging.getLogger(__name__)


def create(
    dsn: str,
    bootstrap: str | None,
    spec: WorldSpec,
    out: Path,
    progress: Progress | None = None,
) -> WorldSummary:
    """Migrates the OLTP, fills it, emits the events, and writes the truth into `out`.

    The tables are filled in one transaction that is committed last: after a failure the same call
    can be repeated, and the messages it repeats are the same, byte for byte.

    Args:
        dsn: A role above row-level security that owns, or will own, the schema.
        bootstrap: The broker's `host:port,…`; None emits no events.
        spec: The world.
        out: Directory for `truth.parquet` and `world.json`.
        progress: Called with a table or topic and what was written to it so far.

    Raises:
        ConfigurationError: a server cannot be reached.
        AffiliateError: the OLTP holds affiliates already, or the role is bound by row-level
            security.
    """
    began = time.perf_counter()
    migrate(dsn)
    with Broker(bootstrap) if bootstrap else nullcontext() as broker, connect(dsn) as connection:
        _refuse_unless_empty(connection)
        writer = Writer(connection, broker, progress)
        counters, truth = _fill(writer, Beginning(spec))
        load.continue_ids(connection, counters)
        if broker:
            broker.flush()
        state.save(out, state.WorldState.of(spec, 0, counters), truth)
    with connect(dsn) as connection:
        connection.execute("analyze")
    writer.summary.persons = counters.person - 1
    writer.summary.seconds = time.perf_counter() - began
    logger.info("world created, %.0f rows and messages a second", writer.summary.rows_per_second)
    return writer.summary


def _refuse_unless_empty(connection: psycopg.Connection) -> None:
    load.refuse_if_bound(connection)
    connection.execute("lock table affiliate.affiliate in exclusive mode")
    if connection.execute("select from affiliate.affiliate limit 1").fetchone() is not None:
        raise AffiliateError(
            "the OLTP holds affiliates already: create the sample world in an empty database"
        )


def _fill(writer: Writer, beginning: Beginning) -> tuple[Counters, list[pa.Table]]:
    spec, counters, truth = beginning.spec, beginning.counters(), []
    fixed = {**beginning.affiliate_tables, "sales.product": beginning.stock.table}
    with load.bare_tables(writer.connection):
        for table, rows in fixed.items():
            writer.copy(table, rows)
            if "id" in rows.column_names:
                load.continue_ids_after(writer.connection, table, rows.num_rows)
        for number in range(beginning.chunks):
            them = beginning.records(number, counters.person)
            chunk = draw(
                spec,
                beginning.window,
                beginning.stock,
                counters,
                (number,),
                them,
                spec.orders_per_customer,
                least_bad=len(KINDS),
            )
            writer.write(chunk)
            truth.append(chunk.truth)
    return counters, truth
