"""Concurrent readers and publishers."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from core.settings import Settings
from serving import ReleaseStore, open_release, publish
from serving.store import switch_link
from tests.support.release_sample import ask

PUBLISH = """
import sys
from pathlib import Path
from core.errors import AffiliateError
from core.settings import Settings
from serving import publish

try:
    print(publish(Settings(home=Path(sys.argv[1]), _env_file=None)).release)
except AffiliateError as error:
    print(error)
"""


def test_current_always_points_to_a_complete_release(warehouse: Settings, nightly: bool) -> None:
    publish(warehouse)
    published = threading.Event()
    counts: set[object] = set()

    def read() -> None:
        while not published.is_set():
            try:
                with open_release(warehouse) as olap:
                    counts.add(ask(olap, "SELECT count(*) FROM customer"))
            except Exception as error:
                counts.add(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(8 if nightly else 2):
            publish(warehouse, keep=2)
    finally:
        published.set()
        reader.join()
    assert counts == {40}


def test_link_is_never_dangling(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    switch_link(store.link, "old")
    switched = threading.Event()
    seen: set[Path | None] = set()

    def read() -> None:
        while not switched.is_set():
            seen.add(store.current())

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(300):
        switch_link(store.link, "new")
        switch_link(store.link, "old")
    switched.set()
    reader.join()
    assert seen == {tmp_path / "old", tmp_path / "new"}


def test_concurrent_publishers_succeed_or_fail_clearly(warehouse: Settings) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISH, str(warehouse.home)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(3)
    ]
    said = [process.communicate()[0].strip() for process in started]
    store = ReleaseStore(warehouse.releases_path)
    published = {path.name for path in store.releases()}
    assert published
    assert published == set(said) - {"another process is publishing: wait for it to end"}
    assert store.current() == max(store.releases())
