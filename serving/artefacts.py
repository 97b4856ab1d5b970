"""The files of a release and the tables in them, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReleaseTable:
    """One table of a release, exported from one of the warehouse's marts.

    Attributes:
        name: Table in schema `marts`.
        key: Columns that identify a row; rows are stored in their order. A release has no index on
            them: it would double the size of the file without a benefit for analysts.
        parents: Column → table in whose key its values must exist; null refers to no row.
        nested: Type of each nested column; engines without nested types hold it as JSON.
        mart: Schema and model to export; the default is the model `name` in `marts`.
        pseudonyms: Column, or field of a nested one (`visits.product_id`) → kind of ID it holds.
            Its values are released as pseudonyms of the affiliate.
        kind_columns: Column whose values are IDs in some rows only → column with their kind.
        renamed: Column of the mart → its name in the release.
        left_out: Columns of the mart that are not released.
        is_frozen: Whether it is read from the table that `serving.benchmark` fills.
        personal: Columns with names or contacts of people.
    """

    name: str
    key: tuple[str, ...]
    parents: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)
    mart: str = ""
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    kind_columns: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    is_frozen: bool = False
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
    """Types of the lists of products; each element begins with the fields `products`."""
    visits = "visits BIGINT, last_at TIMESTAMPTZ"
    fields_by_list = {
        "products_visited": visits,
        "visited_not_bought": visits,
        "products_purchased": "orders BIGINT, quantity BIGINT, last_at TIMESTAMPTZ",
        "next_best_products": "basis VARCHAR, score DOUBLE, reason VARCHAR",
    }
    return {name: f"STRUCT({products}, {fields})[]" for name, fields in fields_by_list.items()}


#: Computed over all affiliates; part of every file.
BENCHMARK = ReleaseTable("benchmark", ("sales_month", "category"), is_frozen=True)

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
    # an exchange rate may be older than the business: its date would look like a birth date
    ReleaseTable(
        "customer_orders", ("affiliate_id", "order_id"), _OF_CUSTOMER, left_out=("fx_date",)
    ),
    # an order line without its order is kept and marked, so `order_id` has no parent
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

#: Unified, for inside the company. Contains no name, contact, identifier, birth date or address.
CUSTOMER_OLAP = Artefact("customer_olap.duckdb", INTERNAL_TABLES)
