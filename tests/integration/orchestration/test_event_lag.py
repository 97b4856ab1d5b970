"""The lag sensor: real ticks against a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from confluent_kafka import Producer

from core.errors import AffiliateError
from core.settings import load_settings
from ingestion.kafka import ingest
from ingestion.landing import LandingZone
from ingestion.servers import kafka
from orchestration.defs.ingestion.lag import event_lag
from tests.support.sample_events import deal, encoded


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kafka_bootstrap: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AFFILIATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AFFILIATE_KAFKA_BOOTSTRAP", kafka_bootstrap)
    monkeypatch.setenv("AFFILIATE_PSEUDONYM_KEY", "5eed" * 16)


def send(bootstrap: str, count: int) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    for number in range(count):
        producer.produce("sales.funnel", encoded(deal(id=f"e-{number}")))
    producer.flush()


def tick(instance: dg.DagsterInstance) -> object:
    return event_lag(dg.build_sensor_context(instance=instance))


def test_new_messages_start_the_event_job(
    instance: dg.DagsterInstance, kafka_bootstrap: str
) -> None:
    send(kafka_bootstrap, 3)

    request = tick(instance)
    settings = load_settings()
    ingest(kafka(settings), LandingZone(settings.landing_path))
    afterwards = tick(instance)

    assert isinstance(request, dg.RunRequest)
    assert request.tags["affiliate/lag"] == "3"
    assert event_lag.job_name == "events_only"
    assert isinstance(afterwards, dg.SkipReason)


def test_no_run_starts_while_one_is_in_progress(
    instance: dg.DagsterInstance, kafka_bootstrap: str
) -> None:
    send(kafka_bootstrap, 3)
    instance.add_run(
        dg.DagsterRun(job_name="everything", run_id=None, status=dg.DagsterRunStatus.STARTED)
    )

    answer = tick(instance)

    assert isinstance(answer, dg.SkipReason)
    assert "in progress" in str(answer.skip_message)


def test_unreachable_broker_fails_the_tick(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFFILIATE_KAFKA_BOOTSTRAP", "127.0.0.1:1")

    with pytest.raises(AffiliateError, match="unreachable"):
        tick(instance)
