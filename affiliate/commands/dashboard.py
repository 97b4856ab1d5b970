"""`affiliate dashboard`: the dashboard as one HTML file, to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affiliate import console
from core.errors import AffiliateError
from core.settings import load_settings


def dashboard(
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")],
    affiliate: Annotated[
        str | None, typer.Option(metavar="SLUG", help="Read this affiliate's file alone.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="First month.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month.")] = None,
) -> None:
    """Write the dashboard of the current release as one file that loads nothing.

    Example: affiliate dashboard --affiliate acme-coffee --output acme.html
    """
    from web.dashboard.view import read_view, standalone

    given = {"affiliate": affiliate, "from": start, "to": end}
    view = read_view(load_settings(), ((k, v) for k, v in given.items() if v is not None))
    try:
        output.write_text(standalone(view), "utf-8")
    except OSError as error:
        raise AffiliateError(f"{output} cannot be written: {error.strerror}") from None
    console.err.print(f"Written to {output}")
