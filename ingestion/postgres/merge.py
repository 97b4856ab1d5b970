"""Merge several streams of record batches; each is read by its own thread."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from queue import Queue
from threading import Event, Thread

import pyarrow as pa


def merged(streams: Sequence[Iterator[pa.RecordBatch]]) -> Generator[pa.RecordBatch]:
    """Yield the batches of all streams in order of arrival, with limited read-ahead.

    If the generator is closed early, each stream finishes its current batch.

    Raises:
        Exception: the first error raised by a stream.
    """
    ready: Queue[pa.RecordBatch | BaseException | None] = Queue(maxsize=len(streams))
    stopped = Event()

    def drain(stream: Iterator[pa.RecordBatch]) -> None:
        try:
            for batch in stream:
                ready.put(batch)
                if stopped.is_set():
                    break
        except BaseException as error:
            ready.put(error)
        else:
            ready.put(None)

    threads = [Thread(target=drain, args=(stream,), daemon=True) for stream in streams]
    for thread in threads:
        thread.start()
    open_streams = len(streams)
    try:
        while open_streams:
            item = ready.get()
            if isinstance(item, pa.RecordBatch):
                yield item
                continue
            open_streams -= 1
            if item is not None:
                raise item
    finally:
        stopped.set()
        while open_streams:
            open_streams -= not isinstance(ready.get(), pa.RecordBatch)
        for thread in threads:
            thread.join()
