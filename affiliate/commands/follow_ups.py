"""`affiliate follow-ups`: the tasks that are due, and what their destinations are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.errors import unknown
from core.settings import load_settings

if TYPE_CHECKING:
    from activation.follow_ups.deliver import Report

app = typer.Typer(
    help="Follow-up tasks: look at them, deliver them, see what changed.", no_args_is_help=True
)
Ahead = Annotated[
    int, typer.Option("--ahead-days", min=0, help="Tasks that are due within so many days go out.")
]
SHOWN = ("affiliate", "priority", "due_at", "channel", "stage", "step", "reason", "task_id")


@app.command("list")
def list_(
    affiliate: Annotated[
        str | None, typer.Option("--affiliate", metavar="SLUG", help="Those of one affiliate.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many tasks.")] = 20,
    ahead_days: Ahead = 1,
    json: Json = False,
) -> None:
    """List the tasks that are to be done, the most important first; tells nobody.

    Example: affiliate follow-ups list --affiliate aff-books-01
    """
    from activation.follow_ups.deliver import rehearse
    from activation.follow_ups.overview import most_important
    from serving.affiliate_files.recipients import slugs_of
    from serving.store import current_release

    settings = load_settings()
    served = slugs_of(current_release(settings))
    if affiliate is not None and affiliate not in served:
        raise unknown("affiliate", affiliate, served)
    with rehearse(settings, _options(ahead_days)) as (connection, _):
        found = most_important(connection, affiliate, limit)
    if json:
        console.print_json(found)
        return
    console.print_table(SHOWN, [[task[column] for column in SHOWN] for task in found])


@app.command()
def diff(ahead_days: Ahead = 1, json: Json = False) -> None:
    """Count what the next delivery would tell each destination; tells nobody.

    Example: affiliate follow-ups diff
    """
    from activation.follow_ups.deliver import rehearse

    with rehearse(load_settings(), _options(ahead_days)) as (_, report):
        pass
    _show(report, json)


@app.command()
def deliver(
    resync: Annotated[
        bool, typer.Option("--resync", help="Tell every destination everything.")
    ] = False,
    landed_only: Annotated[
        bool, typer.Option("--landed-only", help="Do not read Kafka for withdrawals first.")
    ] = False,
    ahead_days: Ahead = 1,
    json: Json = False,
) -> None:
    """Write each affiliate's files and tell Kafka what has changed of the tasks.

    Example: affiliate follow-ups deliver
    """
    from activation.delivery.news import land
    from activation.follow_ups.deliver import deliver as run
    from core.run_lock import run_lock

    settings = load_settings()

    def refresh() -> None:
        if not landed_only:
            with run_lock(settings.home):
                land(settings)

    with console.err.status("Delivering"):
        report = run(settings, _options(ahead_days, resync=resync), refresh=refresh)
    _show(report, json)


@app.command()
def purge() -> None:
    """Remove the files that all destinations have, such as those of the erased.

    Example: affiliate follow-ups purge
    """
    from activation.follow_ups.deliver import TARGETS, runs_of

    runs = runs_of(load_settings().home)
    with runs.writing():
        runs.prune(TARGETS, kept=0)
    console.out.print("[green]✓[/] what destinations have of follow-ups is removed")


def _options(ahead_days: int, *, resync: bool = False) -> Any:
    from activation.follow_ups.deliver import Options

    return Options(datetime.now(UTC), timedelta(days=ahead_days), resync=resync)


def _show(report: Report, json: bool) -> None:
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
    "erased": "held back: the customer is erased",
    "consent": "held back: the customer withdrew since",
    "answered": "held back: contacted or decided since",
    "fatigue": "held back: the person is contacted too often",
    "later": "not due yet",
    "expired": "too late",
    "delivered": "to be done",
}
