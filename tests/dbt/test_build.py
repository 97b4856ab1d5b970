"""dbt on both engines: the same rows, the same again, and what they say about the edge cases."""

from __future__ import annotations

import json

import pytest

from contracts.tables import TABLES
from contracts.topics import TOPICS
from orchestration.defs.dbt.models import SIZE, size
from tests.dbt.dbt_warehouse import SECRET, Warehouse
from tests.dbt.raw_world import AS_OF
from tests.dbt.warehouse_rows import BUILT, Snapshot, snapshot

CORE_MARTS = (
    "affiliate_performance",
    "customer",
    "customer_insights",
    "customer_interests",
    "customer_order_items",
    "customer_orders",
    "customer_tags",
    "order_status_history",
    "deal_stage_intervals",
    "deals",
    "deals_without_follow_up",
    "follow_ups",
    "pipeline_daily",
    "sales_funnel",
    "sales_funnel_breakdown",
)
#: What the run looked at: everything in the first one, and nothing when nothing changed.
OF_ONE_RUN = {
    f"identity.int_identity__{name}"
    for name in (
        "affected_records",
        "changed_keys",
        "changed_records",
        "people",
        "restated_records",
        "touched_records",
    )
}


def test_both_engines_build_the_same_rows(snapshots: list[Snapshot]) -> None:
    duck, postgres = snapshots
    assert list(duck) == list(postgres)
    assert [relation for relation in duck if duck[relation] != postgres[relation]] == []


def test_every_model_has_rows_to_compare(snapshots: list[Snapshot]) -> None:
    duck, _ = snapshots
    empty = {relation for relation, rows in duck.items() if not rows}
    assert empty <= {*OF_ONE_RUN, "staging.stg_privacy__erased_records"}


def test_models_report_row_counts_and_dropped_deliveries(
    built: list[Warehouse],
) -> None:
    for warehouse in built:
        told = {}
        for line in (warehouse.artefacts / "logs" / "dbt.log").read_text().splitlines():
            if found := SIZE.match(line[line.find("size ") :]):
                told[found["node"].split(".")[-1]] = size(found)
        deliveries = warehouse.query(
            "select sum(deliveries) from staging.stg_events__product_visits"
        )
        visits = told["stg_events__product_visits"]
        assert visits["repeated_deliveries"] == deliveries[0][0] - visits["dagster/row_count"] > 0
        assert "repeated_deliveries" not in told["customer"]
        assert ("bytes" in told["customer"]) == (warehouse.engine == "postgres")


def test_every_source_has_its_staging_model_and_every_core_mart_exists(
    snapshots: list[Snapshot],
) -> None:
    relations = list(snapshots[0])
    oltp = [name for name in relations if name.startswith("staging.stg_oltp__")]
    # one for the deleted customers and one for the affiliates' sources besides
    assert len(oltp) == len(TABLES) + 2
    events = [name for name in relations if name.startswith("staging.stg_events__")]
    assert len(events) == len(TOPICS)
    assert {f"marts.{name}" for name in CORE_MARTS} <= set(relations)


def test_every_column_of_every_table_is_described(built: list[Warehouse]) -> None:
    schemas = ", ".join(f"'{schema}'" for schema in (*BUILT, "semantic"))
    for warehouse in built:
        manifest = json.loads((warehouse.artefacts / "target" / "manifest.json").read_text())
        described = {
            (node["schema"], node["name"], name)
            for node in manifest["nodes"].values()
            for name, column in node.get("columns", {}).items()
            if column["description"] and node["config"]["materialized"] != "ephemeral"
        }
        columns = warehouse.query(
            "select table_schema, table_name, column_name from information_schema.columns"
            f" where table_schema in ({schemas})"
        )
        assert set(columns) == described


def test_every_unit_test_passes(warehouse: Warehouse) -> None:
    done = warehouse.dbt("test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout[-5000:]


@pytest.mark.parametrize("as_of", [None, "2026-01-01"])
def test_run_without_as_of_stops_before_the_first_model(
    duckdb_warehouse: Warehouse, as_of: str | None
) -> None:
    done = duckdb_warehouse.dbt("run", as_of=as_of)
    assert done.returncode != 0
    assert "AFFILIATE_AS_OF" in done.stdout
    assert "2026-01-01T00:00:00+00:00" in done.stdout
    assert "START sql table model" not in done.stdout


def test_partial_build_is_not_recorded_and_is_repeatable(
    warehouse: Warehouse, built: list[Warehouse], snapshots: list[Snapshot]
) -> None:
    before = snapshots[built.index(warehouse)]
    recorded = "select as_of, landing_position from meta.build"
    assert warehouse.query(recorded) == [(AS_OF, 7)]
    assert warehouse.dbt("build", "--select", "customer_tags").returncode == 0
    assert warehouse.query(recorded) == []

    done = warehouse.dbt("build", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout[-5000:]
    assert warehouse.query(recorded) == [(AS_OF, 7)]
    after = snapshot(warehouse)
    assert after.keys() == before.keys()
    assert [name for name in after.keys() - OF_ONE_RUN if after[name] != before[name]] == []


def test_no_model_is_joined_row_by_row_on_postgres(built: list[Warehouse]) -> None:
    models = "('staging', 'identity', 'intermediate', 'marts', 'own')"
    noted = (
        "select split_part(replace(relation, '__dbt_tmp', ''), '.', 2), nested_loops"
        f" from noted.planned where split_part(relation, '.', 1) in {models}"
    )
    tables = f"select tablename from pg_tables where schemaname in {models}"
    planned = built[1].query(noted)
    assert {name for (name,) in built[1].query(tables)} <= {name for name, _ in planned}
    assert {nested_loops for _, nested_loops in planned} == {"off"}


def test_identity_secret_is_in_no_sql_and_no_log(built: list[Warehouse]) -> None:
    for warehouse in built:
        files = [path for path in warehouse.artefacts.rglob("*") if path.is_file()]
        assert any(path.name == "int_identity__assignments.sql" for path in files)
        assert any(path.suffix == ".log" for path in files)
        for path in files:
            if not path.name.startswith("warehouse.duckdb"):
                assert SECRET.encode() not in path.read_bytes(), path


def test_dbt_docs_are_generated(built: list[Warehouse]) -> None:
    done = built[0].dbt("docs", "generate", "--static")
    assert done.returncode == 0, done.stdout[-3000:]
    assert (built[0].artefacts / "target" / "static_index.html").exists()


def _ids(warehouse: Warehouse, sql: str) -> set[tuple[object, ...]]:
    return set(warehouse.query(sql))


def test_customer_known_only_from_an_event_is_unified(built: list[Warehouse]) -> None:
    for warehouse in built:
        rows = warehouse.query(
            "select customer.age, customer.country from marts.customer"
            " inner join identity.customer_xref using (customer_id)"
            " where affiliate_id = 1 and affiliate_customer_id = 1"
        )
        # 30 February was no date, so the birth date stated before stands
        assert rows == [(21, "PT")]


def test_foreign_future_and_deleted_customers_are_excluded(built: list[Warehouse]) -> None:
    for warehouse in built:
        found = _ids(
            warehouse,
            "select affiliate_id, affiliate_customer_id from identity.customer_xref"
            " where affiliate_customer_id < 10",
        )
        assert found == {(1, 1), (2, 2), (3, 5)}


def test_one_person_at_two_affiliates(built: list[Warehouse]) -> None:
    for warehouse in built:
        found = warehouse.query(
            "select count(distinct customer_id) from identity.customer_xref"
            " where affiliate_customer_id in (2, 5)"
        )
        assert found == [(1,)]


def test_erased_customers_are_removed_and_their_orders_anonymous(
    built: list[Warehouse],
) -> None:
    for warehouse in built:
        assert not _ids(
            warehouse,
            "select 1 from identity.customer_xref where affiliate_customer_id in (1000, 1001)",
        )
        kinds = _ids(
            warehouse,
            "select customer_kind, orders.customer_id is null, order_seq is null"
            " from marts.customer_orders as orders"
            " inner join staging.stg_oltp__order_headers using (affiliate_id, order_id)"
            " where affiliate_customer_id in (1000, 1001)",
        )
        assert kinds == {("erased", True, True)}


def test_orders_of_unknown_customers_and_lines_without_order_are_kept(
    built: list[Warehouse],
) -> None:
    for warehouse in built:
        orders = warehouse.query(
            "select customer_kind, is_ordered_at_missing, is_valid_sale"
            " from marts.customer_orders where order_id = 900"
        )
        assert orders == [("unknown", True, False)]
        lines = warehouse.query(
            "select order_item_id, is_order_unknown, is_product_unknown, category"
            " from marts.customer_order_items where order_item_id in (9001, 9002) order by 1"
        )
        assert lines == [(9001, False, True, "unknown"), (9002, True, False, "coffee")]


def test_only_known_and_not_sensitive_tags_are_used(built: list[Warehouse]) -> None:
    for warehouse in built:
        tags = _ids(warehouse, "select distinct tag_code from marts.customer_tags")
        of_history = {("discount_hunter",), ("newsletter",), ("gift_buyer",), ("complaint",)}
        assert tags == {("vip",), ("coffee",), ("wholesale",), ("loyal",)} | of_history


def test_values_of_events_are_read_strictly(built: list[Warehouse]) -> None:
    for warehouse in built:
        rows = warehouse.query(
            "select task_id, affiliate_customer_id, due_at is null, has_unreadable_values"
            " from staging.stg_events__follow_up_events where task_id like 't%' order by 1"
        )
        assert rows == [("t1", 1000, False, False), ("t2", 1000, True, True)]
