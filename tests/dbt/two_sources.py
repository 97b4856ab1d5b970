"""Two sources whose affiliates are others and whose other ids are all the same."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, timedelta

from tests.dbt.raw_world import AS_OF, RawWorld, Row, build_world

#: Affiliates' ids are those of `raw_world` in the north and this much higher in the south.
SOUTHERN = 10
#: Days by which its people are older or younger.
BIRTHDAYS = {"north": -1800, "south": 1900}
#: Customers of whom the south has events alone; the north has the one and deleted the other.
KNOWN, DELETED = 2001, 2002


def north() -> RawWorld:
    """Source `north`, which lately deleted the middle row of every table but the affiliates'."""
    world = at_source(build_world(seed=7), "north", 0)
    for table, rows in world.rows.items():
        if table.startswith("oltp_") and table != "oltp_affiliate":
            key = "affiliate_id" if table == "oltp_affiliate_detail" else "id"
            value = rows[len(rows) // 2][key]
            rows.append({key: value, "_op": "delete", "_source": "north", "_seq": 5})
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
    """The same rows and events, of affiliates with higher ids and of other people."""
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
    if row.get("source") == "oltp":
        moved["source"] = name
    if "slug" in row:
        moved |= {"id": row["id"] + shift, "slug": f"{name}-{row['slug']}"}
    if row.get("affiliate_id") is not None:
        moved["affiliate_id"] = row["affiliate_id"] + shift
    moved |= _other_person(row, name)
    if "data" in row:
        data = json.loads(row["data"])
        data |= _other_person(data, name)
        moved |= {"event_source": f"urn:{name}", "data": json.dumps(data)}
    return moved


def _other_person(said: Row, name: str) -> Row:
    """The same of somebody else: another mailbox, and born in another year and month."""
    other: Row = {}
    if "email" in said:
        other["email"] = _mailbox(said["email"], name)
    born = said.get("birth_date")
    if isinstance(born, str):
        with suppress(ValueError):  # one of them is on a 30 February
            other["birth_date"] = _birthday(date.fromisoformat(born), name).isoformat()
    elif born:
        other["birth_date"] = _birthday(born, name)
    return other


def _birthday(born: date, name: str) -> date:
    """Placeholders stay."""
    return born if born.year == 1900 else born + timedelta(days=BIRTHDAYS[name])


def _mailbox(email: str | None, name: str) -> str | None:
    return f"{name}.{email}" if email and "@" in email else email
