"""The dbt graph: every seed and model an asset, every dbt test an asset check."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from core.disk import is_full
from core.errors import AffiliateError
from core.settings import Settings
from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.column_lineage import ColumnLineage
from orchestration.lib.dbt import (
    BUILD,
    DBT,
    Translator,
    artefacts,
    build_environment,
    dbt_project,
    prepared,
)
from orchestration.lib.described import COLUMN_LINEAGE
from orchestration.lib.failures import DISK_FULL
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from warehouse.raw import RAW_TABLES

#: The line that the dbt macro `log_size` prints after each model.
SIZE = re.compile(r"^size (?P<node>\S+) (?P<rows>\d+) (?P<bytes>\d+|None) (?P<repeated>\d+|None)$")


def build_dbt_assets(settings: Settings) -> dg.AssetsDefinition:
    """The dbt project of these settings as one multi-asset.

    Args:
        settings: Engine and home; the manifest must exist there.
    """
    project = dbt_project(settings)

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        name="dbt_models",
        dagster_dbt_translator=Translator(settings.engine),
        pool=WAREHOUSE_POOL,
        required_resource_keys={"platform"},
    )
    @redacting
    def dbt_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Builds and tests staging, identity and marts in one dbt invocation."""
        platform: Platform = context.resources.platform
        os.environ.update(build_environment(platform.settings, platform.as_of))
        # dagster-dbt reads the parsed project from here; dbt writes to `target_path` below
        os.environ["DBT_TARGET_PATH"] = str(prepared(platform.settings))
        # no `target`, which AFFILIATE_ENGINE selects: if the arguments differ from those of
        # `dbt parse`, dbt parses the project again
        dbt = DbtCliResource(project_dir=str(project.project_dir), dbt_executable=DBT)
        invocation = dbt.cli(
            BUILD,
            context=context,
            target_path=artefacts(platform.settings) / "run",
            raise_on_error=False,
        )
        yield from _events(invocation, context)
        if not invocation.is_successful():
            raise AffiliateError(_failure(invocation.get_artifact("run_results.json")))

    return dbt_models


def _events(invocation: Any, context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Turns dbt's events into Dagster's, and adds the size and column lineage of each model."""
    sizes: dict[str, dict[str, int]] = {}
    manifest, translator = invocation.manifest, invocation.dagster_dbt_translator
    lineage = column_lineage(manifest, translator)
    for message in invocation.stream_raw_events():
        if found := SIZE.match(message.raw_event["info"]["msg"]):
            sizes[found["node"]] = size(found)
            continue
        for event in message.to_default_asset_events(
            manifest=manifest,
            dagster_dbt_translator=translator,
            context=context,
            target_path=invocation.target_path,
            project=invocation.project,
        ):
            if isinstance(event, dg.Output):
                node = manifest["nodes"][str(event.metadata["unique_id"].value)]
                details: dict[str, Any] = {
                    **sizes.get(node["unique_id"], {}),
                    **_column_lineage(node, lineage, invocation.target_path),
                }
                yield event.with_metadata({**event.metadata, **details})
            else:
                yield event


def column_lineage(manifest: Mapping[str, Any], translator: Translator) -> ColumnLineage:
    """The columns of the project; those of raw tables are described in Python."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    return ColumnLineage(
        manifest,
        {name: translator.get_asset_key(node) for name, node in nodes.items()},
        {name: [column for column, _ in columns] for name, columns in RAW_TABLES.items()},
    )


def size(found: re.Match[str]) -> dict[str, int]:
    """Rows, bytes if the engine reports them, and repeated deliveries of events, as metadata."""
    figures = {
        "dagster/row_count": found["rows"],
        "bytes": found["bytes"],
        "repeated_deliveries": found["repeated"],
    }
    return {name: int(figure) for name, figure in figures.items() if figure != "None"}


def _column_lineage(
    node: Mapping[str, Any], lineage: ColumnLineage, target: Path
) -> dict[str, dg.TableColumnLineage]:
    if node["resource_type"] != "model":
        return {}
    compiled = target / "compiled" / node["package_name"] / node["original_file_path"]
    found = lineage.of(node, compiled.read_text(encoding="utf-8"))
    return {} if found is None else {COLUMN_LINEAGE: found}


def _failure(results: dict[str, Any]) -> str:
    """Names the failed nodes; dbt's own message may contain row values and stays in its log."""
    if any(is_full(node["message"] or "") for node in results["results"]):
        return DISK_FULL
    failed = [
        node["unique_id"].split(".", 2)[-1]
        for node in results["results"]
        if node["status"] in {"error", "fail"}
    ]
    shown = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")
    return f"dbt failed in {shown or 'its start'}: nothing was published"
