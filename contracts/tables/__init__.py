"""The source tables that are ingested: one YAML file beside this one describes each of them.

A file `<schema>.<table>.yml` is all that the readers, the raw tables, the data-quality checks,
erasure, the release scan, Dagster, the dbt sources and the reference know about a table. Its keys
are the attributes of `TableSpec`, `Column` and `ColumnRule`.
"""

from __future__ import annotations

from importlib.resources import files

from contracts.columns import (
    AUDIT,
    BIGINT,
    BOOLEAN,
    DATE,
    INTEGER,
    MONEY,
    TEXT,
    TIMESTAMP,
    Column,
)
from contracts.tables import read
from contracts.tables.spec import CUSTOMER_ID, PartOf, Subject, TableSpec

__all__ = [
    "AFFILIATES",
    "AUDIT",
    "BIGINT",
    "BOOLEAN",
    "CUSTOMERS",
    "CUSTOMER_ID",
    "DATE",
    "INTEGER",
    "MONEY",
    "TABLES",
    "TEXT",
    "TIMESTAMP",
    "Column",
    "PartOf",
    "Subject",
    "TableSpec",
    "of_dataset",
]

TABLES: tuple[TableSpec, ...] = tuple(
    read.table(file.name, file.read_text())
    for file in sorted(files(__name__).iterdir(), key=lambda file: file.name)
    if file.name.endswith(".yml")
)
_BY_NAME = {spec.qualified: spec for spec in TABLES}
for _spec in TABLES:
    if _spec.part_of:
        whole = _BY_NAME.get(_spec.part_of.table)
        if whole is None or whole.subject is None or len(whole.primary_key) != 1:
            raise ValueError(
                f"{_spec.qualified}: {_spec.part_of.table} needs a contract with a subject and a "
                "key of one column"
            )

#: The tables of the two kinds of entity that all others refer to.
AFFILIATES = _BY_NAME["affiliate.affiliate"]
CUSTOMERS = _BY_NAME["affiliate.affiliate_customer"]


def of_dataset(dataset: str) -> TableSpec | None:
    """The contract of a landed dataset, `oltp/<schema>.<table>[@<source>]`; None if it has none."""
    kind, _, table = dataset.partition("/")
    return _BY_NAME.get(table.partition("@")[0]) if kind == "oltp" else None
