"""The two grains of the marts: what an own one may be computed from, and what each may hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from serving import AFFILIATE_TABLES, ReleaseTable
from serving.artefacts import BENCHMARK
from tests.dbt.dbt_warehouse import Warehouse

Node = dict[str, Any]
#: Of one record each, and the list of those that must not be shown at all.
OWN_IDENTITY = {
    "int_identity__statements",
    "int_identity__records",
    "int_identity__restated_records",
    "int_identity__normalised_records",
}
EXCLUSION = "erased_records"


@pytest.fixture(scope="module")
def models(built: list[Warehouse]) -> dict[str, Node]:
    """The models of the built project by name."""
    manifest = json.loads((built[0].artefacts / "target" / "manifest.json").read_text())
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def _ancestors(models: dict[str, Node], name: str) -> set[str]:
    """Models that `name` is computed from, those of the exclusion left out."""
    parents = {parent.rpartition(".")[2] for parent in models[name]["depends_on"]["nodes"]}
    found = (parents & set(models)) - {EXCLUSION}
    return found.union(*(_ancestors(models, parent) for parent in found))


def test_affiliate_marts_depend_on_no_other_affiliate(
    models: dict[str, Node],
) -> None:
    own = {name for name, node in models.items() if node["schema"] == "own"}
    assert {"own_customer", "own_customer_orders", "own_customer_order_items"} <= own
    unified = {
        name
        for name, node in models.items()
        if node["schema"] in ("marts", "identity") and name not in OWN_IDENTITY
    }
    assert {"customer_xref", "int_identity__clusters", "customer"} <= unified
    for name in own:
        assert _ancestors(models, name) & unified == set(), name


def test_unified_marts_are_computed_from_unified_customers(models: dict[str, Node]) -> None:
    for name in ("customer", "customer_orders", "customer_order_items"):
        assert "customer_xref" in _ancestors(models, name)


@pytest.mark.parametrize("table", AFFILIATE_TABLES, ids=lambda table: table.name)
def test_affiliate_file_comes_from_affiliate_marts(
    models: dict[str, Node], table: ReleaseTable
) -> None:
    node = models[table.source[1]]
    assert node["schema"] == table.source[0]
    assert node["config"]["meta"]["scope"] == "own"
    columns = {table.renamed.get(name, name): column for name, column in node["columns"].items()}
    released = set(columns) - set(table.left_out)
    named = {name for name in released if _pii(columns[name]) == "direct"}
    assert set(table.personal) == named, "what names anybody is declared, and nothing else"
    ids = {name for name in released - {"affiliate_id"} if name.endswith("_id")}
    assert ids <= set(table.pseudonyms)


def test_shared_tables_are_about_no_customer_or_affiliate(
    models: dict[str, Node],
) -> None:
    node = models[BENCHMARK.name]
    assert node["config"]["meta"]["scope"] == "benchmark"
    assert {_pii(column) for column in node["columns"].values()} == {None}
    assert not {"customer_id", "affiliate_id"} & set(node["columns"])


def _pii(column: Node) -> str | None:
    found: str | None = column["config"]["meta"].get("pii")
    return found


def test_every_mart_has_a_scope_and_only_affiliate_marts_have_names(
    models: dict[str, Node],
) -> None:
    for name, node in models.items():
        if node["schema"] not in ("marts", "own"):
            continue
        meta = node["config"]["meta"]
        stated = {column["config"]["meta"].get("pii") for column in node["columns"].values()}
        worst = next((pii for pii in ("direct", "quasi") if pii in stated), "none")
        assert meta.get("pii", worst) == worst, name
        assert meta["scope"] == "own" or node["schema"] == "marts", name
        assert node["schema"] == "own" or worst != "direct", name
