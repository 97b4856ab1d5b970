"""`affiliate audience`: who is in a campaign, and what its destinations are told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.errors import AffiliateError
from core.settings import load_settings

if TYPE_CHECKING:
    from activation.audiences.report import Report

app = typer.Typer(
    help="Campaign audiences: look at them, run them, see what changed.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the audience.")]
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Where the audiences are written.")
]
AUDIENCES = Path(__file__).parents[2] / "audiences"
STEPS = {
    "eligible": "meet the rule",
    "consenting": "of them, agreed and can be reached",
    "unsuppressed": "of them, not suppressed",
    "prioritised": "of them, in no audience of higher priority",
    "members": "members now",
    "held": "of them, held out to measure",
    "delivered": "delivered",
}


@app.command("list")
def list_(folder: Folder = AUDIENCES, json: Json = False) -> None:
    """List the audiences, what they are for, and how their last run ended.

    Example: affiliate audience list
    """
    from activation.audiences.overview import overview

    found = overview(load_settings(), folder)
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
    """Count who would be in it at each step, with up to 20 customers and why; tells nobody.

    Example: affiliate audience preview winback_high_value
    """
    from activation.audiences.preview import preview as look

    found = look(load_settings(), folder, name, _options())
    if json:
        console.print_json(asdict(found))
        return
    _show_counts(found.counts)
    for other, count in found.would_have_been_in.items():
        console.out.print(f"{count:>10,}  are left to {other}")
    for reason in found.why_held:
        console.err.print(f"[yellow]![/] a run would be held: {reason}")
    if found.samples:
        columns = ("affiliate", "member", "outcome", *found.fields)
        console.print_table(
            columns,
            [(s.affiliate, s.member, s.outcome, *s.values.values()) for s in found.samples],
        )


@app.command()
def diff(name: Name, folder: Folder = AUDIENCES, json: Json = False) -> None:
    """Count what the next run would tell each destination; tells nobody.

    Example: affiliate audience diff winback_high_value
    """
    from activation.audiences.run import rehearse

    with rehearse(load_settings(), folder, name, _options()) as (_, report):
        pass
    _show(report, json)


@app.command()
def run(
    name: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Go on although the run looks like a mistake.")
    ] = False,
    resync: Annotated[
        bool, typer.Option("--resync", help="Tell every destination everything.")
    ] = False,
    landed_only: Annotated[
        bool, typer.Option("--landed-only", help="Do not read Kafka for withdrawals first.")
    ] = False,
    folder: Folder = AUDIENCES,
    json: Json = False,
) -> None:
    """Bring the membership up to date and tell destinations what has changed.

    Example: affiliate audience run winback_high_value
    """
    from activation.audiences.deliver import run as deliver
    from activation.delivery.news import land
    from core.run_lock import run_lock

    settings = load_settings()

    def refresh() -> None:
        if not landed_only:
            with run_lock(settings.home):
                land(settings)

    with console.err.status("Running"):
        options = _options(force=force, resync=resync)
        report = deliver(settings, folder, name, options, refresh=refresh)
    _show(report, json)
    if report.why_held and not force:
        raise AffiliateError(
            f"held: {'; '.join(report.why_held)}; only withdrawals and erasures were delivered. "
            "--force goes on"
        )


@app.command()
def ack(
    name: Name,
    number: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")],
    target: Annotated[str, typer.Option(help="csv, parquet or kafka.")] = "csv",
    folder: Folder = AUDIENCES,
) -> None:
    """Note that a destination has all of a run: the next one is compared with it.

    Example: affiliate audience ack winback_high_value 3 --target csv
    """
    from activation.audiences.definition import load_audiences, pick
    from activation.audiences.store import runs_of

    runs = runs_of(load_settings().home, pick(load_audiences(folder), name).name)
    with runs.writing():
        runs.acknowledge(number, target)
    console.out.print(f"[green]✓[/] run {number} of {name} is acknowledged by {target}")


@app.command()
def readout(name: Name, folder: Folder = AUDIENCES, json: Json = False) -> None:
    """Tell what contacting people brought: sales of the treated less those of the held out.

    Example: affiliate audience readout winback_high_value
    """
    from activation.audiences.readout import read_out

    found = asdict(read_out(load_settings(), folder, name))
    if json:
        console.print_json(found)
        return
    for step, value in found.items():
        shown = (
            ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        console.out.print(f"{step.replace('_', ' '):<16}{'' if shown is None else shown}")


@app.command()
def purge(name: Name, folder: Folder = AUDIENCES) -> None:
    """Remove the files that all destinations have acknowledged, such as those of the erased.

    Example: affiliate audience purge winback_high_value
    """
    from activation.audiences.definition import load_audiences, pick
    from activation.audiences.store import runs_of

    audience = pick(load_audiences(folder), name)
    runs = runs_of(load_settings().home, name)
    with runs.writing():
        runs.prune([target.kind for target in audience.deliver], kept=0)
    console.out.print(f"[green]✓[/] what destinations have of {name} is removed")


def _options(*, force: bool = False, resync: bool = False) -> Any:
    from activation.audiences.report import Options

    return Options(datetime.now(UTC), force=force, resync=resync)


def _show(report: Report, json: bool) -> None:
    if json:
        console.print_json(report.as_json())
        return
    _show_counts(report.counts)
    if report.exits:
        left = ", ".join(f"{count:,} {reason}" for reason, count in report.exits.items())
        console.out.print(f"left: {left}")
    for other, count in report.would_have_been_in.items():
        console.out.print(f"{count:,} are left to {other}")
    console.print_destinations(report.targets)
    if report.why_held:
        console.err.print(f"[yellow]![/] {'; '.join(report.why_held)}")


def _show_counts(counts: dict[str, Any]) -> None:
    for step, count in counts.items():
        shown = f"{count:,}" if isinstance(count, int) else count
        console.out.print(f"{shown:>10}  {STEPS.get(step, step)}")
