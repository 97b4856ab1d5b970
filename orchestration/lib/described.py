"""Metadata of assets: their columns, and whether they contain personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import dagster as dg

Pii = Literal["direct", "quasi", "none"]
#: Metadata keys of Dagster's pages: columns of an asset,
COLUMN_SCHEMA = "dagster/column_schema"
#: and their lineage.
COLUMN_LINEAGE = "dagster/column_lineage"
#: Tag of every asset: `direct` identifies or reaches a person, `quasi` helps to identify one.
PII_TAG = "affiliate/pii"


def columns(described: Iterable[tuple[str, str]]) -> dict[str, dg.TableSchema]:
    """Metadata that lists (name, type) pairs as the columns of an asset."""
    return {COLUMN_SCHEMA: dg.TableSchema([dg.TableColumn(*column) for column in described])}


def holds(pii: Pii) -> dict[str, str]:
    """The asset's tag."""
    return {PII_TAG: pii}


def pii_of(node: Mapping[str, Any]) -> Pii:
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
