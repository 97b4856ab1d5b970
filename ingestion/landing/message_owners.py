"""Whose a message is: by its JSON, else by what its bytes show, else by its key.

A message that breaks its contract is kept with its bytes, so broken ones are looked at as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa

from core.duckdb_session import connect

#: Affiliate and customer; None where nothing tells.
Owner = tuple[int | None, int | None]

_AFFILIATE = re.compile(rb'"affiliateid"\s*:\s*"?(\d{1,18})')
_CUSTOMER = re.compile(rb'"affiliate_customer_id"\s*:\s*"?(\d{1,18})')
_NUMBER = re.compile(rb"\d{1,18}")
_FIELDS = "['$.affiliateid', '$.data.affiliate_customer_id']"
_PARSED = f"""
select try_cast(ids[1] as bigint), try_cast(ids[2] as bigint)
from (
    select place, json_extract_string(case when json_valid(body) then body end, {_FIELDS}) as ids
    from (
        select place, coalesce(document::text, try(decode(value))) as body
        from messages
    )
)
order by place
"""


def owners(messages: pa.Table, *, is_keyed: bool) -> Iterator[Owner]:
    """The owner of each message.

    Args:
        messages: With `key`, `value` and maybe `document`.
        is_keyed: Whether the topic's key is the customer's id.
    """
    columns = [name for name in ("key", "value", "document") if name in messages.column_names]
    table = messages.select(columns)
    if "document" not in columns:
        table = table.append_column("document", pa.nulls(len(table), pa.string()))
    numbered = table.append_column("place", pa.array(range(len(table)), pa.int64()))
    with closing(connect()) as connection:
        connection.register("messages", numbered)
        parsed = connection.execute(_PARSED).fetchall()
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
