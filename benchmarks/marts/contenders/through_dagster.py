"""A run of Dagster that builds the dbt models of some folders, without their checks.

`python -m benchmarks.marts.contenders.through_dagster staging marts`, with the platform's settings
in the environment.
"""

from __future__ import annotations

import sys

import dagster as dg  # noqa: TID251 - what a run of it costs is the question

from core.settings import load_settings
from orchestration.defs.dbt.models import build_dbt_assets
from orchestration.lib.instance import prepare_home
from orchestration.lib.manifest import ensure_manifest
from orchestration.lib.platform import platform


def main(folders: list[str]) -> None:
    """Builds the folders in this process."""
    settings = load_settings()
    prepare_home(settings)
    ensure_manifest(settings)
    assets = build_dbt_assets(settings)
    selected = dg.AssetSelection.groups(*folders).without_checks()
    with dg.DagsterInstance.get() as instance:
        dg.materialize(
            [assets], selection=selected, instance=instance, resources={"platform": platform}
        )


if __name__ == "__main__":
    main(sys.argv[1:])
