"""The ways to build the marts of one world, each on a warehouse of its own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from benchmarks.marts import platform, world
from benchmarks.marts.hashes import Columns, columns_of_marts, hashes
from benchmarks.marts.platform import LIMIT_SECONDS, Build, Model
from benchmarks.shared.programs import run_program
from core.settings import Settings
from ingestion.embedded import EmbeddedPostgres

FLOOR = "one script, no dbt"
COPY = "copy of the finished tables"
DBT = "**this platform's dbt**"
TESTED = "this platform's dbt with its tests"
DAGSTER = "this platform's dbt through Dagster"
POSTGRES = "dbt on PostgreSQL"


@dataclass(frozen=True)
class Result:
    """A way's run.

    Attributes:
        way: Its title.
        build: What it took.
        differing: Marts that are not those of the platform's dbt.
    """

    way: str
    build: Build
    differing: list[str]


class Comparison:
    """All ways on the world of one size.

    Args:
        folder: Empty; everything is written below it.
        orders: Size of the world.
        memory: What DuckDB may take in each way; None for what it takes by itself.
        tell: Called with a line per run.
    """

    def __init__(
        self, folder: Path, orders: int, memory: str | None, tell: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._orders = orders
        self._memory = memory
        self._tell = tell
        self._given = _settings(folder / "given")
        self._finished = folder / "finished.duckdb"
        self._columns: Columns = {}
        self._hashes: dict[str, tuple[int, int]] = {}

    def run(self, with_all: bool) -> list[Result]:
        """The floor first, though dbt comes before it: the floor runs what dbt compiled.

        Args:
            with_all: Through Dagster, with tests and on PostgreSQL, too.
        """
        world.fill(self._given, self._orders)
        ours = self._on_copy(DBT, self._by_dbt)
        script = {model.relation: model.sql for model in ours.build.models}
        copies = {relation: f"from finished.{relation}" for relation in script}
        results = [
            self._on_copy(FLOOR, lambda home: self._run_script(home, script, ours.build)),
            self._on_copy(COPY, lambda home: self._run_script(home, copies, ours.build)),
            ours,
        ]
        if not with_all:
            return results
        return [
            *results,
            self._on_copy(DAGSTER, platform.build_through_dagster),
            self._on_copy(TESTED, lambda home: platform.build_by_dbt(home, platform.TESTED)),
            self._postgres(),
        ]

    def _on_copy(self, way: str, build: Callable[[Settings], Build]) -> Result:
        home = _settings(self._folder / "home", duckdb_memory=self._memory)
        shutil.copytree(self._given.home, home.home)
        platform.parse(home)
        result = self._judged(way, home, build(home))
        shutil.rmtree(home.home)
        return result

    def _postgres(self) -> Result:
        server = EmbeddedPostgres(self._folder / "postgres")
        server.start()
        try:
            server.ensure_database("warehouse")
            home = _settings(
                self._folder / "home",
                engine="postgres",
                warehouse_dsn=SecretStr(server.dsn("warehouse")),
                pseudonym_key=SecretStr("a key that nothing here is made with"),
            )
            world.copy_to_postgres(self._given.warehouse_path, home)
            build = platform.build_by_dbt(home, platform.UNTESTED)
            return self._judged(POSTGRES, home, build)
        finally:
            server.stop()

    def _judged(self, way: str, home: Settings, build: Build) -> Result:
        if not self._hashes:
            self._columns = columns_of_marts(home)
            self._hashes = hashes(home, self._columns)
        found = hashes(home, self._columns)
        differing = [name for name, value in self._hashes.items() if found[name] != value]
        self._tell(
            f"{self._orders:,} orders, {way}: {build.wall:.1f} s, of it SQL {build.sql:.1f} s, "
            f"{build.peak_mb:,.0f} MB"
        )
        return Result(way, build, differing)

    def _by_dbt(self, home: Settings) -> Build:
        build = platform.build_by_dbt(home, platform.UNTESTED)
        shutil.copy2(home.warehouse_path, self._finished)
        return build

    def _run_script(self, home: Settings, script: Mapping[str, str], ours: Build) -> Build:
        path = self._folder / "script.json"
        path.write_text(json.dumps(script))
        module = "benchmarks.marts.contenders.script"
        memory = home.memory_limit or "none"
        arguments = map(str, (home.warehouse_path, path, self._finished, memory))
        command = [sys.executable, "-m", module, *arguments]
        output, wall, peak_mb = run_program(command, {}, LIMIT_SECONDS)
        seconds = json.loads(output)
        models = [Model(m.relation, m.folder, m.sql, seconds[m.relation]) for m in ours.models]
        return Build(wall, sum(seconds.values()), peak_mb, models)


def _settings(home: Path, **values: object) -> Settings:
    """Settings of a home of its own, whatever the environment says."""
    return Settings.model_validate({"home": home, "engine": "duckdb", **values})
