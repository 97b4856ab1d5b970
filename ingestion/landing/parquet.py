"""Write landed Parquet files: zstd, and no statistics that would expose values in the footer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 100_000
#: Integer columns without personal data. Unknown columns of a table could contain anything.
WITH_STATISTICS = {"id", "_xid", "_seq", "partition", "offset"}
#: Text columns with the same value in nearly all rows.
WITH_DICTIONARY = {"_op", "_source", "topic"}


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a writer that stores statistics only for columns without personal data.

    DuckDB's COPY cannot omit statistics. Only constant text gets a dictionary: for other columns it
    would double the encoding time and, with zstd, make files with mostly distinct values larger.
    """
    statistics = [
        column.name
        for column in schema
        if pa.types.is_integer(column.type) and column.name in WITH_STATISTICS
    ]
    dictionary = [name for name in schema.names if name in WITH_DICTIONARY]
    return pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=dictionary, write_statistics=statistics
    )


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write record batches, one row group each, and return the number of rows."""
    rows = 0
    with open_writer(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def count_rows(path: Path) -> int:
    """Return the number of rows from the file's footer."""
    return int(pq.read_metadata(path).num_rows)


def schema_hash(path: Path) -> str:
    """Return 16 hex digits that change with the name, type or order of any column."""
    schema = pq.read_schema(path).remove_metadata()
    return hashlib.sha256(schema.to_string().encode()).hexdigest()[:16]
