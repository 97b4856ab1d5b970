"""The dbt project as such: it parses, and what every model must have."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import yaml

from orchestration.lib.reference import PAGE, reference
from privacy.erasure.warehouse import SCHEMAS
from serving import AFFILIATE_TABLES
from serving.artefacts import BENCHMARK, INTERNAL_TABLES
from tests.dbt.dbt_warehouse import PROJECT, Warehouse
from warehouse.raw import RAW_TABLES

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """What dbt parses; a warning of the parser is an error here."""
    folder = tmp_path_factory.mktemp("parse")
    done = Warehouse("offline", "", folder).dbt("--warn-error", "parse", as_of=None)
    assert done.returncode == 0, done.stdout
    return json.loads((folder / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def nodes(manifest: Node) -> list[Node]:
    """Models, seeds, tests and sources."""
    return [*manifest["nodes"].values(), *manifest["sources"].values()]


def test_dbt_sources_equal_the_loaded_tables(nodes: list[Node]) -> None:
    sources = {node["name"] for node in nodes if node["resource_type"] == "source"}
    assert sources == set(RAW_TABLES)


def test_erasure_purges_every_schema_that_a_build_writes(nodes: list[Node]) -> None:
    written = [node for node in nodes if node["resource_type"] in ("model", "seed", "source")]
    assert {node["schema"] for node in written} | {"meta"} == set(SCHEMAS)


def test_every_model_documents_its_grain_and_tests_its_key(nodes: list[Node]) -> None:
    models = {node["unique_id"]: node for node in nodes if node["resource_type"] == "model"}
    # an ephemeral model is a part of others' SQL
    tables = {k for k, node in models.items() if node["config"]["materialized"] != "ephemeral"}
    tested = {
        node["attached_node"]
        for node in nodes
        if (node.get("test_metadata") or {}).get("name") == "unique_key"
    }
    assert tables - tested == set()
    for name, node in models.items():
        assert node["description"].startswith("One row per "), name
        assert node["columns"], name
        assert all(column["description"] for column in node["columns"].values()), name
        sql_file = PROJECT / node["original_file_path"]
        assert sql_file.with_suffix(".yml").exists(), name
        assert len(sql_file.read_text().splitlines()) <= 150, name


def test_a_column_is_described_once(manifest: Node) -> None:
    written: Counter[str] = Counter()
    for path in sorted(PROJECT.glob("models/**/*.yml")) + sorted(PROJECT.glob("seeds/*.yml")):
        content = yaml.safe_load(path.read_text())
        tables = [table for source in content.get("sources", ()) for table in source["tables"]]
        for node in (*content.get("models", ()), *content.get("seeds", ()), *tables):
            written.update(column["description"] for column in node.get("columns", ()))
    blocks = {
        f"{{{{ doc('{doc['name']}') }}}}": doc["block_contents"]
        for doc in manifest["docs"].values()
        if doc["package_name"] == "affiliate" and doc["name"] != "__overview__"
    }
    assert blocks.keys() - written.keys() == set(), "a block that no column uses"
    texts = Counter(blocks.values())
    texts.update({text: count for text, count in written.items() if text not in blocks})
    assert [text for text, count in texts.items() if count > 1] == [], "share a doc block"


def test_every_mart_documents_grain_edge_cases_and_owner(nodes: list[Node]) -> None:
    keys: dict[str, list[list[str]]] = {}
    for node in nodes:
        if (node.get("test_metadata") or {}).get("name") == "unique_key":
            columns = node["test_metadata"]["kwargs"]["columns"]
            keys.setdefault(node["attached_node"], []).append(columns)
    marts = [node for node in nodes if node["schema"] in ("marts", "own") and node["columns"]]
    assert len(marts) > len(INTERNAL_TABLES)
    for node in marts:
        meta = node["config"]["meta"]
        assert meta["grain"] in keys[node["unique_id"]], node["name"]
        assert all(rule.endswith(".") for rule in meta["edge_rules"]), node["name"]
        assert meta["edge_rules"], node["name"]
        assert meta["owner"], node["name"]


def test_no_mart_has_a_column_of_direct_personal_data(nodes: list[Node]) -> None:
    models = [node for node in nodes if node["resource_type"] == "model"]
    direct = {
        column["name"]
        for node in models
        for column in node["columns"].values()
        if column["config"].get("meta", {}).get("pii") == "direct"
    }
    assert {
        "full_name",
        "email",
        "phone",
        "identifier",
        "birth_date",
        "street",
        "postal_code",
    } < direct
    marts = {column for node in models if node["schema"] == "marts" for column in node["columns"]}
    assert marts & direct == set()


def test_lineage_ends_at_released_tables(manifest: Node) -> None:
    exposures = manifest["exposures"]
    for name, tables in {
        "customer_olap_release": INTERNAL_TABLES,
        "affiliate_releases": (*AFFILIATE_TABLES, BENCHMARK),
    }.items():
        released = {f"model.affiliate.{table.source[1]}" for table in tables}
        assert set(exposures[f"exposure.affiliate.{name}"]["depends_on"]["nodes"]) == released


def test_lineage_ends_at_every_audience(manifest: Node) -> None:
    owners = {exposure["owner"]["name"] for exposure in manifest["exposures"].values()}
    assert owners == {
        "Data engineering",
        "Data science",
        "Data stewardship",
        "Management",
        "Marketing",
        "Sales",
    }
    assert all(e["depends_on"]["nodes"] for e in manifest["exposures"].values())


def test_dbt_docs_start_with_the_project_overview(manifest: Node) -> None:
    overview = manifest["docs"]["doc.affiliate.__overview__"]["block_contents"]
    assert "## Glossary" in overview


def test_the_reference_of_the_release_is_current(manifest: Node) -> None:
    assert PAGE.read_text() == reference(manifest), "run `make reference`"
