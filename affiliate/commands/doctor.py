"""`affiliate doctor`: one line for each thing the platform needs."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings


def doctor(
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Also compare every landed file with the manifest."),
    ] = False,
    json: Json = False,
) -> None:
    """Check settings, servers, keys, disk and versions; exit code 2 if something is missing.

    With --verify, also read every landed file, compare its sha256 and row count with the manifest,
    and check that the counts of every batch add up; exit code 1 if anything is wrong.

    Example: affiliate doctor --verify
    """
    from orchestration.doctor import LANDING, diagnose

    settings = load_settings()
    with console.err.status("Checking"):
        checks = diagnose(settings, verify_landing=verify)
    if json:
        console.print_json([vars(check) for check in checks])
    else:
        for check in checks:
            mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
            console.out.print(f"{mark} {check.name:<10} {check.detail}")
    failed = {check.name for check in checks if not check.ok}
    if failed:
        raise SystemExit(1 if failed == {LANDING} else 2)
