"""How every landed file is written: zstd, and no statistics that would repeat values in clear."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 100_000
#: Numbers that say nothing of a person; an unknown column of a table may hold anything.
COUNTED = {"id", "_xid", "_seq", "partition", "offset"}
#: Text that is the same in nearly all rows.
CONSTANT = {"_op", "_source", "topic"}


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer with statistics for our own numbers only: footers show values in clear.

    DuckDB's COPY cannot leave statistics out. Dictionaries are for constant text alone, of which
    they leave next to nothing to decode; they would double the time of encoding all else and, under
    zstd, make files of mostly different values larger.
    """
    counted = [
        column.name
        for column in schema
        if pa.types.is_integer(column.type) and column.name in COUNTED
    ]
    constant = [name for name in schema.names if name in CONSTANT]
    return pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=constant, write_statistics=counted
    )


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Writes record batches, one row group each, and returns the number of rows."""
    rows = 0
    with open_writer(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def count_rows(path: Path) -> int:
    """Rows as the file itself states them, whatever its writer believes."""
    return int(pq.read_metadata(path).num_rows)


def schema_hash(path: Path) -> str:
    """Sixteen hex digits that change with any column's name, type or place."""
    schema = pq.read_schema(path).remove_metadata()
    return hashlib.sha256(schema.to_string().encode()).hexdigest()[:16]
