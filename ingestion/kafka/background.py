"""Work on messages while the next ones are read: librdkafka, DuckDB and Arrow free the GIL."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

#: Tables that wait while the next one is read; they bound the memory.
AHEAD = 1


def in_background(
    tables: Iterable[tuple[str, pa.Table]], work: Callable[[str, pa.Table], None]
) -> None:
    """Hands every topic and table to `work`, in order, in a second thread.

    Raises:
        Exception: what `work` raised; no more tables are read then.
    """
    with ThreadPoolExecutor(1, "messages") as pool:
        waiting: deque[Future[None]] = deque()
        for name, table in tables:
            waiting.append(pool.submit(work, name, table))
            if len(waiting) > AHEAD:
                waiting.popleft().result()
        for last in waiting:
            last.result()
