"""`affiliate demo` and `affiliate evolve`: the platform on sample data, with nothing to install."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.progress import CREATE_WORLD, showing_progress
from core.settings import load_settings

if TYPE_CHECKING:
    from oltp.world import WorldSummary

QUERIES = (
    "select rfm_segment, count(*) as customers, median(recency_days) as days_since_order "
    "from marts.customer group by all order by customers desc",
    "select affiliates_count, count(*) as customers from marts.customer group by all order by all",
    "select value as category, count(*) as fans from marts.customer_interests "
    "where dimension = 'category' and rank = 1 group by all order by fans desc limit 5",
)


def demo(
    affiliates: Annotated[int, typer.Option(min=1, metavar="N", help="Number of affiliates.")] = 5,
    customers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of customer records.")
    ] = 10_000,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Random seed: the same seed gives the same data.")
    ] = 1,
) -> None:
    """Create sample data on embedded servers and run the whole pipeline on it.

    Example: affiliate demo --affiliates 8 --customers 50000 --seed 7
    """
    settings = load_settings()
    with showing_progress() as progress:
        from orchestration import demo

        def show_world(summary: WorldSummary | None) -> None:
            if summary is None:
                progress.terminal.print("Using the existing demo data; `make clean` removes it.")
                return
            unit = f"rows, {sum(summary.events.values()):,} events"
            rows = sum(summary.rows.values())
            console.step_line(progress.terminal, CREATE_WORLD, rows, unit, summary.seconds)

        done = demo.demo(
            settings,
            affiliates=affiliates,
            customers=customers,
            seed=seed,
            on_world=show_world,
            on_step=progress,
        )
    say = console.out.print
    command = os.path.relpath(sys.argv[0])
    say(f"\n[bold]{done.customers:,} customers[/], {done.shared:,} of them known to more than one "
        "affiliate")  # fmt: skip
    say(f"Release   {done.release}")
    say(f"Done in   {done.seconds:.0f} s\n\nTry")
    for query in QUERIES:
        say(f'  {command} query "{query}"', markup=False)
    say(f"  {command} up     opens the Dagster UI and the dashboard")
    say(f"  {command} down   stops the embedded servers, which keep running until then")


def evolve(
    days: Annotated[int, typer.Option(min=1, metavar="N", help="Number of days to simulate.")] = 1,
) -> None:
    """Simulate more days of activity in the demo data.

    Example: affiliate evolve --days 7
    """
    settings = load_settings()
    with console.err.status("Simulating"):
        from orchestration.demo import evolve

        summary = evolve(settings, days)
    rows, events = sum(summary.rows.values()), sum(summary.events.values())
    console.out.print(f"{rows:,} rows changed, {events:,} events sent")
