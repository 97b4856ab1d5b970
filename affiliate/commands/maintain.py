"""`affiliate maintain`: fewer and larger landed files, and an end to what need not be kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from affiliate import console
from affiliate.commands.parts import Json
from core.settings import load_settings
from ingestion.landing import LandingZone


def maintain(json: Json = False) -> None:
    """Apply the retention policy (AFFILIATE_RETAIN_…_DAYS) and merge small landed files.

    Example: affiliate maintain --json
    """
    from core.run_lock import run_lock
    from ingestion.landing.maintain import maintain as keep_tidy

    settings = load_settings()
    with run_lock(settings.home), console.err.status("Tidying the landing zone"):
        retained, compacted = keep_tidy(
            LandingZone(settings.landing_path), settings.retention, datetime.now(UTC)
        )
    if json:
        console.print_json({"retention": asdict(retained), "compaction": asdict(compacted)})
        return
    for dataset, rows in retained.dropped.items():
        console.out.print(f"[green]✓[/] {dataset:<40}{rows:>12,} rows dropped, too old to keep")
    for merge in compacted.merges:
        console.out.print(
            f"[green]✓[/] {merge.dataset:<40}{merge.rows:>12,} rows, {merge.files} files are one"
        )
    if not retained.dropped and not compacted.merges:
        console.out.print("There is nothing to tidy.")
