"""Starts the event job when Kafka has messages that are not yet landed."""

import dagster as dg

from core.settings import load_settings
from ingestion.kafka.lag import lag
from ingestion.landing import LandingZone
from ingestion.servers import kafka
from orchestration.defs.ingestion.jobs import events_job
from orchestration.lib.automation import is_busy
from orchestration.lib.redaction import redacting


@dg.sensor(job=events_job, minimum_interval_seconds=60)
@redacting
def event_lag(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Compares the end offsets of the topics with the manifest, once a minute."""
    if is_busy(context.instance):
        return dg.SkipReason("a run is in progress or queued and will read the messages")
    settings = load_settings()
    lags = lag(kafka(settings), LandingZone(settings.landing_path))
    behind = {topic: sum(partitions.values()) for topic, partitions in lags.items()}
    if not any(behind.values()):
        return dg.SkipReason("all messages are landed")
    return dg.RunRequest(tags={"affiliate/lag": str(sum(behind.values()))})
