"""Records of so few values that keys collide, homes share and giants grow."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import duckdb
import psycopg

from contracts.ledgers import BUILT, DATASETS
from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.raw_world import AS_OF
from warehouse.raw import RAW_TABLES

DAY = timedelta(days=1)
Record = dict[str, Any]

COLUMNS = {
    "affiliate_id": "bigint",
    "affiliate_customer_id": "bigint",
    "full_name": "text",
    "email": "text",
    "phone": "text",
    "gender": "text",
    "birth_date": "date",
    "identifier": "text",
    "identifier_type": "text",
    "postal_code": "text",
    "country": "text",
    "known_from": "text",
    "known_since": "timestamptz",
    "last_stated_at": "timestamptz",
}

FIRST_NAMES = ("elizabeth", "liz", "e", "maria", "mario", "thomas", "tom", "жанна", "жанне", None)
SURNAMES = ("silva", "silvo", "jones", "costa", "okafor", None)
#: What landing fills, and what the ledger reads besides.
RAW = ("loaded_file", "identity_salt", *(spec.raw_table for spec in DATASETS))
LEDGER_INPUTS = (
    "create schema staging",
    "create table staging.stg_events__erasures (affiliate_id bigint, affiliate_customer_id bigint,"
    " scope text, event_at timestamptz)",
    "create table staging.stg_privacy__erased_records (affiliate_id bigint,"
    " affiliate_customer_id bigint, requested_at timestamptz)",
)


def draw(rng: random.Random, number: int) -> Record:
    """A record with the key `number`."""
    affiliate = number % 3 + 1
    born = date(1980, 1, 1) + timedelta(days=400 * rng.randrange(9))
    names = [rng.choice(FIRST_NAMES), rng.choice(SURNAMES), _some(rng, "jr", 0.05)]
    return {
        "affiliate_id": affiliate,
        "affiliate_customer_id": number,
        "full_name": " ".join(name for name in names if name),
        "email": _some(rng, f"box{rng.randrange(60)}@post.example"),
        "phone": _some(rng, f"9155512{rng.randrange(60):03d}"),
        "gender": rng.choice(("female", "male", None)),
        "birth_date": _some(rng, born),
        "identifier": _some(rng, f"ID{rng.randrange(50):05d}", 0.3),
        "identifier_type": "tax",
        "postal_code": _some(rng, f"1000{rng.randrange(6)}"),
        "country": rng.choice(("PT", "ES", None)),
        "known_from": rng.choice(("table", "event", "both")),
        "known_since": AS_OF - rng.randrange(9) * DAY,
        "last_stated_at": AS_OF - rng.randrange(9) * DAY,
    }


def _some(rng: random.Random, value: Any, share: float = 0.6) -> Any:
    return value if rng.random() < share else None


def create(warehouse: Warehouse) -> None:
    """The warehouse as it is before identity: empty, but for what it reads."""
    with _writing(warehouse) as connection:
        connection.execute("create schema raw")
        connection.execute("create schema identity")
        for table in RAW:
            columns = ", ".join(f"{name} {kind}" for name, kind in RAW_TABLES[table])
            connection.execute(f"create table raw.{table} ({columns})")
        connection.execute("insert into raw.identity_salt values ('pepper')")
        listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        connection.execute(f"create table identity.int_identity__records ({listed})")


def create_ledger_inputs(warehouse: Warehouse) -> None:
    """What the ledger reads beside persons: nobody is erased, and all are known since one day."""
    with _writing(warehouse) as connection:
        for statement in LEDGER_INPUTS:
            connection.execute(statement)


def erase(warehouse: Warehouse, records: Sequence[Record]) -> None:
    """Replaces the records that asked for their erasure, each at all affiliates."""
    with _writing(warehouse) as connection:
        connection.execute("delete from staging.stg_events__erasures")
        for row in records:
            connection.execute(
                "insert into staging.stg_events__erasures"
                f" values ({row['affiliate_id']}, {row['affiliate_customer_id']}, 'all', now())"
            )


def land(warehouse: Warehouse, position: int) -> None:
    """Makes what the last build added durable, as the ledger step does."""
    results = json.loads((warehouse.artefacts / "target" / "run_results.json").read_text())
    invocation = results["metadata"]["invocation_id"]
    with _writing(warehouse) as connection:
        for spec in BUILT:
            columns = ", ".join(name for name, _ in spec.columns if name != "invocation_id")
            connection.execute(
                f"insert into raw.{spec.raw_table} ({columns}, invocation_id, _seq)"
                f" select {columns}, '{invocation}', {position} from identity.{spec.model}"
            )


def copy_landed(source: Warehouse, target: Warehouse) -> None:
    """Gives a DuckDB warehouse the landed ledger of another one."""
    with duckdb.connect(target.location) as connection:
        connection.execute(f"attach '{source.location}' as source (read_only)")
        for spec in BUILT:
            connection.execute(f"insert into raw.{spec.raw_table} from source.raw.{spec.raw_table}")


def fill(warehouse: Warehouse, records: Sequence[Record], decisions: Sequence[Record]) -> None:
    """Replaces the records and the stewards' decisions."""
    mark = "?" if warehouse.engine == "duckdb" else "%s"
    with _writing(warehouse) as connection:
        for table in ("identity.int_identity__records", "raw.identity_decisions"):
            connection.execute(f"delete from {table}")
        marks = ", ".join(mark for _ in COLUMNS)
        for row in records:
            connection.execute(
                f"insert into identity.int_identity__records values ({marks})",
                [*row.values()],
            )
        marks = ", ".join(mark for _ in range(5))
        for seq, row in enumerate(decisions):
            connection.execute(
                "insert into raw.identity_decisions (decision_id, decision, left_record_id,"
                f" right_record_id, decided_by, _seq) values ({marks}, {seq})",
                [str(seq), row["decision"], row["left"], row["right"], "steward"],
            )


@contextmanager
def _writing(warehouse: Warehouse) -> Iterator[Any]:
    if warehouse.engine == "duckdb":
        with duckdb.connect(warehouse.location) as connection:
            connection.begin()
            yield connection
            connection.commit()
    else:
        with psycopg.connect(warehouse.location) as connection:
            yield connection
