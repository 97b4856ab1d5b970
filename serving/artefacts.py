"""The files of a release and the tables in them, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReleaseTable:
    """One table of a release, cut from one of the warehouse's marts.

    Attributes:
        name: Table in schema `marts`.
        key: Columns that identify a row; rows are stored in their order. A release has no index
            for it: a file of twice the size would buy an analyst nothing.
        parents: Column of this table to the table whose key it must be found in (null: nobody).
        nested: Type of each nested column; engines without nested types hold it as JSON.
        mart: Schema and model it is cut from; without, that of the same name in `marts`.
        pseudonyms: Column, or field of a nested one (`visits.product_id`), to the kind of thing
            that its number is: it leaves as a pseudonym of the affiliate.
        told_by: Column whose values are ids only in some rows, to the column that says of what
            kind they are there, by the kind's name.
        renamed: Column of the mart to its name in the release.
        left_out: Columns of the mart that are in no release.
        settled: Whether it is cut from what `serving.benchmark` made of the mart.
        personal: Columns that name or reach somebody.
    """

    name: str
    key: tuple[str, ...]
    parents: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)
    mart: str = ""
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    told_by: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    settled: bool = False
    personal: tuple[str, ...] = ()

    @property
    def source(self) -> tuple[str, str]:
        """Schema and model of the mart."""
        schema, _, model = (self.mart or f"marts.{self.name}").partition(".")
        return schema, model


@dataclass(frozen=True)
class Artefact:
    """One file of a release: its path inside the release, and its tables."""

    path: str
    tables: tuple[ReleaseTable, ...]


_OF_CUSTOMER = {"customer_id": "customer"}


def _lists(products: str) -> dict[str, str]:
    """Types of the lists of products, whose elements begin with the fields `products`."""
    visits = "visits BIGINT, last_at TIMESTAMPTZ"
    said = {
        "products_visited": visits,
        "visited_not_bought": visits,
        "products_purchased": "orders BIGINT, quantity BIGINT, last_at TIMESTAMPTZ",
        "next_best_products": "basis VARCHAR, score DOUBLE, reason VARCHAR",
    }
    return {name: f"STRUCT({products}, {fields})[]" for name, fields in said.items()}


#: Over all affiliates, and in each file.
BENCHMARK = ReleaseTable("benchmark", ("sales_month", "category"), settled=True)

INTERNAL_TABLES: tuple[ReleaseTable, ...] = (
    ReleaseTable("customer", ("customer_id",), nested={"tags": "VARCHAR[]"}),
    ReleaseTable("customer_tags", ("customer_id", "tag_code"), _OF_CUSTOMER),
    ReleaseTable("customer_interests", ("customer_id", "dimension", "value"), _OF_CUSTOMER),
    ReleaseTable(
        "customer_insights",
        ("customer_id",),
        _OF_CUSTOMER,
        nested=_lists("affiliate_id BIGINT, product_id BIGINT"),
    ),
    # a rate may be older than the business: its day looks like a birth date and tells nothing
    ReleaseTable(
        "customer_orders", ("affiliate_id", "order_id"), _OF_CUSTOMER, left_out=("fx_date",)
    ),
    # a line whose order never arrived is kept and marked, so `order_id` has no parent
    ReleaseTable("customer_order_items", ("affiliate_id", "order_id", "line_no"), _OF_CUSTOMER),
    ReleaseTable("order_status_history", ("affiliate_id", "order_id", "interval_no"), _OF_CUSTOMER),
    ReleaseTable("deals", ("affiliate_id", "deal_id"), _OF_CUSTOMER),
    ReleaseTable("deal_stage_intervals", ("affiliate_id", "deal_id", "move_no"), _OF_CUSTOMER),
    ReleaseTable("sales_funnel", ("affiliate_id", "cohort_month", "stage")),
    ReleaseTable("sales_funnel_breakdown", ("affiliate_id", "dimension", "value", "stage")),
    ReleaseTable("pipeline_daily", ("affiliate_id", "day", "stage")),
    ReleaseTable("follow_ups", ("task_id",), _OF_CUSTOMER),
    ReleaseTable("deals_without_follow_up", ("affiliate_id", "deal_id"), _OF_CUSTOMER),
    ReleaseTable("affiliate_performance", ("affiliate_id", "day")),
    BENCHMARK,
)

#: Unified, inside the company only: no name, contact, identifier, birth date, street, postal code.
CUSTOMER_OLAP = Artefact("customer_olap.duckdb", INTERNAL_TABLES)
