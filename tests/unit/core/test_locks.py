"""Locks between threads and processes."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from core.locks import BusyError, locked

SECONDS = 60


def test_another_thread_waits_or_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    given_up, entered = Event(), Event()

    def other() -> None:
        with pytest.raises(BusyError, match="in use"), locked(path, busy="in use"):
            pass
        given_up.set()
        with locked(path):
            entered.set()

    thread = Thread(target=other, daemon=True)
    with locked(path):
        thread.start()
        assert given_up.wait(SECONDS)
        assert not entered.is_set()
    assert entered.wait(SECONDS)
    thread.join(SECONDS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_child_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
        )
    with locked(tmp_path / "lock", busy="the child holds it"):
        pass
    child.communicate(b"\n", timeout=SECONDS)
    assert child.returncode == 0
