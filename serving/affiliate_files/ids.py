"""The table of pseudonyms: every id that an affiliate's file will hold, and what stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import pyarrow as pa

from core import sql
from serving.affiliate_files.pairwise import Pseudonyms
from serving.affiliate_files.tables import AFFILIATE_ID, NOBODY
from serving.artefacts import ReleaseTable

_CHUNK = 100_000


def fill(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    things: str,
    key: bytes,
    previous_key: bytes | None,
) -> None:
    """Creates table `target(affiliate_id, kind, id, pseudonym, previous)`.

    Args:
        connection: Where `things` can be read.
        target: Name of the table.
        things: Query of affiliate, kind and id as text; each once.
        key: The platform's key.
        previous_key: The key before it, or None: `previous` is null then.
    """
    connection.execute(
        f"CREATE TABLE {target} ({AFFILIATE_ID} BIGINT, kind VARCHAR, id VARCHAR, "
        "pseudonym VARCHAR, previous VARCHAR)"
    )
    names = Pseudonyms(key)
    before = None if previous_key is None else Pseudonyms(previous_key)
    reader = connection.cursor().execute(things).to_arrow_reader(_CHUNK)
    for batch in reader:
        computed = names.of(_rows(batch))
        replaced = before.of(_rows(batch)) if before else pa.nulls(len(batch), pa.string())
        table = pa.table([*batch.columns, computed, replaced], [*batch.column_names, "n", "p"])
        connection.register("computed_pseudonyms", table)
        connection.execute(f"INSERT INTO {target} FROM computed_pseudonyms")
    connection.unregister("computed_pseudonyms")


def things(tables: Sequence[ReleaseTable], schema: str) -> str:
    """Query of all ids that tables of one schema hold in their declared columns."""
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
        if teller := table.told_by.get(path):
            condition = f"{sql.name(teller)} = {sql.text(kind)} AND {value} <> {sql.text(NOBODY)}"
        yield (
            f"SELECT {AFFILIATE_ID}, {sql.text(kind)} AS kind, CAST(v AS VARCHAR) AS id "
            f"FROM (SELECT {AFFILIATE_ID}, {value} AS v FROM {source} WHERE {condition}) "
            "WHERE v IS NOT NULL"
        )


def _rows(batch: pa.RecordBatch) -> Iterable[tuple[int, str, str]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)
