"""Every Kafka topic as an asset; one step reads all selected topics to their current end."""

from collections.abc import Iterator

import dagster as dg

from contracts.topics import TOPICS
from ingestion.kafka import ingest
from ingestion.kafka.columns import SCHEMA
from ingestion.servers import kafka
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.described import holds, message_columns
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from orchestration.lib.reports import materializations

KEYS = {
    topic.name: dg.AssetKey(["events", topic.raw_table.removeprefix("events_")]) for topic in TOPICS
}
DATASETS = {topic.dataset: KEYS[topic.name] for topic in TOPICS}

SPECS = [
    dg.AssetSpec(
        KEYS[topic.name],
        description=f"One row per message of topic `{topic.name}`: {topic.description} "
        f"({', '.join(topic.types)})",
        group_name="events",
        kinds={"kafka", "parquet"},
        owners=["team:data-engineering"],
        tags=holds(topic.level),
        metadata=message_columns(
            ((field.name, str(field.type)) for field in SCHEMA), topic.properties
        ),
        freshness_policy=NIGHTLY_FRESHNESS,
    )
    for topic in TOPICS
]


@dg.multi_asset(
    name="kafka_topics",
    specs=SPECS,
    can_subset=True,
    required_resource_keys={"platform"},
)
@redacting
def kafka_topics(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Lands the messages since the last run; invalid ones go to quarantine."""
    platform: Platform = context.resources.platform
    selected = [topic for topic in TOPICS if KEYS[topic.name] in context.selected_asset_keys]
    reports = ingest(kafka(platform.settings), platform.zone, selected)
    yield from materializations(reports, DATASETS, platform.zone)
