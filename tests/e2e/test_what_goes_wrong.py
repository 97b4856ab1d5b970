"""No server, wrong password, unknown engine, missing key, disk full, two runs at once."""

from __future__ import annotations

import socket
import subprocess
import time
from typing import Any

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.e2e.conftest import Home

KEY = "5eed" * 16


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on standard error that is no progress."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"AFFILIATE_ENGINE": "oracle"}, "AFFILIATE_ENGINE"),
        ({"AFFILIATE_ENGINE": "postgres"}, "AFFILIATE_WAREHOUSE_DSN"),
        ({"AFFILIATE_OLTP_DSN": "postgresql://u:hunter2@127.0.0.1:1/x"}, "PSEUDONYM_KEY"),
        (
            {
                "AFFILIATE_OLTP_DSN": "postgresql://u:hunter2@127.0.0.1:1/x",
                "AFFILIATE_PSEUDONYM_KEY": KEY,
            },
            "OLTP server is unreachable",
        ),
        (
            {
                "AFFILIATE_OLTP_DSN": "postgresql://u:hunter2@127.0.0.1:1/x",
                "AFFILIATE_PSEUDONYM_KEY": "hunter2",
            },
            "AFFILIATE_PSEUDONYM_KEY",
        ),
        (
            {
                "AFFILIATE_ENGINE": "postgres",
                "AFFILIATE_WAREHOUSE_DSN": "postgresql://u:hunter2@127.0.0.1:1/x",
                "AFFILIATE_PSEUDONYM_KEY": KEY,
            },
            "warehouse server is unreachable",
        ),
    ],
)
def test_invalid_configuration_exits_with_2(
    empty_home: Home, environment: dict[str, Any], message: str
) -> None:
    done = empty_home.run("run", **environment)

    assert done.returncode == 2
    assert message in one_line(done)
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"AFFILIATE_DAGSTER_DSN": "postgresql://u:hunter2@127.0.0.1:1/x"},
            "Dagster's history is unreachable",
        ),
        ({"AFFILIATE_WORKSPACE": "/hunter"}, "AFFILIATE_WORKSPACE: there is no file"),
        ({"AFFILIATE_SMTP_URL": "smtp://u:hunter2@mail"}, "a login needs smtps://"),
    ],
)
def test_server_that_cannot_start_exits_with_2(
    empty_home: Home, environment: dict[str, Any], message: str
) -> None:
    done = empty_home.run("serve", "daemon", **environment)

    assert done.returncode == 2
    assert message in one_line(done)
    assert "hunter2" not in done.stdout + done.stderr


def test_missing_broker_exits_with_2(home: Home, postgres_server: EmbeddedPostgres) -> None:
    done = home.run(
        "run",
        AFFILIATE_OLTP_DSN=postgres_server.dsn("postgres"),
        AFFILIATE_KAFKA_BOOTSTRAP=f"127.0.0.1:{closed_port()}",
        AFFILIATE_PSEUDONYM_KEY=KEY,
    )

    assert done.returncode == 2
    assert "no Kafka broker answers" in one_line(done)


@pytest.fixture(scope="module")
def scram_dsn(postgres_server: EmbeddedPostgres) -> str:
    """DSN of a role that has to give its password."""
    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("create role careful login password 'right'")
        rules = postgres_server.data / "pg_hba.conf"
        rules.write_text("local all careful scram-sha-256\n" + rules.read_text())
        connection.execute("select pg_reload_conf()")
    return postgres_server.dsn("postgres", user="careful:right")


def test_correct_password_is_accepted(empty_home: Home, scram_dsn: str) -> None:
    done = empty_home.run(
        "run",
        AFFILIATE_OLTP_DSN=scram_dsn,
        AFFILIATE_KAFKA_BOOTSTRAP=f"127.0.0.1:{closed_port()}",
        AFFILIATE_PSEUDONYM_KEY=KEY,
    )

    assert "no Kafka broker answers" in one_line(done)


def test_wrong_password_exits_with_2(empty_home: Home, scram_dsn: str) -> None:
    done = empty_home.run(
        "run",
        AFFILIATE_OLTP_DSN=scram_dsn.replace("right", "wrong"),
        AFFILIATE_PSEUDONYM_KEY=KEY,
    )

    assert done.returncode == 2
    assert "rejects the login" in one_line(done)
    assert "wrong" not in done.stderr


def test_full_disk_is_a_one_line_error_and_keeps_the_release(home: Home, nightly: bool) -> None:
    """A limit on the size of files stands in for the disk: the same calls fail."""
    before = home.current
    home.must("evolve")

    for largest_file in (100_000, 1_000_000, 3_000_000) if nightly else (1_000_000,):
        done = home.run("run", largest_file=largest_file)
        assert done.returncode == 1, largest_file
        assert "the disk is full" in one_line(done), largest_file
        assert home.current == before, largest_file


@pytest.mark.nightly
def test_run_succeeds_after_a_full_disk_and_a_concurrent_run_is_refused(home: Home) -> None:
    release = home.current
    first = home.start("run")
    lock = home.path / "run.lock"
    deadline = time.monotonic() + 60
    while lock.read_text() != str(first.pid) and time.monotonic() < deadline:
        time.sleep(0.05)

    second = home.run("run")

    assert second.returncode == 1
    assert "another run is in progress" in one_line(second)
    first.communicate()
    assert first.returncode == 0
    assert home.current != release
