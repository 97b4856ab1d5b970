"""What orders say of a customer, computed anew with pandas from recomputed orders."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from tests.dbt.raw_world import AS_OF, RawWorld, Row
from tests.dbt.recomputed_orders import ZERO, share, total

TODAY, CENT = AS_OF.date(), Decimal("0.01")
#: Null without orders.
OF_BUYERS = (
    *("r_score", "f_score", "m_score", "recency_days", "median_gap_days", "expected_gap_days"),
    *("churn_ratio", "btyd_frequency", "btyd_recency", "btyd_t", "btyd_monetary"),
    "ltv_12m_expected",
)
F_BINS = ((5, 10), (4, 5), (3, 3), (2, 2), (1, 1))
#: Segment by f_score, a row per r_score from 5 down to 1: of m_score below 4, and from 4 on.
SEGMENTS = (
    ("NPLLL", "NPLLL", "PPLLL", "SSAAA", "HHAAA"),
    ("NBLCC", "NBLCC", "BBLLL", "SSAAA", "HHXXX"),
)
LETTERS = {
    "N": "new", "P": "promising", "L": "loyal", "B": "big_spenders", "C": "champions",
    "A": "at_risk", "S": "about_to_sleep", "H": "hibernating", "X": "cannot_lose",
}  # fmt: skip
BANDS = {18: "0-17", 25: "18-24", 35: "25-34", 45: "35-44", 55: "45-54", 65: "55-64"}
Key = tuple[Any, ...]


def measures(keys: list[Key], orders: list[Row], subject: tuple[str, ...]) -> dict[Key, Row]:
    """Columns of macro customer_measures per key; compared are all, or those of an affiliate."""
    of = defaultdict(list)
    for row in orders:
        of[tuple(row[column] for column in subject)].append(row)
    found = {key: _ordered(of[key]) for key in keys}
    peers = {key: key[:-1] for key in keys}
    gaps = defaultdict(list)
    for key, row in found.items():
        gaps[peers[key]] += row.pop("gaps")
    for key, row in found.items():
        if row["orders_count"]:
            row.update(_rhythm(row, gaps[peers[key]]))
    for column, score, ascending, within in (
        ("recency_days", "r_score", False, peers),
        (
            "total_purchase",
            "m_score",
            True,
            {k: (*peers[k], r["currency"]) for k, r in found.items()},
        ),
    ):
        for key, value in _scores(found, column, ascending, within).items():
            found[key][score] = value
    return found


def segment(row: Row) -> str:
    """Name of a customer's three scores."""
    if not row["orders_count"]:
        return "no_orders"
    grid = SEGMENTS[row["m_score"] >= 4]
    return LETTERS[grid[5 - row["r_score"]][row["f_score"] - 1]]


def age(born: date | None) -> Row:
    """Full years at the end, and their band; who is born on a leap day ages on 1 March."""
    if born is None:
        return {"age": None, "age_band": "unknown"}
    years = TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))
    band = next((name for limit, name in BANDS.items() if years < limit), "65+")
    return {"age": years, "age_band": band}


def preferred_affiliate(records: list[tuple[int, Row]]) -> int | None:
    """Where most was bought in the last year: orders, then worth, then last order, then number."""
    at: dict[int, list[Row]] = defaultdict(list)
    for affiliate, row in records:
        at[affiliate].append(row)
    ranked = sorted(
        (
            -sum(row["orders_365d"] for row in rows),
            -_sum(rows, "net_base_365d"),
            -max((r["last_order_at"].timestamp() for r in rows if r["last_order_at"]), default=0),
            affiliate,
        )
        for affiliate, rows in at.items()
    )
    orders, _, _, affiliate = ranked[0]
    return affiliate if orders else None


def _scores(
    found: dict[Key, Row], column: str, ascending: bool, within: dict[Key, Key]
) -> dict[Key, int]:
    buyers = [key for key, row in found.items() if row["orders_count"]]
    frame = pd.DataFrame(
        {
            "value": [float(found[key][column]) for key in buyers],
            "within": [repr(within[key]) for key in buyers],
        }
    )
    groups = frame.groupby("within")["value"]
    rank = groups.rank(method="min", ascending=ascending) - 1
    percent = rank / (groups.transform("size") - 1).clip(lower=1)
    return dict(
        zip(buyers, (1 + (percent * 5 + 1e-9).astype(int).clip(upper=4)).tolist(), strict=True)
    )


def _ordered(rows: list[Row]) -> Row:
    valid = sorted((r for r in rows if r["is_valid_sale"]), key=lambda r: r["order_seq"])
    placed = [row for row in rows if row["is_placed_sale"]]
    values = defaultdict(lambda: ZERO)
    for row in valid:
        values[row["currency"]] += row["net_amount"]
    counts = Counter(row["currency"] for row in valid)
    order = sorted(counts, key=lambda name: (-counts[name], -values[name], name))
    main = order[0] if order else None
    mine = [row for row in valid if row["currency"] == main]
    nets = sorted(row["net_amount"] for row in mine)
    back = sum((row["refund_amount"] for row in mine), ZERO)
    base = None if any(r["is_fx_missing"] for r in valid) else _sum(valid, "net_amount_base")
    commission = None if base is None else total(row["commission_net_base"] for row in valid)
    row: Row = {
        "orders_count": len(valid),
        "orders_count_gross": len(placed),
        "currency": main,
        "currencies_count": len(counts),
        "total_purchase": sum(nets, ZERO),
        "total_purchase_refunded": back,
        "total_purchase_gross": sum(nets, ZERO) + back,
        "avg_ticket": share(sum(nets, ZERO), 1, len(nets)),
        "avg_ticket_gross": share(sum(nets, ZERO) + back, 1, len(nets)),
        "median_ticket": nets[(len(nets) - 1) // 2] if nets else None,
        "max_ticket": nets[-1] if nets else None,
        "last_ticket": mine[-1]["net_amount"] if mine else None,
        "total_purchase_base": base,
        "avg_ticket_base": share(base, 1, len(valid)) if base is not None else None,
        "first_order_at": min((r["ordered_at"] for r in valid), default=None),
        "last_order_at": max((r["ordered_at"] for r in valid), default=None),
        "last_any_order_at": max((r["ordered_at"] for r in rows), default=None),
        "acquisition_channel": next((r["channel"] for r in valid if r["channel"]), None),
        "commission_base": commission,
        "ltv_historical": None if base is None else base - (commission or ZERO),
        "dq_fx_missing": any(r["is_fx_missing"] for r in valid),
        "dq_refund_above_order": any(r["is_refund_above_order"] for r in rows),
        "dq_header_items_differ": any(abs(r["header_items_diff"] or 0) > CENT for r in rows),
        "dq_ordered_at_missing": any(r["is_ordered_at_missing"] for r in rows),
        **dict.fromkeys(OF_BUYERS),
        "churn_risk": "none",
        "lifecycle_stage": "prospect",
        "ltv_method": "none",
    }
    for days in (30, 90, 365):
        recent = [r for r in valid if (AS_OF - r["ordered_at"]).days < days]
        same = [r for r in rows if r["currency"] == main and r["is_placed_sale"]] if main else []
        row[f"orders_{days}d"] = len(recent)
        row[f"net_{days}d"] = _sum([r for r in recent if r["currency"] == main], "net_amount")
        row[f"net_booked_{days}d"] = _sum(
            [r for r in same if (AS_OF - r["ordered_at"]).days < days], "merchandise_amount"
        ) - _sum(
            [
                r
                for r in same
                if r["refund_date_first"] and 0 <= (TODAY - r["refund_date_first"]).days < days
            ],
            "refund_amount",
        )
        if days == 365:
            row["net_base_365d"] = None if base is None else _sum(recent, "net_amount_base")
    return row | _days(valid)


def _sum(rows: list[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows if row[column] is not None), ZERO)


def _days(valid: list[Row]) -> Row:
    amounts: dict[Any, list[Decimal | None]] = defaultdict(list)
    for row in valid:
        amounts[row["ordered_at"].astimezone(UTC).date()].append(row["net_amount_base"])
    days = sorted(amounts)
    gaps = [(b - a).days for a, b in pairwise(days)]
    if not days:
        return {"order_days": 0, "gaps": gaps}
    repeats = [amount for day in days[1:] for amount in amounts[day]]
    known = [amount for amount in repeats if amount is not None]
    return {
        "order_days": len(days),
        "gaps": gaps,
        "median_gap_days": sorted(gaps)[(len(gaps) - 1) // 2] if len(days) >= 3 else None,
        "btyd_frequency": len(gaps),
        "btyd_recency": (days[-1] - days[0]).days,
        "btyd_t": (TODAY - days[0]).days,
        "btyd_monetary": share(sum(known, ZERO), 1, len(gaps)) if known == repeats else None,
        "last_gap": valid[-1]["days_since_previous"],
    }


def _rhythm(row: Row, gaps: list[int]) -> Row:
    """Churn, life cycle and expectations; gaps are those of all who are compared."""
    ranked = sorted(gaps)
    usual = ranked[-(-3 * len(ranked) // 4) - 1] if ranked else 90
    expected = usual if row["median_gap_days"] is None else row["median_gap_days"]
    recency = (AS_OF - row["last_order_at"]).days
    place = sum(recency >= times * expected for times in (1, 2, 3))
    stage = ("active", "at_risk", "lapsed", "churned")[place]
    last_gap = row.pop("last_gap")
    if (AS_OF - row["first_order_at"]).days <= 30:
        stage = "new"
    elif recency <= 30 and last_gap is not None and last_gap >= 180:
        stage = "reactivated"
    worth, away = row["total_purchase_base"], max(recency, 1)
    several = row["order_days"] >= 2 and worth is not None
    count = row["orders_count"]
    return {
        "recency_days": recency,
        "expected_gap_days": expected,
        "churn_ratio": recency / expected,
        "churn_risk": ("active", "watch", "at_risk", "lost")[place],
        "lifecycle_stage": stage,
        "f_score": next(s for s, least in F_BINS if count >= least),
        "ltv_method": "rule" if several else "none",
        "ltv_12m_expected": share(
            worth, 365 * min(away, expected), max(row["btyd_t"], 90) * away
        )
        if several
        else None,
    }  # fmt: skip


def consents(world: RawWorld) -> dict[tuple[int, int], set[str]]:
    """Channels, and profiling, that each record allows: the newest word counts."""
    words: dict[tuple[int, int], list[tuple[datetime, bool, Any, Any]]] = defaultdict(list)
    for row in pd.DataFrame(world.rows["events_marketing_consents"]).to_dict("records"):
        said = json.loads(row["data"])
        key = (row["affiliate_id"], said["affiliate_customer_id"])
        granted = row["event_type"] == "ConsentGranted"
        if row["event_at"] <= AS_OF:
            words[key].append((row["event_at"], granted, said.get("purpose"), said.get("channel")))
    allowed = defaultdict(set)
    for key, all_said in words.items():
        for at, granted, purpose, channel in all_said:
            taken_back = any(
                not other
                and later >= at
                and (of is None or of == purpose)
                and (through is None or through == channel)
                for later, other, of, through in all_said
            )
            if granted and not taken_back:
                if purpose == "profiling":
                    allowed[key].add("profiling")
                elif purpose == "marketing" and channel:
                    allowed[key].add(channel)
    return allowed
