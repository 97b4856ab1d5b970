"""`affiliate file-key`: what opens an affiliate's encrypted file."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.errors import unknown
from core.settings import load_settings


def file_key(
    affiliate: Annotated[str, typer.Argument(metavar="SLUG", help="Whose file it is.")],
    json: Json = False,
) -> None:
    """Print the key of an affiliate's encrypted file, and how its reader uses it.

    It opens the files of this affiliate only, in every release made with the same platform key.

    Example: affiliate file-key acme-coffee
    """
    from privacy.pseudonym import file_key, load_key
    from serving.affiliate_files.recipients import affiliate_path, affiliates
    from serving.manifest import read_release
    from serving.query import release_folder

    settings = load_settings()
    path = affiliate_path(affiliate)
    folder = release_folder(settings)
    entry = read_release(folder).files.get(path)
    if entry is None or entry.affiliate_id is None:
        raise unknown("file of affiliate", affiliate, affiliates(folder))
    key = file_key(load_key(settings), entry.affiliate_id)
    if json:
        console.print_json({"affiliate": affiliate, "key": key, "encrypted": entry.encrypted})
        return
    console.out.print(key)
    if entry.encrypted:
        console.err.print(
            f"ATTACH '{affiliate}.duckdb' AS mine (READ_ONLY, ENCRYPTION_KEY '…'); "
            "from DuckDB 1.4 on",
            markup=False,
        )
    else:
        console.err.print("The file is not encrypted: set AFFILIATE_ENCRYPT_AFFILIATE_FILES=true")
