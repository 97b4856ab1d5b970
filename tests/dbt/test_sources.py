"""Several OLTP sources: an id of one says nothing about the same id of another."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.dbt.dbt_warehouse import Warehouse, load_raw
from tests.dbt.raw_world import AS_OF, RawWorld
from tests.dbt.two_sources import north, south, together
from tests.dbt.warehouse_rows import Snapshot, snapshot
from tests.depth import ENGINES

pytestmark = pytest.mark.nightly

#: What compares a person with all others is of the whole population, not of one affiliate.
OF_THE_POPULATION = {
    "churn_ratio",
    "churn_risk",
    "expected_gap_days",
    "lifecycle_stage",
    "lift",
    "ltv_12m_expected",
    "m_score",
    "r_score",
    "rfm_segment",
}
#: What is the same whoever the people are, or counts over all affiliates.
OF_THE_BUILD = {
    "identity.int_identity__weights",
    "intermediate.int_benchmark__categories",
    "intermediate.int_benchmark__unions",
    "intermediate.int_follow_ups__calendar",
    "intermediate.tags_to_map",
    "marts.benchmark",
}
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


@pytest.fixture(scope="module")
def worlds() -> tuple[RawWorld, RawWorld]:
    """North and south."""
    return north(), south()


@pytest.fixture(scope="module")
def each_alone(
    worlds: tuple[RawWorld, RawWorld], tmp_path_factory: pytest.TempPathFactory
) -> list[Snapshot]:
    """What each source gives where it is the only one."""
    snapshots = []
    for world in worlds:
        warehouse = _duckdb(tmp_path_factory.mktemp("alone"), world)
        _build(warehouse, *WITHOUT_UNIT_TESTS, "--exclude-resource-type", "test")
        snapshots.append(_rows_of_affiliates(warehouse))
    return snapshots


def test_the_sources_collide_in_every_kind_of_id(worlds: tuple[RawWorld, RawWorld]) -> None:
    left, right = (world.rows for world in worlds)
    for table in left:
        if table.startswith("oltp_") and table not in ("oltp_affiliate", "oltp_affiliate_detail"):
            stand = {row["id"] for row in right[table] if row["_op"] == "upsert"}
            assert stand & {row["id"] for row in left[table] if row["_op"] == "upsert"}, table
            assert stand & {row["id"] for row in left[table] if row["_op"] == "delete"}, table


@pytest.mark.parametrize("engine", ENGINES)
def test_two_sources_equal_the_union_of_each(
    engine: str,
    worlds: tuple[RawWorld, RawWorld],
    each_alone: list[Snapshot],
    postgres_server: EmbeddedPostgres,
    tmp_path: Path,
) -> None:
    if engine == "duckdb":
        warehouse = _duckdb(tmp_path, together(*worlds))
    else:
        postgres_server.ensure_database("two_sources")
        warehouse = Warehouse("postgres", postgres_server.dsn("two_sources"), tmp_path)
        load_raw(warehouse, together(*worlds))
    _build(warehouse, *WITHOUT_UNIT_TESTS)
    found = _rows_of_affiliates(warehouse)
    in_the_north, in_the_south = each_alone
    assert list(found) == list(in_the_north)
    alone = {name: in_the_north[name] + in_the_south[name] for name in found}
    assert {
        name: {"together": found[name] - alone[name], "alone": alone[name] - found[name]}
        for name in found
        if found[name] != alone[name]
    } == {}


def test_duplicate_affiliates_or_slugs_stop_the_build(
    tmp_path: Path,
) -> None:
    world = RawWorld()
    world.put("affiliate", held_by="north", id=1, slug="one")
    world.put("affiliate", held_by="south", id=1, slug="one-again")
    world.put("affiliate", held_by="north", id=2, slug="two")
    world.put("affiliate_customer", held_by="north", id=1, affiliate_id=2)
    world.put("affiliate_customer", held_by="south", id=7, affiliate_id=2)
    world.put("affiliate", held_by="north", id=3, slug="same")
    world.put("affiliate", held_by="south", id=4, slug="same")
    warehouse = _duckdb(tmp_path, world)

    done = warehouse.dbt("build", *WITHOUT_UNIT_TESTS)
    assert done.returncode == 1
    assert "FAIL 2 assert_every_affiliate_is_in_one_source_only" in done.stdout
    assert "FAIL 1 unique_key_stg_oltp__affiliates_slug" in done.stdout
    built = warehouse.query(
        "select table_name from information_schema.tables"
        " where table_schema in ('identity', 'intermediate', 'marts')"
    )
    # products and days are of no source, so what looks at them alone is built
    assert {name for (name,) in built} <= {"int_interests__products", "int_follow_ups__calendar"}
    assert warehouse.query("select * from meta.build") == []


def test_moved_affiliate_is_read_from_its_new_source(tmp_path: Path) -> None:
    world = RawWorld()
    for table, values in {
        "affiliate": {"id": 1, "slug": "one"},
        "affiliate_customer": {"id": 5, "affiliate_id": 1, "full_name": "Ana"},
    }.items():
        world.put(table, held_by="north", seq=1, **values)
        world.put(table, held_by="south", seq=2, **values)
        world.put(table, held_by="north", seq=3, op="delete", id=values["id"])
    for customer in (5, 6):
        world.emit(
            "affiliate.customers", "CustomerUpdated", 1, AS_OF - timedelta(days=1),
            {"affiliate_customer_id": customer, "gender": "f"},
        )  # fmt: skip
    # the north deleted a customer of that id, the south never had one
    world.put("affiliate_customer", held_by="north", op="delete", seq=3, id=6)
    warehouse = _duckdb(tmp_path, world)

    only = ("--select", "+customer_xref", "--indirect-selection", "cautious")
    _build(warehouse, *only, *WITHOUT_UNIT_TESTS)
    assert warehouse.query(
        "select affiliate_id, affiliate_customer_id, known_from"
        " from identity.int_identity__records order by 2"
    ) == [(1, 5, "both"), (1, 6, "event")]


def _duckdb(folder: Path, world: RawWorld) -> Warehouse:
    warehouse = Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder)
    load_raw(warehouse, world)
    return warehouse


def _build(warehouse: Warehouse, *arguments: str) -> None:
    done = warehouse.dbt("build", *arguments)
    assert done.returncode == 0, done.stdout[-5000:]


def _rows_of_affiliates(warehouse: Warehouse) -> Snapshot:
    """Every row that dbt built, without the seeds and what compares a person with all others."""
    found: Snapshot = {}
    for name, rows in snapshot(warehouse).items():
        if not name.startswith("reference.") and name not in OF_THE_BUILD:
            found[name] = Counter()
            for row, times in rows.items():
                values = json.loads(row)
                kept = {key: values[key] for key in values if key not in OF_THE_POPULATION}
                found[name][json.dumps(kept)] += times
    return found
