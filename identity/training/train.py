"""Training from beginning to end: what the records teach, and what it would change."""

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
    """What came of a training.

    Attributes:
        former: Weights in force.
        found: Weights that the records teach, under the next number.
        effect: What they would change.
    """

    former: Version
    found: Version
    effect: Effect


def train(
    settings: Settings,
    zone: LandingZone,
    dbt: Dbt,
    seeds: Path,
    records: int,
    effort: SampleSize | None = None,
    on_step: Callable[[str], None] = logger.info,
) -> Training:
    """Learns weights from the landed customers; changes nothing.

    Args:
        settings: Whose home has the landing zone; the training's own warehouse lies there too.
        zone: Where the customers are.
        dbt: How dbt is called.
        seeds: Folder of dbt's seeds.
        records: Learn from this many customer records at most, drawn by hash; what would change is
            always told of all.
        effort: How many pairs of them to look at.
        on_step: Called with what is being done.

    Raises:
        ConfigurationError: Splink is not installed.
        AffiliateError: dbt failed, a seed cannot be used, or there is too little to learn from.
    """
    with training_warehouse(settings, dbt) as room:
        on_step("Building persons by the weights in force")
        room.build(zone)
        rules = room.rules()
        former = read_version(seeds, rules.version)
        on_step("Learning")
        with room.open() as connection:
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
        on_step("Building persons by the new weights")
        room.rebuild(found)
        with room.open() as connection:
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
    """Weights that records teach; what they say nothing of is as it was.

    Args:
        connection: With the warehouse as `wh`.
        levels: How records compare.
        former: Weights in force.
        number: Of the new version.
        records: Learn from this many at most.
        effort: How many pairs of them to look at.
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
        logger.warning("there are too few families to learn from: they keep their weight")
        codes = weights["postal_code"]
        codes["household"] = min(former.weights["postal_code"]["household"], codes["exact"])
    for field in _unestimated(found):
        logger.warning("the records say nothing of %s: it keeps its weights", field)
        weights[field] = dict.fromkeys(found[field], 0) | former.weights.get(field, {})
        terms |= {key: weight for key, weight in former.terms.items() if key[0] == field}
    return Version(number, weights, terms)


def _unestimated(found: Estimates) -> list[str]:
    """Fields that no two records had in common often enough."""
    return [
        field
        for field, levels in found.items()
        if all(level.m is None or level.u is None for level in levels.values())
    ]
