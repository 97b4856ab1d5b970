"""`affiliate follow-ups`: the tasks that are due, and their delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings

if TYPE_CHECKING:
    from activation.follow_ups import DeliveryOptions, DeliveryReport

app = typer.Typer(
    help="Manage follow-up tasks: list, preview and deliver them.", no_args_is_help=True
)
Ahead = Annotated[
    int, typer.Option("--ahead-days", min=0, help="Include tasks due within this many days.")
]
SHOWN = ("affiliate", "priority", "due_at", "channel", "stage", "step", "reason", "task_id")


@app.command("list")
def list_(
    affiliate: Annotated[
        str | None,
        typer.Option("--affiliate", metavar="SLUG", help="Tasks of this affiliate only."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Number of tasks.")] = 20,
    ahead_days: Ahead = 1,
    json: Json = False,
) -> None:
    """List the tasks to do, the most important first.

    Example: affiliate follow-ups list --affiliate aff-books-01
    """
    from activation.follow_ups import open_tasks

    found = open_tasks(load_settings(), _options(ahead_days), affiliate, limit)
    if json:
        console.print_json(found)
        return
    console.print_table(SHOWN, [[task[column] for column in SHOWN] for task in found])


@app.command()
def diff(ahead_days: Ahead = 1, json: Json = False) -> None:
    """Dry run: count what the next delivery would send to each destination.

    Example: affiliate follow-ups diff
    """
    from activation.follow_ups import preview_delivery

    _show(preview_delivery(load_settings(), _options(ahead_days)), json)


@app.command("deliver")
def deliver_(
    resync: Annotated[
        bool, typer.Option("--resync", help="Send all tasks to every destination.")
    ] = False,
    landed_only: Annotated[
        bool,
        typer.Option("--landed-only", help="Skip reading consents and erasures from Kafka."),
    ] = False,
    ahead_days: Ahead = 1,
    json: Json = False,
) -> None:
    """Write the task files of each affiliate and send changed tasks to Kafka.

    Example: affiliate follow-ups deliver
    """
    from activation.follow_ups import deliver_tasks

    with console.err.status("Delivering"):
        options = _options(ahead_days, resync=resync)
        report = deliver_tasks(load_settings(), options, fresh=not landed_only)
    _show(report, json)


@app.command()
def purge() -> None:
    """Delete delivered files that every destination has acknowledged.

    Example: affiliate follow-ups purge
    """
    from activation import follow_ups

    follow_ups.purge(load_settings())
    console.out.print("[green]✓[/] acknowledged files of follow-ups are deleted")


def _options(ahead_days: int, *, resync: bool = False) -> DeliveryOptions:
    from activation.follow_ups import DeliveryOptions

    return DeliveryOptions(datetime.now(UTC), timedelta(days=ahead_days), resync=resync)


def _show(report: DeliveryReport, json: bool) -> None:
    if json:
        console.print_json(report.as_json())
        return
    for fate, meaning in MEANINGS.items():
        count = getattr(report.counts, fate)
        if count or fate in ("open", "delivered"):
            console.out.print(f"{count:>10,}  {meaning}")
    console.print_destinations(report.targets)


MEANINGS = {
    "open": "open tasks of the release",
    "erased": "suppressed: the customer was erased",
    "consent": "suppressed: the customer withdrew consent",
    "answered": "suppressed: already contacted or decided",
    "fatigue": "suppressed: the person was contacted too often",
    "later": "not due yet",
    "expired": "expired",
    "delivered": "to do",
}
