"""Jobs that fail, and what the platform tells of them."""

from __future__ import annotations

import dagster as dg

from core.errors import AffiliateError
from core.settings import load_settings
from orchestration.defs.alerts import build_alerts

HELD = "1 batches are held for review"


@dg.op
def hold() -> None:
    raise AffiliateError(HELD)


@dg.op
def leak() -> None:
    raise ValueError("no number: 'ana@example.com'")


@dg.job
def held() -> None:
    hold()


@dg.job
def leaking() -> None:
    leak()


def alert(job: dg.JobDefinition) -> str:
    """Lets a run of the job fail and the sensor look at it; the run's id."""
    sensor = build_alerts(load_settings())
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        sensor(context.for_run_failure())
    return result.run_id
