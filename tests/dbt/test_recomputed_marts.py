"""Tags, interests and insights of both engines and both grains, held against pandas."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.recomputed_insights import insights, tag_intervals, tags
from tests.dbt.recomputed_marts import Key, Row, Scope, World, interests, load
from tests.dbt.recomputed_suggestions import ACTIONS, BASES, add_suggestions

SCOPES: tuple[tuple[Scope, str], ...] = (
    ("person", "marts.customer"),
    ("record", "own.own_customer"),
)


@pytest.fixture(scope="module")
def staged(warehouse: Warehouse) -> World:
    """The inputs as the engine staged them."""
    return load(warehouse)


def mart(warehouse: Warehouse, relation: str, key: list[str], columns: list[str]) -> dict[Key, Row]:
    """Key → columns of a mart's rows."""
    rows = warehouse.query(f"select {', '.join([*key, *columns])} from {relation}")
    width = len(key)
    return {row[:width]: dict(zip(columns, map(_plain, row[width:]), strict=True)) for row in rows}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [{name: _plain_field(name, field) for name, field in one.items()} for one in value]
    return value


def _plain_field(name: str, value: Any) -> Any:
    """PostgreSQL's lists are JSON, where instants are text."""
    is_instant = name.endswith("_at") and isinstance(value, str)
    return datetime.fromisoformat(value) if is_instant else value


def assert_equal(found: dict[Key, Row], expected: dict[Key, Row]) -> None:
    assert found.keys() == expected.keys()
    different = {key: (row, expected[key]) for key, row in found.items() if row != expected[key]}
    assert not different, json.dumps(next(iter(different.items())), default=str, indent=1)


@pytest.mark.parametrize(("scope", "prefix"), SCOPES)
def test_tags(warehouse: Warehouse, staged: World, scope: Scope, prefix: str) -> None:
    columns = ["first_seen_at", "last_seen_at", "active_since", "removed_at", "is_active",
               "assigned_count", "tag_code", "tag_group", "tag_label", "source"]  # fmt: skip
    columns += ["affiliates_with_tag"] if scope == "person" else ["sensitivity", "raw_tag"]
    key = [*staged.key(scope), "tag_code" if scope == "person" else "tag_key"]
    expected = tags(staged, scope)
    for row in expected.values():
        affiliates = row.pop("affiliates")
        if scope == "person":
            row["affiliates_with_tag"] = affiliates
    assert any(row["removed_at"] for row in expected.values())
    assert_equal(mart(warehouse, f"{prefix}_tags", key, columns), expected)


@pytest.mark.parametrize(("scope", "prefix"), SCOPES)
def test_customers_have_the_codes_of_their_active_tags(
    warehouse: Warehouse, staged: World, scope: Scope, prefix: str
) -> None:
    key = staged.key(scope)
    found = warehouse.query(f"select {', '.join(key)}, tags from {prefix}")
    expected: dict[Key, list[str]] = {row[:-1]: [] for row in found}
    for who, row in tags(staged, scope).items():
        if row["is_active"] and row["tag_code"]:
            expected[who[:-1]].append(row["tag_code"])
    assert {row[:-1]: row[-1] for row in found} == {k: sorted(v) for k, v in expected.items()}
    assert {0, 1} < {len(codes) for codes in expected.values()}


@pytest.mark.parametrize(("scope", "prefix"), SCOPES)
def test_interests(warehouse: Warehouse, staged: World, scope: Scope, prefix: str) -> None:
    names = {"first_at": "first_evidence_at", "last_at": "last_evidence_at"}
    names |= {name: f"evidence_{name}" for name in ("views", "orders", "tags", "returns")}
    key = [*staged.key(scope), "dimension", "value"]
    tagged = [
        tag
        for tag in tag_intervals(staged)
        if tag.get("category") and tag["sensitivity"] == "normal" and not tag["removed_at"]
    ]
    expected = {
        place: {names.get(name, name): value for name, value in row.items()}
        for place, row in interests(staged, scope, tagged).items()
    }
    columns = list(next(iter(expected.values())))
    assert {place[-2] for place in expected} == {"category", "brand", "price_band", "product"}
    assert_equal(mart(warehouse, f"{prefix}_interests", key, columns), expected)


@pytest.mark.parametrize(("scope", "prefix"), SCOPES)
def test_insights(warehouse: Warehouse, staged: World, scope: Scope, prefix: str) -> None:
    expected = insights(staged, scope)
    add_suggestions(expected, staged, scope)
    offers = [offer for row in expected.values() for offer in row["next_best_products"]]
    assert {offer["basis"] for offer in offers} == set(BASES.values())
    assert {row["next_best_action"] for row in expected.values()} == ACTIONS
    columns = list(next(iter(expected.values())))
    assert {row["stage_is_stuck"] for row in expected.values()} == {True, False}
    assert_equal(mart(warehouse, f"{prefix}_insights", staged.key(scope), columns), expected)
