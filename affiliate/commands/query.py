"""`affiliate query`: SQL on the current release, read only."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings

SHOWN_ROWS = 100


def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SQL statement; tables are in schema `marts`.")
    ],
    affiliate: Annotated[
        str | None,
        typer.Option(metavar="SLUG", help="Query the file of this affiliate instead."),
    ] = None,
    json: Json = False,
) -> None:
    """Query the current release with SQL, read only.

    Example: affiliate query "select count(*) from marts.customer"
    """
    from serving import run_query

    limit = None if json else SHOWN_ROWS + 1
    columns, rows = run_query(load_settings(), sql, affiliate=affiliate, limit=limit)
    if json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    console.print_table(columns, rows[:SHOWN_ROWS])
    if len(rows) > SHOWN_ROWS:
        console.err.print(f"These are the first {SHOWN_ROWS} rows; --json prints all.")
