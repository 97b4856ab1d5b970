"""The metrics for analysts, asked of the built marts: each is what other marts say it is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Warehouse

Named = dict[str, dict[str, Any]]
AGGREGATES = {
    "sum": "sum({})",
    "count_distinct": "count(distinct {})",
    "median": "percentile_cont(0.5) within group (order by {})",
}
OWN = "from own.own_customer_orders"
PLACED = "where is_placed_sale"
ENTRY = "from marts.sales_funnel where stage_rank = 1"
TODAY = """
from marts.pipeline_daily as days
where day = (
    select max(newest.day) from marts.pipeline_daily as newest
    where newest.affiliate_id = days.affiliate_id
)
"""
BUYERS = "from marts.customer where orders_count > 0"
#: The same from marts that the metric is not of, or from columns that it does not use.
ELSEWHERE = {
    "known_customers": "select count(*) from marts.customer_insights",
    "reachable_customers": "select count(*) from marts.customer where is_reachable",
    "historical_value": f"select sum(ltv_historical) {BUYERS}",
    "expected_value_12m": f"select sum(ltv_12m_expected) {BUYERS}",
    "orders": "select sum(orders_count) from marts.affiliate_performance",
    "net_sales": f"select sum(net_amount_base) {OWN} where is_valid_sale",
    "buyers": f"select count(*) {BUYERS}",
    "refunds": f"select sum(round(refund_amount * fx_rate, 2)) {OWN} {PLACED}",
    "deals_opened": f"select sum(cohort_deals) {ENTRY}",
    "open_deals": f"select sum(open_deals) {TODAY}",
    "stuck_deals": "select sum(stuck_now) from marts.sales_funnel",
    "pipeline_amount": f"select sum(amount_base) {TODAY}",
    "expected_pipeline_amount": "select sum(expected_amount_base) from own.own_deals where is_open",
    "decided_deals": f"select sum(decided) {ENTRY}",
    "won_deals": f"select sum(won) {ENTRY}",
    "won_amount": "select sum(amount_base) from own.own_deals where outcome = 'won'",
    "sales_cycle_days": (
        "select percentile_cont(0.5) within group (order by cycle_days) from own.own_deals "
        "where outcome = 'won'"
    ),
    "placed_sales": f"select sum(round(merchandise_amount * fx_rate, 2)) {OWN} {PLACED}",
}


@pytest.fixture(scope="module")
def manifest(warehouse: Warehouse) -> Named:
    """What dbt made of the semantic models: SQL of their parts, and the metrics."""
    text = (warehouse.artefacts / "target" / "semantic_manifest.json").read_text()
    found: Named = json.loads(text)
    return found


def test_every_metric_agrees_with_the_marts(warehouse: Warehouse, manifest: Named) -> None:
    simple = {name: _ask(warehouse, sql) for name, sql in _simple(manifest).items()}
    assert simple.keys() == ELSEWHERE.keys()
    assert simple == {name: _ask(warehouse, sql) for name, sql in ELSEWHERE.items()}
    assert all(value > 0 for value in simple.values())


def test_every_ratio_is_of_metrics_and_numeric(manifest: Named, warehouse: Warehouse) -> None:
    simple = {name: _ask(warehouse, sql) for name, sql in _simple(manifest).items()}
    ratios = [metric for metric in manifest["metrics"] if metric["type"] != "simple"]
    assert {metric["type"] for metric in ratios} == {"ratio"}
    for metric in ratios:
        part, whole = (metric["type_params"][name]["name"] for name in ("numerator", "denominator"))
        assert simple[part] / simple[whole] > 0, metric["name"]


def test_every_dimension_and_entity_can_be_grouped_by(
    warehouse: Warehouse, manifest: Named
) -> None:
    for model in manifest["semantic_models"]:
        for part in (*model["dimensions"], *model["entities"]):
            what, relation = part["expr"] or part["name"], _relation(model)
            groups = warehouse.query(f"select {what}, count(*) from {relation} group by {what}")
            assert len(groups) > 1 or part["name"] == "country", part["name"]


def _simple(manifest: Named) -> dict[str, str]:
    """Metric → SQL for its value over everything."""
    measures = {
        measure["name"]: (AGGREGATES[measure["agg"]].format(measure["expr"]), _relation(model))
        for model in manifest["semantic_models"]
        for measure in model["measures"]
    }
    found = {}
    for metric in manifest["metrics"]:
        if metric["type"] == "simple":
            assert metric["filter"] is None, "a filter is MetricFlow's own language"
            value, relation = measures[metric["type_params"]["measure"]["name"]]
            found[metric["name"]] = f"select {value} from {relation}"
    return found


def _relation(model: dict[str, Any]) -> str:
    return f"{model['node_relation']['schema_name']}.{model['node_relation']['alias']}"


def _ask(warehouse: Warehouse, sql: str) -> Decimal:
    ((value,),) = warehouse.query(sql)
    return Decimal(value)
