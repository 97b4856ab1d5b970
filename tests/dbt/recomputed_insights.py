"""Tags and insights once more, in pandas; see `recomputed_marts`."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from tests.dbt.dbt_warehouse import PROJECT
from tests.dbt.raw_world import AS_OF
from tests.dbt.recomputed_marts import (
    RECORD,
    Key,
    Row,
    Scope,
    World,
    evidence,
    groups,
)

SOURCES = ("affiliate", "system", "inferred", "import")
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def tag_intervals(world: World) -> list[Row]:
    """Every time a record had a tag without a break."""
    with (PROJECT / "seeds" / "tag_taxonomy.csv").open(encoding="utf-8") as file:
        taxonomy = {row["raw"]: row for row in csv.DictReader(file)}
    rows = []
    for tag in world.tags.to_dict("records"):
        text = " ".join(tag["tag"].lower().replace("é", "e").replace("ç", "c").replace("ã", "a")
                        .replace("-", " ").replace("_", " ").split())  # fmt: skip
        known = taxonomy.get(text, {})
        rows.append(tag | known | {"tag_key": known.get("code", f"raw:{text}")})
    found: list[Row] = []
    for _, some in groups(pd.DataFrame(rows), [*RECORD, "tag_key"]):
        days: set[date] = set()
        for row in some.sort_values(["given_at", "tag_id"]).to_dict("records"):
            removed = None if pd.isna(row["removed_at"]) else row["removed_at"]
            seen = max(row["given_at"], row["updated_at"])
            new_day = int(row["given_at"].date() not in days)
            days.add(row["given_at"].date())
            last = found[-1] if found and _same(found[-1], row) else None
            if last and (last["removed_at"] or NEVER) >= row["given_at"]:
                ends = (last["removed_at"], removed)
                last["removed_at"] = None if None in ends else max(end for end in ends if end)
                last["last_seen_at"] = max(last["last_seen_at"], seen)
                last["days"] += new_day
                last |= {"source": row["source"], "tag": row["tag"]}
            else:
                found.append(row | {"started_at": row["given_at"], "last_seen_at": seen,
                                    "removed_at": removed, "days": new_day})  # fmt: skip
    return found


def _same(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in (*RECORD, "tag_key"))


def tags(world: World, scope: Scope) -> dict[Key, Row]:
    """Subject and tag → measures; of a person only tags that may be shared."""
    rows = pd.DataFrame(tag_intervals(world))
    if scope == "person":
        rows = rows[rows.sensitivity == "normal"]
    found = {}
    for key, some in groups(rows, [*world.key(scope), "tag_key"]):
        active = some[some.removed_at.isna()]
        found[key] = {
            "first_seen_at": some.started_at.min(),
            "last_seen_at": some.last_seen_at.max(),
            "active_since": active.started_at.min() if len(active) else None,
            "removed_at": None if len(active) else some.removed_at.max(),
            "is_active": len(active) > 0,
            "assigned_count": int(some.days.sum()),
            "affiliates": some.affiliate_id.nunique(),
        } | _named(some, scope)
    return found


def _named(some: pd.DataFrame, scope: Scope) -> Row:
    """What a tag is called, and by whom: as it was last seen."""
    by_place = some.assign(place=range(len(some))).sort_values(
        ["last_seen_at", "affiliate_id", "affiliate_customer_id", "place"],
        ascending=[False, True, True, False],
    )
    last = by_place.iloc[0]
    is_known = not pd.isna(last.code)
    source = "affiliate" if pd.isna(last.source) else last.source.strip().lower()
    names = {
        "tag_code": last.code if is_known else None,
        "tag_group": last.tag_group if is_known else None,
        "tag_label": last.label if is_known else None,
        "source": source if source in SOURCES else "other",
    }
    own = {
        "sensitivity": last.sensitivity if is_known else None,
        "raw_tag": None if is_known else last.tag.strip(),
    }
    return names | (own if scope == "record" else {})


def insights(world: World, scope: Scope) -> dict[Key, Row]:
    """Subject → measures; suggestions are in `recomputed_suggestions`."""
    by = world.key(scope)
    found: dict[Key, Row] = {
        key: {"seen": [min(rows.known_since.min(), AS_OF)]}
        for key, rows in groups(world.records, by)
    }
    for row in found.values():
        row.update({"first_seen_at": row["seen"][0]} | _nothing())
    _products(found, world, scope)
    for frame, at in ((world.visits, "event_at"), (world.orders, "ordered_at"),
                      (world.consents, "event_at")):  # fmt: skip
        for key, rows in groups(frame, by):
            found[key]["seen"].append(rows[at].max())
    _visits(found, world, by)
    _channels(found, world, by)
    _deals(found, world, by)
    for row in found.values():
        row["last_seen_at"] = max(row.pop("seen"))
        row["days_since_last_seen"] = (AS_OF - row["last_seen_at"]).days
    return found


def _nothing() -> Row:
    counts = ("sessions_7d", "sessions_30d", "sessions_90d", "active_days_30d", "contacts_30d",
              "products_visited_count", "visited_not_bought_count",
              "products_purchased_count")  # fmt: skip
    facts = ("last_contact_at", "first_channel", "last_channel", "preferred_channel",
             "funnel_stage", "stage_since")  # fmt: skip
    lists: Row = {
        name: [] for name in ("products_visited", "visited_not_bought", "products_purchased")
    }
    return lists | dict.fromkeys(counts, 0) | dict.fromkeys(facts) | {"stage_is_stuck": False}


def _products(found: dict[Key, Row], world: World, scope: Scope) -> None:
    pieces = evidence(world)
    lists: dict[Key, list[Row]] = {}
    shop = ["affiliate_id"] if scope == "person" else []
    for key, rows in groups(pieces, [*world.key(scope), *shop, "product_id"]):
        subject = key[:-2] if scope == "person" else key[:-1]
        product = {"affiliate_id": rows.affiliate_id.iloc[0], "product_id": key[-1]}
        visited, bought = rows[rows.visits > 0], rows[rows.orders > 0]
        lists.setdefault(subject, []).append(product | {
            "visits": int(rows.visits.sum()), "orders": int(rows.orders.sum()),
            "quantity": int(rows.kept.sum()),
            "visited_at": visited["at"].max() if len(visited) else None,
            "bought_at": bought["at"].max() if len(bought) else None,
        })  # fmt: skip
    for subject, products in lists.items():
        row = found[subject]
        for name, at, fields, wanted in (
            ("products_visited", "visited_at", ("visits",), lambda one: one["visits"]),
            ("visited_not_bought", "visited_at", ("visits",),
             lambda one: one["visits"] and not one["orders"]),
            ("products_purchased", "bought_at", ("orders", "quantity"),
             lambda one: one["quantity"] > 0),
        ):  # fmt: skip
            some = sorted(
                filter(wanted, products), key=lambda one: (one["product_id"], one["affiliate_id"])
            )
            some.sort(key=lambda one: one[at], reverse=True)
            row[f"{name}_count"] = len(some)
            ids = ("affiliate_id", "product_id") if scope == "person" else ("product_id",)
            row[name] = [
                {field: one[field] for field in (*ids, *fields)} | {"last_at": one[at]}
                for one in some[:50]
            ]


def _visits(found: dict[Key, Row], world: World, by: list[str]) -> None:
    for _, rows in groups(world.visits, RECORD):
        key = tuple(rows.iloc[0][by])
        times = sorted(rows.event_at)
        starts = times[:1] + [b for a, b in pairwise(times) if b - a >= timedelta(minutes=30)]
        for days in (7, 30, 90):
            found[key][f"sessions_{days}d"] += sum((AS_OF - at).days < days for at in starts)
    for key, rows in groups(world.visits, by):
        late = [at for at in rows.event_at if (AS_OF - at).days < 30]
        found[key]["active_days_30d"] = len({at.astimezone(UTC).date() for at in late})


def _channels(found: dict[Key, Row], world: World, by: list[str]) -> None:
    columns = [*by, "channel", "at"]
    uses = pd.concat([
        world.visits.rename(columns={"event_at": "at"})[columns],
        world.orders.rename(columns={"ordered_at": "at"})[columns],
    ])  # fmt: skip
    for key, rows in groups(uses[uses.channel.notna()], by):
        used = [(channel, some["at"]) for (channel,), some in groups(rows, ["channel"])]
        used.sort(key=lambda use: use[0])
        found[key] |= {
            "first_channel": min(used, key=lambda use: use[1].min())[0],
            "last_channel": max(used, key=lambda use: use[1].max())[0],
            "preferred_channel": max(used, key=lambda use: (len(use[1]), use[1].max()))[0],
        }


def _deals(found: dict[Key, Row], world: World, by: list[str]) -> None:
    done = world.follow_ups[world.follow_ups.event_type == "FollowUpDone"]
    finished = set(zip(done.affiliate_id, done.task_id, strict=True))
    planned: set[Any] = set()
    for event in world.follow_ups.to_dict("records"):
        if (
            event["event_type"] == "FollowUpScheduled"
            and (event["affiliate_id"], event["task_id"]) not in finished
            and not pd.isna(event["due_at"])
            and event["due_at"] >= AS_OF
        ):
            planned.add(tuple(event[name] for name in by))
    for key, rows in groups(done, by):
        found[key]["contacts_30d"] = sum((AS_OF - at).days < 30 for at in rows.event_at)
        found[key]["last_contact_at"] = rows.event_at.max()
        answered = rows[rows.outcome.isin(("reached", "replied", "meeting_booked"))]
        found[key]["seen"] += list(answered.event_at)
    for key, rows in groups(world.deals, by):
        deals = rows.to_dict("records")
        deals.sort(key=lambda deal: (deal["affiliate_id"], deal["deal_id"].encode()))
        last = max(deals, key=lambda deal: (deal["moved_by"] not in ("record", "expiry"),
                                            deal["stage_since"], deal["stage_rank"]))  # fmt: skip
        found[key]["seen"] += [
            deal["last_step_at"] for deal in deals if not pd.isna(deal["last_step_at"])
        ]
        found[key] |= {"funnel_stage": last["stage"], "stage_since": last["stage_since"],
                       "stage_is_stuck": last["is_overdue"] and key not in planned}  # fmt: skip
