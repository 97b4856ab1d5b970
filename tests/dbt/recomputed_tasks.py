"""Follow-up tasks once more, deal by deal, from the lives of `recomputed_funnel` and the events.

Taken from the warehouse is only what other tests prove: ages, addresses, sessions and suggestions.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from itertools import groupby
from typing import Any

from tests.dbt.dbt_warehouse import PROJECT, Warehouse
from tests.dbt.raw_world import AS_OF, RawWorld, Row
from tests.dbt.recomputed_calendar import DAY, MINUTE, calendar
from tests.dbt.recomputed_customers import consents
from tests.dbt.recomputed_deals import CENT, share
from tests.dbt.recomputed_funnel import (
    ANSWERS,
    ZONES,
    Deal,
    Life,
    deal_of,
    events,
    follow_ups,
)

CHANNELS = ("email", "sms", "whatsapp", "phone")
ASKED = ("contact_made", "qualified", "demo", "negotiation")
WEIGHTS = {"value": 30, "urgency": 25, "intent": 15, "stage": 10, "recency": 10, "success": 10}
EXPECTED, ASSUMED = Decimal("0.3"), 10


@dataclass
class Facts:
    """What tasks are made of.

    Attributes:
        known: Record to address, age, sessions of 7 days and product to suggest.
        allowed: Record to the channels that it consents to.
        withdrawn: Record to the channels that were ever taken back; None is all of them.
        opted_out: Records that nobody may contact.
        done: Deal to its contacts, oldest first.
        agreed: Deal to what was planned with the customer and is not done.
        sellers: Who may own a deal.
    """

    known: dict[Any, Row]
    allowed: dict[Any, set[str]]
    withdrawn: dict[Any, set[str | None]] = field(default_factory=dict)
    opted_out: set[Any] = field(default_factory=set)
    done: dict[Deal, list[Row]] = field(default_factory=dict)
    agreed: dict[Deal, list[Row]] = field(default_factory=dict)
    sellers: set[Any] = field(default_factory=set)


def tasks(
    found: dict[Deal, Life], rows: list[Row], world: RawWorld, warehouse: Warehouse
) -> tuple[list[Row], list[Row]]:
    """Rows of own_follow_ups, and of own_deals_without_follow_up."""
    facts, cadences = _facts(found, world, warehouse), _cadences()
    made, without = [], []
    for deal in rows:
        if deal["is_open"] or deal["outcome"] == "lost":
            task = _plan(deal, found[_key(deal)], facts, cadences)
            if task["why_not"] is None and (deal["is_open"] or task["expires_at"] > AS_OF):
                made.append(_timed(task))
            elif task["why_not"] and deal["is_open"]:
                names = ("affiliate_id", "deal_id", "affiliate_customer_id", "owner_id", "stage")
                without.append({n: deal[n] for n in names} | {"reason": task["why_not"]})
    rates = _rates(found, facts)
    for _, mine in groupby(sorted(made, key=_key), key=lambda row: row["affiliate_id"]):
        _prioritise(list(mine), rates, facts)
    return made, without


def _facts(found: dict[Deal, Life], world: RawWorld, warehouse: Warehouse) -> Facts:
    rows = warehouse.query(
        "select c.affiliate_id, c.affiliate_customer_id, c.email, c.phone, c.age, i.sessions_7d,"
        " s.product_id from own.own_customer c"
        " left join own.own_customer_insights i using (affiliate_id, affiliate_customer_id)"
        " left join intermediate.int_suggestions__next_best_products s"
        " on s.affiliate_id = c.affiliate_id"
        " and s.affiliate_customer_id = c.affiliate_customer_id and s.place = 1"
    )
    names = ("email", "phone", "age", "sessions", "product")
    known = {row[:2]: dict(zip(names, row[2:], strict=True)) for row in rows}
    facts = Facts(known, consents(world))
    facts.sellers = {
        (row["affiliate_id"], row["id"]) for row in world.rows["oltp_app_user"] if row["is_active"]
    }
    said = follow_ups(world)
    _contacts(facts, found, said)
    _refusals(facts, found, said, events(world, "marketing_consents"))
    return facts


def _contacts(facts: Facts, found: dict[Deal, Life], said: list[Row]) -> None:
    closed = {(r["affiliate_id"], r["task_id"]) for r in said if r["event_type"] == "FollowUpDone"}
    for row in sorted(said, key=lambda row: (row["event_at"], row["event_id"].encode())):
        life = deal_of(found, row)
        if life is None:
            continue
        key = (life.affiliate, life.deal)
        if row["event_type"] == "FollowUpDone":
            facts.done.setdefault(key, []).append(row)
        elif row["due_at"] != "tomorrow" and (row["affiliate_id"], row["task_id"]) not in closed:
            due = {"due": datetime.fromisoformat(row["due_at"])}
            facts.agreed.setdefault(key, []).append(row | due)


def _refusals(facts: Facts, found: dict[Deal, Life], said: list[Row], words: list[Row]) -> None:
    out: dict[Any, datetime] = {}

    def opt_out(record: Any, at: datetime) -> None:
        out[record] = max(out.get(record, at), at)

    for row in said:
        if row.get("outcome") == "opted_out":
            life = found.get((row["affiliate_id"], row["deal_id"]))
            for customer in {row["affiliate_customer_id"], life.record if life else None}:
                opt_out((row["affiliate_id"], customer), row["event_at"])
    granted: dict[Any, datetime] = {}
    for row in words:
        record = (row["affiliate_id"], row["affiliate_customer_id"])
        purpose, channel = row.get("purpose"), row.get("channel")
        if row["event_type"] == "ConsentWithdrawn" and purpose in (None, "marketing"):
            facts.withdrawn.setdefault(record, set()).add(channel)
            if channel is None:
                opt_out(record, row["event_at"])
        elif row["event_type"] == "ConsentGranted" and purpose == "marketing" and channel:
            granted[record] = max(granted.get(record, row["event_at"]), row["event_at"])
    facts.opted_out = {who for who, at in out.items() if at >= granted.get(who, at)}


def _cadences() -> dict[str, Row]:
    """Stage → its cadence, hours of the owner's clock and steps."""
    with (PROJECT / "seeds" / "follow_up_cadences.csv").open(encoding="utf-8") as file:
        found = {row["stage"]: row | {"steps": {}} for row in csv.DictReader(file)}
    with (PROJECT / "seeds" / "follow_up_steps.csv").open(encoding="utf-8") as file:
        for step in csv.DictReader(file):
            for cadence in found.values():
                if cadence["cadence"] == step["cadence"]:
                    cadence["steps"][int(step["step"])] = step
    return found


def _plan(deal: Row, life: Life, facts: Facts, cadences: dict[str, Row]) -> Row:
    key, since = _key(deal), deal["stage_since"]
    record = (deal["affiliate_id"], deal["affiliate_customer_id"])
    inbound = max((s["at"] for s in life.signals
                   if s["kind"] in ("answer", "event") and s["stage"] in ASKED),
                  default=None)  # fmt: skip
    started = max(since, inbound or since)
    last_sign = max(since, deal["last_activity_at"] or since)
    done = facts.done.get(key, [])
    attempts = sum(row["event_at"] > started and row.get("outcome") not in ANSWERS for row in done)
    agreed = [row for row in facts.agreed.get(key, []) if row["due"] >= last_sign]
    callback = min(agreed, key=lambda row: (row["due"], row["event_id"].encode()), default=None)
    cadence = cadences.get(deal["stage"], {"cadence": "none", "steps": {}})
    step = cadence["steps"].get(attempts + 1)
    wish = step and step["channel"]
    wanted = last_sign + int(step["delay_days"]) * DAY if step else None
    if callback:
        through = (callback.get("channel") or "").strip().lower()
        wish, wanted = through if through in CHANNELS else "phone", callback["due"]
    channel, basis, reaches = _channel(deal, record, wish, callback is not None, facts)
    alive = max(signal["alive"] for signal in life.signals)
    contacted = [at for at in (inbound, done[-1]["event_at"] if done else None) if at]
    return {
        **{n: deal[n] for n in ("affiliate_id", "deal_id", "affiliate_customer_id", "owner_id",
                                "stage", "stage_rank")},
        "worth": deal["expected_amount_base"] or Decimal(0),
        "cadence": cadence["cadence"], "hours": int(cadence.get("sla_business_hours") or 0),
        "step": attempts + 1, "channel": channel, "consent_basis": basis,
        "why_not": _why_not(deal, record, channel, reaches, wanted, facts),
        "reason": _reason(deal, callback, attempts, inbound), "is_agreed": callback is not None,
        "wanted": wanted, "started": started, "attempts": attempts, "contacts": len(done),
        "lead_sla_due_at": since + DAY if deal["stage"] == "untouched" and not done else None,
        "expires_at": alive + 90 * DAY if deal["is_open"] else wanted and wanted + 30 * DAY,
        "last_contact_at": max(contacted, default=None), "last_inbound_at": inbound,
    }  # fmt: skip


def _channel(
    deal: Row, record: Any, wish: str | None, is_agreed: bool, facts: Facts
) -> tuple[str | None, str | None, bool]:
    """The channel, what allows it, and whether there is an address for it."""
    customer = facts.known.get(record)
    options = []
    for place, channel in enumerate(CHANNELS):
        if customer is None:
            break
        is_callback = is_agreed and channel == wish
        is_enquiry = deal["is_open"] and deal["origin"] == "events" and channel in (
            "phone", "email"
        )  # fmt: skip
        barred = facts.withdrawn.get(record, set()) & {None, channel}
        has_consent = channel in facts.allowed[record]
        if has_consent or ((is_callback or is_enquiry) and not barred):
            basis = "agreed" if is_callback else "consent" if has_consent else "enquiry"
            address = customer["email" if channel == "email" else "phone"]
            reaches = address is not None or is_callback
            options.append((not reaches, channel != wish, place, channel, basis, reaches))
    return min(options)[3:] if options else (None, None, False)


def _why_not(
    deal: Row, record: Any, channel: str | None, reaches: bool, wanted: Any, facts: Facts
) -> str | None:
    kinds = {"unknown": "unknown_customer", "invited": "invitation_pending"}
    if deal["customer_kind"] in kinds:
        return kinds[deal["customer_kind"]]
    if record in facts.opted_out and record in facts.known:
        return "opted_out"
    if (facts.known.get(record, {}).get("age") or 18) < 18:
        return "minor"
    if deal["owner_id"] and (deal["affiliate_id"], deal["owner_id"]) not in facts.sellers:
        return "owner_inactive"
    if channel is None:
        return "no_consent"
    return "no_address" if not reaches else "nurture" if wanted is None else None


def _reason(deal: Row, callback: Row | None, attempts: int, inbound: datetime | None) -> str:
    if callback:
        return "callback_agreed"
    if not deal["is_open"]:
        return "recycle"
    if attempts:
        return "no_answer"
    if inbound and inbound > deal["stage_since"]:
        return "answered"
    return "first_touch" if deal["stage"] == "untouched" else "stage_entered"


def _timed(task: Row) -> Row:
    hours = calendar(task["affiliate_id"])
    due = task["wanted"] if task["is_agreed"] else hours.opening(task["wanted"])
    opens, closes = hours.hours(max(task["wanted"], AS_OF))
    if task["is_agreed"] and due > AS_OF:
        opens, closes = due, due + timedelta(hours=1)
    minutes = 60 * task["hours"]
    owner = hours.after(task["started"], minutes) if minutes else None
    clocks = [at for at in (task["lead_sla_due_at"], owner) if at]
    used = hours.minutes(task["started"], AS_OF) / minutes if minutes else 0.0
    due_on = due.astimezone(hours.zone).date()
    today = AS_OF.astimezone(hours.zone).date()
    late = hours.minutes(task["wanted"], AS_OF) if due <= AS_OF else 0
    text = "|".join(str(task[n]) for n in ("affiliate_id", "deal_id", "cadence", "step"))
    named = f"{text}|{due_on}|{task['contacts']}"
    return task | {
        "task_id": md5(named.encode()).hexdigest(),
        "due_at": due.astimezone(UTC), "due_on": due_on, "used": used,
        "window_start": opens, "window_end": closes, "owner_sla_due_at": owner,
        "sla_due_at": min(clocks, default=None),
        "status": "scheduled" if due > AS_OF else "overdue" if today > due_on else "due",
        "overdue_hours": max(AS_OF - due, 0 * MINUTE) // timedelta(hours=1),
        "overdue_business_hours": late // 60,
    }  # fmt: skip


def _rates(found: dict[Deal, Life], facts: Facts) -> dict[Any, Decimal]:
    """Share of contacts answered by affiliate, stage, step and channel; by affiliate alone too."""
    told: dict[Any, list[bool]] = {}
    for key, done in facts.done.items():
        attempt: dict[int, int] = {}
        for row in done:
            number, visit = next(
                ((n, v) for n, v in enumerate(found[key].visits)
                 if v["entered_at"] < row["event_at"] <= (v["exited_at"] or AS_OF)),
                (0, None),
            )  # fmt: skip
            if visit is None:
                continue
            answered = row.get("outcome") in ANSWERS
            step = attempt.get(number, 0) + 1
            attempt[number] = 0 if answered else step
            kind = (visit["stage"], step, row.get("channel") or "unknown")
            told.setdefault((key[0], *kind), []).append(answered)
            told.setdefault((key[0],), []).append(answered)
    usual = {kind: share(sum(told.get((kind,), [])) + ASSUMED * EXPECTED,
                         len(told.get((kind,), [])) + ASSUMED) for kind in ZONES}  # fmt: skip
    rates = {kind: share(sum(some) + ASSUMED * usual[kind[0]], len(some) + ASSUMED)
             for kind, some in told.items() if len(kind) > 1}  # fmt: skip
    return {kind: rate for kind, rate in {**usual, **rates}.items() if rate is not None}


def _prioritise(mine: list[Row], rates: dict[Any, Decimal], facts: Facts) -> None:
    for task in mine:
        affiliate = task["affiliate_id"]
        known = facts.known[affiliate, task["affiliate_customer_id"]]
        kind = (affiliate, task["stage"], task["step"], task["channel"])
        rate = rates.get(kind, rates[affiliate])
        inbound = task["last_inbound_at"]
        parts = {
            "value": share(sum(other["worth"] < task["worth"] for other in mine), len(mine) - 1),
            "urgency": share(Decimal(min(task["used"], 1)), 1),
            "intent": share(min(known["sessions"] or 0, 3), 3),
            "stage": share(max(task["stage_rank"] - 1, 0), 4),
            "recency": share(max(30 - (AS_OF - inbound).days, 0), 30) if inbound else None,
            "success": rate,
        }
        for name, part in parts.items():
            points = (WEIGHTS[name] * (part or Decimal(0))).quantize(CENT, ROUND_HALF_UP)
            task[f"priority_{name}"] = points
        task["priority"] = sum(task[f"priority_{name}"] for name in parts)
        task |= {"answer_rate": rate, "suggested_product_id": known["product"]}
    order = sorted(mine, key=lambda t: (-t["priority"], t["due_at"], t["task_id"]))
    places: dict[Any, int] = {}
    for task in order:
        is_due = task["due_at"] <= AS_OF
        group = (task["owner_id"], is_due)
        places[group] = places.get(group, 0) + 1
        task["owner_place"] = places[group]
        task["is_carried_over"] = bool(task["owner_id"]) and is_due and places[group] > 20


def _key(row: Row) -> Deal:
    return row["affiliate_id"], row["deal_id"]
