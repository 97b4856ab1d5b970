"""`affiliate file-key`: the key of an affiliate's encrypted file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings


def file_key(
    affiliate: Annotated[str, typer.Argument(metavar="SLUG", help="Slug of the affiliate.")],
    json: Json = False,
) -> None:
    """Print the key of an affiliate's encrypted file, and how to open the file with it.

    The key opens this affiliate's files only, in every release made with the same platform key.

    Example: affiliate file-key acme-coffee
    """
    from serving import reader_key

    found = reader_key(load_settings(), affiliate)
    if json:
        console.print_json(asdict(found))
        return
    console.out.print(found.key)
    if found.encrypted:
        console.err.print(
            f"ATTACH '{affiliate}.duckdb' AS mine (READ_ONLY, ENCRYPTION_KEY '…'); "
            "needs DuckDB 1.4 or newer",
            markup=False,
        )
    else:
        console.err.print("The file is not encrypted: set AFFILIATE_ENCRYPT_AFFILIATE_FILES=true")
