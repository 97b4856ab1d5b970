"""Term-frequency adjustment: agreement on a common name weighs less than on a rare one."""

from __future__ import annotations

import duckdb

from core import sql
from identity.training.weights import MILLI, NAMES, RAREST_NAME, Estimates, term_bits

#: Rarer names are left out, because a seed must not contain personal data.
LEAST_BEARERS = 20

#: (field, name) → millibits.
TermWeights = dict[tuple[str, str], int]


def common_names(connection: duckdb.DuckDBPyConnection, estimates: Estimates) -> TermWeights:
    """Return the weights of names that weigh less than a rare one.

    Args:
        connection: Database with the warehouse attached as `wh`.
        estimates: Estimates of every field; a field without estimate is skipped.
    """
    weights: TermWeights = {}
    for field in NAMES:
        m = estimates[field]["exact"].m
        if m is None:
            continue
        rows = connection.execute(
            sql.load(__package__, "name_frequencies", field=field, least_bearers=str(LEAST_BEARERS))
        ).fetchall()
        for name, frequency in rows:
            if (bits := term_bits(m, frequency)) < RAREST_NAME:
                weights[field, name] = round(MILLI * bits)
    return weights
