"""The measures of the funnel by their definitions, counted deal by deal."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from tests.dbt.raw_world import AS_OF, Row
from tests.dbt.recomputed_deals import CENT, money, settings, share
from tests.dbt.recomputed_funnel import OPEN, RANK, STAGES, local

DECIDED = ("won", "lost", "disqualified")
TIMES = ("in_stage", "latest_visit", "current")
Key = tuple[Any, ...]


def cohorts(deals: list[Row], visits: list[Row]) -> list[Row]:
    """Rows of own_sales_funnel."""
    month = {(row["affiliate_id"], row["deal_id"]): row["cohort_month"] for row in deals}
    rows = _funnel(
        [((row["affiliate_id"], row["cohort_month"]), row) for row in deals],
        [
            ((row["affiliate_id"], month[row["affiliate_id"], row["deal_id"]]), row)
            for row in visits
        ],
        ("affiliate_id", "cohort_month"),
    )
    for row in rows:
        cycles = [
            deal["cycle_days"]
            for deal in deals
            if deal["affiliate_id"] == row["affiliate_id"] and deal["outcome"] in DECIDED
        ]
        year, number = map(int, row["cohort_month"].split("-"))
        ended = date(year, number, calendar.monthrange(year, number)[1]) + timedelta(days=1)
        age = (local(row["affiliate_id"], AS_OF) - ended).days
        ninth = _at(cycles, Fraction(9, 10))
        row["is_mature"] = ninth is not None and age >= ninth
    return rows


def breakdown(deals: list[Row], visits: list[Row]) -> list[Row]:
    """Rows of own_sales_funnel_breakdown."""
    recent = {
        (row["affiliate_id"], row["deal_id"]): row
        for row in deals
        if row["is_open"] or (AS_OF - row["closed_at"]).days < 365
    }
    units: list[tuple[Key, Row]] = []
    paths: list[tuple[Key, Row]] = []
    hands: dict[Key, list[Row]] = {}
    for visit in visits:
        affiliate, deal = visit["affiliate_id"], visit["deal_id"]
        if known := recent.get((affiliate, deal)):
            owner = str(visit["owner_id"] or "none")
            hands.setdefault((affiliate, deal, owner), []).append(visit)
            groups = (("all", "all"), ("channel", known["channel"]), ("owner", owner))
            paths += [((affiliate, *group), visit) for group in groups]
    for (affiliate, _), row in recent.items():
        units += [((affiliate, "all", "all"), row), ((affiliate, "channel", row["channel"]), row)]
    for (affiliate, deal, owner), some in hands.items():
        row = recent[affiliate, deal]
        ranks = [visit["stage_rank"] for visit in some]
        held = {
            "highest_rank": max(*ranks, 1),
            "last_stage": next(
                (visit["stage"] for visit in reversed(some) if visit["stage_rank"]), "untouched"
            ),
        }
        if some[-1]["exited_at"]:
            held |= {"outcome": "passed_on", "is_open": False, "is_overdue": False,
                     "is_stuck": False}  # fmt: skip
        units.append(((affiliate, "owner", owner), row | held))
    return _funnel(units, paths, ("affiliate_id", "dimension", "value"))


def pipeline(deals: list[Row], visits: list[Row]) -> list[Row]:
    """Rows of own_pipeline_daily."""
    worth = {(row["affiliate_id"], row["deal_id"]): row["amount_base"] for row in deals}
    set_to, rows = settings(), []
    for affiliate in {row["affiliate_id"] for row in deals}:
        mine = [row for row in visits if row["affiliate_id"] == affiliate]
        last = local(affiliate, AS_OF)
        first = max(min(row["entered_on"] for row in mine), last - timedelta(days=399))
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            for stage in OPEN:
                some = [row for row in mine if row["stage"] == stage]
                there = [
                    worth[affiliate, row["deal_id"]]
                    for row in some
                    if row["entered_on"] <= day and not (row["exited_on"] or date.max) <= day
                ]
                amount = sum((value for value in there if value is not None), Decimal("0.00"))
                expected = money(amount * Decimal(set_to[stage]["probability"]))
                rows.append({
                    "affiliate_id": affiliate, "day": day, "stage": stage,
                    "stage_rank": RANK[stage], "open_deals": len(there),
                    "entered": sum(row["entered_on"] == day for row in some),
                    "exited": sum(row["exited_on"] == day for row in some),
                    "open_deals_without_amount": there.count(None),
                    "amount_base": amount, "expected_amount_base": expected,
                })  # fmt: skip
    return rows


def _funnel(
    deals: list[tuple[Key, Row]], visits: list[tuple[Key, Row]], names: tuple[str, ...]
) -> list[Row]:
    set_to, rows = settings(), []
    for group in dict.fromkeys(key for key, _ in deals):
        mine = [row for key, row in deals if key == group]
        paths: dict[str, dict[str, list[Row]]] = {stage: {} for stage in STAGES}
        for key, visit in visits:
            if key == group and visit["stage_rank"]:
                paths[visit["stage"]].setdefault(visit["deal_id"], []).append(visit)
        before: Row = {}
        for stage in STAGES:
            row = dict(zip(names, group, strict=True)) | {
                "stage": stage, "stage_rank": RANK[stage], "stage_label": set_to[stage]["label"],
                "probability": Decimal(set_to[stage]["probability"]),
            }  # fmt: skip
            row |= _counts(mine, stage) | _times(paths[stage])
            row["touched"] = len(paths[stage])
            both = set(paths[stage]) & set(paths[STAGES[max(RANK[stage] - 2, 0)]])
            row["conversion"] = share(row["reached_or_beyond"], before.get("reached_or_beyond"))
            row["conversion_from_entry"] = share(row["reached_or_beyond"], row["cohort_deals"])
            row["conversion_decided"] = share(row["decided"], before.get("decided"))
            row["conversion_touched"] = share(len(both), before.get("touched"))
            rows.append(row)
            before = row
    return rows


def _counts(deals: list[Row], stage: str) -> Row:
    reached = [row for row in deals if row["highest_rank"] >= RANK[stage]]

    def number(test: Callable[[Row], Any], among: Iterable[Row] = reached) -> int:
        return sum(bool(test(row)) for row in among)

    def left(exit_: str) -> int:
        return number(lambda row: row["outcome"] == exit_ and row["last_stage"] == stage, deals)

    decided = [row for row in reached if row["outcome"] in DECIDED]
    won = [row for row in deals if row["outcome"] == "won"]
    wins = number(lambda row: row["outcome"] == "won")
    expired = number(lambda row: row["outcome"] == "expired")
    stale = number(
        lambda row: row["outcome"] == "expired" or (row["is_open"] and row["is_overdue"])
    )
    worth = [row["amount_base"] for row in decided]
    of_won = sum(row["amount_base"] or 0 for row in reached if row["outcome"] == "won")
    paid = [row["amount_base"] for row in won if row["amount_base"] is not None]
    average = money(sum(paid) / len(paid)) if paid else None
    cycle = _at([row["cycle_days"] for row in won], Fraction(1, 2))
    rate = share(wins, len(decided)) if len(decided) >= 5 else None
    qualified = number(lambda row: row["is_open"] and row["stage_rank"] >= 3)
    velocity = None
    if rate is not None and average is not None and cycle:
        a_day = float(qualified) * float(rate) * (float(average) / float(cycle))
        velocity = (Decimal(math.floor(100 * a_day + 0.5)) * CENT).quantize(CENT, ROUND_HALF_UP)
    by_amount = None
    if len(decided) >= 5 and None not in worth:
        by_amount = share(of_won, sum(worth))
    return {
        "cohort_deals": len(deals), "reached_or_beyond": len(reached), "decided": len(decided),
        "won": wins, "stale": stale, "open_qualified": qualified,
        "open_now": number(lambda row: row["is_open"] and row["stage"] == stage, deals),
        "stuck_now": number(lambda row: row["is_stuck"] and row["stage"] == stage, deals),
        "lost_here": left("lost"), "disqualified_here": left("disqualified"),
        "expired_here": left("expired"), "win_rate": rate, "win_rate_by_amount": by_amount,
        "win_rate_incl_stale": share(wins, len(decided) + stale)
        if len(decided) + stale >= 5 else None,
        "observed_probability": share(wins, len(decided) + expired)
        if len(decided) + expired >= 30 else None,
        "average_won_amount_base": average, "median_cycle_days": cycle,
        "velocity_base_per_day": velocity,
    }  # fmt: skip


def _times(paths: dict[str, list[Row]]) -> Row:
    spent: dict[str, list[Decimal]] = {name: [] for name in TIMES}
    for some in paths.values():
        if some[0]["days_in_stage"] is not None:
            spent["in_stage"].append(sum((row["days_in_stage"] for row in some), Decimal(0)))
            spent["latest_visit"].append(some[-1]["days_in_stage"])
            spent["current"] += [row["days_in_stage"] for row in some if not row["exited_at"]]
    parts = {"median": Fraction(1, 2), "p90": Fraction(9, 10)}
    return {
        f"{name}_days_{time}": _at(spent[time], part)
        for time in TIMES
        for name, part in parts.items()
    }


def _at(values: list[Decimal], part: Fraction) -> Decimal | None:
    """The first value that so many of them do not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(part * len(ordered)) - 1] if ordered else None
