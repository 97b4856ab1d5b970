"""`affiliate quarantine`: data that failed validation, and what can be done about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings

app = typer.Typer(
    help="QualityReport data that failed validation: list it, replay it, accept held batches.",
    no_args_is_help=True,
)


@app.command("list")
def list_(json: Json = False) -> None:
    """List quarantined rows by reason, and batches held for review.

    Example: affiliate quarantine list --json
    """
    from ingestion.quarantine.operations import list_quarantine

    found = list_quarantine(load_settings())
    if json:
        console.print_json(
            {
                "quarantined": list(map(asdict, found.groups)),
                "held": list(map(asdict, found.held)),
            }
        )
        return
    if found.groups:
        console.print_table(
            ("dataset", "stage", "reason", "rows", "first", "last", "entries"),
            [
                (g.dataset, g.stage, g.reason, f"{g.rows:,}", f"{g.first:%Y-%m-%d %H:%M}",
                 f"{g.last:%Y-%m-%d %H:%M}", ", ".join(map(str, g.entries)))
                for g in found.groups
            ],
        )  # fmt: skip
    if found.held:
        console.print_table(
            ("held entry", "dataset", "reasons"),
            [(v.entry, v.dataset, "\n".join(v.reasons)) for v in found.held],
        )
    if not found.groups and not found.held:
        console.out.print("The quarantine is empty, and no batch is held for review.")


@app.command()
def replay(json: Json = False) -> None:
    """Validate quarantined messages and held batches again, and land what is valid now.

    Example: affiliate quarantine replay
    """
    from ingestion.quarantine.operations import replay_quarantine

    with console.err.status("Validating again"):
        done = replay_quarantine(load_settings())
    if json:
        released = [{"entry": r.entry, "dataset": r.dataset} for r in done.released]
        console.print_json({**asdict(done.report), "freed": released})
        return
    for dataset, rows in done.report.recovered.items():
        console.out.print(f"[green]✓[/] {dataset:<30}{rows:>12,} messages landed")
    for review in done.released:
        console.out.print(f"[green]✓[/] {review.dataset}: entry {review.entry} is released")
    console.out.print(
        f"{done.report.remaining:,} messages remain in quarantine, {done.held} batches are held."
    )


@app.command()
def accept(
    entry: Annotated[
        int, typer.Argument(metavar="ENTRY", help="Number of the held manifest entry.")
    ],
    dataset: Annotated[
        str | None, typer.Option(help="Only this dataset of it, such as events/sales.funnel.")
    ] = None,
) -> None:
    """Accept a held batch after review, so that the next build includes it.

    Example: affiliate quarantine accept 7
    """
    from ingestion.quarantine.operations import accept_batch

    for result in accept_batch(load_settings(), entry, dataset):
        console.out.print(f"[green]✓[/] {result.dataset}: entry {result.entry} is accepted")
