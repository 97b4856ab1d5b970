"""The files of a release and the tables in them, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReleaseTable:
    """One table of a release, cut from the warehouse's mart of the same name.

    Attributes:
        name: Table in schema `marts`.
        key: Columns that identify a row; rows are stored in their order. A release has no index
            for it: a file of twice the size would buy an analyst nothing.
        parents: Column of this table to the table whose key it must be found in (null: nobody).
        nested: Type of each nested column; engines without nested types hold it as JSON.
    """

    name: str
    key: tuple[str, ...]
    parents: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Artefact:
    """One file of a release: its path inside the release, and its tables."""

    path: str
    tables: tuple[ReleaseTable, ...]


_OF_CUSTOMER = {"customer_id": "customer"}


def _list_of(fields: str) -> str:
    """Type of a list of products with something said of each."""
    return f"STRUCT(affiliate_id BIGINT, product_id BIGINT, {fields})[]"


INTERNAL_TABLES: tuple[ReleaseTable, ...] = (
    ReleaseTable("customer", ("customer_id",)),
    ReleaseTable("customer_tags", ("customer_id", "tag_code"), _OF_CUSTOMER),
    ReleaseTable("customer_interests", ("customer_id", "dimension", "value"), _OF_CUSTOMER),
    ReleaseTable(
        "customer_insights",
        ("customer_id",),
        _OF_CUSTOMER,
        nested={
            "products_visited": _list_of("visits BIGINT, last_at TIMESTAMPTZ"),
            "visited_not_bought": _list_of("visits BIGINT, last_at TIMESTAMPTZ"),
            "products_purchased": _list_of("orders BIGINT, quantity BIGINT, last_at TIMESTAMPTZ"),
            "next_best_products": _list_of("basis VARCHAR, score DOUBLE, reason VARCHAR"),
        },
    ),
    ReleaseTable("customer_orders", ("affiliate_id", "order_id"), _OF_CUSTOMER),
    # a line whose order never arrived is kept and marked, so `order_id` has no parent
    ReleaseTable("customer_order_items", ("affiliate_id", "order_id", "line_no"), _OF_CUSTOMER),
    ReleaseTable("order_status_history", ("affiliate_id", "order_id", "interval_no"), _OF_CUSTOMER),
    ReleaseTable("deals", ("affiliate_id", "deal_id"), _OF_CUSTOMER),
    ReleaseTable("deal_stage_intervals", ("affiliate_id", "deal_id", "move_no"), _OF_CUSTOMER),
    ReleaseTable("sales_funnel", ("affiliate_id", "cohort_month", "stage")),
    ReleaseTable("sales_funnel_breakdown", ("affiliate_id", "dimension", "value", "stage")),
    ReleaseTable("pipeline_daily", ("affiliate_id", "day", "stage")),
    ReleaseTable("affiliate_performance", ("affiliate_id", "day")),
)

#: Unified, inside the company only: no name, contact, identifier, birth date, street, postal code.
CUSTOMER_OLAP = Artefact("customer_olap.duckdb", INTERNAL_TABLES)

#: Everything a release is made of.
ARTEFACTS: tuple[Artefact, ...] = (CUSTOMER_OLAP,)
