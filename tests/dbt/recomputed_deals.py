"""What the tables of the funnel say of the lives of the deals; see `recomputed_funnel`."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

from tests.dbt.dbt_warehouse import PROJECT, Warehouse
from tests.dbt.raw_world import AS_OF, RawWorld, Row
from tests.dbt.recomputed_calendar import Calendar, calendar
from tests.dbt.recomputed_funnel import OPEN, RANK, ZONES, Deal, Life, invites, local

CENT, MICRO = Decimal("0.01"), Decimal("0.000001")
CURRENCY = {1: "USD", 2: "BRL", 3: "USD"}


def settings() -> dict[str, Row]:
    """Stage or exit → its settings."""
    with (PROJECT / "seeds" / "funnel_stages.csv").open(encoding="utf-8") as file:
        return {row["code"]: row for row in csv.DictReader(file) if row["version"] == "1"}


def days(earlier: datetime, later: datetime) -> Decimal:
    """Days with two digits, of whole minutes."""
    minutes = (later - earlier) // timedelta(minutes=1)
    return (Decimal(minutes) / 1440).quantize(CENT, ROUND_HALF_UP)


def business_days(calendar: Calendar, first: date, last: date) -> int:
    """Business days after the first day until the last."""
    count = (last - first).days
    return sum(calendar.is_open(first + timedelta(days=n)) for n in range(1, count + 1))


def visits(found: dict[Deal, Life]) -> list[Row]:
    """Rows of own_deal_stage_intervals."""
    rows: list[Row] = []
    where = {affiliate: calendar(affiliate) for affiliate in ZONES}
    for (affiliate, deal), life in found.items():
        attempt, seen = 1, dict.fromkeys([*RANK, "lost", "disqualified", "expired"], 0)
        for number, visit in enumerate(life.visits, start=1):
            move = _move(visit)
            attempt += move == "reopened"
            seen[visit["stage"]] += 1
            until = visit["exited_at"] or AS_OF
            entered, left = local(affiliate, visit["entered_at"]), local(affiliate, until)
            is_open = visit["stage"] in OPEN
            rows.append(visit | {
                "affiliate_id": affiliate, "deal_id": deal, "move_no": number,
                "affiliate_customer_id": life.record, "attempt": attempt, "move": move,
                "stage_rank": RANK.get(visit["stage"], 0), "visit_no": seen[visit["stage"]],
                "entered_on": entered, "exited_on": left if visit["exited_at"] else None,
                "days_in_stage": days(visit["entered_at"], until) if is_open else None,
                "business_days_in_stage":
                    business_days(where[affiliate], entered, left) if is_open else None,
            })  # fmt: skip
    return rows


def _move(visit: Row) -> str:
    before, rank = visit["from_stage"], RANK.get(visit["stage"], 0)
    if before is None:
        return "enter"
    if rank == 0:
        return "lost"
    if before not in OPEN:
        return "reopened"
    step = rank - RANK[before]
    return "back" if step < 0 else "forward" if step == 1 else "skip"


def deals(
    found: dict[Deal, Life], rows: list[Row], world: RawWorld, warehouse: Warehouse
) -> list[Row]:
    """Rows of own_deals."""
    set_to, worth, channel = settings(), _tickets(warehouse), _channels(found, world, warehouse)
    kept = {key: list(some) for key, some in groupby(rows, _key)}
    made = []
    for key, life in found.items():
        path, signals = kept[key], life.signals
        now, stage = path[-1], set_to[path[-1]["stage"]]
        is_open = now["stage"] in OPEN
        limit = int(stage["stuck_after_days"] or 10**6)
        spent = now["business_days_in_stage"]
        if stage["in_business_days"] != "true":
            spent = (AS_OF - now["entered_at"]).days
        plans = [s["planned"] for s in signals if s["planned"] and s["planned"] >= AS_OF]
        ranks = [row["stage_rank"] for row in path]
        closed = None if is_open else now["entered_at"]
        row = {name: now[name] for name in (
            "affiliate_id", "deal_id", "affiliate_customer_id", "stage", "stage_rank", "owner_id",
            "attempt", "moved_by", "reason_code", "days_in_stage", "business_days_in_stage",
        )}  # fmt: skip
        made.append(row | _amount(life, worth) | {
            "customer_kind": life.kind, "origin": life.origin, "channel": channel[key],
            "stage_since": now["entered_at"], "outcome": "open" if is_open else now["stage"],
            "is_open": is_open, "moves_count": len(path), "highest_rank": max(*ranks, 1),
            "last_stage": next((row["stage"] for row in reversed(path) if row["stage_rank"]),
                               "untouched"),
            "won_by": now["moved_by"] if now["stage"] == "won" else None,
            "opened_at": path[0]["entered_at"], "opened_on": path[0]["entered_on"],
            "cohort_month": f"{path[0]['entered_on']:%Y-%m}",
            "lead_at": next((row["entered_at"] for row in path if row["stage_rank"] > 1), None),
            "first_won_at": next((row["entered_at"] for row in path if row["stage"] == "won"),
                                 None),
            "demo_scheduled_at": min((s["at"] for s in signals if s["demo"]), default=None),
            "closed_at": closed, "closed_on": None if is_open else now["entered_on"],
            "last_step_at": max((s["at"] for s in signals if s["kind"] == "event"), default=None),
            "last_activity_at": max((s["at"] for s in signals if s["kind"] != "record"),
                                    default=None),
            "next_step_due_at": min(plans, default=None),
            "cycle_days": days(path[0]["entered_at"], closed) if closed else None,
            "is_overdue": is_open and spent > limit,
            "is_stuck": is_open and spent > limit and not plans,
            "probability": Decimal(stage["probability"]),
        })  # fmt: skip
    for row in made:
        closed_ones = [
            other for other in made
            if other["affiliate_id"] == row["affiliate_id"] and not other["is_open"]
            and other["highest_rank"] >= row["stage_rank"]
        ]  # fmt: skip
        won = sum(other["outcome"] == "won" for other in closed_ones)
        is_seen = row["is_open"] and len(closed_ones) >= 30
        row["observed_probability"] = share(won, len(closed_ones)) if is_seen else None
        base = row["amount_base"]
        row["expected_amount_base"] = None if base is None else money(base * row["probability"])
    return made


def money(value: Decimal) -> Decimal:
    """Rounded half up to cents."""
    return value.quantize(CENT, ROUND_HALF_UP)


def share(part: Any, whole: Any) -> Decimal | None:
    """part / whole with six digits; None if whole is 0."""
    return (Decimal(part) / Decimal(whole)).quantize(MICRO, ROUND_HALF_UP) if whole else None


def _key(row: Row) -> Deal:
    return row["affiliate_id"], row["deal_id"]


def _amount(life: Life, tickets: dict[int, Decimal]) -> Row:
    stated = [s for s in life.signals if s["amount"] is not None]
    ordered = [s for s in stated if s["kind"] == "order"]
    at, currency = AS_OF, CURRENCY[life.affiliate]
    if stated:
        last = (ordered or stated)[-1]
        amount: Decimal | None = money(Decimal(str(last["amount"])))
        source, at = "order" if ordered else "event", last["at"]
        currency = (last["currency"] or currency).upper()
    else:
        amount = tickets.get(life.affiliate)
        source = "none" if amount is None else "average_ticket"
    rate = _rate(currency, local(life.affiliate, at))
    base = None if amount is None or rate is None else money(amount * rate)
    stated_in = None if amount is None else currency
    return {
        "amount": amount, "currency": stated_in, "amount_source": source, "amount_base": base
    }  # fmt: skip


def _rate(currency: str, day: date) -> Decimal | None:
    if currency == "USD":
        return Decimal(1)
    with (PROJECT / "seeds" / "exchange_rates.csv").open(encoding="utf-8") as file:
        rates = {
            row["valid_from"]: Decimal(row["rate"])
            for row in csv.DictReader(file)
            if row["currency"] == currency and date.fromisoformat(row["valid_from"]) <= day
        }
    return rates[max(rates)] if rates else None


def _tickets(warehouse: Warehouse) -> dict[int, Decimal]:
    sums: dict[int, list[Decimal]] = {}
    for affiliate, currency, amount in warehouse.query(
        "select affiliate_id, currency, net_amount from own.own_customer_orders where is_valid_sale"
    ):
        if currency == CURRENCY[affiliate]:
            sums.setdefault(affiliate, []).append(amount)
    return {affiliate: money(sum(some) / len(some)) for affiliate, some in sums.items()}


def _channels(found: dict[Deal, Life], world: RawWorld, warehouse: Warehouse) -> dict[Deal, str]:
    """By the first invitation, else by the first visit."""
    named: dict[Any, str | None] = {}
    for row in invites(world):
        channel = row["channel"] and row["channel"].strip().lower()
        named.setdefault((row["affiliate_id"], row.get("affiliate_customer_id")), channel)
        named[row["affiliate_id"], f"invite:{row['id']}"] = channel
    visited = warehouse.query(
        "select affiliate_id, affiliate_customer_id, event_at, channel"
        " from staging.stg_events__product_visits where channel is not null"
    )
    first: dict[Any, str] = {}
    for affiliate, record, _, channel in sorted(visited, key=lambda row: row[2:]):
        first.setdefault((affiliate, record), channel)
    return {
        (affiliate, deal): named.get((affiliate, life.record or deal))
        or first.get((affiliate, life.record))
        or "unknown"
        for (affiliate, deal), life in found.items()
    }
