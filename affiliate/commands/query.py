"""`affiliate query`: SQL on the current release, read only."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.errors import AffiliateError
from core.settings import load_settings

SHOWN_ROWS = 100


def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SQL statement; tables are in schema `marts`.")
    ],
    affiliate: Annotated[
        str | None, typer.Option(metavar="SLUG", help="Ask this affiliate's file instead.")
    ] = None,
    json: Json = False,
) -> None:
    """Ask the current release, read only.

    Example: affiliate query "select count(*) from marts.customer"
    """
    import duckdb

    from serving.query import open_release

    with open_release(load_settings(), affiliate=affiliate) as connection:
        try:
            cursor = connection.execute(sql)
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchall() if json else cursor.fetchmany(SHOWN_ROWS + 1)
        except duckdb.Error as error:
            raise AffiliateError(str(error).splitlines()[0]) from None
    if json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        show(columns, rows)


def show(columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """A table of the first hundred rows."""
    console.print_table(columns, rows[:SHOWN_ROWS])
    if len(rows) > SHOWN_ROWS:
        console.err.print(f"The first {SHOWN_ROWS} rows; --json prints all.")
