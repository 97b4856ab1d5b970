"""The stage: all affiliates' rows as they will be released, in one pass over the warehouse.

It is a private temporary database with two schemas. `loaded` holds the marts' rows of all
affiliates that get a file. `marts` holds the same rows with pseudonyms instead of IDs, sorted by
affiliate and key: exporting one affiliate reads its rows only, and the original order is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from core import sql
from privacy.scan import Progress
from serving.affiliate_files import ids
from serving.affiliate_files.recipients import Recipient
from serving.affiliate_files.tables import AFFILIATE, AFFILIATE_ID, NO_ID, PSEUDONYM_MAPPING
from serving.artefacts import BENCHMARK, ReleaseTable
from serving.marts import STAGE, mart, read_columns

_LOADED, FINAL = f"{STAGE}.loaded", f"{STAGE}.marts"
#: For tables with lists: DuckDB aggregates lists in memory, whatever the limit.
ROWS_AT_A_TIME = 20_000
IDS, RECIPIENTS = f"{STAGE}.ids", f"{STAGE}.recipients"


def attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attaches the new database `path` as `stage`."""
    connection.execute(f"ATTACH {sql.text(str(path))} AS {STAGE}")
    connection.execute(f"CREATE SCHEMA {_LOADED}")
    connection.execute(f"CREATE SCHEMA {FINAL}")


def load(
    connection: duckdb.DuckDBPyConnection,
    recipients: Sequence[Recipient],
    tables: Sequence[ReleaseTable],
    progress: Progress,
) -> None:
    """Copies the recipients' rows from the marts, in the caller's transaction.

    Raises:
        AffiliateError: a mart or a column is missing, or a nested column has no declared type.
    """
    connection.execute(f"CREATE TABLE {RECIPIENTS} ({AFFILIATE_ID} BIGINT, slug VARCHAR)")
    if recipients:
        connection.executemany(
            f"INSERT INTO {RECIPIENTS} VALUES (?, ?)",
            [[recipient.affiliate_id, recipient.slug] for recipient in recipients],
        )
    for table in tables:
        progress(f"gather {table.name}")
        columns = ", ".join(
            f"{expression} AS {sql.name(table.renamed.get(column, column))}"
            for column, expression in read_columns(connection, table).items()
        )
        rows = sql.load(
            __package__,
            "rows_of_recipients",
            columns=columns,
            mart=mart(table),
            affiliate=AFFILIATE_ID,
            recipients=RECIPIENTS,
        )
        connection.execute(f"CREATE TABLE {_LOADED}.{sql.name(table.name)} AS {rows}")


def pseudonymise(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[ReleaseTable],
    key: bytes,
    previous_key: bytes | None,
    progress: Progress,
) -> None:
    """Replaces the IDs of the loaded rows; the original IDs are then in `stage.ids` only."""
    progress("compute pseudonyms")
    ids.fill(connection, IDS, ids.released_ids(tables, _LOADED), key, previous_key)
    for table in tables:
        progress(f"pseudonymise {table.name}")
        _replace_ids(connection, table)
    _copy_for_each(connection, BENCHMARK)
    if previous_key is not None:
        mapping = sql.load(
            __package__,
            "pseudonym_mapping",
            affiliate=AFFILIATE_ID,
            ids=IDS,
            sort_key=sql.names((AFFILIATE_ID, *PSEUDONYM_MAPPING.key)),
        )
        connection.execute(f"CREATE TABLE {FINAL}.{PSEUDONYM_MAPPING.name} AS {mapping}")


def _copy_for_each(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> None:
    """Gives every recipient all rows of a table that all affiliates share."""
    rows = f"SELECT r.{AFFILIATE_ID}, t.* FROM {RECIPIENTS} r CROSS JOIN {mart(table)} t"
    sort_key = sql.names((AFFILIATE_ID, *table.key))
    connection.execute(f"CREATE TABLE {FINAL}.{sql.name(table.name)} AS {rows} ORDER BY {sort_key}")


def _replace_ids(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> None:
    source, replaced = f"{_LOADED}.{sql.name(table.name)}", f"{STAGE}.replaced"
    rows = max(sql.number(connection, f"SELECT count(*) FROM {source}"), 1)
    step = ROWS_AT_A_TIME if any("." in path for path in table.pseudonyms) else rows
    for first in range(0, rows, step):
        last = first + step - 1
        part = f"(SELECT *, rowid FROM {source} WHERE rowid BETWEEN {first} AND {last})"
        create = f"CREATE TABLE {replaced} AS" if first == 0 else f"INSERT INTO {replaced}"
        connection.execute(f"{create} {_with_pseudonyms(connection, table, part)}")
    connection.execute(
        f"CREATE TABLE {FINAL}.{sql.name(table.name)} AS FROM {replaced} "
        f"ORDER BY {sql.names((AFFILIATE_ID, *table.key))}"
    )
    connection.execute(f"DROP TABLE {replaced}")


def _with_pseudonyms(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, source: str
) -> str:
    """Query of a table's rows with pseudonyms instead of IDs."""
    selected = [f"t.{AFFILIATE_ID}", f"r.slug AS {AFFILIATE}"]
    joins = [f"JOIN {RECIPIENTS} r USING ({AFFILIATE_ID})"]
    for number, column in enumerate(sql.columns(connection, f"FROM {source}")):
        if column in (AFFILIATE_ID, "rowid"):
            continue
        alias, quoted = f"i{number}", sql.name(column)
        if column in table.pseudonyms:
            kind = sql.text(table.pseudonyms[column])
            match = f"{alias}.id = CAST(t.{quoted} AS VARCHAR)"
            value = f"{alias}.pseudonym"
            if kind_column := table.kind_columns.get(column):
                is_id = f"t.{sql.name(kind_column)} = {kind} AND t.{quoted} <> {sql.text(NO_ID)}"
                match += f" AND {is_id}"
                value = f"CASE WHEN {is_id} THEN {value} ELSE t.{quoted} END"
            joins.append(
                f"LEFT JOIN {IDS} {alias} ON {alias}.kind = {kind} "
                f"AND {alias}.{AFFILIATE_ID} = t.{AFFILIATE_ID} AND {match}"
            )
            selected.append(f"{value} AS {quoted}")
        elif any(path.startswith(f"{column}.") for path in table.pseudonyms):
            joins.append(
                f"LEFT JOIN ({_list(connection, table, column, source)}) {alias} "
                f"ON {alias}.row_number = t.rowid"
            )
            selected.append(
                f"CASE WHEN t.{quoted} IS NOT NULL THEN coalesce({alias}.v, []) END AS {quoted}"
            )
        else:
            selected.append(f"t.{quoted}")
    return f"SELECT {', '.join(selected)} FROM {source} t {' '.join(joins)}"


def _list(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, column: str, source: str
) -> str:
    """Query of a list column by row, with pseudonyms inside its structs."""
    fields, joins, quoted = [], [], sql.name(column)
    for number, field in enumerate(_fields(connection, source, column)):
        value = f"struct_extract(e, {sql.text(field)})"
        if kind := table.pseudonyms.get(f"{column}.{field}"):
            joins.append(
                f"LEFT JOIN {IDS} i{number} ON i{number}.kind = {sql.text(kind)} "
                f"AND i{number}.{AFFILIATE_ID} = q.{AFFILIATE_ID} "
                f"AND i{number}.id = CAST({value} AS VARCHAR)"
            )
            value = f"i{number}.pseudonym"
        fields.append(f"{sql.name(field)} := {value}")
    entries = sql.load(
        __package__,
        "list_entries",
        affiliate=AFFILIATE_ID,
        list_column=quoted,
        source_rows=source,
    )
    return sql.load(
        __package__,
        "lists_with_pseudonyms",
        fields=", ".join(fields),
        entries_and_ids=f"({entries}) q {' '.join(joins)}",
    )


def _fields(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> list[str]:
    """Names of the fields of a list of structs, in order."""
    unnested = f"SELECT unnest({sql.name(column)}, max_depth := 2) FROM {source}"
    return list(sql.columns(connection, unnested))
