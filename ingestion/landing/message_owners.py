"""Find the customer of a message: from its JSON, else from its bytes, else from its key.

Quarantine keeps the bytes of invalid messages, so those are searched as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa

from core import sql
from core.duckdb_session import connect

#: Affiliate and customer; None if unknown.
Owner = tuple[int | None, int | None]

_AFFILIATE = re.compile(rb'"affiliateid"\s*:\s*"?(\d{1,18})')
_CUSTOMER = re.compile(rb'"affiliate_customer_id"\s*:\s*"?(\d{1,18})')
_NUMBER = re.compile(rb"\d{1,18}")


def owners(messages: pa.Table, *, is_keyed: bool) -> Iterator[Owner]:
    """Yield the affiliate and customer of each message.

    Args:
        messages: Messages with `key`, `value` and optionally `document`.
        is_keyed: Whether the topic's key is the customer's id.
    """
    columns = [name for name in ("key", "value", "document") if name in messages.column_names]
    table = messages.select(columns)
    if "document" not in columns:
        table = table.append_column("document", pa.nulls(len(table), pa.string()))
    numbered = table.append_column("place", pa.array(range(len(table)), pa.int64()))
    with closing(connect()) as connection:
        connection.register("messages", numbered)
        parsed = connection.execute(sql.load(__package__, "message_owners")).fetchall()
    keys, values = table["key"].to_pylist(), table["value"].to_pylist()
    for (affiliate, customer), key, value in zip(parsed, keys, values, strict=True):
        if affiliate is not None and customer is not None:
            yield affiliate, customer
            continue
        yield (
            _first(_AFFILIATE, value) if affiliate is None else affiliate,
            _customer(value, key if is_keyed else None) if customer is None else customer,
        )


def _customer(value: bytes | None, key: bytes | None) -> int | None:
    found = _first(_CUSTOMER, value)
    if found is None and key is not None and _NUMBER.fullmatch(key):
        return int(key)
    return found


def _first(pattern: re.Pattern[bytes], value: bytes | None) -> int | None:
    match = pattern.search(value) if value else None
    return int(match[1]) if match else None
