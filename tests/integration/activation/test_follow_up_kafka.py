from __future__ import annotations

import json
from pathlib import Path

import pytest
from confluent_kafka import Producer
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from activation.delivery import kafka
from activation.follow_ups.deliver import DeliveryOptions, deliver_tasks
from activation.follow_ups.messages import TOPIC, TYPE
from contracts.schemas import event_schema
from core.errors import ConfigurationError
from core.settings import Settings
from ingestion.embedded import EmbeddedBroker
from tests.integration.activation.topic_reader import read
from tests.support.audience_world import NOW, Customer
from tests.support.follow_up_world import FollowUpWorld, Task


def test_tasks_are_keyed_messages_with_tombstones(
    tmp_path: Path, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = broker.start()
    settings = Settings(home=tmp_path / "home", kafka_bootstrap=bootstrap,
                        pseudonym_key=SecretStr("0f" * 31 + "aa"), _env_file=None)  # fmt: skip
    world = FollowUpWorld(settings, tmp_path)
    world.customers = [Customer(1, n) for n in range(1, 4)] + [Customer(2, 1)]
    world.tasks = [Task(c.affiliate_id, c.record_id) for c in world.customers]
    world.publish()

    assert world.deliver(targets=("kafka",)).targets["kafka"]["messages"] == 4
    world.change_task(1, 1, priority=7.25)
    world.publish()
    assert world.deliver(targets=("kafka",)).targets["kafka"]["messages"] == 1

    newest = dict(read(bootstrap, TOPIC))
    assert newest.keys() == {world.task(t.affiliate_id, t.record_id) for t in world.tasks}
    schema = Draft202012Validator(event_schema(TYPE))
    for key, value in newest.items():
        schema.validate(value)
        assert value is not None
        assert value["data"]["task_id"] == key
    changed = newest[world.task(1, 1)]
    assert changed is not None
    assert (changed["data"]["priority"], changed["data"]["run"]) == (7.25, 2)

    # two events that are in Kafka but not landed yet; one has the task id that was delivered
    withdrawn = {"specversion": "1.0", "id": "1", "source": "shop", "type": "ConsentWithdrawn",
                 "time": "2026-03-01T00:59:00Z", "affiliateid": 2,
                 "data": {"affiliate_customer_id": 1}}  # fmt: skip
    done = withdrawn | {"type": "FollowUpDone", "affiliateid": 1, "data": {
        "deal_id": "ours", "task_id": world.task(1, 2), "outcome": "reached"}}  # fmt: skip
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("marketing.consents", json.dumps(withdrawn).encode(), b"1")
    producer.produce("marketing.follow-ups", json.dumps(done).encode(), b"ours")
    assert producer.flush(10) == 0
    report = deliver_tasks(settings, DeliveryOptions(NOW, targets=("kafka",)), fresh=True)
    assert (report.counts.consent, report.counts.answered) == (1, 1)
    newest = dict(read(bootstrap, TOPIC))
    assert newest[world.task(2, 1)] is newest[world.task(1, 2)] is None

    # if the broker is unreachable, the run stays unacknowledged and the next one sends it again
    broker.stop()
    monkeypatch.setattr(kafka, "REACH_SECONDS", 1.0)
    world.change_task(1, 3, is_delayed=True)
    world.publish()
    with pytest.raises(ConfigurationError, match="broker is unreachable"):
        world.deliver(targets=("kafka",))
    monkeypatch.undo()
    world.settings = settings.model_copy(update={"kafka_bootstrap": broker.start()})
    assert world.deliver(targets=("kafka",)).targets["kafka"]["removed"] == 1
    assert (world.task(1, 3), None) in read(broker.bootstrap or "", TOPIC)
