"""The table of pseudonyms: every ID that an affiliate's file will hold, with its pseudonym."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import pyarrow as pa

from core import sql
from privacy.pairwise import Pseudonyms
from serving.affiliate_files.tables import AFFILIATE_ID, NO_ID
from serving.artefacts import ReleaseTable

_CHUNK = 100_000


def fill(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    ids: str,
    key: bytes,
    previous_key: bytes | None,
) -> None:
    """Creates table `target(affiliate_id, kind, id, pseudonym, previous)`.

    Args:
        connection: Where `ids` can be queried.
        target: Name of the table.
        ids: Query of affiliate, kind and ID as text, without repeats.
        key: The platform's key.
        previous_key: The previous key; if None, `previous` is null.
    """
    connection.execute(
        f"CREATE TABLE {target} ({AFFILIATE_ID} BIGINT, kind VARCHAR, id VARCHAR, "
        "pseudonym VARCHAR, previous VARCHAR)"
    )
    pseudonyms = Pseudonyms(key)
    previous = None if previous_key is None else Pseudonyms(previous_key)
    reader = connection.cursor().execute(ids).to_arrow_reader(_CHUNK)
    for batch in reader:
        new = pseudonyms.of(_rows(batch))
        old = previous.of(_rows(batch)) if previous else pa.nulls(len(batch), pa.string())
        table = pa.table([*batch.columns, new, old], [*batch.column_names, "new", "old"])
        connection.register("computed_pseudonyms", table)
        connection.execute(f"INSERT INTO {target} FROM computed_pseudonyms")
    connection.unregister("computed_pseudonyms")


def released_ids(tables: Sequence[ReleaseTable], schema: str) -> str:
    """Query of all IDs in the declared columns of one schema's tables."""
    queries = (query for table in tables for query in _of_table(table, schema))
    return " UNION ".join(queries)


def _of_table(table: ReleaseTable, schema: str) -> Iterator[str]:
    source = f"{schema}.{sql.name(table.name)}"
    for path, kind in table.pseudonyms.items():
        column, _, field = path.partition(".")
        value = sql.name(column)
        if field:
            value = f"struct_extract(unnest({value}), {sql.text(field)})"
        condition = "true"
        if kind_column := table.kind_columns.get(path):
            is_kind = f"{sql.name(kind_column)} = {sql.text(kind)}"
            condition = f"{is_kind} AND {value} <> {sql.text(NO_ID)}"
        yield sql.load(
            __package__,
            "released_ids",
            affiliate=AFFILIATE_ID,
            id_kind=sql.text(kind),
            id_value=value,
            source_rows=source,
            condition=condition,
        )


def _rows(batch: pa.RecordBatch) -> Iterable[tuple[int, str, str]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)
