"""The schema `raw`: one table per OLTP table, topic and ledger.

It also has the list of loaded files, the erased records, and the secret from which customer IDs are
derived. The list has one row per file and entry, so a compacted file has several.
"""

from __future__ import annotations

import duckdb

from contracts.columns import BIGINT, INTEGER, TEXT, TIMESTAMP, Column
from contracts.ledgers import DATASETS
from contracts.personal import NONE
from contracts.tables import TABLES
from contracts.topics import EVENT_AT, TOPICS
from core.settings import Settings
from core.sql import quote
from warehouse.connection import ALIAS

Columns = tuple[tuple[str, str], ...]

SCHEMA = "raw"
LOADED = "loaded_file"
SALT = "identity_salt"
#: Name of the secret from which new customer IDs are derived, so that an ID cannot be traced to a
#: record. If it is lost, landed IDs stay valid.
SALT_KEY = "identity"
ERASED = "erased_record"

_SEQ = Column("_seq", BIGINT, "Number of the manifest entry that landed the row.", NONE)
#: Columns that the loader adds to an OLTP table.
ROW_ORIGIN = (
    Column("_op", TEXT, "upsert, or delete if the row was found deleted.", NONE),
    Column("_source", TEXT, "Source that the row was read from; a name of the settings.", NONE),
    Column("_issues", TEXT, "Columns whose value cannot be represented, and is null here.", NONE),
    _SEQ,
)
EVENT_COLUMNS = (
    Column("event_id", TEXT, "Id of the event, unique for its source.", NONE),
    Column("event_source", TEXT, "Program that sent the event.", NONE),
    Column("event_type", TEXT, "Type of the event.", NONE),
    Column(EVENT_AT, TIMESTAMP, "Time at which it happened.", NONE),
    Column("affiliate_id", BIGINT, "Affiliate that the event belongs to.", NONE),
    Column("data", TEXT, "JSON object with the properties of the event's type.", "free_text"),
    Column("_topic", TEXT, "Kafka topic of the message.", NONE),
    Column("_partition", INTEGER, "Partition of the message.", NONE),
    Column("_offset", BIGINT, "Offset of the message in its partition.", NONE),
    Column("_kafka_at", TIMESTAMP, "Time that the broker gave the message.", NONE),
    _SEQ,
)
LOADED_COLUMNS: Columns = (
    ("path", TEXT),
    ("seq", BIGINT),
    ("sha256", TEXT),
    ("rows", BIGINT),
    ("landed_at", TIMESTAMP),
    ("source", TEXT),
)

#: Raw table of a source table or topic → its columns.
DESCRIBED: dict[str, tuple[Column, ...]] = {
    **{spec.raw_table: (*spec.described, *ROW_ORIGIN) for spec in TABLES},
    **{spec.raw_table: EVENT_COLUMNS for spec in TOPICS},
}
#: Raw table → its columns and their types.
RAW_TABLES: dict[str, Columns] = {
    **{name: tuple((c.name, c.type) for c in columns) for name, columns in DESCRIBED.items()},
    **{spec.raw_table: (*spec.columns, ("_seq", BIGINT)) for spec in DATASETS},
    LOADED: LOADED_COLUMNS,
    SALT: (("salt", TEXT),),
    ERASED: (
        ("affiliate_id", BIGINT),
        ("affiliate_customer_id", BIGINT),
        ("requested_at", TIMESTAMP),
    ),
}
#: Raw table without a contract → its description.
OWN_TABLES = {
    LOADED: "One row per landed file and manifest entry (`seq`) whose rows the raw tables hold, "
    "with the time of its commit (`landed_at`).",
    ERASED: "One row per customer record that was erased and whose key a source still has, with "
    "the time of the first request (`requested_at`).",
    SALT: "One row with the secret from which new values of customer_id are derived.",
}
#: Types with another name in DuckDB's catalogue, on both engines.
DUCKDB_NAMES = {TEXT: "VARCHAR", TIMESTAMP: "TIMESTAMP WITH TIME ZONE"}


def create(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create missing tables of the schema; in PostgreSQL with its native types."""
    _execute(connection, settings, "create schema if not exists {catalogue}raw")
    for table, columns in RAW_TABLES.items():
        listed = ", ".join(f"{name} {kind}" for name, kind in columns)
        if table == LOADED:
            listed += ", primary key (path, seq)"
        _execute(
            connection, settings, f"create table if not exists {{catalogue}}raw.{table} ({listed})"
        )


def drop(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Drop the schema and the views on it; everything in it is also in the landing zone."""
    _execute(connection, settings, "drop schema if exists {catalogue}raw cascade")


def truncate(connection: duckdb.DuckDBPyConnection, settings: Settings, table: str) -> None:
    """Delete all rows of a raw table."""
    _execute(connection, settings, f"truncate table {{catalogue}}raw.{table}")


def set_salt(connection: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Store the salt as the only row of its table, as a parameter, so no statement contains it."""
    table = f"{ALIAS}.{SCHEMA}.{SALT}"
    if connection.execute(f"select salt from {table}").fetchall() != [(salt,)]:
        connection.execute(f"delete from {table}")
        connection.execute(f"insert into {table} values (?)", [salt])


def has_the_contracts_columns(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the existing raw tables have the columns of the current contracts."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = '{ALIAS}' and schema_name = '{SCHEMA}' order by column_index"
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return all(
        found[table] == [(name, DUCKDB_NAMES.get(kind, kind.upper())) for name, kind in columns]
        for table, columns in RAW_TABLES.items()
    )


def _execute(connection: duckdb.DuckDBPyConnection, settings: Settings, statement: str) -> None:
    if settings.engine == "postgres":
        text = quote(statement.format(catalogue=""))
        connection.execute(f"call postgres_execute('{ALIAS}', '{text}')")
    else:
        connection.execute(statement.format(catalogue=f"{ALIAS}."))
