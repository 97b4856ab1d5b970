"""CustomerCreated and CustomerUpdated; consents and erasures, which have the same key."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world.columns import DAY, join, repeat, text, where
from oltp.world.customers import Records
from oltp.world.events.messages import CONSENTS, CUSTOMERS, ERASURES, Events
from oltp.world.randomness import Indices, Mask, chance
from oltp.world.window import Window

FIELDS = (
    "full_name",
    "email",
    "phone",
    "gender",
    "birth_date",
    "identifier",
    "identifier_type",
    "postal_code",
    "country",
)
#: Share of table records with a CustomerCreated event, and of records that changed later.
ANNOUNCED, CHANGED = 0.95, 0.12
CONSENTED, WITHDRAWN = 0.6, 0.15
PURPOSES, CHANNELS = ("marketing", "profiling"), ("email", "sms", "whatsapp")
ERASED, ERASED_EVERYWHERE = 0.0005, 0.3
#: Maximum age in days; older requests would already be overdue at the first run.
ERASED_LATELY = 10


def announced(rng: np.random.Generator, them: Records) -> Mask:
    """Return records with a CustomerCreated event: most of the table, and all others."""
    return them.event_only | chance(rng, ANNOUNCED, len(them.id))


def created(them: Records, chosen: Mask) -> Events:
    """Return CustomerCreated events with all fields of the records."""
    rows = np.flatnonzero(chosen)
    fields = {name: them.table[name].take(pa.array(rows)) for name in FIELDS}
    fields["birth_date"] = fields["birth_date"].cast(pa.string())
    return _events(CUSTOMERS, them, rows, "CustomerCreated", them.created[rows], fields)


def changes(rng: np.random.Generator, them: Records) -> dict[str, pa.Array]:
    """Return new values, one field per record: plain name, other surname, e-mail or address.

    All columns are there; null where the field stays as it was.
    """
    everyone, who, size = them.everyone, them.who, len(them.id)
    nothing = pa.nulls(size, pa.string())
    first, last = repeat(everyone.first, who), repeat(everyone.last, who)
    plain = join(first, last, separator=" ")
    before_marriage = join(first, pc.coalesce(repeat(everyone.maiden, who), last), separator=" ")
    change = rng.integers(0, 4, size)
    return {
        "full_name": where(change == 0, plain, where(change == 1, before_marriage, nothing)),
        "email": where(change == 2, repeat(everyone.other_email, who), nothing),
        "postal_code": where(change == 3, text(rng.integers(10_000, 99_999, size)), nothing),
    }


def updated(
    rng: np.random.Generator, window: Window, them: Records, new: dict[str, pa.Array]
) -> Events:
    """CustomerUpdated with the new values of each record."""
    times = window.after(rng, them.created)
    return _events(CUSTOMERS, them, np.arange(len(them.id)), "CustomerUpdated", times, dict(new))


def changed(rng: np.random.Generator, window: Window, them: Records) -> Events:
    """CustomerUpdated for some."""
    some = them.some(np.flatnonzero(chance(rng, CHANGED, len(them.id))), window.start)
    return updated(rng, window, some, changes(rng, some))


def consents(
    rng: np.random.Generator, window: Window, them: Records, share: float = CONSENTED
) -> Events:
    """ConsentGranted by a share of them, ConsentWithdrawn later by some of those."""
    granted = np.flatnonzero(chance(rng, share, len(them.id)))
    given_at = window.soon(rng, them.created[granted], 2.0)
    purpose = rng.integers(0, len(PURPOSES), len(granted))
    channel = rng.integers(0, len(CHANNELS), len(granted))
    back = np.flatnonzero(chance(rng, WITHDRAWN, len(granted)))
    place = np.concatenate((np.arange(len(granted)), back))
    fields = {
        "purpose": [PURPOSES[i] for i in purpose[place]],
        "channel": [CHANNELS[i] for i in channel[place]],
        "policy_version": ["2025-01"] * len(place),
    }
    times = np.concatenate((given_at, window.after(rng, given_at[back])))
    types = ["ConsentGranted"] * len(granted) + ["ConsentWithdrawn"] * len(back)
    return _events(CONSENTS, them, granted[place], types, times, fields)


def erasures(
    rng: np.random.Generator, window: Window, them: Records, share: float = ERASED
) -> Events:
    """CustomerErased: very few."""
    rows = np.flatnonzero(chance(rng, share, len(them.id)))
    everywhere = chance(rng, ERASED_EVERYWHERE, len(rows))
    fields = {
        "scope": ["all" if wide else "affiliate" for wide in everywhere],
        "request_id": [f"erase-{id_}" for id_ in them.id[rows]],
    }
    earliest = np.maximum(them.created[rows], window.end - ERASED_LATELY * DAY)
    times = window.after(rng, earliest)
    return _events(ERASURES, them, rows, "CustomerErased", times, fields)


def _events(
    topic: str,
    them: Records,
    rows: Indices,
    types: str | list[str],
    times: Indices,
    fields: dict[str, pa.Array | list[str]],
) -> Events:
    return Events(
        topic=topic,
        key=them.id[rows],
        type=[types] * len(rows) if isinstance(types, str) else types,
        time=times,
        affiliate=them.affiliate[rows],
        data={"affiliate_customer_id": them.id[rows], **fields},
    )
