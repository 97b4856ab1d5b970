"""The platform's own builds: dbt as in production, alone and through Dagster."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.shared.programs import run_program
from core.settings import Settings
from orchestration.lib.dbt import DBT, PROJECT_DIR, artefacts, build_environment

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_SECONDS = 3600
#: Identity is given.
FOLDERS = ("staging", "intermediate", "marts")
SELECTED = ("--select", *(f"path:models/{folder}" for folder in FOLDERS))
UNTESTED = ("build", *SELECTED, "--exclude-resource-type", "test", "unit_test")
TESTED = (
    "build", *SELECTED, "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test",
)  # fmt: skip


@dataclass(frozen=True)
class Model:
    """One model that was built.

    Attributes:
        relation: `schema.table`.
        folder: Its room: staging, intermediate or marts.
        sql: Its query, compiled.
        seconds: What dbt says it took.
    """

    relation: str
    folder: str
    sql: str
    seconds: float


@dataclass(frozen=True)
class Build:
    """One run of a way.

    Attributes:
        wall: Seconds of the whole program.
        sql: Seconds from the first model's start to the last one's end.
        peak_mb: Most memory the program and its children held.
        models: In the order in which they were built.
    """

    wall: float
    sql: float
    peak_mb: float
    models: Sequence[Model] = ()


def parse(settings: Settings) -> None:
    """Parses the project, as was done before any run in production."""
    command = [DBT, "--quiet", "parse", "--project-dir", str(PROJECT_DIR)]
    run_program(command, build_environment(settings, AS_OF))


def build_by_dbt(settings: Settings, arguments: Sequence[str]) -> Build:
    """Builds the marts by dbt's command line."""
    command = [DBT, "--quiet", *arguments, "--project-dir", str(PROJECT_DIR)]
    environment = build_environment(settings, AS_OF)
    _, wall, peak_mb = run_program(command, environment, LIMIT_SECONDS)
    return _build(settings, "target", wall, peak_mb)


def build_through_dagster(settings: Settings) -> Build:
    """Builds the marts as a run of Dagster, checks left out."""
    command = [sys.executable, "-m", "benchmarks.marts.contenders.through_dagster", *FOLDERS]
    environment = {"AFFILIATE_HOME": str(settings.home), "AFFILIATE_AS_OF": AS_OF.isoformat()}
    _, wall, peak_mb = run_program(command, environment, LIMIT_SECONDS)
    return _build(settings, "run", wall, peak_mb)


def _build(settings: Settings, folder: str, wall: float, peak_mb: float) -> Build:
    target = artefacts(settings) / folder
    manifest = json.loads((target / "manifest.json").read_text())["nodes"]
    results = json.loads((target / "run_results.json").read_text())["results"]
    models = [found for found in results if found["unique_id"].startswith("model.")]
    began = min(_instants(found)[0] for found in models)
    ended = max(_instants(found)[1] for found in models)
    return Build(
        wall,
        (ended - began).total_seconds(),
        peak_mb,
        [_model(found, manifest[found["unique_id"]]) for found in models],
    )


def _model(result: dict[str, Any], node: dict[str, Any]) -> Model:
    return Model(
        f"{node['schema']}.{node['name']}",
        node["fqn"][1],
        result["compiled_code"],
        result["execution_time"],
    )


def _instants(result: dict[str, Any]) -> tuple[datetime, datetime]:
    done = next(timing for timing in result["timing"] if timing["name"] == "execute")
    return datetime.fromisoformat(done["started_at"]), datetime.fromisoformat(done["completed_at"])
