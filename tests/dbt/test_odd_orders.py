"""Orders that are odd in one way: a few are everyday life, more than the limit a warning."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.dbt import variable
from tests.dbt.dbt_warehouse import Warehouse

CHECK = "assert_few_orders_are_anomalous.sql"
#: Per relation and column that the check looks at: a usual value, and an odd one.
ODDITIES = {
    ("intermediate.int_orders__headers", "is_yet_to_come"): ("false", "true"),
    ("intermediate.int_orders__headers", "is_ordered_at_missing"): ("false", "true"),
    ("intermediate.int_orders__headers", "fx_rate"): ("1", "null"),
    ("intermediate.int_orders__headers", "customer_kind"): ("'known'", "'unknown'"),
    ("marts.customer_orders", "header_items_diff"): ("-0.01", "-0.02"),
    ("marts.customer_orders", "is_refund_above_order"): ("false", "true"),
    ("marts.customer_orders", "merchandise_amount"): ("0", "-0.01"),
    ("marts.customer_order_items", "is_order_unknown"): ("false", "true"),
    ("marts.customer_order_items", "is_product_unknown"): ("false", "true"),
}


@pytest.fixture(scope="module")
def check(built: list[Warehouse]) -> str:
    """The query that dbt runs, and warns where it finds a row."""
    (found,) = (built[0].artefacts / "target" / "compiled").rglob(CHECK)
    return found.read_text()


@pytest.fixture(scope="module")
def usual(built: list[Warehouse], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built warehouse with no order that is odd in any way."""
    path = tmp_path_factory.mktemp("odd") / Path(built[0].location).name
    shutil.copy(built[0].location, path)
    with duckdb.connect(str(path)) as connection:
        for (relation, column), (value, _) in ODDITIES.items():
            connection.execute(f"update {relation} set {column} = {value}")
    return path


@pytest.mark.parametrize(("relation", "column"), ODDITIES)
def test_anomalous_orders_warn_above_the_limit(
    check: str, usual: Path, relation: str, column: str
) -> None:
    with duckdb.connect(str(usual)) as connection:
        (rows,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
        few = int(variable("odd_orders_share_limit") * rows)
        assert few >= 1

        assert _found(connection, check, relation, column, few) == 0
        assert _found(connection, check, relation, column, few + 1) == 1


def _found(
    connection: duckdb.DuckDBPyConnection, check: str, relation: str, column: str, odd: int
) -> int:
    """Rows that the check finds where so many orders are odd in one way."""
    value = ODDITIES[relation, column][1]
    connection.begin()
    connection.execute(
        f"update {relation} set {column} = {value} "
        f"where rowid in (select rowid from {relation} order by rowid limit {odd})"
    )
    found = connection.execute(check).fetchall()
    connection.rollback()
    return len(found)
