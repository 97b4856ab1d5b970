"""Sends an alert for every failed run: by webhook, by e-mail, or both."""

from __future__ import annotations

import dagster as dg

from core.errors import ConfigurationError
from core.settings import Settings, load_settings
from orchestration.lib.alert_channels import Alert, channels, send
from orchestration.lib.failures import reason
from orchestration.lib.redaction import redacting


def build_alerts(settings: Settings) -> dg.SensorDefinition:
    """The sensor; off until AFFILIATE_ALERT_WEBHOOK or AFFILIATE_ALERT_EMAIL_TO is set.

    Args:
        settings: Say whether one is.
    """
    status = dg.DefaultSensorStatus.RUNNING if channels(settings) else None

    @dg.run_failure_sensor(
        name="alert_on_failure",
        minimum_interval_seconds=30,
        default_status=status or dg.DefaultSensorStatus.STOPPED,
        description="Sends every failed run to AFFILIATE_ALERT_WEBHOOK and "
        "AFFILIATE_ALERT_EMAIL_TO, without row values",
    )
    @redacting
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        """One message per run."""
        current = load_settings()
        configured = channels(current)
        if not configured:
            raise ConfigurationError(
                "no alert channel is set: AFFILIATE_ALERT_WEBHOOK or AFFILIATE_ALERT_EMAIL_TO"
            )
        run = context.dagster_run
        why = reason([context.failure_event, *context.get_step_failure_events()])
        page = f"{current.web_origins[0]}/runs/{run.run_id}" if current.web_origins else run.run_id
        send(configured, Alert(f"{run.job_name} failed", str(why), page))

    return alert_on_failure
