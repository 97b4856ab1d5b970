"""Weights of common names: that two people are called Silva says less than that both are Szabo."""

from __future__ import annotations

import duckdb

from identity.training.weights import MILLI, NAMES, RAREST_NAME, Estimates, term_bits

#: Names that fewer records bear are nobody's business: the seed is no place for personal data.
LEAST_BEARERS = 20

#: (field, name) → millibits.
TermWeights = dict[tuple[str, str], int]


def common_names(connection: duckdb.DuckDBPyConnection, estimates: Estimates) -> TermWeights:
    """Names whose agreement weighs less than a rare one's.

    Args:
        connection: Has the warehouse attached as `wh`.
        estimates: Of every field; one without estimate has no names here.
    """
    weights: TermWeights = {}
    for field in NAMES:
        m = estimates[field]["exact"].m
        if m is None:
            continue
        rows = connection.execute(
            f"""
            select name, bearers / known from (
                select {field} as name, count(*) as bearers, sum(count(*)) over () as known
                from wh.identity.int_identity__match_records
                where {field} is not null group by {field}
            )
            where length(name) > 1 and bearers >= {LEAST_BEARERS}
            """
        ).fetchall()
        for name, frequency in rows:
            if (bits := term_bits(m, frequency)) < RAREST_NAME:
                weights[field, name] = round(MILLI * bits)
    return weights
