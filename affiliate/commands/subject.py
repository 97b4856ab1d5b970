"""`affiliate subject`: what is held on a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.erase import AffiliateSlug, CustomerId
from core.settings import load_settings
from ingestion.landing import LandingZone

app = typer.Typer(help="What is held on a person.", no_args_is_help=True)


@app.callback()
def subject() -> None:
    """Keeps `export` a command of its own."""


@app.command()
def export(
    affiliate: AffiliateSlug,
    customer: CustomerId,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here instead of printing it.")
    ] = None,
) -> None:
    """Everything that is held on a person at one affiliate, as one JSON document.

    Example: affiliate subject export --affiliate north --customer 17 --output 17.json
    """
    import json

    from core.durable_files import write_new
    from privacy.erasure import person
    from privacy.erasure.export import export as everything

    settings = load_settings()
    zone = LandingZone(settings.landing_path)
    record = (person.affiliate_of(zone, affiliate), customer)
    found = everything(settings, zone, affiliate, record)
    if output is None:
        console.print_json(found)
        return
    text = json.dumps(found, default=str, indent=2, ensure_ascii=False)
    output.unlink(missing_ok=True)
    write_new(output, f"{text}\n".encode(), 0o600)
    rows = sum(len(rows) for part in ("landed", "events", "marts") for rows in found[part].values())
    console.out.print(f"{rows:,} rows written to {output}")
