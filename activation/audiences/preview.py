"""What an audience would be: counts at each step, and some customers with the reason for each.

Of the unified customer only a count is told, and none below the smallest cell.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from activation.audiences.compile import FROM
from activation.audiences.definition import UNIFIED, load_audiences, pick
from activation.audiences.membership import STANDING
from activation.audiences.report import Options
from activation.audiences.room import open_room
from activation.audiences.run import rehearse
from core.settings import Settings
from serving import open_release

SAMPLES = 20
#: The smallest number of people that is told of the unified customer.
MINIMUM_CELL = 20


@dataclass(frozen=True)
class Sample:
    """A customer that was looked at.

    Attributes:
        outcome: in, held out, or what kept the customer out.
        values: Of the fields that the rule uses, as text.
    """

    affiliate: str
    member: str
    outcome: str
    values: dict[str, str | None]


@dataclass(frozen=True)
class Preview:
    """What a run would find.

    Attributes:
        counts: Customers left after each step; a text where the number is not told.
        would_have_been_in: Customers left to audiences of higher priority.
        why_held: Why the circuit breaker would hold the run.
        fields: Those that the rule uses.
        samples: Customers that meet the rule, some of every outcome.
    """

    counts: dict[str, int | str]
    would_have_been_in: dict[str, int]
    why_held: tuple[str, ...]
    fields: tuple[str, ...]
    samples: tuple[Sample, ...]


def preview(settings: Settings, folder: Path, name: str, options: Options) -> Preview:
    """Looks, and changes nothing.

    Raises:
        ConfigurationError: the audience is wrong, or there is no release.
    """
    if pick(load_audiences(folder), name).scope == UNIFIED:
        return _count_unified(settings, folder, name)
    with rehearse(settings, folder, name, replace(options, force=True)) as (room, report):
        rows = room.connection.execute(_SAMPLES, [SAMPLES]).fetchall()
        fields = tuple(room.rule.fields)
    samples = tuple(
        Sample(slug, member, outcome, json.loads(shown)) for slug, member, outcome, shown in rows
    )
    return Preview(
        dict(report.counts), report.would_have_been_in, tuple(report.why_held), fields, samples
    )


def _count_unified(settings: Settings, folder: Path, name: str) -> Preview:
    with (
        open_room(settings, folder, name) as room,
        open_release(room.release.path) as connection,
    ):
        query = f"SELECT count(*) FROM {FROM} WHERE {room.rule.condition}"
        row = connection.execute(query, room.rule.values).fetchone()
    count = row[0] if row else 0
    told = count if count >= MINIMUM_CELL else f"< {MINIMUM_CELL}"
    return Preview({"eligible": told}, {}, (), tuple(room.rule.fields), ())


# as many of each outcome as there is room for, the same ones at every call
_SAMPLES = f"""
SELECT affiliate, member, outcome, shown FROM (
    SELECT *, row_number() OVER (PARTITION BY outcome ORDER BY member) AS place FROM (
        SELECT *, CASE
            WHEN rival IS NOT NULL THEN 'left to ' || rival
            WHEN out = 'cap' THEN 'contacted'
            WHEN out = 'consent' AND has_withdrawn THEN 'withdrawn'
            WHEN out = 'consent' THEN 'no consent or address'
            WHEN out = 'rule' AND is_minor THEN 'minor'
            WHEN out IS NOT NULL THEN out
            WHEN arm = 'held' THEN 'held out'
            ELSE 'in'
        END AS outcome
        FROM {STANDING} WHERE in_rule
    )
)
ORDER BY place, outcome LIMIT ?
"""
