from __future__ import annotations

import json
from pathlib import Path

import pytest
from confluent_kafka import Producer
from pydantic import SecretStr

from activation.audiences.deliver import run
from activation.audiences.messages import TOPIC
from activation.audiences.report import RunOptions
from activation.delivery import kafka
from core.errors import ConfigurationError
from core.settings import Settings
from ingestion.embedded import EmbeddedBroker
from tests.integration.activation.topic_reader import read
from tests.support.audience_world import NOW, Customer, World


def test_members_are_keyed_messages_with_tombstones(
    tmp_path: Path, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = broker.start()
    settings = Settings(home=tmp_path / "home", kafka_bootstrap=bootstrap,
                        pseudonym_key=SecretStr("0f" * 31 + "aa"), _env_file=None)  # fmt: skip
    world = World(settings, tmp_path / "audiences")
    world.customers = [Customer(1, n) for n in range(1, 9)] + [Customer(2, 1)]
    world.audience(deliver=[{"kafka": TOPIC}])
    world.publish()

    assert world.run().targets["kafka"]["messages"] == 9
    world.change(1, 1, lifecycle_stage="active")
    world.change(1, 2, avg_ticket=1234567.89)
    world.publish()
    assert world.run().targets["kafka"]["messages"] == 3

    messages = read(bootstrap, TOPIC)
    gone, stays = (f"winback|alpha|{world.member(1, n)}" for n in (1, 2))
    sent = [value for key, value in messages if key == gone]
    assert sent[-1] is None
    assert sent[-2] is not None
    assert sent[-2]["type"] == "AudienceMemberRemoved"
    assert sent[-2]["data"]["reason"] == "rule"
    assert sent[-2]["data"]["email"] == "ana@mail.example"
    newest = {key: value for key, value in dict(messages).items() if value}
    assert newest.keys() == {
        stays, *(f"winback|alpha|{world.member(1, n)}" for n in range(3, 9)),
        f"winback|beta|{world.member(2, 1)}",
    }  # fmt: skip
    assert newest[stays]["data"] == {
        "audience": "winback", "affiliate": "alpha", "member": world.member(1, 2), "run": 2,
        "operation": "changed", "reason": None, "entered_at": "2026-03-01T01:00:00Z",
        "entry_number": 1, "email": "ana@mail.example", "avg_ticket": 1234567.89,
    }  # fmt: skip

    # a withdrawal that is in Kafka but not landed yet
    withdrawn = {"specversion": "1.0", "id": "1", "source": "shop", "type": "ConsentWithdrawn",
                 "time": "2026-03-01T00:59:00Z", "affiliateid": 2,
                 "data": {"affiliate_customer_id": 1}}  # fmt: skip
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("marketing.consents", json.dumps(withdrawn).encode(), b"1")
    assert producer.flush(10) == 0
    report = run(settings, world.folder, "winback", RunOptions(NOW), fresh=True)
    assert report.exits == {"rule": 1, "consent": 1}
    assert dict(read(bootstrap, TOPIC))[f"winback|beta|{world.member(2, 1)}"] is None

    # if the broker is unreachable, the run stays unacknowledged and the next one sends it again
    broker.stop()
    monkeypatch.setattr(kafka, "REACH_SECONDS", 1.0)
    world.change(1, 3, lifecycle_stage="active")
    world.publish()
    with pytest.raises(ConfigurationError, match="broker is unreachable"):
        world.run()
    monkeypatch.undo()
    world.settings = settings.model_copy(update={"kafka_bootstrap": broker.start()})
    report = world.run()
    assert (report.run, report.targets["kafka"]["removed"]) == (5, 1)
    assert [value for _, value in read(broker.bootstrap or "", TOPIC)][-1] is None
