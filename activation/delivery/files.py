"""Files for destinations: one per affiliate, with rows of this affiliate only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from activation.delivery.csv_export import write_csv
from activation.delivery.fields import Field
from activation.delivery.rows import Row, affiliates_of, read_rows
from core.durable_files import sha256
from core.errors import AffiliateError
from ingestion.landing import parquet

#: First columns of a file: name → value of a row.
Head = Mapping[str, Callable[[Row], "str | None"]]


def write_files(
    connection: duckdb.DuckDBPyConnection,
    changes: str,
    folder: Path,
    kind: str,
    head: Head,
    fields: Sequence[Field],
) -> dict[str, str]:
    """Write a file for each affiliate with changes; return checksums by file name.

    Args:
        connection: Database with the changes.
        changes: Name of their table.
        folder: New directory for the files.
        kind: csv or parquet.
        head: First columns.
        fields: Columns after them.
    """
    folder.mkdir(mode=0o700)
    written = {}
    for slug in affiliates_of(connection, changes):
        rows = list(read_rows(connection, changes, slug, fields))
        path = write_file(folder, kind, slug, rows, head, fields)
        written[path.name] = sha256(path)
    return written


def write_file(
    folder: Path,
    kind: str,
    affiliate: str,
    rows: Sequence[Row],
    head: Head,
    fields: Sequence[Field],
) -> Path:
    """Write the changes of one affiliate.

    Raises:
        AffiliateError: a row belongs to another affiliate.
    """
    if any(row.affiliate != affiliate for row in rows):
        raise AffiliateError(f"a row of another affiliate was about to go to {affiliate}")
    path = folder / f"{affiliate}.{kind}"
    columns = (*head, *(field.name for field in fields))
    cells = [(*(of(row) for of in head.values()), *row.values.values()) for row in rows]
    if kind == "csv":
        write_csv(path, columns, cells)
    else:
        types = [pa.string()] * len(head) + [field.arrow for field in fields]
        by_column = zip(*cells, strict=True)
        arrays = [pa.array(v, t) for v, t in zip(by_column, types, strict=True)]
        batch = pa.record_batch(arrays, list(columns))
        parquet.write(path, batch.schema, [batch])
        path.chmod(0o600)
    return path
