"""A server put back to an earlier state: what was landed of the lost time does not stay."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import DatasetReport, IncompleteIngestError, LandingZone
from ingestion.postgres import ingest
from tests.integration.ingestion.landed import current
from tests.support.bare_table import bare_table

ITEM = bare_table("public.item", id="bigint", note="text")
DATASET = "oltp/public.item"


class Cluster:
    """A PostgreSQL of its own, whose data directory can be copied and put back."""

    def __init__(self, data: Path) -> None:
        self.server = EmbeddedPostgres(data)
        self.kept = data.with_name("kept")

    @property
    def dsn(self) -> str:
        return self.server.dsn("postgres")

    def execute(self, statement: str, times: int = 1) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for _ in range(times):
                connection.execute(statement)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement).fetchall()

    def rows(self) -> list[tuple[object, ...]]:
        return self.query("select id, note from item order by id")

    def keep(self) -> None:
        """Copies the files of the stopped cluster."""
        self.server.stop()
        shutil.copytree(self.server.data, self.kept)
        own(self.kept, self.server.data)
        self.server.start()

    def restore(self) -> None:
        """Puts the copied files back."""
        self.server.stop()
        shutil.rmtree(self.server.data)
        shutil.move(self.kept, self.server.data)
        self.server.start()

    def recover(self) -> None:
        """Starts the copied files on a timeline of their own, as after a recovery."""
        (self.kept / "recovery.signal").touch()
        with (self.kept / "postgresql.auto.conf").open("a") as settings:
            settings.write("restore_command = 'false'\nrecovery_target_timeline = 'current'\n")
        own(self.kept, self.server.data)
        self.restore()
        while self.query("select pg_is_in_recovery()") != [(False,)]:
            time.sleep(0.05)


def own(folder: Path, like: Path) -> None:
    """Gives copied files to the user that the server runs as."""
    owner = like.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


@pytest.fixture(scope="module")
def pristine() -> Iterator[Path]:
    """Data directory of a stopped cluster with a hundred rows."""
    with TemporaryDirectory(prefix="affiliate-") as folder:
        data = Path(folder) / "data"
        made = Cluster(data)
        made.server.start()
        made.execute(
            "create table item (id bigint primary key, note text,"
            " created_at timestamptz default now(), updated_at timestamptz default now());"
            "insert into item select i, 'old' from generate_series(1, 100) as i"
        )
        made.server.stop()
        yield data


@pytest.fixture
def cluster(pristine: Path) -> Iterator[Cluster]:
    with TemporaryDirectory(prefix="affiliate-") as folder:
        Path(folder).chmod(0o755)
        made = Cluster(Path(folder) / "data")
        shutil.copytree(pristine, made.server.data)
        own(made.server.data, pristine)
        made.server.start()
        yield made
        made.server.stop()


def run(cluster: Cluster, zone: LandingZone, *, accept_deletes: bool = False) -> DatasetReport:
    [report] = ingest(cluster.dsn, zone, [ITEM], accept_deletes=accept_deletes)
    return report


def live_on_and_lose_it(cluster: Cluster, zone: LandingZone, *changes: str) -> None:
    """Copies the cluster, then changes it and lands what becomes of it."""
    run(cluster, zone)
    cluster.keep()
    for change in ("update item set note = 'lost' where id <= 10", *changes):
        cluster.execute(change)
    run(cluster, zone)
    assert (1, "lost") in current(zone, DATASET, "id, note")


def insert(rows: int) -> str:
    return f"insert into item select 1000 + i, 'lost' from generate_series(1, {rows}) as i"


def test_restored_server_is_compared_with_all_landed_rows(
    cluster: Cluster, zone: LandingZone
) -> None:
    live_on_and_lose_it(cluster, zone, insert(3), "delete from item where id = 50")
    cluster.restore()
    cluster.execute("update item set note = 'new' where id = 60")
    report = run(cluster, zone)
    assert report.counts.mode == "resync"
    assert report.counts.rows_deleted == 3
    assert current(zone, DATASET, "id, note") == cluster.rows()


def test_reused_transaction_ids_hide_no_changes(cluster: Cluster, zone: LandingZone) -> None:
    live_on_and_lose_it(cluster, zone)
    cluster.restore()
    # these changes have the ids of the lost ones; then so many follow that none is new any more
    cluster.execute("update item set note = 'new' where id between 5 and 8")
    cluster.execute("update item set note = 'newer' where id = 60")
    cluster.execute("select pg_current_xact_id()", times=200)
    assert run(cluster, zone).counts.mode == "resync"
    assert current(zone, DATASET, "id, note") == cluster.rows()
    assert run(cluster, zone).manifest_entry is None


def test_mass_deletion_after_a_restore_is_stopped(cluster: Cluster, zone: LandingZone) -> None:
    live_on_and_lose_it(cluster, zone, insert(50))
    cluster.restore()
    with pytest.raises(IncompleteIngestError, match="50 of 150 rows were deleted"):
        run(cluster, zone)
    run(cluster, zone, accept_deletes=True)
    assert current(zone, DATASET, "id, note") == cluster.rows()


def test_recovered_server_has_another_timeline(cluster: Cluster, zone: LandingZone) -> None:
    live_on_and_lose_it(cluster, zone, insert(3))
    before = zone.entries()[-1].positions[DATASET]
    cluster.recover()
    cluster.execute("select pg_current_xact_id()", times=200)
    report = run(cluster, zone)
    assert report.position["timeline"] == before["timeline"] + 1
    assert (report.counts.mode, report.counts.rows_landed) == ("resync", 100)
    assert current(zone, DATASET, "id, note") == cluster.rows()


def test_server_restart_alone_lands_nothing(cluster: Cluster, zone: LandingZone) -> None:
    run(cluster, zone)
    cluster.server.stop()
    cluster.server.start()
    report = run(cluster, zone)
    assert (report.counts.mode, report.manifest_entry) == ("resync", None)
    cluster.execute("update item set note = 'new' where id = 1")
    assert run(cluster, zone).counts.rows_landed == 1
    assert run(cluster, zone).counts.mode == "delta"
