"""Weekly maintenance of the landing zone: retention, then compaction."""

from datetime import UTC, datetime

import dagster as dg

from ingestion.landing.maintain import maintain
from orchestration.lib.automation import SUNDAYS
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting


@dg.op(required_resource_keys={"platform"})
@redacting
def maintain_landing(context: dg.OpExecutionContext) -> None:
    """Deletes data past its retention and merges small files."""
    platform: Platform = context.resources.platform
    retained, compacted = maintain(platform.zone, platform.settings.retention, datetime.now(UTC))
    context.add_output_metadata(
        {
            "rows_dropped": sum(retained.dropped.values()),
            "files_merged": sum(merge.files for merge in compacted.merges),
            "files_made": len(compacted.merges),
        }
    )


@dg.job(name="maintain", description="Retention and compaction of the landing zone")
def maintain_job() -> None:
    """One op; it holds the run lock, so ingestion waits."""
    maintain_landing()


weekly = dg.ScheduleDefinition(
    name="weekly",
    job=maintain_job,
    cron_schedule=SUNDAYS,
    execution_timezone="UTC",
    description="Retention and compaction of the landing zone, Sundays at 03:00 UTC",
)
