"""The compiled models of the identity ledger, on tables of a test: builds take no time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import psycopg

from contracts.ledgers import BUILT, DATASETS, EDGE_FIELDS
from tests.dbt.dbt_warehouse import Connection, Warehouse
from tests.dbt.raw_world import AS_OF
from warehouse.raw import RAW_TABLES

#: In the order in which they are built.
MODELS = (
    "stg_identity__decisions",
    "int_identity__members",
    "int_identity__id_claims",
    "int_identity__assignments",
    "int_identity__assignment_changes",
    "identity_edges",
    "int_identity__edge_changes",
    "int_identity__new_events",
    "identity_events",
    "customer_redirects",
    "customer_xref",
    "customer_xref_history",
)
INPUTS = {
    "int_identity__clusters": (
        "affiliate_id bigint, affiliate_customer_id bigint, record_id text, cluster_id text"
    ),
    "int_identity__records": (
        "affiliate_id bigint, affiliate_customer_id bigint, known_since timestamptz"
    ),
    "erased_records": "affiliate_id bigint, affiliate_customer_id bigint",
    "int_identity__pair_weights": "left_record_id text, right_record_id text, "
    + "".join(f"{name}_weight integer, " for name in EDGE_FIELDS)
    + "total_weight integer, rule text, veto text",
}
Edge = tuple[str, str, int]


@dataclass
class Ledger:
    """A warehouse with nothing but the ledger's models, and what was landed of them."""

    connection: Connection
    models: Mapping[str, str]
    position: int = 0
    known_since: dict[str, datetime] = field(default_factory=dict)
    as_of: datetime = AS_OF

    def build(
        self,
        clusters: Mapping[str, str],
        *,
        erased: frozenset[str] = frozenset(),
        edges: tuple[Edge, ...] = (),
        as_of: datetime = AS_OF,
    ) -> dict[str, str]:
        """Builds all models.

        Args:
            clusters: Record → cluster; its order is that of the rows.
            erased: Records of it that an erasure reaches.
            edges: Left and right record, and weight.
            as_of: Instant of the build.

        Returns:
            Record → id.
        """
        self.as_of = as_of
        self._fill("int_identity__clusters", [(*_key(r), r, c) for r, c in clusters.items()])
        known = [(*_key(r), self.known_since.get(r)) for r in clusters]
        self._fill("int_identity__records", known)
        self._fill("erased_records", [_key(r) for r in erased])
        nulls = [0] * len(EDGE_FIELDS)
        weighed = [(a, b, *nulls, weight, "weight", None) for a, b, weight in edges]
        self._fill("int_identity__pair_weights", weighed)
        for name in MODELS:
            schema = "staging" if name.startswith("stg_") else "identity"
            sql = self.models[name].replace(AS_OF.isoformat(), as_of.isoformat())
            self.connection.execute(f"drop table if exists {schema}.{name}")
            self.connection.execute(f"create table {schema}.{name} as {sql}")
        return self.ids()

    def land(self) -> None:
        """Makes what the build adds durable, as the ledger step does unless it looks back."""
        later = f"select 1 from raw.identity_assignments where assigned_at > '{self.as_of}' limit 1"
        if self.connection.execute(later).fetchall():
            return
        self.position += 1
        for spec in BUILT:
            columns = [name for name, _ in spec.columns if name != "invocation_id"]
            self.connection.execute(
                f"insert into raw.{spec.raw_table} ({', '.join(columns)}, _seq) "
                f"select {', '.join(columns)}, {self.position} from identity.{spec.model}"
            )

    def decide(self, left: str, right: str, decision: str) -> None:
        """Lands a steward's decision."""
        self.position += 1
        self.connection.execute(
            "insert into raw.identity_decisions "
            "(decision_id, decision, left_record_id, right_record_id, _seq) "
            f"values ('d', '{decision}', '{left}', '{right}', {self.position})"
        )

    def ids(self) -> dict[str, str]:
        """Record → id, as in customer_xref."""
        rows = self.rows("affiliate_id, affiliate_customer_id, customer_id", "customer_xref")
        return {f"{affiliate}:{customer}": customer_id for affiliate, customer, customer_id in rows}

    def redirects(self) -> dict[str, str]:
        """Id that was merged away → current id."""
        return dict(self.rows("customer_id, current_customer_id", "customer_redirects"))

    def events(self) -> list[tuple[Any, ...]]:
        """(event, customer, other customer, record) that the build adds."""
        columns = "event, customer_id, other_customer_id, record_id"
        return sorted(self.rows(columns, "int_identity__new_events"), key=str)

    def rows(self, columns: str, model: str) -> list[tuple[Any, ...]]:
        """All rows of a model."""
        found = self.connection.execute(f"select {columns} from identity.{model}").fetchall()
        return list(found)

    def everything(self) -> dict[str, list[str]]:
        """All rows of all models, sorted."""
        schemas = {name: "staging" if name.startswith("stg") else "identity" for name in MODELS}
        return {
            name: sorted(
                map(
                    str, self.connection.execute(f"select * from {schemas[name]}.{name}").fetchall()
                )
            )
            for name in MODELS
        }

    def added(self) -> int:
        """Rows that the build adds to the ledger."""
        return sum(len(self.rows("1", str(spec.model))) for spec in BUILT)

    def _fill(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        self.connection.execute(f"truncate table identity.{table}")
        if rows:
            values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
            self.connection.execute(f"insert into identity.{table} values {values}")


def compiled(warehouse: Warehouse) -> list[tuple[str, str]]:
    """(name, SQL) of the ledger's models for the warehouse's engine, from nothing."""
    done = warehouse.dbt("compile", "--full-refresh", "--select", *MODELS)
    assert done.returncode == 0, done.stdout[-3000:]
    folder = warehouse.artefacts / "target" / "compiled" / "affiliate" / "models"
    files = folder.rglob("*.sql")
    # what a unit test gives for a model lies below the name of its yml
    found = {f.stem: f.read_text() for f in files if f.parent.suffix != ".yml"}
    return [(name, found[name]) for name in MODELS]


@contextmanager
def ledger(warehouse: Warehouse, models: Mapping[str, str]) -> Iterator[Ledger]:
    """An empty ledger, in memory or in a transaction that is not committed."""
    if warehouse.engine == "duckdb":
        with duckdb.connect() as connection:
            connection.execute(
                "set TimeZone = 'UTC'; attach ':memory:' as warehouse; use warehouse"
            )
            yield _empty(connection, models)
        return
    with psycopg.connect(warehouse.location, options="-c TimeZone=UTC") as connection:
        yield _empty(connection, models)
        connection.rollback()


def _empty(connection: Connection, models: Mapping[str, str]) -> Ledger:
    for schema in ("raw", "staging", "identity"):
        connection.execute(f"create schema if not exists {schema}")
    for table in (*(spec.raw_table for spec in DATASETS), "identity_salt"):
        columns = ", ".join(f"{name} {kind}" for name, kind in RAW_TABLES[table])
        connection.execute(f"create table if not exists raw.{table} ({columns})")
        connection.execute(f"truncate table raw.{table}")
    connection.execute("insert into raw.identity_salt values ('pepper')")
    for table, columns in INPUTS.items():
        connection.execute(f"create table identity.{table} ({columns})")
    return Ledger(connection, models)


def _key(record: str) -> tuple[int, int]:
    affiliate, _, customer = record.partition(":")
    return int(affiliate), int(customer)


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else f"'{value}'"
