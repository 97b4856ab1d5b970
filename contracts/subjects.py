"""What of a landed row is of a person, table by table; what stays is named, all else goes.

Orders stay as orders of an erased customer: their columns by contract say nothing of a person. A
column beyond the contract may hold anything, and goes.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from contracts.tables import AUDIT, TABLES

_PLATFORMS = ("_op", "_source", "_xid", "_seq")


@dataclass(frozen=True)
class Subject:
    """How a table tells whose a row is, and what of the row survives an erasure.

    Attributes:
        customer: Column with the customer's id.
        stays: Columns that stay; of `_issues` the columns' names stay.
        mailbox: Column with an address that may stand there before the customer is known.
    """

    customer: str
    stays: frozenset[str]
    mailbox: str | None = None


def _keys(*columns: str) -> frozenset[str]:
    return frozenset((*columns, "id", "affiliate_id", *(name for name, _ in AUDIT), *_PLATFORMS))


_CONTRACT = {spec.qualified: [name for name, _ in spec.all_columns] for spec in TABLES}

#: Table → how its rows are a customer's; tables that are not here hold nothing of customers.
SUBJECTS: dict[str, Subject] = {
    "affiliate.affiliate_customer": Subject("id", _keys()),
    "affiliate.affiliate_customer_tag": Subject(
        "affiliate_customer_id", _keys("affiliate_customer_id")
    ),
    "affiliate.customer_invite": Subject(
        "affiliate_customer_id", _keys("affiliate_customer_id"), mailbox="email"
    ),
    "sales.order_header": Subject("affiliate_customer_id", _keys(*_CONTRACT["sales.order_header"])),
}


def table_of(dataset: str) -> str | None:
    """`schema.table` of a landed OLTP dataset, None for any other."""
    kind, _, name = dataset.partition("/")
    return name.partition("@")[0] if kind == "oltp" else None


def stripped(rows: pa.RecordBatch, mask: pa.BooleanArray, stays: frozenset[str]) -> pa.RecordBatch:
    """The same rows; those of the mask without their personal columns."""
    columns = []
    for field, column in zip(rows.schema, rows.columns, strict=True):
        if field.name in stays:
            columns.append(column)
        elif field.name == "_issues":
            names = pc.replace_substring_regex(column, "=[^,]*", "")
            columns.append(pc.if_else(mask, names, column))
        else:
            columns.append(pc.if_else(mask, pa.scalar(None, field.type), column))
    return pa.record_batch(columns, schema=rows.schema)
