"""Rights that the broker's administrator withholds are loud; those nothing depends on are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from core.errors import AffiliateError
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka.outcome import ends, landed, run
from tests.integration.ingestion.apache_kafka.server import PASSWORD, USER, KafkaServer
from tests.integration.ingestion.apache_kafka.topic import Topic, until

pytestmark = pytest.mark.nightly

LITERAL = ResourcePatternType.LITERAL
GROUP = "affiliate-data-platform"
Deny = Callable[[ResourceType, str, AclOperation], None]


@pytest.fixture
def admin(kafka_server: KafkaServer) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka_server.bootstrap()})


@pytest.fixture
def deny(admin: AdminClient) -> Iterator[Deny]:
    """Forbids the reader an operation until the test ends."""

    undo: list[AclBindingFilter] = []

    def create(kind: ResourceType, name: str, operation: AclOperation) -> None:
        fields = (kind, name, LITERAL, f"User:{USER}", "*", operation, AclPermissionType.DENY)
        rule = AclBinding(*fields)
        admin.create_acls([rule])[rule].result()
        undo.append(AclBindingFilter(*fields))
        until(lambda: admin.describe_acls(undo[-1]).result() == [rule], "the rule is in force")

    yield create
    for done in admin.delete_acls(undo).values():
        done.result()


@pytest.fixture
def reader(kafka_server: KafkaServer) -> Kafka:
    """The broker as a user of whom something can be withheld."""
    config = {
        "bootstrap.servers": kafka_server.bootstrap("SASL_PLAINTEXT"),
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": USER,
        "sasl.password": PASSWORD,
    }
    return Kafka(config, is_embedded=False)


@pytest.mark.parametrize("operation", [AclOperation.DESCRIBE, AclOperation.READ])
def test_topic_without_read_permission_raises_error(
    operation: AclOperation, deny: Deny, reader: Kafka, topic: Topic, zone: LandingZone
) -> None:
    topic.send(range(5))
    deny(ResourceType.TOPIC, topic.name, operation)
    with pytest.raises(AffiliateError, match="AUTHORIZATION") as caught:
        ingest(reader, zone, [topic.spec])
    assert "\n" not in str(caught.value)
    assert zone.latest is None


def test_missing_permission_on_the_group_does_not_stop_the_run(
    deny: Deny, reader: Kafka, topic: Topic, zone: LandingZone
) -> None:
    topic.send(range(5))
    deny(ResourceType.GROUP, GROUP, AclOperation.READ)
    ingest(reader, zone, [topic.spec])
    assert landed(topic, zone) == list(range(5))


def test_group_offsets_match_the_manifest(
    admin: AdminClient, topic: Topic, zone: LandingZone
) -> None:
    for end in (5, 12):
        topic.send(range(topic.offsets()[1], end))
        assert ends(run(topic, zone)) == {"0": end}
        asked = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(topic.name, 0)])
        answer = admin.list_consumer_group_offsets([asked])[GROUP].result()
        assert [place.offset for place in answer.topic_partitions] == [end]


def test_group_offsets_are_never_read(admin: AdminClient, topic: Topic, zone: LandingZone) -> None:
    topic.send(range(10))
    run(topic, zone)
    topic.send(range(10, 20))
    wrong = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(topic.name, 0, 17)])
    admin.alter_consumer_group_offsets([wrong])[GROUP].result()
    run(topic, zone)
    assert landed(topic, zone) == list(range(20))
