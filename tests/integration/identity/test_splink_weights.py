"""The pair weights of our SQL are Splink's match weights: the same levels, the same arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2
from typing import Any

import duckdb
import pytest

from core.duckdb_session import connect
from identity.training.fit import Model, SampleSize, fit, odds, open_linker
from identity.training.levels import Levels, comparisons
from identity.training.weights import NAMES, RAREST_NAME, Odds
from tests.integration.identity.dbt_rules import DbtRules
from tests.integration.identity.sample_people import records, table

pytestmark = pytest.mark.nightly

EFFORT = SampleSize(random_pairs=200_000, block_pairs=50_000)
UNSEEN = 1e-4
#: Of a bit: to the millibit.
DECIMALS = 3
PAIRED_BY = ("l.surname = r.surname", "l.postal_code = r.postal_code", "l.email_key = r.email_key",
             "l.birth_text = r.birth_text", "l.identifier_key = r.identifier_key")  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """Pairs weighed by Splink and by the SQL of the dbt project.

    Attributes:
        connection: With the tables `splink` (pairs and their match weight), `records`, `weights`
            and `terms_…` (unrounded bits).
        rules: What dbt rendered.
        model: Splink's model.
    """

    connection: duckdb.DuckDBPyConnection
    rules: DbtRules
    model: Model

    def compare(self) -> list[tuple[float, float, float, int]]:
        """Per pair Splink's bits, ours, ours with each field rounded, and how many fields speak."""
        fields = [f"({sql})" for sql in self.rules.weights.values()]
        rounded = " + ".join(f"round({sql}, {DECIMALS})" for sql in fields)
        spoken = " + ".join(f"case when {sql} <> 0 then 1 else 0 end" for sql in fields)
        return self.connection.execute(f"""
            select pairs.match_weight, {" + ".join(fields)}, {rounded}, {spoken}
            from splink as pairs
            inner join records as a on pairs.record_id_l = a.record_id
            inner join records as b on pairs.record_id_r = b.record_id
            cross join weights
            left join terms_first_name on a.first_name = terms_first_name.term
            left join terms_surname on a.surname = terms_surname.term
        """).fetchall()


@pytest.fixture(scope="module")
def scored(rules: DbtRules) -> Iterator[Scored]:
    with connect() as connection:
        connection.register("people", table(records(1000)))
        connection.execute("create table records as from people")
        model = _complete(fit(connection, rules.levels, EFFORT), rules.levels)
        model["blocking_rules_to_generate_predictions"] = list(PAIRED_BY)
        linker = open_linker(connection, "records", model)
        pairs = linker.inference.predict()
        connection.execute(f"create table splink as from {pairs.physical_name}")
        _create_weights(connection, model)
        yield Scored(connection, rules, model)


def _complete(trained: Model, levels: Levels) -> Model:
    """The model with `household`, with levels that were not seen, and with term frequencies."""
    found = odds(trained)
    model = {**trained, "comparisons": comparisons(levels)}
    for comparison in model["comparisons"]:
        field = comparison["output_column_name"]
        for level in comparison["comparison_levels"][1:]:
            its = found[field].get(level["label_for_charts"], Odds(0.8, 0.001))
            level |= {"m_probability": its.m or UNSEEN, "u_probability": its.u or UNSEEN}
            if field in NAMES and level["label_for_charts"] == "exact":
                level["tf_adjustment_column"] = field
                level["tf_minimum_u_value"] = level["m_probability"] / 2**RAREST_NAME
                level["disable_tf_exact_match_detection"] = True
    return model


def _create_weights(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    bits: dict[str, Any] = {}
    for field, levels in odds(model).items():
        for level, (m, u) in ((level, (its.m, its.u)) for level, its in levels.items()):
            bits[f"{field}_{level}"] = log2((m or UNSEEN) / (u or UNSEEN))
        if field in NAMES:
            bits[f"{field}_exact"] = RAREST_NAME
            connection.execute(f"""
                create table terms_{field} as
                select {field} as term, log2({levels["exact"].m} / share) as weight
                from (
                    select {field}, count(*) / sum(count(*)) over () as share
                    from records where {field} is not null group by {field}
                )
                where weight < {RAREST_NAME}
            """)
    columns = ", ".join(f"cast({value!r} as double) as {name}" for name, value in bits.items())
    connection.execute(f"create table weights as select {columns}")


def test_our_bits_are_splinks(scored: Scored) -> None:
    probability = scored.model["probability_two_random_records_match"]
    prior = log2(probability / (1 - probability))
    rows = scored.compare()
    assert len(rows) > 5_000
    assert max(abs(ours - (splinks - prior)) for splinks, ours, _, _ in rows) < 1e-6


def test_every_level_takes_part(scored: Scored) -> None:
    for field, levels in odds(scored.model).items():
        seen = scored.connection.execute(f"select count(distinct gamma_{field}) from splink")
        # and what weighs nothing
        assert seen.fetchone() == (len(levels) + 1,), field


def test_rounding_moves_a_field_by_half_a_millibit_at_most(scored: Scored) -> None:
    moved = [(abs(ours - rounded), fields) for _, ours, rounded, fields in scored.compare()]
    assert max(by for by, _ in moved) > 0
    assert all(by <= 0.0005 * fields + 1e-9 for by, fields in moved)
