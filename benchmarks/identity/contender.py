"""The side of a contender: one process, one job, one timed piece of work.

Standard library alone: the peers' environment has nothing of the platform.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLUSTERS = "clusters.parquet"
#: Pairs that were scored, with their match weight: for whoever looks for the best threshold.
PAIRS = "pairs.parquet"
MODEL = "model.json"


@dataclass(frozen=True)
class Job:
    """What to read and where to write.

    Attributes:
        records: Parquet file of normalised records, keyed by `record_id`.
        output: Existing directory for what comes of it; what training left lies there.
        recipe: Which settings fit the data set.
    """

    records: str
    output: str
    recipe: str

    def path(self, name: str) -> Path:
        """A file of the output."""
        return Path(self.output) / name


def run(work: Callable[[Job], None]) -> None:
    """Does the job given as JSON on the command line and prints its seconds as JSON.

    Only `work` is timed, imports are not.
    """
    job = Job(**json.loads(sys.argv[1]))
    started = time.perf_counter()
    work(job)
    print("\n" + json.dumps({"seconds": time.perf_counter() - started}))
