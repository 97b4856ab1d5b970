"""Metadata of assets: their columns, and whether they contain personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from contracts.columns import Column
from contracts.event_types import Property
from contracts.personal import Level

#: Metadata keys of Dagster's pages: columns of an asset,
COLUMN_SCHEMA = "dagster/column_schema"
#: and their lineage.
COLUMN_LINEAGE = "dagster/column_lineage"
#: Tag of every asset: `direct` identifies or reaches a person, `quasi` helps to identify one.
PII_TAG = "affiliate/pii"
#: Tag of a column of a source: its class of personal data, one of `contracts.personal.CLASSES`.
CLASS_TAG = "affiliate/personal"


def columns(described: Iterable[tuple[str, str]]) -> dict[str, dg.TableSchema]:
    """Metadata that lists (name, type) pairs as the columns of an asset."""
    return {COLUMN_SCHEMA: dg.TableSchema([dg.TableColumn(*column) for column in described])}


def table_column(column: Column | Property, prefix: str = "") -> dg.TableColumn:
    """A column of a source as its contract describes it."""
    return dg.TableColumn(
        prefix + column.name,
        column.type,
        description=column.description,
        tags={CLASS_TAG: column.personal},
    )


def contract_columns(described: Iterable[Column]) -> dict[str, dg.TableSchema]:
    """Metadata that shows the columns of a contract as the asset's."""
    return {COLUMN_SCHEMA: dg.TableSchema([table_column(column) for column in described])}


def message_columns(
    columns: Iterable[tuple[str, str]], properties: Iterable[Property]
) -> dict[str, dg.TableSchema]:
    """Metadata that shows a message's (name, type) pairs, and what its JSON holds."""
    plain = [dg.TableColumn(*column) for column in columns]
    inner = [table_column(one, "value.data.") for one in properties]
    return {COLUMN_SCHEMA: dg.TableSchema([*plain, *inner])}


def holds(pii: Level) -> dict[str, str]:
    """The asset's tag."""
    return {PII_TAG: pii}


def pii_of(node: Mapping[str, Any]) -> Level:
    """The strongest class among the columns of a dbt node; unmarked columns of a mart are harmless.

    Models before the marts have no marks and count as personal data.
    """
    if node["resource_type"] == "seed":
        return "none"
    if node["fqn"][1] != "marts":
        return "direct"
    marks = {column["config"].get("meta", {}).get("pii") for column in node["columns"].values()}
    if "direct" in marks:
        return "direct"
    return "quasi" if "quasi" in marks else "none"
