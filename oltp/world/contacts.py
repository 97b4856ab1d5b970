"""E-mails and phone numbers of records: variants, shared mailboxes, placeholders, gaps."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world.columns import join, pick, repeat, rewrite, text, where
from oltp.world.people import People
from oltp.world.randomness import Indices, chance
from oltp.world.reference import column, rows

#: Shares of records by kind of e-mail; all others have the main mailbox.
OTHER, FAMILY, ROLE, PLACEHOLDER, MISSING = 0.10, 0.06, 0.012, 0.015, 0.07
DOTS, PLUS, CAPITALS = 0.12, 0.08, 0.06
#: Companies whose role mailboxes customers give, per affiliate.
COMPANIES = 40
PHONE_OTHER, PHONE_MISSING = 0.12, 0.25
PHONE_STYLES = 6


def emails(
    rng: np.random.Generator, everyone: People, who: Indices, affiliate: Indices
) -> pa.Array:
    """The e-mail of each record; `who` is its person's row in `everyone`."""
    size = len(who)
    kind = rng.random(size)
    limits = np.cumsum([OTHER, FAMILY, ROLE, PLACEHOLDER, MISSING])
    address = _written(rng, repeat(everyone.email, who))
    address = where(kind < limits[4], None, address)
    placeholders = column("placeholder_emails", "email")
    drawn = pick(placeholders, rng.integers(0, len(placeholders), size))
    address = where(kind < limits[3], drawn, address)
    address = where(kind < limits[2], _role_mailboxes(rng, affiliate), address)
    address = where(kind < limits[1], repeat(everyone.family_email, who), address)
    return where(kind < limits[0], repeat(everyone.other_email, who), address)


def phones(rng: np.random.Generator, everyone: People, who: Indices) -> pa.Array:
    """The phone of each record, in one of six formats, or null."""
    size = len(who)
    other = chance(rng, PHONE_OTHER, size)
    number = np.where(other, everyone.other_phone[who], everyone.phone[who])
    written = format_phones(number, everyone.plan[who], rng.integers(0, PHONE_STYLES, size))
    return where(chance(rng, PHONE_MISSING, size), None, written)


def format_phones(number: Indices, plan: Indices, style: Indices) -> pa.Array:
    """Format numbers of the countries' plans, with unassigned area codes."""
    result = pa.nulls(len(number), pa.string())
    for position, row in enumerate(rows("phone_plans")):
        of_plan = np.flatnonzero(plan == position)
        areas, digits = row["area_codes"].split(), int(row["subscriber_digits"])
        area = pick(areas, number[of_plan] % len(areas))
        subscriber = text(number[of_plan] // 64 % 10**digits, digits)
        written = _styles(row["calling_code"], area, subscriber, style[of_plan])
        result = pc.replace_with_mask(result, pa.array(plan == position), written)
    return result


def _styles(code: str, area: pa.Array, subscriber: pa.Array, style: Indices) -> pa.Array:
    head = pc.utf8_slice_codeunits(subscriber, 0, 3)
    tail = pc.utf8_slice_codeunits(subscriber, 3)
    written = join(f"+{code}", area, subscriber)
    written = where(style == 1, join(f"+{code} ", area, " ", subscriber), written)
    written = where(style == 2, join("(", area, ") ", head, "-", tail), written)
    written = where(style == 3, join(area, ".", head, ".", tail), written)
    written = where(style == 4, join(f"00{code} ", area, " ", head, " ", tail), written)
    return where(style == 5, join(area, subscriber), written)


def _written(rng: np.random.Generator, address: pa.Array) -> pa.Array:
    """Dots and plus parts where the provider ignores them, capitals, a blank at the end."""
    size = len(address)
    lenient = [row["domain"] for row in rows("mail_domains") if row["ignores_dots"] == "true"]
    pattern = "|".join(f"@{domain}$" for domain in lenient)
    ignored = pc.match_substring_regex(address, pattern=pattern).to_numpy(zero_copy_only=False)
    address = rewrite(ignored & chance(rng, DOTS, size), address, _dotted)
    address = rewrite(ignored & chance(rng, PLUS, size), address, _tagged)
    return rewrite(
        chance(rng, CAPITALS, size), address, lambda part: join(pc.utf8_title(part), " ")
    )


def _dotted(address: pa.Array) -> pa.Array:
    return join(pc.utf8_slice_codeunits(address, 0, 1), ".", pc.utf8_slice_codeunits(address, 1))


def _tagged(address: pa.Array) -> pa.Array:
    return pc.replace_substring(address, pattern="@", replacement="+shop@")


def _role_mailboxes(rng: np.random.Generator, affiliate: Indices) -> pa.Array:
    size = len(affiliate)
    mailboxes = column("role_mailboxes", "local_part")
    local = pick(mailboxes, rng.integers(0, len(mailboxes), size))
    company = text(affiliate * COMPANIES + rng.integers(0, COMPANIES, size))
    return join(local, "@company-", company, ".example")
