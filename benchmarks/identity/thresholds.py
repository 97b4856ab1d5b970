"""The best threshold there is for scored pairs: known only to who knows the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.identity.components import components
from benchmarks.identity.contender import CLUSTERS, PAIRS
from benchmarks.identity.metrics import Quality, judge

#: Match weights in bits.
THRESHOLDS = (-10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10, 13, 16, 20)
PAIR_NUMBERS = """
select low.number as low, high.number as high, pairs.match_weight as weight
from read_parquet('{pairs}') as pairs
inner join numbered as low on pairs.record_id_l = low.record_id
inner join numbered as high on pairs.record_id_r = high.record_id
"""


@dataclass(frozen=True)
class Best:
    """The threshold with the highest F1, and what it gives."""

    threshold: float
    quality: Quality


def best(output: Path, truth: Path) -> Best:
    """Clusters a contender's pairs at every threshold and keeps the best.

    Args:
        output: Where the contender left its pairs and its clusters.
        truth: Parquet with the columns of `datasets.TRUTH`.
    """
    with duckdb.connect() as connection:
        connection.execute(
            "create temp table numbered as select record_id, row_number() over () - 1 as number "
            f"from read_parquet('{output / CLUSTERS}')"
        )
        found = connection.execute(PAIR_NUMBERS.format(pairs=output / PAIRS)).fetchnumpy()
        ids = connection.sql("select record_id from numbered order by number").to_arrow_table()
    low, high, weight = (np.asarray(found[name]) for name in ("low", "high", "weight"))
    tried = []
    path = output / "tried.parquet"
    for threshold in THRESHOLDS:
        linked = weight >= threshold
        labels = components(ids.num_rows, low[linked], high[linked])
        pq.write_table(ids.append_column("cluster_id", pa.array(labels)), path)
        tried.append(Best(threshold, judge(path, truth)))
    return max(tried, key=lambda one: one.quality.f1)
