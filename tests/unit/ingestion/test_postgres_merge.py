"""Several streams as one: complete, bounded, and failing as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from threading import active_count

import pyarrow as pa
import pytest

from ingestion.postgres.merge import merged


def batch(number: int) -> pa.RecordBatch:
    return pa.record_batch({"n": [number]})


def counted(first: int, last: int, seen: list[int]) -> Iterator[pa.RecordBatch]:
    for number in range(first, last):
        seen.append(number)
        yield batch(number)


def broken(after: int) -> Iterator[pa.RecordBatch]:
    yield from counted(0, after, [])
    raise OSError("cut")


def numbers(batches: Iterator[pa.RecordBatch]) -> list[int]:
    return [found["n"][0].as_py() for found in batches]


def test_each_batch_of_each_stream_is_returned_once() -> None:
    streams = [counted(0, 50, []), counted(50, 51, []), counted(51, 51, [])]
    assert sorted(numbers(merged(streams))) == list(range(51))


@pytest.mark.parametrize("after", [0, 1, 30])
def test_failing_stream_stops_all_streams(after: int) -> None:
    threads = active_count()
    seen: list[int] = []
    with pytest.raises(OSError, match="cut"):
        numbers(merged([counted(0, 10_000, seen), broken(after)]))
    assert len(seen) < 10_000
    assert active_count() == threads


def test_closing_early_leaves_no_threads() -> None:
    threads = active_count()
    seen: list[int] = []
    batches = merged([counted(0, 10_000, seen), counted(0, 10_000, seen)])
    next(batches)
    batches.close()
    assert active_count() == threads
    assert len(seen) < 20


def test_streams_wait_for_the_consumer() -> None:
    seen: list[int] = []
    batches = merged([counted(0, 10_000, seen)])
    for _ in range(3):
        next(batches)
    assert len(seen) <= 6
    batches.close()
