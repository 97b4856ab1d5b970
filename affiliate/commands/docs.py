"""`affiliate docs build`: the pages for analysts."""

from __future__ import annotations

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.settings import load_settings

app = typer.Typer(
    help="Every model and column, its lineage, metrics and a glossary.", no_args_is_help=True
)


@app.callback()
def docs() -> None:
    """Every model and column, its lineage, metrics and a glossary."""


@app.command()
def build(json: Json = False) -> None:
    """Write dbt docs as one static page, which `affiliate up` serves at /docs.

    Example: affiliate docs build
    """
    from orchestration.lib.docs import build_docs

    settings = load_settings()
    with console.err.status("Building the docs"):
        page = build_docs(settings)
    if json:
        console.print_json({"page": page})
        return
    console.out.print(f"Docs   {page}")
