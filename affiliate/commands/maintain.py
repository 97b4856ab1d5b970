"""`affiliate maintain`: retention and compaction of the landing zone."""

from __future__ import annotations

from dataclasses import asdict

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings


def maintain(json: Json = False) -> None:
    """Delete landed data past its retention (AFFILIATE_RETAIN_…_DAYS) and merge small files.

    Example: affiliate maintain --json
    """
    from ingestion.landing.maintain import maintain_home

    with console.err.status("Maintaining the landing zone"):
        retained, compacted = maintain_home(load_settings())
    if json:
        console.print_json({"retention": asdict(retained), "compaction": asdict(compacted)})
        return
    for dataset, rows in retained.dropped.items():
        console.out.print(f"[green]✓[/] {dataset:<40}{rows:>12,} rows deleted, past retention")
    for merge in compacted.merges:
        console.out.print(
            f"[green]✓[/] {merge.dataset:<40}{merge.rows:>12,} rows, {merge.files} files merged"
        )
    if not retained.dropped and not compacted.merges:
        console.out.print("Nothing to do.")
