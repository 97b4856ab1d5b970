"""The floor: the models' compiled queries as one script, in one connection to the warehouse.

`python -m benchmarks.marts.contenders.script warehouse.duckdb script.json finished.duckdb 6GB`
prints the seconds of each statement as JSON. The script maps relations to queries, in order; they
may read another warehouse as `finished`. Memory is limited to what the last argument says.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb


def main(warehouse: Path, script: Path, finished: Path, memory: str) -> None:
    """Creates every relation of the script."""
    seconds: dict[str, float] = {}
    with duckdb.connect(str(warehouse), config={"memory_limit": memory}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{finished}' as finished (read_only)")
        for relation, query in json.loads(script.read_text()).items():
            connection.execute(f"create schema if not exists {relation.split('.')[0]}")
            started = time.perf_counter()
            connection.execute(f"create table {relation} as ({query}\n)")
            seconds[relation] = time.perf_counter() - started
    print(json.dumps(seconds))


if __name__ == "__main__":
    _, warehouse, script, finished, memory = sys.argv
    main(Path(warehouse), Path(script), Path(finished), memory)
