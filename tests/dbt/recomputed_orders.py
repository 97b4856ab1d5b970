"""Orders and lines computed anew from the landed rows: no SQL, exact decimals, plain loops."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.dbt.dbt_warehouse import PROJECT
from tests.dbt.raw_world import AS_OF, RawWorld, Row

ZERO, HOLD, NEVER = Decimal(0), timedelta(days=30), date(9999, 12, 31)
PLACED = {
    *("paid", "shipped", "delivered", "partially_refunded"),
    *("refunded", "returned", "chargeback"),
}
BACK = {"refunded", "returned", "chargeback"}
KNOWN_STATUSES = PLACED | {"created", "cancelled", "test"}


def cents(amount: Decimal) -> Decimal:
    """Rounded half away from zero."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def share(amount: Decimal, part: Any, whole: Any) -> Decimal | None:
    """amount * part / whole in cents; None of nothing."""
    return cents(amount * Decimal(part) / Decimal(whole)) if whole else None


def number(value: Any) -> Decimal:
    """A landed amount; missing is 0."""
    return Decimal(value or 0)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Sum of what is there; None if nothing is."""
    found = [amount for amount in amounts if amount is not None]
    return sum(found, ZERO) if found else None


def code(value: str | None) -> str | None:
    """A channel or status as the marts show it."""
    if value is None:
        return None
    folded = value.strip().lower()
    plain = folded[:1].isalpha() and all(c.isalpha() or c in "_ -" for c in folded)
    return folded if plain and folded.isascii() and len(folded) <= 30 else "other"


def last_rows(world: RawWorld, table: str) -> list[Row]:
    """Each row as it last was until as_of, with `is_deleted`."""
    versions = defaultdict(list)
    for row in world.rows[f"oltp_{table}"]:
        if row["_op"] == "delete" or row["created_at"] <= AS_OF:
            versions[row["id"]].append(row)
    found = []
    for rows in versions.values():
        newest = sorted(rows, key=_recency, reverse=True)
        deleted = newest[0]["_op"] == "delete"
        found += [row | {"is_deleted": deleted} for row in newest[deleted : deleted + 1]]
    return found


def _recency(row: Row) -> tuple[bool, int]:
    """What was said by as_of, by landing; before it what was said later, the oldest last."""
    is_said = row["_op"] == "delete" or row["updated_at"] <= AS_OF
    return is_said, row["_seq"] if is_said else -row["_seq"]


def status_history(world: RawWorld, orders: Iterable[Row]) -> list[Row]:
    """The statuses of these orders, one after the other."""
    versions = defaultdict(list)
    for row in world.rows["oltp_order_header"]:
        if row["_op"] == "upsert" and row["updated_at"] <= AS_OF:
            versions[row["id"]].append((row["_seq"], row["updated_at"], row.get("status")))
    never = {row["id"]: row for row in last_rows(world, "order_header")}
    found: list[Row] = []
    for order in orders:
        told = never[order["order_id"]]
        only = [(told["_seq"], told["created_at"], told.get("status"))]
        intervals: list[Row] = []
        for _, changed_at, status in sorted(versions[order["order_id"]] or only):
            if intervals and intervals[-1]["status_raw"] == code(status):
                continue
            at = max([changed_at, *(row["valid_from"] for row in intervals)])
            if intervals:
                intervals[-1] |= {"valid_to": at, "is_current": False}
            said = status if status in KNOWN_STATUSES else "unknown"
            row = {name: order[name] for name in ("affiliate_id", "order_id", "customer_id")}
            row |= {"affiliate_customer_id": order["affiliate_customer_id"]}
            row |= {"status_raw": code(status), "status": said, "valid_from": at}
            row |= {"interval_no": len(intervals) + 1, "valid_to": None, "is_current": True}
            intervals.append(row)
        found += intervals
    return found


def seed(name: str) -> list[dict[str, str]]:
    """Rows of a seed."""
    with (PROJECT / "seeds" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def headers(world: RawWorld, kinds: dict[tuple[int, int], str]) -> dict[tuple[int, int], Row]:
    """Orders by affiliate and id, also those to come; `kinds` says known or erased per record."""
    affiliates = {row["id"]: row for row in last_rows(world, "affiliate")}
    rates = seed("exchange_rates")
    found = {}
    for row in last_rows(world, "order_header"):
        affiliate = row["affiliate_id"]
        zone = affiliates[affiliate]["time_zone"]
        at: datetime = row.get("ordered_at") or row["created_at"]
        currency = row.get("currency") or affiliates[affiliate]["currency"]
        local = ZoneInfo("UTC" if zone == "Mars/Olympus" else zone)
        day = at.astimezone(local).date()
        known = [
            (rate["valid_from"], Decimal(rate["rate"]))
            for rate in rates
            if rate["currency"] == currency and rate["valid_from"] <= day.isoformat()
        ]
        fx = (
            (day.isoformat(), Decimal(1)) if currency == "USD" else max(known, default=(None, None))
        )
        customer = row.get("affiliate_customer_id")
        kind = kinds.get((affiliate, customer), "unknown") if customer else "guest"
        found[affiliate, row["id"]] = {
            "affiliate_id": affiliate,
            "order_id": row["id"],
            "customer_kind": kind,
            "affiliate_customer_id": customer if kind == "known" else None,
            "ordered_at": at,
            "order_date_local": day,
            "zone": local,
            "updated_at": row["updated_at"],
            "channel": code(row.get("channel")),
            "status_raw": code(row.get("status")),
            "status": row.get("status") if row.get("status") in KNOWN_STATUSES else "unknown",
            "is_deleted": row["is_deleted"],
            "order_discount": number(row.get("discount_amount")),
            "tax_amount": number(row.get("tax_amount")),
            "shipping_amount": number(row.get("shipping_amount")),
            "header_total_amount": Decimal(t) if (t := row.get("total_amount")) else None,
            "currency": currency,
            "fx_date": fx[0] and date.fromisoformat(fx[0]),
            "fx_rate": fx[1],
            "is_ordered_at_missing": row.get("ordered_at") is None,
            "is_to_come": at > AS_OF,
        }
    return found


def lines(world: RawWorld, orders: dict[tuple[int, int], Row]) -> list[Row]:
    """Order lines with discounts, refunds and commissions."""
    by_order = defaultdict(list)
    for item in sorted(last_rows(world, "order_item"), key=lambda row: row["id"]):
        header = orders.get((item["affiliate_id"], item["order_id"]), {})
        if not header.get("is_to_come") and (not item["is_deleted"] or header.get("is_deleted")):
            by_order[item["affiliate_id"], item["order_id"]].append(item)
    categories = {
        (row["affiliate_id"], row["id"]): (row.get("category") or "unknown").strip().lower()
        for row in last_rows(world, "product")
    }
    found = []
    for key, items in by_order.items():
        header = orders.get(key, {})
        worths = [_worth(item) for item in items]
        discount = header.get("order_discount", ZERO)
        stated = any(
            number(i.get(n)) for i in items for n in ("refunded_quantity", "refunded_amount")
        )
        untold = header.get("status") in BACK and not stated
        for place, item in enumerate(items):
            whole = sum(worths)
            to_here = share(discount, sum(worths[: place + 1]), whole)
            before = share(discount, sum(worths[:place]), whole)
            part = (
                discount * (place == 0) if to_here is None or before is None else to_here - before
            )
            goods = worths[place] - part
            refund, allocated = _refund(item, goods, untold)
            category = categories.get((key[0], item["product_id"]))
            percent = _percent(header, item, category)
            gross = None if percent is None else cents(max(goods, ZERO) * percent / 100)
            taken = None if gross is None else _reversed(header, gross, refund, goods)
            found.append(
                {
                    "affiliate_id": key[0],
                    "order_id": key[1],
                    "order_item_id": item["id"],
                    "line_no": place + 1,
                    "affiliate_customer_id": header.get("affiliate_customer_id"),
                    "category": category or "unknown",
                    "quantity": item["quantity"],
                    "gross_amount": item["quantity"] * number(item["unit_price"]),
                    "discount_amount": number(item.get("discount_amount")) + part,
                    "merchandise": goods,
                    "refund_amount": refund,
                    "net_amount": goods - refund,
                    "is_refund_allocated": allocated,
                    "refunded_at": (header if untold else item)["updated_at"] if refund else None,
                    "commission_rate": percent,
                    "commission_gross": gross,
                    "commission_reversed": taken,
                    "is_order_unknown": not header,
                }
            )
    return found


def _worth(item: Row) -> Decimal:
    return item["quantity"] * number(item["unit_price"]) - number(item.get("discount_amount"))


def _refund(item: Row, goods: Decimal, untold: bool) -> tuple[Decimal, bool]:
    if untold:
        return goods, True
    pieces = item.get("refunded_quantity") or 0
    if item.get("refunded_amount") is None and pieces:
        return share(goods, min(pieces, item["quantity"]), item["quantity"]) or ZERO, True
    return number(item.get("refunded_amount")), False


def _percent(header: Row, item: Row, category: str | None) -> Decimal | None:
    if not header or header["is_deleted"] or header["status"] in ("test", "unknown"):
        return None
    best: dict[str, Decimal] = {}
    for rate in seed("commission_rates"):
        until = date.fromisoformat(rate["valid_to"]) if rate["valid_to"] else NEVER
        holds = date.fromisoformat(rate["valid_from"]) <= header["order_date_local"] <= until
        if int(rate["affiliate_id"]) == header["affiliate_id"] and holds:
            percent = Decimal(rate["percent"])
            if rate["product_id"] == str(item["product_id"]):
                best["product"] = percent
            elif not rate["product_id"] and rate["category"] == (category or "?"):
                best["category"] = percent
            elif not rate["product_id"] and not rate["category"]:
                best["all"] = percent
    return best.get("product", best.get("category", best.get("all")))


def _reversed(header: Row, gross: Decimal, refund: Decimal, goods: Decimal) -> Decimal:
    if header["status"] in BACK | {"cancelled"} or refund >= goods:
        return gross
    return cents(gross * refund / goods) if refund > 0 else ZERO


def orders(found: dict[tuple[int, int], Row], items: list[Row]) -> list[Row]:
    """Orders that happened, with the sums of their lines and their sequence per record."""
    of = defaultdict(list)
    for item in items:
        of[item["affiliate_id"], item["order_id"]].append(item)
    done = [_order(row, of[key]) for key, row in found.items() if not row["is_to_come"]]
    number_sales(done, ("affiliate_id", "affiliate_customer_id"))
    return done


def number_sales(rows: list[Row], subject: tuple[str, ...]) -> None:
    """Adds the columns of the sequence among the subject's valid sales."""
    latest: dict[Any, Row] = {}
    for row in sorted(rows, key=lambda r: (r["ordered_at"], r["order_id"], r["affiliate_id"])):
        row |= {"order_seq": None, "new_vs_repeat": None, "days_since_previous": None}
        key = tuple(row[column] for column in subject)
        if not row["is_valid_sale"] or key[-1] is None:
            continue
        before = latest.get(key)
        row["order_seq"] = before["order_seq"] + 1 if before else 1
        row["new_vs_repeat"] = "repeat" if before else "new"
        if before:
            row["days_since_previous"] = (row["ordered_at"] - before["ordered_at"]).days
        latest[key] = row


def _order(row: Row, items: list[Row]) -> Row:
    gross = sum((item["gross_amount"] for item in items), ZERO)
    discount = sum((i["discount_amount"] for i in items), ZERO) if items else row["order_discount"]
    goods, refund = gross - discount, sum((item["refund_amount"] for item in items), ZERO)
    is_back = row["status"] in BACK or (refund > 0 and refund >= goods)
    placed = gross > 0 and not row["is_deleted"] and row["status"] in PLACED
    first_back = min((i["refunded_at"] for i in items if i["refunded_at"]), default=None)
    rate, hold = row["fx_rate"], row["ordered_at"] + HOLD
    base = total(i["merchandise"] for i in items if i["commission_rate"] is not None)
    earned = total(item["commission_gross"] for item in items)
    taken = total(item["commission_reversed"] for item in items)
    kept = None if earned is None or taken is None else earned - taken
    late = first_back is not None and first_back > hold
    in_base = [None if rate is None else cents(a * rate) for a in (gross, goods, refund)]
    due = row["header_total_amount"]
    return row | {
        "is_placed_sale": placed,
        "is_valid_sale": placed and row["status"] not in BACK and (refund <= 0 or refund < goods),
        "lines_count": len(items),
        "items_quantity": sum(item["quantity"] for item in items),
        "gross_amount": gross,
        "discount_amount": discount,
        "merchandise_amount": goods,
        "refund_amount": refund,
        "net_amount": goods - refund,
        "is_refund_allocated": any(item["is_refund_allocated"] for item in items),
        "refund_date_first": first_back and first_back.astimezone(row["zone"]).date(),
        "days_to_refund": first_back and (first_back - row["ordered_at"]).days,
        "header_items_diff": due and due - goods - row["tax_amount"] - row["shipping_amount"],
        "is_fx_missing": rate is None,
        "gross_amount_base": in_base[0],
        "refund_amount_base": in_base[2],
        "net_amount_base": rate and in_base[1] - in_base[2],
        "commission_base": base,
        "commission_rate": None if earned is None or base is None else share(earned, 100, base),
        "commission_gross": earned,
        "commission_reversed": taken,
        "commission_net": kept,
        "commission_clawback": taken and taken * late if taken is not None else None,
        "commission_net_base": None if kept is None or rate is None else cents(kept * rate),
        "commission_status": None if earned is None else _status(row, is_back, late, hold),
        "commission_hold_until": None if earned is None else hold,
        "is_refund_above_order": refund > max(goods, ZERO),
    }


def _status(row: Row, is_back: bool, late: bool, hold: datetime) -> str:
    if row["status"] == "created":
        return "pending"
    if row["status"] == "cancelled":
        return "reversed"
    if is_back:
        return "clawback" if late else "reversed"
    return "approved" if hold > AS_OF else "payable"
