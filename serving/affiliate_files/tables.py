"""The tables of an affiliate's file, as data: its own rows only, and no number of ours.

Whatever the warehouse counts up (customers, orders, lines, products) would tell one affiliate how
the others do, and join its file to theirs. `pseudonyms` names each such column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from serving.artefacts import CUSTOMER_OLAP, ReleaseTable

#: Column that says whose row it is: a number in the warehouse, the affiliate's slug in its file.
AFFILIATE_ID, AFFILIATE = "affiliate_id", "affiliate"

#: What tells the affiliates' rows apart while they lie together; it stays behind.
GROUPS = (AFFILIATE_ID,)
#: Names and addresses in `customer`, each as it was stated of the customer.
CONTACTS = ("full_name", "email", "phone")

#: In a column that tells of several things: none of them, and so no pseudonym.
NOBODY = "none"

_RENAMED = {"affiliate_customer_id": "customer_id"}
_IDS = {
    "customer_id": "customer",
    "order_id": "order",
    "order_item_id": "order_item",
    "product_id": "product",
    "deal_id": "deal",
    "owner_id": "owner",
    "task_id": "task",
    "suggested_product_id": "product",
}
_OF_CUSTOMER = {"customer_id": "customer"}
_INTERNAL = {table.name: table for table in CUSTOMER_OLAP.tables}


def _own(
    name: str,
    key: tuple[str, ...],
    ids: tuple[str, ...] = ("customer_id",),
    parents: Mapping[str, str] = _OF_CUSTOMER,
    personal: tuple[str, ...] = (),
) -> ReleaseTable:
    return ReleaseTable(
        name,
        key,
        parents,
        mart=f"own.own_{name}",
        pseudonyms={column: _IDS[column] for column in ids},
        renamed=_RENAMED,
        personal=personal,
    )


def _insights() -> ReleaseTable:
    """The lists of products as in the internal file, without the affiliate."""
    table = _own("customer_insights", ("customer_id",))
    nested = {
        column: kind.replace("affiliate_id BIGINT, ", "")
        for column, kind in _INTERNAL[table.name].nested.items()
    }
    in_lists = {f"{column}.product_id": "product" for column in nested}
    return replace(table, nested=nested, pseudonyms={**table.pseudonyms, **in_lists})


AFFILIATE_TABLES: tuple[ReleaseTable, ...] = (
    replace(
        _own("customer", ("customer_id",), parents={}, personal=CONTACTS),
        nested=_INTERNAL["customer"].nested,
    ),
    # the affiliate's own words, as it typed them
    _own("customer_tags", ("customer_id", "tag_key"), personal=("tag_key", "raw_tag")),
    # an interest in a product names it by its number
    replace(
        _own("customer_interests", ("customer_id", "dimension", "value")),
        pseudonyms={"customer_id": "customer", "value": "product"},
        told_by={"value": "dimension"},
    ),
    _insights(),
    replace(
        _own("customer_orders", ("order_id",), ("order_id", "customer_id")),
        left_out=_INTERNAL["customer_orders"].left_out,
    ),
    _own(
        "customer_order_items",
        ("order_id", "line_no"),
        ("order_item_id", "order_id", "customer_id", "product_id"),
    ),
    _own(
        "order_status_history",
        ("order_id", "interval_no"),
        ("order_id", "customer_id"),
    ),
    _own("deals", ("deal_id",), ("deal_id", "customer_id", "owner_id"), {}),
    _own(
        "deal_stage_intervals",
        ("deal_id", "move_no"),
        ("deal_id", "customer_id", "owner_id"),
        {"deal_id": "deals"},
    ),
    _own(
        "follow_ups",
        ("task_id",),
        ("task_id", "deal_id", "customer_id", "owner_id", "suggested_product_id"),
        {"deal_id": "deals"},
    ),
    _own(
        "deals_without_follow_up",
        ("deal_id",),
        ("deal_id", "customer_id", "owner_id"),
        {"deal_id": "deals"},
    ),
    _own("sales_funnel", ("cohort_month", "stage"), (), {}),
    # an owner is named by its number
    replace(
        _own("sales_funnel_breakdown", ("dimension", "value", "stage"), (), {}),
        pseudonyms={"value": "owner"},
        told_by={"value": "dimension"},
    ),
    _own("pipeline_daily", ("day", "stage"), (), {}),
    ReleaseTable("affiliate_performance", ("day",)),
)

#: While the platform's key is exchanged: what the pseudonyms were before.
PSEUDONYM_MAPPING = ReleaseTable("pseudonym_mapping", ("kind", "pseudonym"))
