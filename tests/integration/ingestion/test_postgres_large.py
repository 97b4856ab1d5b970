"""Large tables are read over several connections that see one instant, or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.errors import AffiliateError
from ingestion.landing import Counts, LandingZone
from ingestion.postgres import ingest, rows
from ingestion.postgres.snapshot import take_snapshot
from ingestion.postgres.source import CONNECTIONS, open_source
from tests.integration.ingestion.landed import current, versions
from tests.support.bare_table import bare_table

LEDGER = bare_table("public.ledger", id="bigint", amount="bigint")
DATASET = "oltp/public.ledger"
ROWS = 600
AUDIT = "created_at timestamptz default now(), updated_at timestamptz default now()"
READING = (
    "select pid from pg_stat_activity where datname = current_database() "
    "and state = 'active' and query like 'COPY %ctid%'"
)


@pytest.fixture(autouse=True)
def _many_pages_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LARGE_PAGES", 1)


@pytest.fixture
def oltp(oltp_dsn: str) -> psycopg.Connection:
    """A table of some fifty pages."""
    connection = psycopg.connect(oltp_dsn, autocommit=True)
    connection.execute(
        f"create table ledger (id bigint primary key, amount bigint, {AUDIT}) with (fillfactor=10);"
        f"insert into ledger select i, 0 from generate_series(1, {ROWS}) as i"
    )
    return connection


@pytest.fixture
def slow_dsn(oltp: psycopg.Connection, oltp_dsn: str) -> str:
    """The database as a role to which each row of the ledger takes some milliseconds."""
    oltp.execute(
        "do $$ begin create role slow_reader login; "
        "exception when duplicate_object then null; end $$;"
        "create function slowly() returns boolean language plpgsql as "
        "$$ begin perform pg_sleep(0.002); return true; end $$;"
        "alter table ledger enable row level security;"
        "create policy slow on ledger for select to slow_reader using (slowly());"
        "grant select on ledger to slow_reader"
    )
    return oltp_dsn.replace("postgres@", "slow_reader@")


def test_all_connections_share_one_snapshot(
    oltp: psycopg.Connection, oltp_dsn: str, tmp_path: Path
) -> None:
    with open_source(oltp_dsn, tmp_path, "unreachable") as source:
        take_snapshot(source)
        oltp.execute("update ledger set amount = 7")
        slowly = source.relation(
            "select pg_backend_pid() as pid, sum(amount)::bigint as total, pg_sleep(0.5)::text "
            "from ledger"
        )
        batches = list(source.stream([f"from {slowly}"] * CONNECTIONS, 100))
    found = [row for batch in batches for row in batch.to_pylist()]
    assert len({row["pid"] for row in found}) == CONNECTIONS
    assert {row["total"] for row in found} == {0}


def test_every_row_is_read_once(oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone) -> None:
    ingest(oltp_dsn, zone, [LEDGER])
    oltp_rows = oltp.execute("select id, amount from ledger order by id").fetchall()
    assert versions(zone, DATASET, "id, amount") == oltp_rows


def test_unevenly_filled_pages_are_read_completely(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    ingest(oltp_dsn, zone, [LEDGER])
    # most rows lie in the last of the ranges, and some ranges are empty
    oltp.execute(f"delete from ledger where id between 100 and {ROWS - 100}")
    oltp.execute("alter table ledger add column note text default 'x'")
    [report] = ingest(oltp_dsn, zone, [LEDGER], accept_deletes=True)
    assert report.counts.mode == "resync"
    left = oltp.execute("select id from ledger order by id").fetchall()
    assert current(zone, DATASET, "id") == left


def kill_one_of(dsn: str, killed: list[int]) -> None:
    """Waits until all connections read ranges of the ledger at the same time, then ends one."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        deadline = time.monotonic() + 30
        while not killed and time.monotonic() < deadline:
            reading = connection.execute(READING).fetchall()
            if len(reading) == CONNECTIONS:
                connection.execute("select pg_terminate_backend(%s)", reading[0])
                killed.append(reading[0][0])
            time.sleep(0.005)


@pytest.fixture
def killer(oltp: psycopg.Connection, oltp_dsn: str) -> Iterator[list[int]]:
    """Ends a connection that reads, as soon as all read; tells which."""
    killed: list[int] = []
    thread = threading.Thread(target=kill_one_of, args=(oltp_dsn, killed))
    thread.start()
    yield killed
    thread.join()


def test_lost_connection_lands_nothing_and_the_next_run_lands_all_rows(
    oltp: psycopg.Connection, slow_dsn: str, zone: LandingZone, killer: list[int]
) -> None:
    with pytest.raises(AffiliateError, match=r"reading the OLTP failed .* nothing was landed"):
        ingest(slow_dsn, zone, [LEDGER])
    assert killer
    assert zone.latest is None
    assert not list(zone.root.rglob("*.parquet"))

    oltp.execute("alter policy slow on ledger using (true)")
    [report] = ingest(slow_dsn, zone, [LEDGER])
    assert report.counts == Counts("full", rows_read=ROWS, rows_landed=ROWS)
