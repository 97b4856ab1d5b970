"""Splink: `train` writes a model, and without it a run predicts and clusters with that model."""

from __future__ import annotations

import sys

import duckdb
from splink import DuckDBAPI, Linker
from splink.internals.splink_dataframe import SplinkDataFrame

from benchmarks.identity.contender import CLUSTERS, MODEL, PAIRS, Job, run
from benchmarks.identity.contenders.splink_recipes import RECIPES, Recipe

#: The README's; low enough that the best threshold is among what is predicted.
LEAST_WEIGHT = -10
SEED = 2


def train(job: Job) -> None:
    """Estimates the model's parameters without labels."""
    recipe = RECIPES[job.recipe]
    with duckdb.connect() as connection:
        filled = _register(connection, job)
        linker = Linker(_tables(connection, recipe), recipe.settings(filled))
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [*recipe.certain_rules(filled)], recall=recipe.certain_recall
        )
        training.estimate_u_using_random_sampling(max_pairs=recipe.random_pairs, seed=SEED)
        for rule in recipe.training_rules(filled):
            training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True
            )
        linker.misc.save_model_to_json(str(job.path(MODEL)), overwrite=True)


def predict(job: Job) -> None:
    """Scores the candidates and clusters those above the documented threshold."""
    recipe = RECIPES[job.recipe]
    with duckdb.connect() as connection:
        _register(connection, job)
        linker = Linker(_tables(connection, recipe), str(job.path(MODEL)))
        pairs = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=recipe.threshold
        )
        connection.execute(
            f"copy (select record_id, cluster_id from {clusters.physical_name}) "
            f"to '{job.path(CLUSTERS)}'"
        )
        connection.execute(
            f"copy (select record_id_l, record_id_r, match_weight from {pairs.physical_name}) "
            f"to '{job.path(PAIRS)}'"
        )


def _register(connection: duckdb.DuckDBPyConnection, job: Job) -> set[str]:
    """Reads the records; returns the columns that are not empty."""
    connection.execute(
        "create table records as select *, first_name || ' ' || surname as full_name, "
        f"affiliate_id::text as source_dataset from read_parquet('{job.records}')"
    )
    columns = connection.table("records").columns
    counts = connection.execute(f"select {', '.join(f'count({c})' for c in columns)} from records")
    row = counts.fetchone() or ()
    return {column for column, count in zip(columns, row, strict=True) if count}


def _tables(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> list[SplinkDataFrame]:
    api = DuckDBAPI(connection)
    if not recipe.link_only:
        return [api.register(connection.table("records"))]
    sources = connection.execute("select distinct affiliate_id from records order by 1").fetchall()
    return [
        api.register(connection.table("records").filter(f"affiliate_id = {source}"))
        for (source,) in sources
    ]


if __name__ == "__main__":
    run(train if sys.argv[2:] == ["train"] else predict)
