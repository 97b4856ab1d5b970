"""`affiliate dashboard`: the dashboard as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affiliate import console
from core.settings import load_settings


def dashboard(
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")],
    affiliate: Annotated[
        str | None, typer.Option(metavar="SLUG", help="Show this affiliate's own data only.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="First month.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month.")] = None,
) -> None:
    """Export the dashboard of the current release as one self-contained HTML file.

    Example: affiliate dashboard --affiliate acme-coffee --output acme.html
    """
    from web.dashboard.view import write_dashboard

    given = {"affiliate": affiliate, "from": start, "to": end}
    chosen = ((name, value) for name, value in given.items() if value is not None)
    write_dashboard(load_settings(), output, chosen)
    console.err.print(f"Written to {output}")
