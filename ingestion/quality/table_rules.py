"""What each OLTP table promises: from its contract, and what is declared here.

Errors are what the contract excludes or what no source does by accident: a key that is null or
twice, a row of no affiliate, a column that holds something else altogether. Everything a person or
one bad import can cause is a warning, because one odd row must not stop everybody's numbers.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from contracts.tables import DATE, MONEY, TableSpec
from ingestion.quality.formats import formats
from ingestion.quality.rules import (
    NULL,
    Rule,
    at_least,
    between,
    filled,
    graded,
    mostly_unique,
    never_null,
    one_of,
    unique,
)

ORDER_STATUSES = (
    "created",
    "paid",
    "shipped",
    "delivered",
    "cancelled",
    "returned",
    "partially_refunded",
    "refunded",
    "chargeback",
    "test",
)
_UNKNOWN_STATUS = "the marts treat an unknown status as no sale"
_NO_LINE = "a line without it belongs to no order or sells nothing"

#: Table → rules beyond those that follow from its columns.
DECLARED: dict[str, tuple[Rule, ...]] = {
    "affiliate.affiliate": (
        *filled("slug", "an affiliate without one gets no file"),
        mostly_unique(("slug",), 1.0, "two affiliates would share one file"),
        *one_of("status", ("active", "paused", "closed"), "only active affiliates get a release"),
    ),
    "affiliate.app_user": (
        *one_of("role", ("owner", "seller", "viewer"), "the role decides who owns a deal"),
    ),
    "affiliate.affiliate_customer_tag": (
        *filled("affiliate_customer_id", "a tag of nobody"),
        *filled("tag", "an empty tag"),
    ),
    "affiliate.customer_invite": (
        at_least("accepted_at", "invited_at", 0.99, "accepted before it was sent"),
    ),
    "sales.product": (
        *filled("unit_price", "a product without a price, or with one that is not a number"),
    ),
    "sales.order_header": (*one_of("status", ORDER_STATUSES, _UNKNOWN_STATUS),),
    "sales.order_item": (
        never_null("order_id", _NO_LINE),
        never_null("product_id", _NO_LINE),
        never_null("quantity", _NO_LINE),
        # not never_null: a price that is not a number arrives as null, and must not stop a run
        *filled("unit_price", "a line without a price, or with one that is not a number"),
        *graded(between("quantity", 0, None, 0.99, "a line sells something", strict=True)),
        *graded(between("refunded_quantity", 0, None, 0.99, "nothing less comes back")),
        *graded(at_least("quantity", "refunded_quantity", 0.99, "more came back than was sold")),
    ),
}

#: Table → days after which it is odd that nothing newer came. Tables that change now and then have
#: no such limit. It only warns: the age of a source's data is nothing that holding it back mends.
STALE_DAYS = {
    "affiliate.affiliate_customer": 7,
    "sales.order_header": 7,
    "sales.order_item": 7,
}

#: Column → first day that people mean, days it may be ahead of the review, least share of such
#: values, and what others are. They only warn: what people type as a date is often no date.
_DATES = {
    "birth_date": (date(1900, 1, 1), 0, 0.95, "an age nobody has"),
    "ordered_at": (date(1990, 1, 1), 1, 0.99, "an order of another time"),
    "invited_at": (date(1990, 1, 1), 1, 0.99, "an invitation of another time"),
}


def key_rules(spec: TableSpec) -> tuple[Rule, ...]:
    """Rules for the key, which deleted rows have too."""
    why = "the newest version of a row cannot be told: the reader or the source's key is broken"
    nulls = (never_null(column, why) for column in spec.primary_key)
    return (*nulls, unique(spec.primary_key, why))


def row_rules(spec: TableSpec, now: datetime) -> tuple[Rule, ...]:
    """Rules for the columns of rows that are not deleted.

    Args:
        spec: The contract.
        now: The instant of the review.
    """
    names = tuple(name for name, _ in spec.columns)
    rules: list[Rule] = []
    if "affiliate_id" in names and "affiliate_id" not in spec.primary_key:
        rules.append(never_null("affiliate_id", "a row of no affiliate may be shown to none"))
    rules += formats(names)
    for name, kind in spec.columns:
        if kind == MONEY:
            rules += graded(between(name, 0, None, 0.99, "amounts count from zero up"))
        if name in _DATES:
            first, days, mostly, why = _DATES[name]
            ends = first, (now + timedelta(days)).date()
            low, high = ends if kind == DATE else map(_midnight, ends)
            rules.append(between(name, low, high, mostly, why))
    rules += DECLARED.get(spec.qualified, ())
    rules += filled("updated_at", "the row's version has no time")
    rules += graded(
        Rule(
            "values",
            NULL,
            ("_issues",),
            "warning",
            "values that are no number or no date arrived as null",
            0.99,
        )
    )
    return tuple(rules)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
