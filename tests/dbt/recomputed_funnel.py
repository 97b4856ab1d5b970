"""The sales funnel once more: every deal lived through, signal by signal, from the landed rows.

Taken from the warehouse is only what other tests prove: which records are known or erased, which
orders are sales, and when a record was visited first.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.dbt.dbt_warehouse import PROJECT, Warehouse
from tests.dbt.raw_world import AS_OF, RawWorld, Row

Deal = tuple[int, str]
ENTERED = {
    "DealOpened": "untouched",
    "ContactMade": "contact_made",
    "LeadQualified": "qualified",
    "DemoHeld": "demo",
    "NegotiationStarted": "negotiation",
    "DealWon": "won",
    "DealLost": "lost",
    "DealReopened": "untouched",
}
STAGES = ("untouched", "contact_made", "qualified", "demo", "negotiation", "won")
RANK = {stage: place for place, stage in enumerate(STAGES, start=1)}
OPEN = STAGES[:5]
PATIENCE = timedelta(days=90)
ANSWERS = ("reached", "replied", "meeting_booked")
ZONES = {1: ZoneInfo("UTC"), 2: ZoneInfo("America/Sao_Paulo"), 3: ZoneInfo("UTC")}


@dataclass
class Life:
    """A deal and what is known of it."""

    affiliate: int
    deal: str
    record: int | None
    kind: str
    origin: str
    signals: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)


def lives(world: RawWorld, warehouse: Warehouse) -> dict[Deal, Life]:
    """Every deal with its signals in order and its visits."""
    known = {
        (affiliate, record): min(since, AS_OF)
        for affiliate, record, since in warehouse.query(
            "select affiliate_id, affiliate_customer_id, known_since"
            " from identity.int_identity__records"
        )
    }
    erased = set(
        warehouse.query("select affiliate_id, affiliate_customer_id from identity.erased_records")
    )
    known = {key: since for key, since in known.items() if key not in erased}
    found: dict[Deal, Life] = {}
    spoken_of = _told(found, events(world, "sales_funnel"), known, erased)
    _untold(found, known, spoken_of, invites(world), erased)
    _follow_ups(found, follow_ups(world))
    _sales(found, warehouse)
    for life in found.values():
        if life.origin == "records":
            first = min(signal["at"] for signal in life.signals)
            life.signals[0]["at"] = life.signals[0]["alive"] = first
        life.signals.sort(key=_order)
        life.visits = list(_live(life))
    return found


def events(world: RawWorld, topic: str) -> list[Row]:
    """Each event until as_of once, with what it says."""
    unique = {row["event_id"]: row for row in world.rows[f"events_{topic}"]}
    return [row | json.loads(row["data"]) for row in unique.values() if row["event_at"] <= AS_OF]


def follow_ups(world: RawWorld) -> list[Row]:
    """Events of follow-ups; one that names a task as it was delivered is of that task's deal."""
    rows = events(world, "marketing_follow_ups")
    names = {
        (row["affiliate_id"], row["task_pseudonym"]): row
        for row in world.rows.get("delivered_follow_ups", [])
    }
    for row in rows:
        if task := names.get((row["affiliate_id"], row["task_id"])):
            row["deal_id"] = task["deal_id"]
            customer = row.get("affiliate_customer_id")
            row["affiliate_customer_id"] = customer or task["affiliate_customer_id"]
    return rows


def deal_of(found: dict[Deal, Life], row: Row) -> Life | None:
    """The deal that an event of a follow-up names, or that stands for its customer."""
    affiliate, record = row["affiliate_id"], row["affiliate_customer_id"]
    return found.get((affiliate, row["deal_id"])) or found.get((affiliate, f"known:{record}"))


def invites(world: RawWorld) -> list[Row]:
    """Invitations until as_of, oldest first."""
    rows = [row for row in world.rows["oltp_customer_invite"] if row["invited_at"] <= AS_OF]
    for row in rows:
        taken = row.get("accepted_at")
        row["taken"] = taken if taken and taken <= AS_OF else None
    return sorted(rows, key=lambda row: (row["invited_at"], row["id"]))


def _told(
    found: dict[Deal, Life], rows: list[Row], known: dict[Any, Any], erased: set[Any]
) -> set[Any]:
    """Deals that events speak of; returns the records that have one."""
    spoken_of: set[Any] = set()
    deals: dict[Deal, list[Row]] = {}
    for row in rows:
        deals.setdefault((row["affiliate_id"], row["deal_id"]), []).append(row)
    with (PROJECT / "seeds" / "deal_lost_reasons.csv").open(encoding="utf-8") as file:
        reasons = {row["reason"]: row for row in csv.DictReader(file)}
    for (affiliate, deal), said in deals.items():
        steps = [row for row in said if row["event_type"] in ENTERED]
        if not steps:
            continue
        steps.sort(key=lambda row: (row["event_at"], row["event_id"]))
        named = [row["affiliate_customer_id"] for row in steps if row["affiliate_customer_id"]]
        record = (affiliate, named[-1]) if named else None
        if record:
            spoken_of.add(record)
        if record in erased:
            continue
        who = record[1] if record and record in known else None
        life = Life(affiliate, deal, who, "known" if who else "unknown", "events")
        life.signals = [_told_signal(row, reasons) for row in said]
        found[affiliate, deal] = life
    return spoken_of


def _told_signal(row: Row, reasons: dict[str, Row]) -> Row:
    stage, code = ENTERED.get(row["event_type"]), None
    place = RANK.get(stage or "", 9)
    if stage == "lost":
        text = row.get("reason")
        reason = reasons.get((text or "").lower().replace(" ", "_").replace("-", "_"), {})
        stage, place = reason.get("exit", "lost"), 7
        code = reason.get("code", "other") if text else "none"
    reopens = row["event_type"] == "DealReopened"
    return _signal(
        row["event_at"], 8 if reopens else place, row["event_id"],
        kind="event" if stage else "activity", stage=stage, reopens=reopens, reason=code,
        owner=row.get("owner_id"), amount=row.get("amount"), currency=row.get("currency"),
        demo=row["event_type"] == "DemoScheduled",
    )  # fmt: skip


def _signal(at: datetime, place: int, name: str, **values: Any) -> Row:
    nothing = dict.fromkeys(("stage", "reason", "owner", "amount", "currency", "planned"))
    flags = {"reopens": False, "demo": False}
    return {"at": at, "place": place, "name": name, "alive": at} | nothing | flags | values


def _order(signal: Row) -> Any:
    return signal["at"], signal["place"], signal["name"].encode()


def _untold(
    found: dict[Deal, Life],
    known: dict[Any, Any],
    spoken_of: set[Any],
    invited: list[Row],
    erased: set[Any],
) -> None:
    """A deal per record and per stranger that no event speaks of."""
    groups: dict[Any, list[Row]] = {}
    for row in invited:
        record = (row["affiliate_id"], row.get("affiliate_customer_id"))
        if record not in erased:
            stranger = row.get("email") or f"invite {row['id']}"
            who = record if record in known else (row["affiliate_id"], stranger)
            groups.setdefault(who, []).append(row)
    for affiliate, who in [*(set(known) - spoken_of), *(set(groups) - set(known))]:
        rows = groups.get((affiliate, who), [])
        is_known = (affiliate, who) in known
        deal = f"known:{who}" if is_known else f"invite:{rows[0]['id']}"
        kind = "known" if is_known else "invited"
        life = Life(affiliate, deal, who if is_known else None, kind, "records")
        since = [row["invited_at"] for row in rows] + ([known[affiliate, who]] if is_known else [])
        life.signals.append(_signal(min(since), 1, "known", kind="record", stage="untouched"))
        if taken := [row["taken"] for row in rows if row["taken"]]:
            answer = _signal(min(taken), 2, "accepted", kind="answer", stage="contact_made")
            life.signals.append(answer)
        found[affiliate, deal] = life


def _follow_ups(found: dict[Deal, Life], rows: list[Row]) -> None:
    done = {
        (row["affiliate_id"], row["task_id"]) for row in rows if row["event_type"] == "FollowUpDone"
    }
    for row in rows:
        affiliate, life = row["affiliate_id"], deal_of(found, row)
        if life is None:
            continue
        answered = row["event_type"] == "FollowUpDone" and row.get("outcome") in ANSWERS
        due = None
        if row["event_type"] == "FollowUpScheduled" and row["due_at"] != "tomorrow":
            due = datetime.fromisoformat(row["due_at"])
        life.signals.append(
            _signal(
                row["event_at"], 2 if answered else 9, row["event_id"],
                kind="answer" if answered else "activity",
                stage="contact_made" if answered else None, owner=row.get("owner_id"),
                alive=max(row["event_at"], due or row["event_at"]),
                planned=None if (affiliate, row["task_id"]) in done else due,
            )
        )  # fmt: skip


def _sales(found: dict[Deal, Life], warehouse: Warehouse) -> None:
    """The order that wins a deal: the first since its source spoke of it last."""
    sales: dict[Any, list[Any]] = {}
    for affiliate, record, *sale in warehouse.query(
        "select affiliate_id, affiliate_customer_id, ordered_at, order_id, net_amount, currency"
        " from own.own_customer_orders where is_valid_sale and affiliate_customer_id is not null"
        " order by ordered_at, order_id"
    ):
        sales.setdefault((affiliate, record), []).append(sale)
    latest: dict[Any, tuple[datetime, str]] = {}
    for life in found.values():
        if life.origin == "events" and life.record:
            at = max(signal["at"] for signal in life.signals if signal["kind"] == "event")
            record = (life.affiliate, life.record)
            best = latest.get(record)
            if best is None or (-at.timestamp(), life.deal) < (-best[0].timestamp(), best[1]):
                latest[record] = (at, life.deal)
    for life in found.values():
        mine = sales.get((life.affiliate, life.record), []) if life.record else []
        if life.origin == "events":
            if latest.get((life.affiliate, life.record), (None, None))[1] != life.deal:
                continue
            last = max((s for s in life.signals if s["kind"] == "event"), key=_order)
            mine = [sale for sale in mine if sale[0] > last["at"]] if last["stage"] in OPEN else []
        if mine:
            at, order, amount, currency = mine[0]
            win = _signal(at, 6, str(order), kind="order", stage="won", amount=amount)
            life.signals.append(win | {"currency": currency})


def _live(life: Life) -> Iterable[Row]:
    """The visits, each ended by the next: what each signal does to the stage that holds then."""
    stage, owner, alive, visit = None, None, None, None
    wake = _signal(AS_OF, 10, "", kind="activity")
    for signal in [*life.signals, wake]:
        steps: list[Row] = []
        if stage in OPEN and alive and alive + PATIENCE < signal["at"]:
            steps.append(_signal(alive + PATIENCE, 7, "", kind="expiry", stage="expired"))
        held = "expired" if steps else stage
        alive = max(alive or signal["alive"], signal["alive"])
        if signal["kind"] in ("event", "order", "record"):
            counts = not (signal["reopens"] and held in OPEN)
        else:
            counts = signal["kind"] == "answer" and held in ("untouched", "expired")
        if counts:
            steps.append(signal)
        for step in steps:
            owner = step["owner"] or owner
            if step["stage"] == stage:
                continue
            if visit:
                visit["exited_at"] = step["at"]
                yield visit
            visit = {"stage": step["stage"], "from_stage": stage, "entered_at": step["at"],
                     "exited_at": None, "moved_by": step["kind"], "reason_code": step["reason"],
                     "owner_id": owner}  # fmt: skip
            stage = step["stage"]
    if visit:
        yield visit


def local(affiliate: int, at: datetime) -> Any:
    """The day of an instant where the affiliate is."""
    return at.astimezone(ZONES.get(affiliate, UTC)).date()
