"""The OLTP tables that are ingested, as data: a new table is an entry here, not code.

Types are the ones of the warehouse's raw tables and are valid in DuckDB and PostgreSQL alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

BIGINT, INTEGER, TEXT, BOOLEAN = "bigint", "integer", "text", "boolean"
MONEY, DATE, TIMESTAMP, JSON = "decimal(18,2)", "date", "timestamptz", "text"

#: Columns every ingested table has.
AUDIT = (("created_at", TIMESTAMP), ("updated_at", TIMESTAMP))


@dataclass(frozen=True)
class TableSpec:
    """One OLTP table.

    Attributes:
        schema: Schema in the OLTP.
        name: Table name; unique over all schemas.
        columns: (name, raw type) in order, primary key first, audit columns left out.
        primary_key: Key columns; each is one of `columns`.
        excluded: Columns of the OLTP that are never read, not even selected.
        description: One line for people, shown in the UI.
    """

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    primary_key: tuple[str, ...] = ("id",)
    excluded: tuple[str, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        names = [name for name, _ in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.qualified}: a column is named twice")
        if missing := set(self.primary_key) - set(names):
            raise ValueError(f"{self.qualified}: key columns {sorted(missing)} are not columns")
        if both := set(self.excluded) & set(names):
            raise ValueError(f"{self.qualified}: {sorted(both)} are both read and excluded")

    @property
    def qualified(self) -> str:
        """`schema.table`, as in the landing zone's paths."""
        return f"{self.schema}.{self.name}"

    @property
    def raw_table(self) -> str:
        """Name of the raw table in the warehouse's schema `raw`."""
        return f"oltp_{self.name}"

    @property
    def all_columns(self) -> tuple[tuple[str, str], ...]:
        """`columns` and the audit columns."""
        return tuple(chain(self.columns, AUDIT))


def _table(
    qualified: str,
    *columns: tuple[str, str],
    key: tuple[str, ...] = ("id",),
    excluded: tuple[str, ...] = (),
    description: str,
) -> TableSpec:
    schema, name = qualified.split(".")
    leading = (("id", BIGINT),) if key == ("id",) else ()
    return TableSpec(schema, name, (*leading, *columns), key, excluded, description)


_AFFILIATE_ID = ("affiliate_id", BIGINT)

TABLES: tuple[TableSpec, ...] = (
    _table(
        "affiliate.affiliate",
        ("slug", TEXT),
        ("full_name", TEXT),
        ("email", TEXT),
        ("time_zone", TEXT),
        ("currency", TEXT),
        ("status", TEXT),
        description="The affiliates themselves",
    ),
    _table(
        "affiliate.affiliate_detail",
        _AFFILIATE_ID,
        ("tax_details", JSON),
        ("identifier", TEXT),
        ("identifier_type", TEXT),
        key=("affiliate_id",),
        description="Tax details and legal identifiers of affiliates",
    ),
    _table(
        "affiliate.affiliate_social_media",
        _AFFILIATE_ID,
        ("reference_id", TEXT),
        ("media_type", TEXT),
        description="Social media accounts of affiliates",
    ),
    _table(
        "affiliate.affiliate_bank_account",
        _AFFILIATE_ID,
        ("bank_name", TEXT),
        ("account_holder", TEXT),
        excluded=("account_number", "iban"),
        description="Bank accounts of affiliates, without number and IBAN",
    ),
    _table(
        "affiliate.affiliate_address",
        _AFFILIATE_ID,
        ("street", TEXT),
        ("city", TEXT),
        ("region", TEXT),
        ("postal_code", TEXT),
        ("country", TEXT),
        description="Addresses of affiliates",
    ),
    _table(
        "affiliate.affiliate_customer",
        _AFFILIATE_ID,
        ("full_name", TEXT),
        ("email", TEXT),
        ("phone", TEXT),
        ("gender", TEXT),
        ("birth_date", DATE),
        ("identifier", TEXT),
        ("identifier_type", TEXT),
        ("postal_code", TEXT),
        ("country", TEXT),
        ("total_purchase", MONEY),
        ("avg_ticket", MONEY),
        description="Customers as each affiliate knows them",
    ),
    _table(
        "affiliate.affiliate_customer_tag",
        _AFFILIATE_ID,
        ("affiliate_customer_id", BIGINT),
        ("tag", TEXT),
        ("source", TEXT),
        description="Tags that affiliates give their customers, as typed",
    ),
    _table(
        "affiliate.customer_invite",
        _AFFILIATE_ID,
        ("channel", TEXT),
        ("email", TEXT),
        ("invited_at", TIMESTAMP),
        ("accepted_at", TIMESTAMP),
        ("affiliate_customer_id", BIGINT),
        description="Invitations to become a customer",
    ),
    _table(
        "affiliate.app_user",
        _AFFILIATE_ID,
        ("full_name", TEXT),
        ("email", TEXT),
        ("role", TEXT),
        ("is_active", BOOLEAN),
        description="Users of the affiliates' application: owners, sellers, viewers",
    ),
    _table(
        "sales.product",
        _AFFILIATE_ID,
        ("sku", TEXT),
        ("name", TEXT),
        ("category", TEXT),
        ("brand", TEXT),
        ("unit_price", MONEY),
        ("currency", TEXT),
        ("is_active", BOOLEAN),
        description="Products that affiliates sell",
    ),
    _table(
        "sales.order_header",
        _AFFILIATE_ID,
        ("affiliate_customer_id", BIGINT),
        ("order_number", TEXT),
        ("status", TEXT),
        ("channel", TEXT),
        ("ordered_at", TIMESTAMP),
        ("currency", TEXT),
        ("discount_amount", MONEY),
        ("tax_amount", MONEY),
        ("shipping_amount", MONEY),
        ("total_amount", MONEY),
        description="Orders; without customer for guests",
    ),
    _table(
        "sales.order_item",
        _AFFILIATE_ID,
        ("order_id", BIGINT),
        ("product_id", BIGINT),
        ("quantity", INTEGER),
        ("unit_price", MONEY),
        ("discount_amount", MONEY),
        ("refunded_quantity", INTEGER),
        ("refunded_amount", MONEY),
        description="Order lines",
    ),
)
