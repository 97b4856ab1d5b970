"""`affiliate demo`: the whole platform on a sample world, with nothing to install."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import current_release, execute_with_progress
from core.errors import ConfigurationError
from core.settings import Settings, load_settings
from ingestion import servers

QUERIES = (
    "select rfm_segment, count(*) as customers, median(recency_days) as days_since_order "
    "from marts.customer group by all order by customers desc",
    "select affiliates_count, count(*) as customers from marts.customer group by all order by all",
    "select value as category, count(*) as fans from marts.customer_interests "
    "where dimension = 'category' and rank = 1 group by all order by fans desc limit 5",
)


def demo(
    affiliates: Annotated[
        int, typer.Option(min=1, metavar="N", help="Affiliates in the sample world.")
    ] = 5,
    customers: Annotated[int, typer.Option(min=1, metavar="N", help="Customer records.")] = 10_000,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same world.")] = 1,
) -> None:
    """Start the embedded servers, fill a sample world and run everything.

    Example: affiliate demo --affiliates 8 --customers 50000 --seed 7
    """
    settings = load_settings()
    if settings.uses_external_server:
        raise ConfigurationError(
            "the demo fills embedded servers only: unset AFFILIATE_OLTP_DSN, "
            "AFFILIATE_KAFKA_BOOTSTRAP and AFFILIATE_WAREHOUSE_DSN"
        )
    started = time.monotonic()
    create_world(settings, affiliates, customers, seed)
    execute_with_progress("everything", settings, None)
    summarise(settings, time.monotonic() - started)


def create_world(settings: Settings, affiliates: int, customers: int, seed: int) -> None:
    """Fills the embedded servers, unless a world is there already."""
    if (settings.world_path / "world.json").exists():
        console.err.print("The sample world is there already; `make clean` removes it.")
        return
    from oltp.world import WorldSpec, create

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    # a day is left for `affiliate evolve`: what it adds should not come from the future
    until = today - timedelta(days=1)
    spec = WorldSpec(affiliates=affiliates, customers=customers, seed=seed, until=until)
    with console.err.status("Starting the embedded servers"):
        dsn = servers.oltp_admin_dsn(settings)
        bootstrap = servers.kafka(settings).config["bootstrap.servers"]
    with console.err.status("Creating the sample world"):
        summary = create(dsn, bootstrap, spec, settings.world_path)
    rows, events = sum(summary.rows.values()), sum(summary.events.values())
    unit = f"rows, {events:,} events"
    console.step_line(console.err, "Create the sample world", rows, unit, summary.seconds)


def summarise(settings: Settings, seconds: float) -> None:
    """Tells what came of it, and what to try next."""
    from serving.query import open_release

    release = current_release(settings)
    with open_release(settings) as connection:
        persons, shared = connection.execute(
            "select count(*), count(*) filter (affiliates_count > 1) from marts.customer"
        ).fetchall()[0]
    say = console.out.print
    command = os.path.relpath(sys.argv[0])
    say(f"\n[bold]{persons:,} customers[/], {shared:,} of them known to more than one affiliate")
    say(f"Release   {release['path']}")
    say(f"Done in   {seconds:.0f} s\n\nTry")
    for query in QUERIES:
        say(f'  {command} query "{query}"', markup=False)
    say(f"  {command} up     the Dagster UI")
    say(f"  {command} down   stops the embedded servers, which keep running until then")
