"""Rewrite several landed files as one; each row keeps the number of the entry that landed it.

Retention drops rows; erasure blanks their personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.landing import parquet
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.manifest import LandedFile
from ingestion.landing.zone import LandingZone

SEQ = "_seq"
#: Approximate limits of rows and bytes in memory.
GROUP_ROWS, GROUP_BYTES, READ_ROWS = parquet.ROWS_PER_GROUP, 64 << 20, 10_000

#: Path of a file → True for each row to keep.
Keep = Mapping[str, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]
#: Changes rows of a file: it gets the rows and the index of the first one in the file.
Change = Callable[[pa.RecordBatch, int], pa.RecordBatch]


def merge_schemas(first: pa.Schema, second: pa.Schema) -> pa.Schema | None:
    """Return the union of both schemas by name; None if a column has different types."""
    try:
        return pa.unify_schemas([first.remove_metadata(), second.remove_metadata()])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def rewrite(
    zone: LandingZone,
    files: Sequence[tuple[int, LandedFile]],
    path: Path,
    *,
    keep: Keep | None = None,
    change: Change | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the rows of landed files to one file, in bounded memory.

    Args:
        zone: The landing zone.
        files: (entry number, file); a column has the same type in all of them.
        path: File to write; it gets all columns of all files, and `_seq`.
        keep: Rows to keep; of a file that is not listed, all rows are kept.
        change: Replaces rows by the same number of rows with the same columns.
        progress: Called with the rows written so far.

    Returns:
        Number of rows written.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    schema = pa.schema([])
    for _, file in files:
        verify_checksum(zone, file)
        merged = merge_schemas(schema, pq.read_schema(zone.path(file)))
        if merged is None:
            raise ValueError(f"{file.path}: a column has a different type than in earlier files")
        schema = merged
    columns = [column for column in schema if column.name != SEQ]
    schema = pa.schema([*columns, pa.field(SEQ, pa.int64())])
    batches = (
        batch
        for number, file in files
        for batch in _rows(zone.path(file), number, schema, (keep or {}).get(file.path), change)
    )
    rows = 0
    with parquet.open_writer(path, schema) as writer:
        for group in _groups(batches):
            writer.write_table(group)
            rows += group.num_rows
            if progress:
                progress(rows)
    return rows


def _rows(
    path: Path,
    number: int,
    schema: pa.Schema,
    keep: np.ndarray[tuple[int], np.dtype[np.bool_]] | None,
    change: Change | None,
) -> Iterator[pa.RecordBatch]:
    """Yield a file's rows with the columns of the schema; missing columns are null."""
    first = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(READ_ROWS):
            count = batch.num_rows
            given = dict(zip(batch.schema.names, batch.columns, strict=True))
            given.setdefault(SEQ, pa.repeat(pa.scalar(number, pa.int64()), count))
            arrays = [
                given[column.name] if column.name in given else pa.nulls(count, column.type)
                for column in schema
            ]
            whole = pa.record_batch(arrays, schema=schema)
            if change:
                whole = change(whole, first)
            yield whole if keep is None else whole.filter(pa.array(keep[first : first + count]))
            first += count


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield the same rows as tables of the size of a row group."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        size += batch.get_total_buffer_size()
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield pa.Table.from_batches(held)
            held, rows, size = [], 0, 0
    if rows:
        yield pa.Table.from_batches(held)
