"""Malformed messages, which must be quarantined without stopping a run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from oltp.world.events.messages import Message, to_json

SHARE = 0.001
Spoil = Callable[[bytes], bytes | None]


def _truncated_json(value: bytes) -> bytes:
    return value[: len(value) // 2]


def _invalid_utf8(value: bytes) -> bytes:
    return value.replace(b'"type":"', b'"type":"\xff\xfe', 1)


def _unknown_type(value: bytes) -> bytes:
    return _changed(value, lambda event: event.update(type="CustomerDreamt"))


def _missing_id(value: bytes) -> bytes:
    return _changed(value, lambda event: event.pop("id"))


def _wrong_type(value: bytes) -> bytes:
    return _changed(value, lambda event: event["data"].update(affiliate_customer_id=["not", "one"]))


def _nan_literal(value: bytes) -> bytes:
    return value.replace(b'"affiliateid":', b'"amount":NaN,"affiliateid":', 1)


def _tombstone(_: bytes) -> None:
    return None


KINDS: dict[str, Spoil] = {
    "truncated_json": _truncated_json,
    "invalid_utf8": _invalid_utf8,
    "unknown_type": _unknown_type,
    "missing_id": _missing_id,
    "wrong_type": _wrong_type,
    "nan_literal": _nan_literal,
    "tombstone": _tombstone,
}


def spoiled(
    rng: np.random.Generator, good: dict[str, list[Message]], least: int
) -> tuple[dict[str, list[Message]], dict[str, int]]:
    """Return malformed copies of valid messages: about one in a thousand, all kinds in turn.

    Args:
        rng: Chooses the victims, and the kind to begin with.
        good: Messages by topic.
        least: The smallest number of spoiled messages.

    Returns:
        Malformed messages by topic, and their count by kind.
    """
    ends = np.cumsum([len(queue) for queue in good.values()])
    total = int(ends[-1]) if len(ends) else 0
    size = max(least, int(rng.binomial(total, SHARE))) if total else 0
    first_kind = int(rng.integers(0, len(KINDS)))
    bad: dict[str, list[Message]] = {}
    counts: Counter[str] = Counter()
    for place, victim in enumerate(rng.integers(0, max(total, 1), size).tolist()):
        topic = list(good)[int(np.searchsorted(ends, victim, side="right"))]
        message = good[topic][victim - int(ends[list(good).index(topic)])]
        kind = list(KINDS)[(first_kind + place) % len(KINDS)]
        spoil = KINDS[kind]
        bad.setdefault(topic, []).append(message._replace(value=spoil(message.value or b"")))
        counts[kind] += 1
    return bad, dict(counts)


def _changed(value: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    event = json.loads(value)
    change(event)
    return to_json(event).encode()
