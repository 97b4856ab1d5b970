"""What goes wrong before anything starts: one line that says what to do, and the exit code."""

from __future__ import annotations

import errno
import shlex
import sys
from pathlib import Path

import pytest

from affiliate import cli
from core.errors import unknown

NEVER_RUN = "run `affiliate run` first"


@pytest.fixture(autouse=True)
def _empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AFFILIATE_HOME", str(tmp_path / "home"))


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    """Runs the program in this process and returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["affiliate", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("query 'select 1'", 2, NEVER_RUN),
        ("query 'select 1' --affiliate x", 2, NEVER_RUN),
        ("dashboard --output x.html", 2, NEVER_RUN),
        ("docs build", 2, NEVER_RUN),
        ("file-key x", 2, NEVER_RUN),
        ("audience preview coffee_lovers", 2, NEVER_RUN),
        ("audience preview tea", 2, "there is no audience tea; there are: coffee_lovers"),
        ("audience list --folder nowhere", 2, "nowhere"),
        ("audience ack coffee_lovers 3", 1, "has no run 3"),
        ("identity explain 3:17", 2, NEVER_RUN),
        ("identity join 3:17 4:2 --reason x", 2, NEVER_RUN),
        ("erase --affiliate x --customer 1", 2, NEVER_RUN),
        ("erase --affiliate x --customer 1 --scope some", 2, "--scope is affiliate or all"),
        ("subject export --affiliate x --customer 1", 2, NEVER_RUN),
        ("quarantine accept 7", 1, "`affiliate quarantine list` shows the held"),
        ("run --as-of yesterday", 2, "--as-of is not an ISO 8601 time such as 2026-"),
        ("evolve", 2, "run `affiliate demo` first"),
        ("up --host 0.0.0.0", 2, "AFFILIATE_WEB_ORIGINS"),
        ("user remove nobody", 1, "`affiliate user list`"),
    ],
)
def test_wrong_arguments_give_a_one_line_error_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    code: int,
    message: str,
) -> None:
    assert call(monkeypatch, *shlex.split(command)) == code
    told = capsys.readouterr()
    assert told.err.startswith("error ")
    assert message in told.err
    assert (told.err.count("\n"), told.out) == (1, "")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nonsense", "No such command 'nonsense'"),
        ("query", "Missing argument 'SQL'"),
        ("demo --customers many", "'--customers'"),
        ("up --port 99999", "'--port'"),
        ("quarantine accept seven", "'ENTRY'"),
        ("user add ana --role king", "'--role'"),
    ],
)
def test_misspelt_command_names_the_word_and_help(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    message: str,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert call(monkeypatch, *command.split()) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "--help" in told


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AFFILIATE_AS_OF", "13", "AFFILIATE_AS_OF: not an ISO 8601 time"),
        ("AFFILIATE_ERASURE_DAYS", "0", "AFFILIATE_ERASURE_DAYS: "),
        ("AFFILIATE_DUCKDB_MEMORY", "many", "AFFILIATE_DUCKDB_MEMORY: could not parse"),
        ("AFFILIATE_DUCKDB_MEMORY", "9", "AFFILIATE_DUCKDB_MEMORY: Input should be greater"),
        ("AFFILIATE_PSEUDONYM_KEY", "short", "AFFILIATE_PSEUDONYM_KEY: not a key of 32 bytes"),
        (
            "AFFILIATE_PSEUDONYM_KEY_FILE",
            "/nowhere",
            "AFFILIATE_PSEUDONYM_KEY_FILE: cannot be read",
        ),
    ],
)
def test_invalid_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    message: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert call(monkeypatch, "publish") == 2
    told = capsys.readouterr().err
    assert message in told
    assert value not in told.replace(message, "")


def test_home_that_is_a_file_is_rejected(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "home").touch()
    assert call(monkeypatch, "maintain") == 2
    assert "AFFILIATE_HOME must be a directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x"), 1, "the disk is full"),
        (KeyboardInterrupt(), 130, "stopped by Ctrl-C: committed data is safe"),
    ],
    ids=["full disk", "Ctrl-C"],
)
def test_full_disk_and_ctrl_c_give_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: BaseException,
    code: int,
    message: str,
) -> None:
    def end(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("ingestion.landing.maintain.maintain", end)
    assert call(monkeypatch, "maintain") == code
    told = capsys.readouterr().err
    assert message in told
    assert (told.count("\n"), "Traceback" in told) == (1, False)


def test_unknown_name_suggests_existing_ones() -> None:
    many = [f"shop-{number}" for number in range(50)] + ["acme-coffee"]
    assert str(unknown("affiliate", "acme", [])) == "there is no affiliate acme; there are none"
    assert str(unknown("affiliate", "c", ["b", "a"])).endswith("; there are: a, b")
    assert str(unknown("affiliate", "acme-cofee", many)).endswith("; similar names: acme-coffee")
    assert str(unknown("affiliate", "zzz", many)).endswith("; none of the 51 is similar")
