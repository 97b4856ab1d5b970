"""Two sources whose affiliates are others and whose other ids are all the same."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.dbt.raw_world import AS_OF, RawWorld, Row, build_world

#: Affiliates' ids are those of `raw_world` in the north and this much higher in the south.
SOUTHERN = 10
#: Customers of whom the south has events alone; the north has the one and deleted the other.
KNOWN, DELETED = 2001, 2002


def north() -> RawWorld:
    """Source `north`, which lately deleted the middle row of every table but the affiliates'."""
    world = at_source(build_world(seed=7), "north", 0)
    for table, rows in world.rows.items():
        if table.startswith("oltp_") and table != "oltp_affiliate":
            key = "affiliate_id" if table == "oltp_affiliate_detail" else "id"
            value = rows[len(rows) // 2][key]
            rows.append({key: value, "_op": "delete", "_source": "north", "_seq": 9})
    world.put("affiliate_customer", held_by="north", id=KNOWN, affiliate_id=1, full_name="Ana")
    world.put("affiliate_customer", held_by="north", id=DELETED, op="delete")
    return world


def south() -> RawWorld:
    """Source `south`: other people, orders and products under the ids of the north."""
    world = at_source(build_world(seed=8), "south", SOUTHERN)
    for customer in (KNOWN, DELETED):
        world.emit(
            "affiliate.customers", "CustomerCreated", 1 + SOUTHERN, AS_OF - timedelta(days=1),
            {"affiliate_customer_id": customer, "full_name": "Rui"}, key=f"rui-{customer}",
        )  # fmt: skip
    return world


def at_source(world: RawWorld, name: str, shift: int) -> RawWorld:
    """The same rows and events, of affiliates with higher ids and people with other mailboxes."""
    moved = RawWorld()
    for table, rows in world.rows.items():
        moved.rows[table] = [_at_source(row, name, shift) for row in rows]
    return moved


def together(*worlds: RawWorld) -> RawWorld:
    """The rows of all in one warehouse."""
    merged = RawWorld()
    for world in worlds:
        for table, rows in world.rows.items():
            merged.rows.setdefault(table, []).extend(rows)
    return merged


def _at_source(row: Row, name: str, shift: int) -> Row:
    moved = dict(row)
    if "_source" in row:
        moved["_source"] = name
    if "slug" in row:
        moved |= {"id": row["id"] + shift, "slug": f"{name}-{row['slug']}"}
    if row.get("affiliate_id") is not None:
        moved["affiliate_id"] = row["affiliate_id"] + shift
    if "email" in row:
        moved["email"] = _mailbox(row["email"], name)
    if "data" in row:
        data = json.loads(row["data"])
        if "email" in data:
            data["email"] = _mailbox(data["email"], name)
        moved |= {"event_source": f"urn:{name}", "data": json.dumps(data)}
    return moved


def _mailbox(email: str | None, name: str) -> str | None:
    return f"{name}.{email}" if email and "@" in email else email
