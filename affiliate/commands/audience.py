"""`affiliate audience`: the members of campaign audiences, and their delivery."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affiliate import console
from affiliate.options import Json
from core.errors import AffiliateError
from core.settings import load_settings

if TYPE_CHECKING:
    from activation.audiences import RunOptions, RunReport

app = typer.Typer(
    help="Manage campaign audiences: preview, run, acknowledge, measure.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the audience.")]
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Folder of the audience definitions.")
]
AUDIENCES = Path(__file__).parents[2] / "audiences"
STEPS = {
    "eligible": "match the rule",
    "consenting": "of them, gave consent and can be reached",
    "unsuppressed": "of them, not suppressed",
    "prioritised": "of them, in no audience of higher priority",
    "members": "members now",
    "held": "of them, in the control group",
    "delivered": "delivered",
}


@app.command("list")
def list_(folder: Folder = AUDIENCES, json: Json = False) -> None:
    """List the audiences, their destinations and the result of their last run.

    Example: affiliate audience list
    """
    from activation.audiences import list_audiences

    found = list_audiences(load_settings(), folder)
    if json:
        console.print_json([asdict(entry) for entry in found])
        return
    console.print_table(
        ("audience", "scope", "priority", "to", "run", "at", "status", "members", "delivered"),
        [
            (e.audience, e.scope, e.priority, ", ".join(e.targets), e.run,
             f"{e.at:%Y-%m-%d %H:%M}" if e.at else None, e.fault or e.status, e.members,
             e.delivered)
            for e in found
        ],
    )  # fmt: skip


@app.command()
def preview(name: Name, folder: Folder = AUDIENCES, json: Json = False) -> None:
    """Dry run: count the customers at each step and show up to 20 of them with the reason.

    Example: affiliate audience preview winback_high_value
    """
    from activation.audiences import preview_audience

    found = preview_audience(load_settings(), folder, name, _options())
    if json:
        console.print_json(asdict(found))
        return
    _show_counts(found.counts)
    for other, count in found.would_have_been_in.items():
        console.out.print(f"{count:>10,}  go to {other} instead")
    for reason in found.why_held:
        console.err.print(f"[yellow]![/] a run would be stopped: {reason}")
    if found.samples:
        columns = ("affiliate", "member", "outcome", *found.fields)
        console.print_table(
            columns,
            [(s.affiliate, s.member, s.outcome, *s.values.values()) for s in found.samples],
        )


@app.command()
def diff(name: Name, folder: Folder = AUDIENCES, json: Json = False) -> None:
    """Dry run: count what the next run would send to each destination.

    Example: affiliate audience diff winback_high_value
    """
    from activation.audiences import preview_run

    _show(preview_run(load_settings(), folder, name, _options()), json)


@app.command()
def run(
    name: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Deliver even if a safety limit stops the run.")
    ] = False,
    resync: Annotated[
        bool, typer.Option("--resync", help="Send the complete audience to every destination.")
    ] = False,
    landed_only: Annotated[
        bool,
        typer.Option("--landed-only", help="Skip reading consents and erasures from Kafka."),
    ] = False,
    folder: Folder = AUDIENCES,
    json: Json = False,
) -> None:
    """Update the members of an audience and send the changes to its destinations.

    Example: affiliate audience run winback_high_value
    """
    from activation import audiences

    with console.err.status("Running"):
        options = _options(force=force, resync=resync)
        report = audiences.run(load_settings(), folder, name, options, fresh=not landed_only)
    _show(report, json)
    if report.why_held and not force:
        raise AffiliateError(
            f"stopped: {'; '.join(report.why_held)}; only withdrawals and erasures were delivered. "
            "--force delivers everything"
        )


@app.command()
def ack(
    name: Name,
    number: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")],
    target: Annotated[str, typer.Option(help="csv, parquet or kafka.")] = "csv",
    folder: Folder = AUDIENCES,
) -> None:
    """Acknowledge a run for a destination: the next run sends only what changed since.

    Example: affiliate audience ack winback_high_value 3 --target csv
    """
    from activation.audiences import acknowledge

    acknowledge(load_settings(), folder, name, number, target)
    console.out.print(f"[green]✓[/] run {number} of {name} is acknowledged for {target}")


@app.command()
def readout(name: Name, folder: Folder = AUDIENCES, json: Json = False) -> None:
    """Report campaign lift: sales of the treatment group minus the control group.

    Example: affiliate audience readout winback_high_value
    """
    from activation.audiences import measure_lift

    found = asdict(measure_lift(load_settings(), folder, name))
    if json:
        console.print_json(found)
        return
    for step, value in found.items():
        shown = (
            ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        console.out.print(f"{step.replace('_', ' '):<16}{'' if shown is None else shown}")


@app.command("purge")
def purge_(name: Name, folder: Folder = AUDIENCES) -> None:
    """Delete delivered files that every destination has acknowledged.

    Example: affiliate audience purge winback_high_value
    """
    from activation.audiences import purge

    purge(load_settings(), folder, name)
    console.out.print(f"[green]✓[/] acknowledged files of {name} are deleted")


def _options(*, force: bool = False, resync: bool = False) -> RunOptions:
    from activation.audiences import RunOptions

    return RunOptions(datetime.now(UTC), force=force, resync=resync)


def _show(report: RunReport, json: bool) -> None:
    if json:
        console.print_json(report.as_json())
        return
    _show_counts(report.counts)
    if report.exits:
        left = ", ".join(f"{count:,} {reason}" for reason, count in report.exits.items())
        console.out.print(f"left: {left}")
    for other, count in report.would_have_been_in.items():
        console.out.print(f"{count:,} go to {other} instead")
    console.print_destinations(report.targets)
    if report.why_held:
        console.err.print(f"[yellow]![/] {'; '.join(report.why_held)}")


def _show_counts(counts: dict[str, Any]) -> None:
    for step, count in counts.items():
        shown = f"{count:,}" if isinstance(count, int) else count
        console.out.print(f"{shown:>10}  {STEPS.get(step, step)}")
