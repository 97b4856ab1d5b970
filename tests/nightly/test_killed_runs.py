"""Runs killed at one point after the other: the next completes, nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.settings import Settings
from ingestion.servers import embedded_broker, embedded_postgres, oltp_sources
from tests.e2e.conftest import AS_OF, Home, rows, share_ids

#: What a killed run had last said, and how many seconds later it dies. Each goes over what the last
#: left behind.
POINTS = [
    ("Ingest", 0.0),
    ("Load the warehouse", 5.0),
    ("Build and test models", 0.2),
]


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home whose broker still has every event, for the witness to read."""
    with TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        home.must("demo", "--affiliates", "3", "--customers", "400")
        yield home
        home.must("down")


@pytest.fixture(scope="module")
def witness(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A second home on the same servers, whose runs are never killed."""
    settings = Settings(home=home.path)
    witness = Home(
        tmp_path_factory.mktemp("witness"),
        {
            "AFFILIATE_OLTP_DSN": oltp_sources(settings)[0].dsn,
            "AFFILIATE_KAFKA_BOOTSTRAP": str(embedded_broker(settings).bootstrap),
            "AFFILIATE_PSEUDONYM_KEY": "5eed" * 16,
        },
    )
    assert embedded_postgres(settings).data.exists()
    share_ids(home, witness)
    # as the demo did: persons keep the ids of their first run
    witness.must("run")
    return witness


def run_and_kill(home: Home, said: str, seconds: float) -> None:
    """Starts a run and kills it, without notice, some time after it said something."""
    process = home.start("run", "--as-of", AS_OF)
    assert process.stderr is not None
    while said and said not in (line := process.stderr.readline()):
        assert line, "the run ended before it could be killed"
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_killed_run_keeps_the_old_release_and_the_next_run_publishes_the_correct_one(
    home: Home, witness: Home
) -> None:
    before, customers = home.current, rows(home)["customer"]
    for said, seconds in POINTS:
        home.must("evolve")
        run_and_kill(home, said, seconds)
        assert home.current == before, said
        assert rows(home)["customer"] == customers, said

    home.must("run", "--as-of", AS_OF)
    witness.must("run", "--as-of", AS_OF)
    assert rows(home) == rows(witness)
