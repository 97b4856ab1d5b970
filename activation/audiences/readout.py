"""What contacting people brought: sales of the treated less those of the held out.

By intention to treat: everybody who entered counts in the arm of the first entry, contacted or not,
and each person once, whatever number of affiliates know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from statistics import NormalDist

import duckdb

from activation.audiences.membership import HELD, INTERVAL_COLUMNS, TREATED, load_elsewhere
from activation.audiences.room import Room, open_room
from activation.audiences.store import MEMBERSHIP, runs_of
from activation.delivery import landed, people
from activation.delivery.runs import Runs
from core import sql
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from privacy.pseudonym import load_key
from serving import open_release

#: Below it in either arm, the interval is not what it says: sales are few and very unequal.
MINIMUM_PERSONS = 50
CONFIDENCE, POWER = 0.95, 0.8
#: The difference that `sample_needed` is for, as a part of what the held out buy.
WORTH_SEEING = 0.1
INSUFFICIENT, MEASURED = "insufficient_data", "measured"


@dataclass(frozen=True)
class Arm:
    """One arm.

    Attributes:
        persons: Those whose window is over.
        mean: Net sales a person in the window, in the reporting currency; None if too few persons.
    """

    persons: int
    mean: float | None


@dataclass(frozen=True)
class Readout:
    """The effect of an audience.

    Attributes:
        status: measured, or insufficient_data: then there are no amounts.
        window_days: Days after entry whose sales count.
        waiting: Persons whose window is not over yet.
        without_rate: Persons with an order that has no rate of exchange: they are left out.
        treated: Who was delivered.
        held: Who was not, on purpose.
        difference: Mean of the treated less mean of the held.
        interval: Where the true difference lies in 95 of 100 such experiments.
        sample_needed: Persons in both arms together to see a difference of 10 % of what the held
            buy, in 4 of 5 experiments; None if nothing can be said yet.
        contaminated: Held persons who were contacted in their window anyway.
        crossed: Persons who were in both arms, since identity or the holdout changed.
    """

    status: str
    window_days: int
    waiting: int
    without_rate: int
    treated: Arm
    held: Arm
    difference: float | None
    interval: tuple[float, float] | None
    sample_needed: int | None
    contaminated: int
    crossed: int


@dataclass(frozen=True)
class _Sales:
    persons: int
    mean: float
    variance: float


def read_out(settings: Settings, folder: Path, name: str) -> Readout:
    """Compares the arms of an audience on the current release.

    Raises:
        ConfigurationError: the audience is wrong or has no holdout, or there is no release.
        AffiliateError: it never ran.
    """
    runs = runs_of(settings.home, name)
    with open_room(settings, folder, name) as room:
        if room.audience.holdout is None:
            raise ConfigurationError(f"audience {name} has no holdout: nothing to compare with")
        if not runs.last():
            raise AffiliateError(f"audience {name} never ran")
        _load(room, runs)
        return _compare(room, room.audience.holdout.window_days, room.audience.holdout.pct / 100)


def _load(room: Room, runs: Runs) -> None:
    connection = room.connection
    people.load(connection, room.zone, load_key(room.settings))
    landed.load(connection, room.zone, room.release.landing_position, room.release.as_of)
    runs.read(connection, "membership", INTERVAL_COLUMNS, runs.path(runs.last()) / MEMBERSHIP)
    load_elsewhere(connection, runs)
    connection.execute("CREATE TABLE sale (member VARCHAR, sold_at TIMESTAMPTZ, amount DOUBLE)")
    for slug in room.catalogue.affiliates:
        with open_release(room.release.path, affiliate=slug) as file:
            found = file.execute(_SALES).to_arrow_table()
        connection.register("found_sales", found)
        connection.execute("INSERT INTO sale FROM found_sales")
        connection.unregister("found_sales")


def _compare(room: Room, window: int, held_share: float) -> Readout:
    values = {"window": window, "as_of": room.release.as_of}
    room.connection.execute(f"CREATE TABLE subject AS {_SUBJECTS}", values)
    room.connection.execute(f"CREATE TABLE outcome AS {_OUTCOMES}", {"window": window})
    treated, held = (_sales(room.connection, arm) for arm in (TREATED, HELD))
    is_enough = min(treated.persons, held.persons) >= MINIMUM_PERSONS
    difference = treated.mean - held.mean
    error = sqrt(_variance(treated) + _variance(held))
    half = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * error
    return Readout(
        status=MEASURED if is_enough else INSUFFICIENT,
        window_days=window,
        waiting=sql.number(room.connection, "SELECT count(*) FROM subject WHERE NOT is_over"),
        without_rate=sql.number(
            room.connection, "SELECT count(*) FROM outcome WHERE amount IS NULL"
        ),
        treated=Arm(treated.persons, round(treated.mean, 2) if is_enough else None),
        held=Arm(held.persons, round(held.mean, 2) if is_enough else None),
        difference=round(difference, 2) if is_enough else None,
        interval=(round(difference - half, 2), round(difference + half, 2)) if is_enough else None,
        sample_needed=_sample_needed(treated, held_share),
        contaminated=sql.number(room.connection, _CONTAMINATED.format(window=window)),
        crossed=sql.number(room.connection, "SELECT count(*) FROM subject WHERE is_crossed"),
    )


def _sales(connection: duckdb.DuckDBPyConnection, arm: str) -> _Sales:
    row = connection.execute(
        "SELECT count(*), coalesce(avg(amount), 0), coalesce(var_samp(amount), 0) "
        "FROM outcome WHERE arm = ? AND amount IS NOT NULL",
        [arm],
    ).fetchall()[0]
    return _Sales(*row)


def _variance(sales: _Sales) -> float:
    return sales.variance / sales.persons if sales.persons else 0.0


def _sample_needed(treated: _Sales, held_share: float) -> int | None:
    """From the bigger arm alone, as if holding people out changed neither mean nor spread."""
    if treated.persons < MINIMUM_PERSONS or not treated.mean:
        return None
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + CONFIDENCE / 2) + normal.inv_cdf(POWER)
    spread = treated.variance * (1 / (1 - held_share) + 1 / held_share)
    return ceil(spread * (reach / (WORTH_SEEING * treated.mean)) ** 2)


_SALES = """
SELECT customer_id AS member, ordered_at AS sold_at, CAST(net_amount_base AS DOUBLE) AS amount
FROM customer_orders WHERE is_valid_sale AND customer_id IS NOT NULL
"""

# identity may have learned since who is who: a person is who it is today
_SUBJECTS = f"""
SELECT coalesce(p.person_id, m.person_id) AS person_id,
    arg_min(m.arm, (m.entered_at, m.affiliate_id, m.record_id, m.entry_number)) AS arm,
    min(m.entered_at) AS entered_at,
    min(m.entered_at) + to_days($window) <= $as_of AS is_over,
    count(DISTINCT m.arm) > 1 AS is_crossed
FROM membership m LEFT JOIN {people.PERSON} p USING (affiliate_id, record_id)
GROUP BY 1
"""

_OUTCOMES = f"""
SELECT s.person_id, s.arm,
    CASE WHEN NOT coalesce(bool_or(o.member IS NOT NULL AND o.amount IS NULL), false)
        THEN coalesce(sum(o.amount), 0) END AS amount
FROM subject s
LEFT JOIN {people.PERSON} p ON p.person_id = s.person_id
LEFT JOIN sale o ON o.member = p.member
    AND o.sold_at >= s.entered_at AND o.sold_at < s.entered_at + to_days($window)
WHERE s.is_over
GROUP BY s.person_id, s.arm
"""

_CONTAMINATED = f"""
SELECT count(*) FROM subject s
WHERE s.arm = '{HELD}' AND (
    EXISTS (
        FROM {landed.FOLLOWED_UP} f JOIN {people.PERSON} p USING (affiliate_id, record_id)
        WHERE p.person_id = s.person_id
            AND f.happened_at BETWEEN s.entered_at AND s.entered_at + to_days({{window}})
    ) OR EXISTS (
        FROM elsewhere e JOIN {people.PERSON} p USING (affiliate_id, record_id)
        WHERE p.person_id = s.person_id AND e.arm = '{TREATED}'
            AND e.entered_at <= s.entered_at + to_days({{window}})
            AND coalesce(e.exited_at, s.entered_at) >= s.entered_at
    )
)
"""
