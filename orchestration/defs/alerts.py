"""Tells a webhook of every run that failed: a chat's, or whatever turns it into e-mail."""

from __future__ import annotations

import json
from urllib.error import URLError
from urllib.request import Request, urlopen

import dagster as dg

from ingestion.errors import AffiliateError, ConfigurationError
from ingestion.settings import Settings, load_settings
from orchestration.lib.failures import reason
from orchestration.lib.redaction import redacting

SECONDS = 10


def build_alerts(settings: Settings) -> dg.SensorDefinition:
    """The sensor; off until AFFILIATE_ALERT_WEBHOOK is set.

    Args:
        settings: Whether it is.
    """
    status = dg.DefaultSensorStatus.RUNNING if settings.alert_webhook else None

    @dg.run_failure_sensor(
        name="alert_on_failure",
        minimum_interval_seconds=30,
        default_status=status or dg.DefaultSensorStatus.STOPPED,
        description="Posts every failed run to AFFILIATE_ALERT_WEBHOOK, without row values",
    )
    @redacting
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        """One message per run, as chat programs and most gateways take it."""
        current = load_settings()
        if current.alert_webhook is None:
            raise ConfigurationError("AFFILIATE_ALERT_WEBHOOK is not set: there is nobody to tell")
        run = context.dagster_run
        why = reason([context.failure_event, *context.get_step_failure_events()])
        pages = f"{current.web_origins[0]}/runs/{run.run_id}" if current.web_origins else run.run_id
        _post(current.alert_webhook.get_secret_value(), f"{run.job_name} failed: {why}\n{pages}")

    return alert_on_failure


def _post(address: str, text: str) -> None:
    """Sends `{"text": …}`.

    Raises:
        AffiliateError: nobody takes it; the address is a secret and is not repeated.
    """
    if not address.startswith(("https://", "http://")):
        raise ConfigurationError("AFFILIATE_ALERT_WEBHOOK is no http address")
    body = json.dumps({"text": text}).encode()
    request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS):  # noqa: S310
            pass
    except (URLError, OSError) as error:
        why = type(error).__name__
        raise AffiliateError(f"AFFILIATE_ALERT_WEBHOOK takes no message ({why})") from None
