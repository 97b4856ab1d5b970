"""The schema whose tables are scanned."""

from __future__ import annotations

from dataclasses import dataclass

from core import sql


@dataclass(frozen=True)
class Location:
    """A schema with the tables of one file, or of several files together.

    Attributes:
        schema: With its catalogue, such as `rel.marts`.
        groups: Columns that separate the rows of several files.
    """

    schema: str
    groups: tuple[str, ...] = ()

    def of(self, table: str) -> str:
        """Full name of a table."""
        return f"{self.schema}.{sql.name(table)}"
