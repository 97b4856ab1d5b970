"""Files for destinations: one an affiliate, with its own customers only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from ingestion.errors import AffiliateError
from ingestion.landing import parquet
from serving.audiences.fields import Field
from serving.audiences.rows import VISIT, Row
from serving.csv_export import write_csv

FIRST = ("operation", "reason", "audience", "affiliate", "member")


def write_file(
    folder: Path,
    kind: str,
    audience: str,
    affiliate: str,
    rows: Sequence[Row],
    sent: Sequence[Field],
) -> Path:
    """Writes what one affiliate's destination is told.

    Args:
        folder: Directory of the files of this kind.
        kind: csv or parquet.
        audience: Name of the audience.
        affiliate: Slug of the affiliate.
        rows: Its changes.
        sent: Fields sent with each.

    Returns:
        The file.

    Raises:
        AffiliateError: a row is another affiliate's.
    """
    if any(row.affiliate != affiliate for row in rows):
        raise AffiliateError(f"a row of another affiliate was about to go to {affiliate}")
    path = folder / f"{affiliate}.{kind}"
    columns = (*FIRST, *VISIT, *(field.name for field in sent))
    cells = [
        (row.operation, row.reason, audience, row.affiliate, row.member, *row.values.values())
        for row in rows
    ]
    if kind == "csv":
        write_csv(path, columns, cells)
    else:
        by_column = zip(*cells, strict=True)
        types = [pa.string()] * 6 + [pa.int64(), *map(_arrow, sent)]
        arrays = [pa.array(v, t) for v, t in zip(by_column, types, strict=True)]
        batch = pa.record_batch(arrays, list(columns))
        parquet.write(path, batch.schema, [batch])
        path.chmod(0o600)
    return path


def _arrow(field: Field) -> pa.DataType:
    if field.kind == "truth":
        return pa.bool_()
    if field.kind != "number":
        return pa.string()
    if field.type.startswith("DECIMAL"):
        precision, scale = map(int, field.type.strip("DECIMAL()").split(","))
        return pa.decimal128(precision, scale)
    return pa.float64() if field.type == "DOUBLE" else pa.int64()
