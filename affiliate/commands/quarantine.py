"""`affiliate quarantine`: what was set aside or held back, and how it gets into the marts."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.settings import load_settings
from ingestion.landing import LandingZone

app = typer.Typer(
    help="What was set aside or held back: look at it, try it again, accept it.",
    no_args_is_help=True,
)


@app.command("list")
def list_(json: Json = False) -> None:
    """Count what stands in quarantine by reason, and name the batches that are held back.

    Example: affiliate quarantine list --json
    """
    from ingestion.quarantine import groups

    zone = LandingZone(load_settings().landing_path)
    found, held = groups(zone), zone.held()
    if json:
        console.print_json(
            {"quarantined": list(map(asdict, found)), "held": list(map(asdict, held))}
        )
        return
    if found:
        console.print_table(
            ("dataset", "stage", "reason", "rows", "first", "last", "entries"),
            [
                (g.dataset, g.stage, g.reason, f"{g.rows:,}", f"{g.first:%Y-%m-%d %H:%M}",
                 f"{g.last:%Y-%m-%d %H:%M}", ", ".join(map(str, g.entries)))
                for g in found
            ],
        )  # fmt: skip
    if held:
        console.print_table(
            ("held entry", "dataset", "reasons"),
            [(v.entry, v.dataset, "\n".join(v.reasons)) for v in held],
        )
    if not found and not held:
        console.out.print("Nothing is in quarantine, and no batch is held back.")


@app.command()
def replay(json: Json = False) -> None:
    """Judge it all again by today's contracts and rules; what is good now is landed.

    Example: affiliate quarantine replay
    """
    from core.run_lock import run_lock
    from ingestion.kafka.sort import sort_again
    from ingestion.quality import recheck
    from ingestion.quarantine import replay as try_again
    from ingestion.servers import schema_registry

    settings = load_settings()
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home), console.err.status("Judging again"):
        report = try_again(zone, sort=partial(sort_again, registry=schema_registry(settings)))
        reviews = recheck(zone, settings.quality_path)
    freed = [review for review in reviews if review.outcome == "passed"]
    if json:
        console.print_json(
            {**asdict(report), "freed": [{"entry": r.entry, "dataset": r.dataset} for r in freed]}
        )
        return
    for dataset, rows in report.recovered.items():
        console.out.print(f"[green]✓[/] {dataset:<30}{rows:>12,} messages landed")
    for review in freed:
        console.out.print(f"[green]✓[/] {review.dataset}: entry {review.entry} is held no more")
    console.out.print(
        f"{report.remaining:,} messages stay in quarantine, {len(zone.held())} batches held back."
    )


@app.command()
def accept(
    entry: Annotated[
        int, typer.Argument(metavar="ENTRY", help="Number of the held manifest entry.")
    ],
    dataset: Annotated[
        str | None, typer.Option(help="Only this dataset of it, as events/sales.funnel.")
    ] = None,
) -> None:
    """Let a batch that was held back into the next build: somebody looked, and it is right.

    Example: affiliate quarantine accept 7
    """
    from core.run_lock import run_lock
    from ingestion.quality import publish
    from ingestion.quarantine import accept as release

    settings = load_settings()
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        accepted = release(zone, dataset, entry)
        publish(zone, settings.quality_path)
    for verdict in accepted:
        console.out.print(f"[green]✓[/] {verdict.dataset}: entry {verdict.entry} is accepted")
