"""Normalised records of so few values that keys collide, homes share and giants grow."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import duckdb
import psycopg

from tests.dbt.dbt_warehouse import Warehouse

Record = dict[str, Any]

COLUMNS = {
    "record_id": "text",
    "affiliate_id": "bigint",
    "affiliate_customer_id": "bigint",
    "email_key": "text",
    "phone_key": "text",
    "identifier_key": "text",
    "identifier_type": "text",
    "first_name": "text",
    "middle_name": "text",
    "surname": "text",
    "name_suffix": "text",
    "birth_date": "date",
    "postal_code": "text",
    "gender": "text",
}

FIRST_NAMES = ("elizabeth", "liz", "e", "maria", "mario", "thomas", "tom", "жанна", "жанне", None)
SURNAMES = ("silva", "silvo", "jones", "costa", "okafor", None)
DECISIONS = (
    "create table raw.identity_decisions (decision_id text, decision text, left_record_id text,"
    " right_record_id text, decided_by text, decided_at timestamptz, reason text, _seq bigint)"
)


def draw(rng: random.Random, number: int) -> Record:
    """A record with the key `number`."""
    affiliate = number % 3 + 1
    born = date(1980, 1, 1) + timedelta(days=400 * rng.randrange(9))
    return {
        "record_id": f"{affiliate}:{number}",
        "affiliate_id": affiliate,
        "affiliate_customer_id": number,
        "email_key": _some(rng, f"box{rng.randrange(60)}@post.example"),
        "phone_key": _some(rng, f"55512{rng.randrange(60):03d}"),
        "identifier_key": _some(rng, f"ID{rng.randrange(50):05d}", 0.3),
        "identifier_type": "tax",
        "first_name": rng.choice(FIRST_NAMES),
        "middle_name": None,
        "surname": rng.choice(SURNAMES),
        "name_suffix": _some(rng, "jr", 0.05),
        "birth_date": _some(rng, born),
        "postal_code": _some(rng, f"1000{rng.randrange(6)}"),
        "gender": rng.choice(("female", "male", None)),
    }


def _some(rng: random.Random, value: Any, share: float = 0.6) -> Any:
    return value if rng.random() < share else None


def create(warehouse: Warehouse) -> None:
    """The warehouse as it is before identity: empty, but for what it reads."""
    with _writing(warehouse) as connection:
        connection.execute("create schema raw")
        connection.execute("create schema identity")
        connection.execute(DECISIONS)
        connection.execute(
            "create table raw.loaded_file (path text, seq bigint, sha256 text, rows bigint)"
        )
        listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        connection.execute(f"create table identity.int_identity__normalised_records ({listed})")


def fill(warehouse: Warehouse, records: Sequence[Record], decisions: Sequence[Record]) -> None:
    """Replaces the normalised records and the stewards' decisions."""
    mark = "?" if warehouse.engine == "duckdb" else "%s"
    with _writing(warehouse) as connection:
        for table in ("identity.int_identity__normalised_records", "raw.identity_decisions"):
            connection.execute(f"delete from {table}")
        marks = ", ".join(mark for _ in COLUMNS)
        for row in records:
            connection.execute(
                f"insert into identity.int_identity__normalised_records values ({marks})",
                [row[name] for name in COLUMNS],
            )
        marks = ", ".join(mark for _ in range(5))
        for seq, row in enumerate(decisions):
            connection.execute(
                f"insert into raw.identity_decisions values ({marks}, now(), '', {seq})",
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
