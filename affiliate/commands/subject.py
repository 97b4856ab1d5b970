"""`affiliate subject`: answers a person's request for access to their data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affiliate import console
from affiliate.options import AffiliateSlug, CustomerId
from core.settings import load_settings

app = typer.Typer(help="Answer a person's request for access to their data.", no_args_is_help=True)


@app.callback()
def subject() -> None:
    """Keep `export` a separate command."""


@app.command()
def export(
    affiliate: AffiliateSlug,
    customer: CustomerId,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file instead of the screen.")
    ] = None,
) -> None:
    """Export all data held about a customer of an affiliate as one JSON document.

    Example: affiliate subject export --affiliate north --customer 17 --output 17.json
    """
    import json

    from core.durable_files import write_new
    from privacy.erasure import export_subject

    found = export_subject(load_settings(), affiliate, customer)
    if output is None:
        console.print_json(found)
        return
    text = json.dumps(found, default=str, indent=2, ensure_ascii=False)
    output.unlink(missing_ok=True)
    write_new(output, f"{text}\n".encode(), 0o600)
    rows = sum(len(rows) for part in ("landed", "events", "marts") for rows in found[part].values())
    console.out.print(f"{rows:,} rows written to {output}")
