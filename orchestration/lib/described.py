"""What every asset tells of itself: columns, and whether it holds personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import dagster as dg

Pii = Literal["direct", "quasi", "none"]
#: Where Dagster's pages look for columns.
COLUMN_SCHEMA = "dagster/column_schema"
#: And, of a materialisation, for where they come from.
COLUMN_LINEAGE = "dagster/column_lineage"
#: Tag of every asset: `direct` names or reaches somebody, `quasi` helps to single somebody out.
PII_TAG = "affiliate/pii"


def columns(described: Iterable[tuple[str, str]]) -> dict[str, dg.TableSchema]:
    """Metadata that shows (name, type) pairs as the asset's columns."""
    return {COLUMN_SCHEMA: dg.TableSchema([dg.TableColumn(*column) for column in described])}


def holds(pii: Pii) -> dict[str, str]:
    """The asset's tag."""
    return {PII_TAG: pii}


def pii_of(node: Mapping[str, Any]) -> Pii:
    """The strongest mark of a dbt node's columns; a column of a mart without one is harmless.

    Before the marts columns carry no marks: what is made of personal data is taken to hold it.
    """
    if node["resource_type"] == "seed":
        return "none"
    if node["fqn"][1] != "marts":
        return "direct"
    marks = {column["config"].get("meta", {}).get("pii") for column in node["columns"].values()}
    if "direct" in marks:
        return "direct"
    return "quasi" if "quasi" in marks else "none"
