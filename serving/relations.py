"""The relations that the tables of a release are read from."""

from __future__ import annotations

from core import sql
from serving.artefacts import ReleaseTable
from warehouse.connection import ALIAS

#: Catalogue name of the private database in which a release is prepared.
STAGE = "stage"


def mart(table: ReleaseTable) -> str:
    """Returns the mart of the attached warehouse, or the settled copy of it, as a relation."""
    schema, model = table.source
    if table.settled:
        return f"{STAGE}.settled.{sql.name(model)}"
    return f"{ALIAS}.{sql.name(schema)}.{sql.name(model)}"
