from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg


def oltp(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oltp", *arguments], capture_output=True, text=True, check=False
    )


def test_commands_create_and_evolve_the_world(oltp_dsn: str, tmp_path: Path) -> None:
    size = ("--affiliates", "2", "--customers", "100", "--seed", "3", "--until", "2025-06-01")
    created = oltp("create", "--dsn", oltp_dsn, "--out", str(tmp_path), *size)
    assert created.returncode == 0, created.stderr
    assert "rows and messages a second" in created.stdout
    evolved = oltp("evolve", "--dsn", oltp_dsn, "--out", str(tmp_path), "--days", "2")
    assert evolved.returncode == 0, evolved.stderr
    with psycopg.connect(oltp_dsn) as connection:
        newest = connection.execute(
            "select to_char(max(created_at at time zone 'UTC'), 'YYYY-MM-DD') "
            "from affiliate.affiliate_customer"
        )
        assert newest.fetchone() == ("2025-06-02",)


def test_errors_are_one_line_with_an_exit_code(oltp_dsn: str, tmp_path: Path) -> None:
    unreachable = oltp("migrate", "--dsn", "postgresql://x:hush@127.0.0.1:1/x")
    assert (unreachable.returncode, unreachable.stderr.count("\n")) == (2, 1)
    assert "hush" not in unreachable.stderr
    nothing = oltp("evolve", "--dsn", oltp_dsn, "--out", str(tmp_path))
    assert (nothing.returncode, nothing.stderr.count("\n")) == (1, 1)
    assert "create one first" in nothing.stderr


def test_migrate_lists_applied_migrations(oltp_dsn: str) -> None:
    assert "applied 0001_platform" in oltp("migrate", "--dsn", oltp_dsn).stdout
    assert oltp("migrate", "--dsn", oltp_dsn).stdout == ""
