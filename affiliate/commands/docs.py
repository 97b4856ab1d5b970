"""`affiliate docs build`: the documentation of models and columns."""

from __future__ import annotations

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings

app = typer.Typer(help="Document every model and column with its lineage.", no_args_is_help=True)


@app.callback()
def docs() -> None:
    """Keep `build` a separate command."""


@app.command()
def build(json: Json = False) -> None:
    """Build the dbt docs as one static page, which `affiliate up` serves at /docs.

    Example: affiliate docs build
    """
    from orchestration.lib.docs import build_docs

    with console.err.status("Building the docs"):
        page = build_docs(load_settings())
    if json:
        console.print_json({"page": page})
        return
    console.out.print(f"Docs   {page}")
