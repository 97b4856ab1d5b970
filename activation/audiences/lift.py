"""Campaign lift: sales of the treatment group minus sales of the control group.

The analysis is by intention to treat: every customer who entered counts in the arm of the first
entry, contacted or not, and counts once even if several affiliates know the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from statistics import NormalDist

import duckdb

from activation.audiences.membership import HELD, INTERVAL_COLUMNS, TREATED, load_elsewhere
from activation.audiences.session import AudienceSession, open_session
from activation.audiences.store import MEMBERSHIP, runs_of
from activation.delivery import people, recent_events
from activation.delivery.runs import Runs
from core import sql
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from privacy.pseudonym import load_key
from serving import open_release

#: With fewer customers in either arm the confidence interval is not valid: sales are skewed.
MINIMUM_PERSONS = 50
CONFIDENCE, POWER = 0.95, 0.8
#: Smallest lift that `sample_needed` must detect, as a share of the control group's sales.
WORTH_SEEING = 0.1
INSUFFICIENT, MEASURED = "insufficient_data", "measured"


@dataclass(frozen=True)
class Arm:
    """One arm of the experiment.

    Attributes:
        persons: Customers whose window is over.
        mean: Net sales per customer in the window, in the reporting currency; None if too few.
    """

    persons: int
    mean: float | None


@dataclass(frozen=True)
class LiftReport:
    """The lift of an audience.

    Attributes:
        status: measured, or insufficient_data: then there are no amounts.
        window_days: Days after entry whose sales count.
        waiting: Customers whose window is not over yet.
        without_rate: Customers with an order that has no exchange rate; they are excluded.
        treated: The treatment group.
        held: The control group.
        difference: Mean of the treatment group minus mean of the control group.
        interval: 95 % confidence interval of the difference.
        sample_needed: Customers in both arms together to detect a lift of 10 % with a power of
            80 %; None if it cannot be estimated yet.
        contaminated: Control customers who were contacted in their window.
        crossed: Customers who were in both arms, because identity or the holdout changed.
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


def measure_lift(settings: Settings, folder: Path, name: str) -> LiftReport:
    """Compare the arms of an audience on the current release.

    Raises:
        ConfigurationError: the audience is invalid or has no holdout, or there is no release.
        AffiliateError: the audience never ran.
    """
    runs = runs_of(settings.home, name)
    with open_session(settings, folder, name) as session:
        holdout = session.audience.holdout
        if holdout is None:
            raise ConfigurationError(f"audience {name} has no holdout: nothing to compare with")
        if not runs.last():
            raise AffiliateError(f"audience {name} never ran")
        _load(session, runs)
        return _compare(session, holdout.window_days, holdout.pct / 100)


def _load(session: AudienceSession, runs: Runs) -> None:
    connection, release = session.connection, session.release
    people.load(connection, session.zone, load_key(session.settings))
    recent_events.load(connection, session.zone, release.landing_position, release.as_of)
    runs.read(connection, "membership", INTERVAL_COLUMNS, runs.path(runs.last()) / MEMBERSHIP)
    load_elsewhere(connection, runs)
    connection.execute("create table sale (member varchar, sold_at timestamptz, amount double)")
    for slug in session.catalogue.affiliates:
        with open_release(release.path, affiliate=slug) as file:
            found = file.execute(
                "select customer_id, ordered_at, cast(net_amount_base as double) "
                "from customer_orders where is_valid_sale and customer_id is not null"
            ).to_arrow_table()
        connection.register("found_sales", found)
        connection.execute("insert into sale from found_sales")
        connection.unregister("found_sales")


def _compare(session: AudienceSession, window: int, held_share: float) -> LiftReport:
    connection = session.connection
    connection.execute(
        f"create table subject as {sql.load(__package__, 'subjects')}",
        {"days": window, "as_of": session.release.as_of},
    )
    connection.execute(
        f"create table outcome as {sql.load(__package__, 'outcomes')}", {"days": window}
    )
    treated, held = (_sales(connection, arm) for arm in (TREATED, HELD))
    is_enough = min(treated.persons, held.persons) >= MINIMUM_PERSONS
    difference = treated.mean - held.mean
    error = sqrt(_variance(treated) + _variance(held))
    half = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * error
    contaminated = connection.execute(
        sql.load(__package__, "contaminated"), {"days": window}
    ).fetchall()
    return LiftReport(
        status=MEASURED if is_enough else INSUFFICIENT,
        window_days=window,
        waiting=sql.number(connection, "select count(*) from subject where not is_over"),
        without_rate=sql.number(connection, "select count(*) from outcome where amount is null"),
        treated=Arm(treated.persons, round(treated.mean, 2) if is_enough else None),
        held=Arm(held.persons, round(held.mean, 2) if is_enough else None),
        difference=round(difference, 2) if is_enough else None,
        interval=(round(difference - half, 2), round(difference + half, 2)) if is_enough else None,
        sample_needed=_sample_needed(treated, held_share),
        contaminated=contaminated[0][0],
        crossed=sql.number(connection, "select count(*) from subject where is_crossed"),
    )


def _sales(connection: duckdb.DuckDBPyConnection, arm: str) -> _Sales:
    row = connection.execute(
        "select count(*), coalesce(avg(amount), 0), coalesce(var_samp(amount), 0) "
        "from outcome where arm = ? and amount is not null",
        [arm],
    ).fetchall()[0]
    return _Sales(*row)


def _variance(sales: _Sales) -> float:
    return sales.variance / sales.persons if sales.persons else 0.0


def _sample_needed(treated: _Sales, held_share: float) -> int | None:
    """Estimate from the larger arm alone, as if both arms had the same mean and variance."""
    if treated.persons < MINIMUM_PERSONS or not treated.mean:
        return None
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + CONFIDENCE / 2) + normal.inv_cdf(POWER)
    spread = treated.variance * (1 / (1 - held_share) + 1 / held_share)
    return ceil(spread * (reach / (WORTH_SEEING * treated.mean)) ** 2)
