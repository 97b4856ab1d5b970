"""The tables of an affiliate's file, as data: its own rows only, and no ID of the platform.

The warehouse numbers customers, orders, lines and products across affiliates. Such a number would
reveal how many the others have, and would let two files be joined. `pseudonyms` lists each column
with such a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from serving.artefacts import CUSTOMER_OLAP, ReleaseTable

#: Column with the owner of a row: a number in the warehouse, the affiliate's slug in its file.
AFFILIATE_ID, AFFILIATE = "affiliate_id", "affiliate"

#: Separates the affiliates' rows in the stage; not part of a file.
GROUPS = (AFFILIATE_ID,)
#: Names and addresses in `customer`, each as the affiliate's data has it.
CONTACTS = ("full_name", "email", "phone")

#: Value of a column with IDs of several kinds that is not an ID, and so has no pseudonym.
NO_ID = "none"

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
    """The product lists are those of the internal file without `affiliate_id`."""
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
    # tags as the affiliate typed them
    _own("customer_tags", ("customer_id", "tag_key"), personal=("tag_key", "raw_tag")),
    # `value` is a product ID where the dimension is product
    replace(
        _own("customer_interests", ("customer_id", "dimension", "value")),
        pseudonyms={"customer_id": "customer", "value": "product"},
        kind_columns={"value": "dimension"},
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
    # `value` is an owner ID where the dimension is owner
    replace(
        _own("sales_funnel_breakdown", ("dimension", "value", "stage"), (), {}),
        pseudonyms={"value": "owner"},
        kind_columns={"value": "dimension"},
    ),
    _own("pipeline_daily", ("day", "stage"), (), {}),
    ReleaseTable("affiliate_performance", ("day",)),
)

#: Old and new pseudonyms, while the platform's previous key is configured.
PSEUDONYM_MAPPING = ReleaseTable("pseudonym_mapping", ("kind", "pseudonym"))
