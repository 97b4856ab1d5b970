"""Preview an audience: counts at each step, and sample customers with the reason for each.

For the unified customer only a count is returned, and none below the smallest cell.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from activation.audiences.compile import FROM
from activation.audiences.definition import UNIFIED, load_audiences, pick
from activation.audiences.plan import dry_run
from activation.audiences.report import RunOptions
from activation.audiences.session import open_session
from core import sql
from core.settings import Settings
from serving import open_release

SAMPLES = 20
#: Smallest number of unified customers that is returned.
MINIMUM_CELL = 20


@dataclass(frozen=True)
class Sample:
    """A sample customer.

    Attributes:
        outcome: in, held out, or what excluded the customer.
        values: Values of the rule's fields, as text.
    """

    affiliate: str
    member: str
    outcome: str
    values: dict[str, str | None]


@dataclass(frozen=True)
class Preview:
    """What a run would find.

    Attributes:
        counts: Customers left after each step; a text if the number is too small to show.
        would_have_been_in: Customers left to audiences of higher priority.
        why_held: Why the circuit breaker would stop the run.
        fields: Fields that the rule uses.
        samples: Customers that match the rule, some of every outcome.
    """

    counts: dict[str, int | str]
    would_have_been_in: dict[str, int]
    why_held: tuple[str, ...]
    fields: tuple[str, ...]
    samples: tuple[Sample, ...]


def preview_audience(settings: Settings, folder: Path, name: str, options: RunOptions) -> Preview:
    """Preview an audience; changes nothing.

    Raises:
        ConfigurationError: the audience is invalid, or there is no release.
    """
    if pick(load_audiences(folder), name).scope == UNIFIED:
        return _count_unified(settings, folder, name)
    with dry_run(settings, folder, name, replace(options, force=True)) as (session, report):
        rows = session.connection.execute(
            sql.load(__package__, "samples"), {"most": SAMPLES}
        ).fetchall()
        fields = tuple(session.rule.fields)
    samples = tuple(
        Sample(slug, member, outcome, json.loads(shown)) for slug, member, outcome, shown in rows
    )
    return Preview(
        dict(report.counts), report.would_have_been_in, tuple(report.why_held), fields, samples
    )


def _count_unified(settings: Settings, folder: Path, name: str) -> Preview:
    with (
        open_session(settings, folder, name) as session,
        open_release(session.release.path) as connection,
    ):
        query = f"SELECT count(*) FROM {FROM} WHERE {session.rule.condition}"
        row = connection.execute(query, session.rule.values).fetchone()
    count = row[0] if row else 0
    shown = count if count >= MINIMUM_CELL else f"< {MINIMUM_CELL}"
    return Preview({"eligible": shown}, {}, (), tuple(session.rule.fields), ())
