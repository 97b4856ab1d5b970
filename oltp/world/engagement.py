"""Affiliates' notes, tags and invites."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world.columns import join, pick, repeat, text, timestamps, where
from oltp.world.contacts import format_phones
from oltp.world.customers import Records, affiliate_weights
from oltp.world.randomness import Indices, chance, weighted
from oltp.world.reference import column, weights
from oltp.world.window import Window

TAGS_PER_CUSTOMER = (55.0, 25.0, 13.0, 7.0)
TAG_SOURCES = ("affiliate", "affiliate", "import", "system", None)
INVITES_PER_CUSTOMER, ACCEPTED = 0.12, 0.45
INVITE_CHANNELS = ("email", "sms", "whatsapp", "link")


def tags(rng: np.random.Generator, window: Window, them: Records, first_id: int) -> pa.Table:
    """Return rows of `affiliate_customer_tag`; a few contain a name, a phone or health data."""
    in_table = np.flatnonzero(~them.event_only)
    row = np.repeat(in_table, weighted(rng, TAGS_PER_CUSTOMER, len(in_table)))
    size = len(row)
    at = timestamps(window.after(rng, them.created[row]))
    tag = pick(column("tags", "tag"), weighted(rng, weights("tags"), size))
    for placeholder, values in (
        ("{name}", repeat(them.everyone.first, them.who[row])),
        ("{phone}", _phones(them, row)),
    ):
        tag = _filled(tag, placeholder, values)
    return pa.table(
        {
            "id": np.arange(first_id, first_id + size),
            "affiliate_id": them.affiliate[row],
            "affiliate_customer_id": them.id[row],
            "tag": tag,
            "source": pick(TAG_SOURCES, rng.integers(0, len(TAG_SOURCES), size)),
            "created_at": at,
            "updated_at": at,
        }
    )


def invites(
    rng: np.random.Generator, window: Window, them: Records, affiliates: int, first_id: int
) -> pa.Table:
    """Return rows of `customer_invite`; accepted ones name the resulting customer."""
    in_table = np.flatnonzero(~them.event_only)
    came = in_table[chance(rng, INVITES_PER_CUSTOMER * ACCEPTED, len(in_table))]
    waiting = int(len(in_table) * INVITES_PER_CUSTOMER * (1 - ACCEPTED))
    row = np.concatenate((came, np.zeros(waiting, dtype=np.int64)))
    accepted = np.arange(len(row)) < len(came)
    elsewhere = weighted(rng, affiliate_weights(affiliates), len(row)) + 1
    early = them.created[row] - rng.integers(0, 20 * 86_400, len(row)) * 1_000_000
    invited = np.where(accepted, early, window.moments(rng, len(row)))
    stranger = join("friend", text(first_id + np.arange(len(row))), "@example.net")
    return pa.table(
        {
            "id": np.arange(first_id, first_id + len(row)),
            "affiliate_id": np.where(accepted, them.affiliate[row], elsewhere),
            "channel": pick(INVITE_CHANNELS, rng.integers(0, len(INVITE_CHANNELS), len(row))),
            "email": where(accepted, repeat(them.table["email"].combine_chunks(), row), stranger),
            "invited_at": timestamps(invited),
            "accepted_at": timestamps(them.created[row], ~accepted),
            "affiliate_customer_id": pa.array(them.id[row], mask=~accepted),
            "created_at": timestamps(invited),
            "updated_at": timestamps(np.where(accepted, them.created[row], invited)),
        }
    )


def _phones(them: Records, row: Indices) -> pa.Array:
    who = them.who[row]
    return format_phones(them.everyone.phone[who], them.everyone.plan[who], row % 6)


def _filled(tag: pa.Array, placeholder: str, values: pa.Array) -> pa.Array:
    """Replace the placeholder in each row by its value; most rows have none."""
    parts = pc.split_pattern(tag, placeholder)
    has_one = pc.equal(pc.list_value_length(parts), 2)
    around = parts.filter(has_one)
    filled = join(pc.list_element(around, 0), values.filter(has_one), pc.list_element(around, 1))
    return pc.replace_with_mask(tag, has_one, filled)
