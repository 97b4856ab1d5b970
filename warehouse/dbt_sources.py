"""The raw tables as dbt sources, from the contracts.

`python -m warehouse.dbt_sources` writes `_raw__sources.yml` and `_raw__columns.md` into
`dbt_project/models/staging`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from contracts.columns import Column
from contracts.ledgers import DATASETS
from contracts.personal import NONE
from contracts.tables import TABLES
from contracts.topics import TOPICS
from warehouse.raw import DESCRIBED, OWN_TABLES, SCHEMA

FOLDER = Path(__file__).parents[1] / "dbt_project" / "models" / "staging"
_GENERATED = "Generated from contracts/ by `python -m warehouse.dbt_sources`: do not edit."
_DESCRIPTION = (
    "Landed rows as the loader brings them into the warehouse. A row of the OLTP is identified by "
    "its source (`_source`) and its key; only affiliate ids mean the same in every source."
)


def files() -> dict[Path, str]:
    """Return the generated files and their texts."""
    blocks = _blocks()
    return {
        FOLDER / "_raw__sources.yml": _sources(blocks),
        FOLDER / "_raw__columns.md": _columns(blocks),
    }


def _blocks() -> dict[Column, str]:
    """Name a doc block for every column that several tables describe in the same words."""
    described = [(table, column) for table, columns in DESCRIBED.items() for column in columns]
    uses = Counter((column.name, column.description) for _, column in described)
    names: dict[tuple[str, str], str] = {}
    for table, column in described:
        key = (column.name, column.description)
        if uses[key] > 1:
            names.setdefault(key, f"raw__{table}__{column.name.lstrip('_')}")
    return {
        column: names[column.name, column.description]
        for _, column in described
        if (column.name, column.description) in names
    }


def _columns(blocks: dict[Column, str]) -> str:
    described = {block: column.description for column, block in blocks.items()}
    docs = (f"{{% docs {block} %}}\n{text}\n{{% enddocs %}}\n" for block, text in described.items())
    return "\n".join([f"<!-- {_GENERATED} -->\n", *docs])


def _sources(blocks: dict[Column, str]) -> str:
    described = {
        **{t.raw_table: f"Every landed version of a row of {t.qualified}." for t in TABLES},
        **{
            t.raw_table: f"Every landed message of topic {t.name}, repeated deliveries included."
            for t in TOPICS
        },
        **{ledger.raw_table: ledger.description for ledger in DATASETS},
        **OWN_TABLES,
    }
    tables = [_table(name, text, blocks) for name, text in described.items()]
    source = {"name": SCHEMA, "description": _DESCRIPTION, "schema": SCHEMA, "tables": tables}
    text: str = yaml.dump({"sources": [source]}, Dumper=_Indented, sort_keys=False, width=100)
    return f"# {_GENERATED}\n{text}"


def _table(name: str, description: str, blocks: dict[Column, str]) -> dict[str, Any]:
    columns = [_column(column, blocks) for column in DESCRIBED.get(name, ())]
    return {"name": name, "description": description, **({"columns": columns} if columns else {})}


def _column(column: Column, blocks: dict[Column, str]) -> dict[str, Any]:
    block = blocks.get(column)
    described: dict[str, Any] = {
        "name": column.name,
        "data_type": column.type,
        "description": f"{{{{ doc('{block}') }}}}" if block else column.description,
    }
    if column.personal != NONE:
        described["config"] = {"meta": {"personal": column.personal}}
    return described


class _Indented(yaml.SafeDumper):  # type: ignore[misc]
    """Indents the items of a list, as yamllint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def main() -> None:
    """Write the files into the dbt project."""
    for file, text in files().items():
        file.write_text(text)


if __name__ == "__main__":
    main()
