"""What DuckDB has no memory for lies in a private folder, and is gone when the next one begins."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from core.duckdb_session import connect
from core.settings import Settings
from identity.training.training_warehouse import training_warehouse
from warehouse.connection import open_warehouse

# pragma: allowlist nextline secret
SECRET = "zora.quill@mail.example"
SORT = (
    f"create temp table t as select '{SECRET}' || md5(i::varchar) || md5((i + 1)::varchar) as v "
    "from range(1200000) r(i) order by hash(i)"
)
#: Dies, as if killed, once something was spilled.
CHILD = f"""
import os, signal, sys, threading, time
from pathlib import Path
from core.settings import Settings
from warehouse.connection import open_warehouse

home = Path(sys.argv[1])

def die():
    while not any(path.stat().st_size for path in home.rglob("duckdb_temp_*")):
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGKILL)

with open_warehouse(Settings(home=home, _env_file=None)) as connection:
    connection.execute("set memory_limit = '60MB'; set threads = 1")
    threading.Thread(target=die, daemon=True).start()
    connection.execute({SORT!r})
    time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


def spilled(home: Path) -> list[Path]:
    return list(home.rglob("duckdb_temp_*"))


def test_what_a_killed_process_spilled_is_private_and_swept(
    settings: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    died = subprocess.run(
        [sys.executable, "-c", CHILD, str(settings.home)],
        cwd=elsewhere,
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert any(SECRET.encode() in path.read_bytes() for path in spilled(settings.home))
    for path in spilled(settings.home):
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(elsewhere.iterdir()) == []
    with open_warehouse(settings, read_only=True):
        assert spilled(settings.home) == []


def test_what_a_killed_dbt_spilled_is_swept_by_the_next_load(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    left = settings.warehouse_path.with_name("warehouse.duckdb.tmp") / "duckdb_temp_storage-0.tmp"
    left.parent.mkdir()
    left.write_text(SECRET)
    with open_warehouse(settings, read_only=True):
        assert left.exists()
    with open_warehouse(settings):
        assert not left.exists()


def test_what_a_killed_training_left_is_swept_and_a_live_one_is_not(settings: Settings) -> None:
    left = settings.training_path / "dead" / "warehouse" / "warehouse.duckdb"
    left.parent.mkdir(parents=True)
    left.write_text(SECRET)
    with training_warehouse(settings, lambda *_: "") as live:
        assert not left.exists()
        with training_warehouse(settings, lambda *_: ""):
            assert live.settings.home.is_dir()
    assert [path.name for path in settings.training_path.iterdir()] == ["lock"]


def test_nothing_is_spilled_where_nobody_said_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(connect()) as connection:
        connection.execute("set memory_limit = '60MB'; set threads = 1")
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(SORT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "query", ["from read_csv('https://localhost/x.csv')", "select st_point(1, 2)"]
)
def test_no_extension_is_downloaded(query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as repository, closing(connect()) as connection:
        repository.setblocking(False)
        address = f"http://127.0.0.1:{repository.getsockname()[1]}"
        connection.execute(f"set custom_extension_repository = '{address}'")
        with pytest.raises(duckdb.Error, match=r"(?i)install"):
            connection.execute(query)
        with pytest.raises(BlockingIOError):
            repository.accept()


def test_a_connection_takes_the_memory_it_was_given(tmp_path: Path) -> None:
    settings = Settings.model_validate({"home": tmp_path / "home", "duckdb_memory": "512MiB"})
    with open_warehouse(settings) as connection:
        found = connection.execute("select current_setting('memory_limit')").fetchone()
    assert found == ("512.0 MiB",)
