"""The sales funnel of both engines and both grains, held against every deal's life."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt import (
    recomputed_deals,
    recomputed_fatigue,
    recomputed_measures,
    recomputed_tasks,
)
from tests.dbt.dbt_warehouse import Warehouse, load_raw
from tests.dbt.funnel_world import shuffled
from tests.dbt.raw_world import RawWorld, Row
from tests.dbt.recomputed_funnel import Deal, Life, lives
from tests.dbt.test_recomputed import compare, mart
from tests.dbt.warehouse_rows import Snapshot, snapshot

DEAL = ("affiliate_id", "deal_id")
VISIT = (*DEAL, "move_no")
TASKS = ("own.own_follow_ups", "own.own_deals_without_follow_up")
FUNNEL = (
    *("own.own_deals", "own.own_deal_stage_intervals", "own.own_sales_funnel"),
    *("own.own_sales_funnel_breakdown", "own.own_pipeline_daily"),
)


@pytest.fixture(scope="module")
def found(warehouse: Warehouse, world: RawWorld) -> dict[Deal, Life]:
    """Every deal's life."""
    return lives(world, warehouse)


@pytest.fixture(scope="module")
def people(warehouse: Warehouse) -> dict[tuple[int, int], str]:
    """Record → person."""
    return {
        (affiliate, record): person
        for affiliate, record, person in warehouse.query(
            "select affiliate_id, affiliate_customer_id, customer_id from identity.customer_xref"
        )
    }


@pytest.fixture(scope="module")
def tables(
    warehouse: Warehouse, found: dict[Deal, Life], world: RawWorld
) -> tuple[list[Row], list[Row]]:
    """Deals and visits, as they should be."""
    visits = recomputed_deals.visits(found)
    return recomputed_deals.deals(found, visits, world, warehouse), visits


def test_deals_and_their_visits(warehouse: Warehouse, tables: tuple[list[Row], list[Row]]) -> None:
    deals, visits = tables
    compare(mart(warehouse, "own.own_deals", DEAL), deals, DEAL)
    compare(mart(warehouse, "own.own_deal_stage_intervals", VISIT), visits, VISIT)
    # else it would say nothing
    assert len({row["move"] for row in visits}) == 6
    assert len({row["moved_by"] for row in visits}) == 5
    assert len({row["outcome"] for row in deals}) == 5
    assert {row["customer_kind"] for row in deals} == {"known", "unknown", "invited"}
    assert {row["amount_source"] for row in deals} == {"order", "event", "average_ticket"}
    assert any(row["observed_probability"] for row in deals)


def test_cohorts(warehouse: Warehouse, tables: tuple[list[Row], list[Row]]) -> None:
    key = ("affiliate_id", "cohort_month", "stage")
    rows = recomputed_measures.cohorts(*tables)
    compare(mart(warehouse, "own.own_sales_funnel", key), rows, key)
    assert {row["is_mature"] for row in rows} == {True, False}


def test_breakdown(warehouse: Warehouse, tables: tuple[list[Row], list[Row]]) -> None:
    key = ("affiliate_id", "dimension", "value", "stage")
    rows = recomputed_measures.breakdown(*tables)
    compare(mart(warehouse, "own.own_sales_funnel_breakdown", key), rows, key)
    assert any(row["velocity_base_per_day"] for row in rows)


def test_pipeline(warehouse: Warehouse, tables: tuple[list[Row], list[Row]]) -> None:
    key = ("affiliate_id", "day", "stage")
    compare(
        mart(warehouse, "own.own_pipeline_daily", key), recomputed_measures.pipeline(*tables), key
    )


def test_tasks_and_reasons_for_having_none(
    warehouse: Warehouse,
    found: dict[Deal, Life],
    tables: tuple[list[Row], list[Row]],
    people: dict[tuple[int, int], str],
    world: RawWorld,
) -> None:
    made, without = recomputed_tasks.tasks(found, tables[0], world, warehouse)
    compare(mart(warehouse, "own.own_follow_ups", DEAL), made, DEAL)
    compare(mart(warehouse, "own.own_deals_without_follow_up", DEAL), without, DEAL)
    unified = recomputed_fatigue.unified(made, found, world, people)
    compare(mart(warehouse, "marts.follow_ups", DEAL), unified, DEAL)
    # else it would say nothing
    assert len({row["reason"] for row in made}) == 6
    assert {row["status"] for row in made} == {"scheduled", "due", "overdue"}
    assert len({row["reason"] for row in without}) >= 7
    assert {row["is_delayed"] for row in unified} == {True, False}
    assert len({row["answer_rate"] for row in made}) > 10


def test_outcome_closes_its_task_whatever_deal_it_names(
    warehouse: Warehouse, world: RawWorld
) -> None:
    told = {row["task_pseudonym"]: row for row in world.rows["delivered_follow_ups"]}
    counted = dict(
        warehouse.query(
            "select deal_id, count(*) from intermediate.int_deals__follow_ups"
            " where event_type = 'FollowUpDone' group by deal_id"
        )
    )
    said = warehouse.query(
        "select task_id, deal_id, affiliate_customer_id"
        " from staging.stg_events__follow_up_events where task_id like 'K%'"
    )
    assert len(said) == len(told) > 5
    for task, deal, customer in said:
        row = told[task]
        assert (deal, customer) == (row["deal_id"], row["affiliate_customer_id"])
        assert counted[deal] >= 1


def test_unified_funnel_tables_equal_the_affiliate_tables(
    warehouse: Warehouse, people: dict[tuple[int, int], str]
) -> None:
    for name in FUNNEL:
        table = name.removeprefix("own.own_")
        own = warehouse.query(f"select * from {name}")
        columns = _columns(warehouse, name)
        found = warehouse.query(f"select {', '.join(_unified(columns))} from marts.{table}")
        if "affiliate_customer_id" in columns:
            place = columns.index("affiliate_customer_id")
            own = [
                (*row[:place], people.get((row[0], row[place])), *row[place + 1 :]) for row in own
            ]
        assert sorted(found, key=repr) == sorted(own, key=repr)


def test_funnel_and_tasks_do_not_depend_on_the_order_of_arrival(
    built: list[Warehouse], snapshots: list[Snapshot], world: RawWorld, tmp_path: Path
) -> None:
    other = Warehouse("duckdb", str(tmp_path / "warehouse.duckdb"), tmp_path)
    load_raw(other, shuffled(world, seed=5))
    parents = [f"+{name.removeprefix('own.')}" for name in (*FUNNEL, *TASKS)]
    leaving = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    done = other.dbt("build", "--select", *parents, *leaving)
    assert done.returncode == 0, done.stdout[-5000:]
    again = snapshot(other)
    for name in (*FUNNEL, *TASKS):
        assert again[name] == snapshots[0][name], name


def _columns(warehouse: Warehouse, name: str) -> list[str]:
    schema, _, table = name.partition(".")
    rows = warehouse.query(
        "select column_name from information_schema.columns"
        f" where table_schema = '{schema}' and table_name = '{table}' order by ordinal_position"
    )
    return [column for (column,) in rows]


def _unified(columns: list[str]) -> list[str]:
    return ["customer_id" if name == "affiliate_customer_id" else name for name in columns]
