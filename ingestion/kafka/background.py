"""Process messages while the next ones are read: librdkafka, DuckDB and Arrow release the GIL."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

#: Tables queued while the next one is read; limits memory.
AHEAD = 1


def in_background(
    tables: Iterable[tuple[str, pa.Table]], work: Callable[[str, pa.Table], None]
) -> None:
    """Call `work` with each topic and table, in order, in a second thread.

    Raises:
        Exception: the error that `work` raised; no more tables are read.
    """
    with ThreadPoolExecutor(1, "messages") as pool:
        waiting: deque[Future[None]] = deque()
        for name, table in tables:
            waiting.append(pool.submit(work, name, table))
            if len(waiting) > AHEAD:
                waiting.popleft().result()
        for last in waiting:
            last.result()
