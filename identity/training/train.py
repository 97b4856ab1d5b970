"""Train match weights, and report what they would change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.settings import Settings
from identity.training.effect import Effect, changed_records, copy_partition
from identity.training.fit import SampleSize, fit, household_odds, odds
from identity.training.levels import Levels
from identity.training.names import common_names
from identity.training.seeds import Version, next_number, read_version
from identity.training.training_warehouse import Dbt, training_warehouse
from identity.training.weights import Estimates, weigh
from ingestion.landing import LandingZone

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Training:
    """Result of a training.

    Attributes:
        former: Weights in force.
        found: Trained weights, with the next version number.
        effect: What they would change.
    """

    former: Version
    found: Version
    effect: Effect


def run_training(
    settings: Settings,
    zone: LandingZone,
    dbt: Dbt,
    seeds: Path,
    records: int,
    effort: SampleSize | None = None,
    on_step: Callable[[str], None] = logger.info,
) -> Training:
    """Train weights on the landed customers; changes nothing.

    Args:
        settings: Settings of the platform; the training warehouse is below its home.
        zone: The landing zone.
        dbt: Function that runs dbt.
        seeds: Folder of the dbt seeds.
        records: Maximum number of customer records to train on, sampled by hash; the effect is
            always computed on all records.
        effort: Number of pairs to sample.
        on_step: Called with the name of each step.

    Raises:
        ConfigurationError: Splink is not installed.
        AffiliateError: dbt failed, a seed is not valid, or there is too little data.
    """
    with training_warehouse(settings, dbt) as warehouse:
        on_step("Resolving identities with the weights in force")
        warehouse.build(zone)
        rules = warehouse.rules()
        former = read_version(seeds, rules.version)
        on_step("Estimating weights")
        with warehouse.open() as connection:
            found = learn(
                connection,
                rules.levels,
                former,
                next_number(seeds),
                records,
                effort or SampleSize(),
            )
            before = copy_partition(connection, "former")
            partition = connection.table("former").to_arrow_table()
        on_step("Resolving identities with the new weights")
        warehouse.rebuild(found)
        with warehouse.open() as connection:
            after = copy_partition(connection, "found")
            connection.register("former", partition)
            changed = changed_records(connection, "former", "found")
    return Training(former, found, Effect(partition.num_rows, changed, before, after))


def learn(
    connection: duckdb.DuckDBPyConnection,
    levels: Levels,
    former: Version,
    number: int,
    records: int,
    effort: SampleSize,
) -> Version:
    """Estimate weights from the records; fields without data keep their weights.

    Args:
        connection: Database with the warehouse attached as `wh`.
        levels: Levels of agreement.
        former: Weights in force.
        number: Number of the new version.
        records: Maximum number of records to train on.
        effort: Number of pairs to sample.
    """
    connection.execute(
        "create or replace table records as from wh.identity.int_identity__match_records "
        f"order by md5(record_id), record_id limit {records}"
    )
    model = fit(connection, levels, effort)
    found = odds(model)
    if home := household_odds(connection, levels, model, effort):
        found["postal_code"]["household"] = home
    weights = weigh(found)
    terms = common_names(connection, found)
    if not home:
        logger.warning("too few households in the records: their weight stays as it is")
        codes = weights["postal_code"]
        codes["household"] = min(former.weights["postal_code"]["household"], codes["exact"])
    for field in _unestimated(found):
        logger.warning("no data about %s in the records: its weights stay as they are", field)
        weights[field] = dict.fromkeys(found[field], 0) | former.weights.get(field, {})
        terms |= {key: weight for key, weight in former.terms.items() if key[0] == field}
    return Version(number, weights, terms)


def _unestimated(found: Estimates) -> list[str]:
    """Return fields that too few pairs of records have in common."""
    return [
        field
        for field, levels in found.items()
        if all(level.m is None or level.u is None for level in levels.values())
    ]
