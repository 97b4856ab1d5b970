"""Columns are followed through whatever stands between them and the relations they come from."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from orchestration.lib.column_lineage import ColumnLineage

SCHEMAS = {"orders": ("id", "customer_id", "net"), "people": ("customer_id", "country")}
MODEL = {"relation_name": '"w"."marts"."sales"', "columns": {"country": {}, "net": {}}}


def node(name: str, columns: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": name,
        "schema": "staging",
        "relation_name": f'"w"."staging"."{name}"',
        "columns": {column: {} for column in columns},
        "config": {},
    }


@pytest.fixture
def lineage() -> ColumnLineage:
    nodes = {name: node(name, columns) for name, columns in SCHEMAS.items()}
    source = node("raw_orders", ())
    keys = {name: dg.AssetKey(["staging", name]) for name in (*nodes, "raw_orders")}
    manifest = {
        "metadata": {"adapter_type": "duckdb"},
        "nodes": nodes | {"inlined": {"relation_name": None}},
        "sources": {"raw_orders": source},
    }
    return ColumnLineage(manifest, keys, {"raw_orders": ("id", "net_text")})


def origins(lineage: ColumnLineage, sql: str) -> dict[str, set[str]]:
    found = lineage.of(MODEL, sql)
    assert found is not None
    return {
        name: {f"{dep.asset_key.path[-1]}.{dep.column_name}" for dep in deps}
        for name, deps in found.deps_by_column.items()
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "with o as (select * from w.staging.orders), p as (select * from w.staging.people) "
            "select p.country, sum(o.net) as net from o join p using (customer_id) group by all",
            {"country": {"people.country"}, "net": {"orders.net"}},
        ),
        (
            "select null as country, net from w.staging.orders "
            "union all select null, try_cast(net_text as decimal(18,2)) from w.staging.raw_orders",
            {"country": set(), "net": {"orders.net", "raw_orders.net_text"}},
        ),
        (
            "select upper(country) as country, (select max(net) from w.staging.orders) as net "
            "from w.staging.people",
            {"country": {"people.country"}, "net": {"orders.net"}},
        ),
        ("select count(*) as net from w.staging.orders", {"country": set(), "net": set()}),
    ],
)
def test_columns_depend_on_the_columns_they_are_computed_from(
    lineage: ColumnLineage, sql: str, expected: dict[str, set[str]]
) -> None:
    assert origins(lineage, sql) == expected


def test_columns_of_built_models_come_from_their_sql(
    lineage: ColumnLineage,
) -> None:
    first = {**node("orders", ()), "columns": {}}
    assert lineage.of(first, "select id, net, net * 2 as twice from w.staging.raw_orders")
    found = origins(lineage, "select * from w.staging.orders")
    assert found["twice"] == {"orders.twice"}


def test_unparsable_sql_has_no_lineage_and_no_error(lineage: ColumnLineage) -> None:
    assert lineage.of(MODEL, "select from where") is None
