"""How dbt is called: project, environment, arguments, and the translation to assets."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject
from psycopg.conninfo import conninfo_to_dict

from core.settings import Engine, Settings
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.described import holds, pii_of

PROJECT_DIR = Path(__file__).parents[2] / "dbt_project"
#: The console script of `dbt_child`, in the environment of this interpreter.
DBT = str(Path(sys.executable).parent / "affiliate-dbt")
#: One invocation for the whole graph; unit tests belong to the test suite, not to a run.
BUILD = ("build", "--exclude-resource-type", "unit_test")

#: Name of each engine in the UI.
ENGINE_KINDS: dict[Engine, str] = {"duckdb": "duckdb", "postgres": "postgres"}


@cache
def variable(name: str) -> Any:
    """A variable of the dbt project, as `dbt_project.yml` sets it."""
    content = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    return content["vars"][name]


def artefacts(settings: Settings) -> Path:
    """Where dbt writes: below the home and per engine, since engines cannot share a manifest."""
    return settings.home / "dbt" / settings.engine


def prepared(settings: Settings) -> Path:
    """Folder of the manifest that definitions are read from; a container image brings its own."""
    return settings.dbt_target or artefacts(settings) / "target"


def dbt_project(settings: Settings) -> DbtProject:
    """The dbt project as dagster-dbt knows it."""
    return DbtProject(project_dir=PROJECT_DIR, target_path=prepared(settings))


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Environment variables that `profiles.yml` reads; a build also needs `AFFILIATE_AS_OF`.

    The password is passed as `DBT_ENV_SECRET_…`, which dbt masks in its logs.
    """
    environment = {
        "AFFILIATE_ENGINE": settings.engine,
        "AFFILIATE_WAREHOUSE_PATH": str(settings.warehouse_path),
        "DBT_TARGET_PATH": str(artefacts(settings) / "target"),
        "DBT_LOG_PATH": str(artefacts(settings) / "logs"),
        "DBT_PROJECT_DIR": str(PROJECT_DIR),
        "DBT_PROFILES_DIR": str(PROJECT_DIR),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PGTZ": "UTC",
    }
    if settings.memory_limit is not None:
        environment["AFFILIATE_DUCKDB_MEMORY"] = settings.memory_limit
    if settings.warehouse_dsn is not None:
        parts = conninfo_to_dict(settings.warehouse_dsn.get_secret_value())
        environment |= {
            "AFFILIATE_WAREHOUSE_HOST": str(parts.get("host", "localhost")),
            "AFFILIATE_WAREHOUSE_PORT": str(parts.get("port", 5432)),
            "AFFILIATE_WAREHOUSE_USER": str(parts.get("user", "postgres")),
            "AFFILIATE_WAREHOUSE_DBNAME": str(parts.get("dbname", "postgres")),
            "DBT_ENV_SECRET_AFFILIATE_WAREHOUSE_PASSWORD": str(parts.get("password", "")),
        }
    return environment


def build_environment(settings: Settings, as_of: datetime) -> dict[str, str]:
    """Environment variables of one build."""
    return {**dbt_environment(settings), "AFFILIATE_AS_OF": as_of.isoformat()}


class Translator(DagsterDbtTranslator):
    """dbt nodes as assets: keys are [schema, name], groups are the folders below `models/`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_code_references=False, enable_asset_checks=True)
        )
        self._kind = ENGINE_KINDS[engine]

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The default spec with the platform's group, kinds, owner, tag and freshness."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        return spec.replace_attributes(
            group_name=(group := group_of(node)),
            kinds={"dbt", self._kind},
            owners=["team:analytics-engineering"],
            tags={**spec.tags, **holds(pii_of(node))},
            freshness_policy=NIGHTLY_FRESHNESS if group == "marts" else None,
        )


def group_of(node: Mapping[str, Any]) -> str:
    """First folder of a model (`staging`, `identity`, `marts`); seeds and sources by their kind."""
    if node["resource_type"] == "model":
        return str(node["fqn"][1])
    return {"seed": "seeds", "source": "raw"}.get(node["resource_type"], "dbt")
