"""Several streams of record batches as one, each read by a thread of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from queue import Queue
from threading import Event, Thread

import pyarrow as pa


def merged(streams: Sequence[Iterator[pa.RecordBatch]]) -> Generator[pa.RecordBatch]:
    """Batches of all streams as they come; each stream waits while another batch of it is unread.

    Closing the result early lets every stream finish the batch it is at, and no more.

    Raises:
        Exception: what any of the streams raised.
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
