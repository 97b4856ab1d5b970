"""The code location, loaded as Dagster loads it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from contracts.tables import TABLES
from contracts.topics import TOPICS
from core.settings import Settings
from orchestration.definitions import build_definitions
from orchestration.lib.automation import DAYS, NIGHTLY_FRESHNESS
from orchestration.lib.described import COLUMN_SCHEMA, PII_TAG
from orchestration.lib.manifest import ensure_manifest
from orchestration.lib.platform import AS_OF_TAG
from orchestration.lib.reviews import EXPECTATIONS, HELD
from serving import CUSTOMER_OLAP


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=Path(tmp_path_factory.mktemp("home")))
    ensure_manifest(settings)
    return settings


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> dg.Definitions:
    return build_definitions(settings)


def keys(definitions: dg.Definitions, prefix: str) -> set[str]:
    graph = definitions.resolve_asset_graph()
    return {key.path[-1] for key in graph.get_all_asset_keys() if key.path[0] == prefix}


def test_every_table_topic_mart_and_release_is_an_asset(definitions: dg.Definitions) -> None:
    assert keys(definitions, "oltp") == {table.name for table in TABLES}
    assert len(keys(definitions, "events")) == len(TOPICS)
    assert keys(definitions, "marts") >= {table.name for table in CUSTOMER_OLAP.tables}
    assert keys(definitions, "release") == {"customer_olap"}


def test_every_asset_has_description_owner_and_kind(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.group_name != "default", key
        assert node.owners, key
        assert node.kinds, key
        assert node.tags[PII_TAG] in {"direct", "quasi", "none"}, key


def test_published_assets_describe_grain_and_columns(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        if key.path[0] not in {"release", "privacy"}:
            assert str(node.description).startswith("One row"), key
        if key.path[0] in {"oltp", "events", "raw", "marts", "own"}:
            assert node.metadata[COLUMN_SCHEMA].columns, key


def test_sources_marts_and_releases_have_a_freshness_policy(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    watched = {"oltp", "events", "marts", "own", "release"}
    for key in graph.get_all_asset_keys():
        expected = NIGHTLY_FRESHNESS if key.path[0] in watched else graph.get(key).freshness_policy
        assert graph.get(key).freshness_policy == expected, key


def test_personal_data_is_tagged_and_internal_marts_have_none(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    names = [table.source[1] for table in CUSTOMER_OLAP.tables]
    marked = {name: graph.get(dg.AssetKey(["marts", name])).tags[PII_TAG] for name in names}
    assert set(marked.values()) <= {"quasi", "none"}
    assert graph.get(dg.AssetKey(["raw", "oltp_affiliate_customer"])).tags[PII_TAG] == "direct"


def test_release_depends_on_every_table_and_topic(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    release = dg.AssetSelection.assets(dg.AssetKey(["release", "customer_olap"]))
    upstream = {key.path[-1] for key in release.upstream().resolve(graph)}

    assert {"affiliate_customer", "order_header", "order_item", "product"} <= upstream
    assert {"affiliate_customers", "storefront_visits", "privacy_erasures"} <= upstream


def test_steps_using_the_warehouse_are_in_its_pool(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("everything")
    pools = {node.name: node.definition.pools for node in job.nodes}

    assert {name for name, pool in pools.items() if "warehouse" in pool} == {
        "raw_tables",
        "dbt_models",
        "identity__ledger",
        "release__customer_olap",
        "privacy__erased",
        "privacy__receipts",
    }


@pytest.mark.parametrize("job", ["everything", "marts_only", "as_of_day", "publish"])
def test_customer_ids_are_saved_before_publishing(definitions: dg.Definitions, job: str) -> None:
    assert "identity__ledger" in _waits_for(definitions, job, "release__customer_olap")


@pytest.mark.parametrize("job", ["everything", "marts_only", "as_of_day", "build"])
def test_customer_ids_are_saved_after_all_models_and_tests(
    definitions: dg.Definitions, job: str
) -> None:
    assert "dbt_models" in _waits_for(definitions, job, "identity__ledger")


def test_every_model_has_a_check(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checked = {key.asset_key.path[-1] for key in graph.asset_check_keys}

    assert keys(definitions, "marts") | keys(definitions, "staging") <= checked


def test_validation_blocks_the_build(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        if key.path[0] in {"oltp", "events"}:
            found = {check.name for check in graph.get_check_keys_for_assets({key})}
            assert {HELD, EXPECTATIONS} <= found, key
            assert graph.get(dg.AssetCheckKey(key, HELD)).blocking


@pytest.mark.parametrize("job", ["everything", "marts_only", "as_of_day", "build"])
def test_data_is_validated_before_loading(definitions: dg.Definitions, job: str) -> None:
    assert "validation" in _waits_for(definitions, job, "raw_tables")


@pytest.mark.parametrize("job", ["everything", "marts_only", "as_of_day", "build", "erase"])
def test_erasure_runs_before_loading(definitions: dg.Definitions, job: str) -> None:
    assert "privacy__erased" in _waits_for(definitions, job, "raw_tables")


@pytest.mark.parametrize("job", ["everything", "marts_only", "publish", "erase"])
def test_receipts_are_written_after_publishing(definitions: dg.Definitions, job: str) -> None:
    assert "release__customer_olap" in _waits_for(definitions, job, "privacy__receipts")
    graph = definitions.resolve_asset_graph()
    assert "no_erasure_overdue" in {check.name for check in graph.asset_check_keys}


def _waits_for(definitions: dg.Definitions, job: str, step: str) -> set[str]:
    """Steps that a step of the job comes right after."""
    dependencies = definitions.resolve_job_def(job).dependencies
    found = next(found for node, found in dependencies.items() if node.name == step)
    return {
        node.node for dependency in found.values() for node in dependency.get_node_dependencies()
    }


def test_landing_zone_is_maintained_weekly(definitions: dg.Definitions) -> None:
    assert definitions.resolve_schedule_def("weekly").job_name == "maintain"


def test_whole_pipeline_runs_daily(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("daily")

    assert schedule.job_name == "everything"
    assert schedule.cron_schedule == "0 4 * * *"


def test_backfilled_day_uses_its_end_as_as_of(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("as_of_day")
    assert job.partitions_def == DAYS
    assert job.partitioned_config is not None

    tags = job.partitioned_config.get_tags_for_partition_key("2025-12-31", job.name)

    assert tags[AS_OF_TAG] == "2026-01-01T00:00:00+00:00"


def test_jobs_schedules_and_sensors_are_complete(definitions: dg.Definitions) -> None:
    jobs = {job.name for job in definitions.resolve_all_job_defs()} - {"__ASSET_JOB"}

    assert jobs == {
        *("everything", "events_only", "marts_only", "as_of_day"),
        *("ingest", "build", "publish", "erase", "maintain"),
    }
    sensors = {sensor.name for sensor in definitions.sensors or ()}
    assert sensors == {"event_lag", "after_landing", "alert_on_failure"}


def test_every_step_redacts_its_errors(definitions: dg.Definitions) -> None:
    for job in ("everything", "maintain"):
        for node in definitions.resolve_job_def(job).nodes:
            assert isinstance(node.definition, dg.OpDefinition)
            step = getattr(node.definition.compute_fn, "decorated_fn", None)
            assert hasattr(step, "__wrapped__"), f"{node.name} needs @redacting"
