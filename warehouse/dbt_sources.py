"""The raw tables as dbt sources, from the contracts.

`python -m warehouse.dbt_sources` writes `dbt_project/models/staging/_raw__sources.yml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from contracts.columns import Column
from contracts.ledgers import DATASETS
from contracts.tables import TABLES
from contracts.topics import TOPICS
from warehouse.raw import DESCRIBED, OWN_TABLES, SCHEMA

FILE = Path(__file__).parents[1] / "dbt_project" / "models" / "staging" / "_raw__sources.yml"
HEAD = "# Generated from contracts/ by `python -m warehouse.dbt_sources`: do not edit.\n"
_DESCRIPTION = (
    "Landed rows as the loader brings them into the warehouse. A row of the OLTP is identified by "
    "its source (`_source`) and its key; only affiliate ids mean the same in every source."
)


def dbt_sources() -> str:
    """The file's text."""
    described = {
        **{t.raw_table: f"Every landed version of a row of {t.qualified}." for t in TABLES},
        **{
            t.raw_table: f"Every landed message of topic {t.name}, repeated deliveries included."
            for t in TOPICS
        },
        **{ledger.raw_table: ledger.description for ledger in DATASETS},
        **OWN_TABLES,
    }
    tables = [_table(name, text) for name, text in described.items()]
    source = {"name": SCHEMA, "description": _DESCRIPTION, "schema": SCHEMA, "tables": tables}
    text: str = yaml.dump({"sources": [source]}, Dumper=_Indented, sort_keys=False, width=100)
    return HEAD + text


def _table(name: str, description: str) -> dict[str, Any]:
    columns = [_column(column) for column in DESCRIBED.get(name, ())]
    return {"name": name, "description": description, **({"columns": columns} if columns else {})}


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "data_type": column.type,
        "description": column.description,
        "config": {"meta": {"personal": column.personal}},
    }


class _Indented(yaml.SafeDumper):  # type: ignore[misc]
    """Indents the items of a list, as yamllint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def main() -> None:
    """Writes the file into the dbt project."""
    FILE.write_text(dbt_sources())


if __name__ == "__main__":
    main()
