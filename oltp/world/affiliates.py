"""Affiliates and their dependent rows, except customers and sales."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from oltp.world.columns import DAY, join, pick, text, timestamps
from oltp.world.people import people
from oltp.world.randomness import Indices, stream
from oltp.world.reference import column, rows
from oltp.world.spec import WorldSpec
from oltp.world.window import Window

MEDIA = ("instagram", "facebook", "youtube", "tiktok")
USERS_PER_AFFILIATE = 6
ROLES = ("owner", "seller", "seller", "seller", "viewer", "viewer")
#: From this many affiliates on, the last one is closed and the one before it paused.
ENOUGH_TO_STOP_SOME = 5

Tables = dict[str, pa.Table]


def affiliate_tables(spec: WorldSpec, window: Window) -> Tables:
    """Return name → rows, with IDs from 1, of the seven tables about affiliates."""
    rng = stream(spec.seed, "affiliates")
    ids = np.arange(1, spec.affiliates + 1)
    created = window.start - rng.integers(30, 400, len(ids)) * DAY
    places = rows("affiliate_places")
    place = (ids - 1) % len(places)
    category = pick(sorted(set(column("products", "category"))), ids % 10)
    slug = join("aff-", category, "-", text(ids, 2))
    audit = {"created_at": timestamps(created), "updated_at": timestamps(created)}
    return {
        "affiliate.affiliate": pa.table(
            {
                "id": ids,
                "slug": slug,
                "full_name": join("Affiliate ", text(ids, 2), " ", category),
                "email": join("office@", slug, ".example"),
                "time_zone": pick(column("affiliate_places", "time_zone"), place),
                "currency": pick(column("affiliate_places", "currency"), place),
                "status": pa.array(_statuses(spec.affiliates)),
                **audit,
            }
        ),
        "affiliate.affiliate_detail": pa.table(
            {
                "affiliate_id": ids,
                "tax_details": pa.array(
                    [_tax_details(int(i), places[p]) for i, p in zip(ids, place, strict=True)]
                ),
                "identifier": join("REG-", text(rng.integers(10**7, 10**8, len(ids)))),
                "identifier_type": pa.array(["company_register"] * len(ids)),
                **audit,
            }
        ),
        "affiliate.affiliate_social_media": _social_media(ids, slug, created),
        "affiliate.affiliate_bank_account": _bank_accounts(rng, ids, place, audit),
        "affiliate.affiliate_address": pa.table(
            {
                "id": ids,
                "affiliate_id": ids,
                "street": join(text(rng.integers(1, 200, len(ids))), " Market Street"),
                "city": pick(column("affiliate_places", "city"), place),
                "region": pick(column("affiliate_places", "region"), place),
                "postal_code": text(rng.integers(10_000, 99_999, len(ids))),
                "country": pick(column("affiliate_places", "country"), place),
                **audit,
            }
        ),
        "affiliate.app_user": _app_users(rng, window, ids, slug, created),
    }


def seller_id(affiliate: int, number: int) -> int:
    """Return the ID of one of an affiliate's sellers; numbers start at 0 and wrap around."""
    number = 1 + number % ROLES.count("seller")
    return (affiliate - 1) * USERS_PER_AFFILIATE + number + 1


def _statuses(count: int) -> list[str]:
    if count < ENOUGH_TO_STOP_SOME:
        return ["active"] * count
    return ["active"] * (count - 2) + ["paused", "closed"]


def _tax_details(affiliate: int, place: dict[str, str]) -> str:
    return json.dumps({"country": place["country"], "vat": affiliate % 3 != 0}, sort_keys=True)


def _social_media(ids: Indices, slug: pa.Array, created: Indices) -> pa.Table:
    owner = np.repeat(ids, 2)
    at = timestamps(np.repeat(created, 2))
    return pa.table(
        {
            "id": np.arange(1, len(owner) + 1),
            "affiliate_id": owner,
            "reference_id": join("@", slug.take(pa.array(owner - 1))),
            "media_type": pick(MEDIA, (owner + np.arange(len(owner))) % len(MEDIA)),
            "created_at": at,
            "updated_at": at,
        }
    )


def _bank_accounts(
    rng: np.random.Generator, ids: Indices, place: Indices, audit: dict[str, pa.Array]
) -> pa.Table:
    """Return account numbers with bank code 0000 and check digits 00, which are never valid."""
    account = text(rng.integers(0, 10**10, len(ids)), 10)
    country = pick(column("affiliate_places", "country"), place)
    return pa.table(
        {
            "id": ids,
            "affiliate_id": ids,
            "bank_name": pick(["First Sample Bank", "Second Sample Bank"], ids % 2),
            "account_holder": join("Affiliate ", text(ids, 2)),
            "account_number": account,
            "iban": join(country, "000000", account),
            **audit,
        }
    )


def _app_users(
    rng: np.random.Generator, window: Window, ids: Indices, slug: pa.Array, created: Indices
) -> pa.Table:
    count = len(ids) * USERS_PER_AFFILIATE
    staff = people(rng, 1, count, window.last_day)
    number = np.arange(count)
    at = timestamps(np.repeat(created, USERS_PER_AFFILIATE))
    return pa.table(
        {
            "id": number + 1,
            "affiliate_id": np.repeat(ids, USERS_PER_AFFILIATE),
            "full_name": join(staff.first, staff.last, separator=" "),
            "email": join(
                "user",
                text(number + 1),
                "@",
                slug.take(pa.array(number // USERS_PER_AFFILIATE)),
                ".example",
            ),
            "role": pick(ROLES, number % USERS_PER_AFFILIATE),
            "is_active": pa.array(rng.random(count) > 0.08),
            "created_at": at,
            "updated_at": at,
        }
    )
