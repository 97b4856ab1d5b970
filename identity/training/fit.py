"""Estimate m and u of every level with Splink: u from random pairs, m by expectation maximisation.

The same records give the same estimates except for the last digits: Splink samples by hash.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from core.errors import AffiliateError, ConfigurationError
from identity.training.blocks import (
    HOUSEHOLD,
    LEARNED_FROM,
    LEAST_FIELDS,
    LEAST_PAIRS,
    NAMESAKES,
    Block,
)
from identity.training.levels import Levels, columns, comparisons
from identity.training.weights import Odds

if TYPE_CHECKING:
    from splink import Linker

logger = logging.getLogger(__name__)

SEED = 1
#: Share of matches in a block where expectation maximisation starts.
START = 0.01

NOTHING = (
    f"there is too little data: fewer than {LEAST_PAIRS} pairs of customer records share "
    "an e-mail, a phone, an identifier, a name, or a birth date and a postal code"
)

#: Splink's settings, as a model is saved.
Model = dict[str, Any]


@dataclass(frozen=True)
class SampleSize:
    """How much is looked at.

    Attributes:
        random_pairs: For u; ten million see what one pair in a hundred thousand shows.
        block_pairs: For m, about so many of each block at most.
    """

    random_pairs: int = 10_000_000
    block_pairs: int = 2_000_000


def fit(connection: duckdb.DuckDBPyConnection, levels: Levels, effort: SampleSize) -> Model:
    """Trains a model.

    Args:
        connection: Has the table `records`, with the columns of `int_identity__match_records`.
        levels: How records compare.
        effort: How many pairs to look at.

    Returns:
        Estimates of all levels but the postal code's `household`, which is for `household_odds`.

    Raises:
        ConfigurationError: Splink is not installed.
        AffiliateError: too few records have anything in common.
    """
    if all(block.pairs(connection) < LEAST_PAIRS for block in LEARNED_FROM):
        raise AffiliateError(NOTHING)
    levels = _without_household(levels)
    linker = open_linker(connection, "records", _untrained(levels))
    linker.training.estimate_u_using_random_sampling(max_pairs=effort.random_pairs, seed=SEED)
    untaught = linker.misc.save_model_to_json()
    blocks = [block for block in LEARNED_FROM if _free(block, levels, untaught) >= LEAST_FIELDS]
    if not _learn(connection, linker, blocks, effort):
        raise AffiliateError(NOTHING)
    return linker.misc.save_model_to_json()


def odds(model: Model) -> dict[str, dict[str, Odds]]:
    """The estimates of a model per field and level."""
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: Odds(level.get("m_probability"), level.get("u_probability"))
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        }
        for comparison in model["comparisons"]
    }


def household_odds(
    connection: duckdb.DuckDBPyConnection, levels: Levels, model: Model, effort: SampleSize
) -> Odds | None:
    """Estimates of an equal postal code where the surname is equal too.

    The records of one person agree on it as often with one surname as with two. Those of two people
    agree on it more often with one, because they are a family: how many of them do is what is left
    of a surname's pairs at one postal code when the matches among them are taken away.

    Returns:
        Odds of the level `household`; None if there are too few families to count.
    """
    if _free(HOUSEHOLD, _without_household(levels), model) < LEAST_FIELDS:
        return None
    shares = _learn(connection, open_linker(connection, "records", model), [HOUSEHOLD], effort)
    if not shares:
        return None
    together = HOUSEHOLD.pairs(connection)
    matches = shares[0] * together
    u = (together - matches) / (NAMESAKES.pairs(connection) - matches)
    return Odds(odds(model)["postal_code"]["exact"].m, u)


def open_linker(connection: duckdb.DuckDBPyConnection, table: str, model: Model) -> Linker:
    """Splink on a table of the connection.

    Raises:
        ConfigurationError: Splink is not installed.
    """
    try:
        from splink import DuckDBAPI, Linker
    except ImportError:
        raise ConfigurationError(
            "training needs Splink, which is not installed: install the extra 'train'"
        ) from None
    # it warns of every level that a block has not seen, which is as it should be
    logging.getLogger("splink").setLevel(logging.ERROR)
    return Linker(DuckDBAPI(connection).register(table), model, log_level=None)


def _untrained(levels: Levels) -> Model:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        "sql_dialect": "duckdb",
        "probability_two_random_records_match": START,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": comparisons(levels),
    }


def _without_household(levels: Levels) -> Levels:
    """The surname must not matter to the postal code, or names would teach nothing of it."""
    alone = [level for level in levels["postal_code"] if level[0] != "household"]
    return {**levels, "postal_code": alone}


def _free(block: Block, levels: Levels, model: Model) -> int:
    """How many fields the block leaves free, of those that random pairs have in common."""
    return sum(
        any(level.u is not None for level in its.values())
        and columns(levels[field]).isdisjoint(block.columns)
        for field, its in odds(model).items()
    )


def _learn(
    connection: duckdb.DuckDBPyConnection,
    linker: Linker,
    blocks: Iterable[Block],
    effort: SampleSize,
) -> list[float]:
    """Gives the linker the median m of the blocks; returns the share of matches in each."""
    shares = []
    for block in blocks:
        pairs = block.pairs(connection)
        logger.info("%d pairs agree on %s", pairs, " and ".join(block.columns))
        if pairs >= LEAST_PAIRS:
            session = linker.training.estimate_parameters_using_expectation_maximisation(
                block.rule, estimate_without_term_frequencies=True, max_pairs=effort.block_pairs
            )
            shares.append(session.core_model_settings.probability_two_random_records_match)
    return shares
