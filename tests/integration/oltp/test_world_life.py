"""The sample world on a real PostgreSQL and a real broker: created, created again, evolved."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.tables import TABLES
from contracts.topics import TOPICS
from core.errors import AffiliateError, ConfigurationError
from ingestion.embedded import EmbeddedPostgres
from oltp.migrate import migrate
from oltp.world import WorldSpec, create, evolve

SPEC = WorldSpec(affiliates=3, customers=600, orders_per_customer=2, seed=5)
QUALIFIED = [table.qualified for table in TABLES]
Log = dict[tuple[str, int], list[tuple[bytes | None, bytes | None]]]


@pytest.fixture
def other_dsn(postgres_server: EmbeddedPostgres, postgres_database: str) -> str:
    """A second fresh database."""
    postgres_server.ensure_database(f"{postgres_database}_b")
    return postgres_server.dsn(f"{postgres_database}_b")


def fingerprints(dsn: str) -> dict[str, tuple[int, str]]:
    """Row count and a hash over all rows, by table."""
    with psycopg.connect(dsn) as connection:
        found = {}
        for table in QUALIFIED:
            query = (
                "select count(*), md5(string_agg(row, '' order by row)) "
                f"from (select md5(t::text) as row from {table} as t) as rows"
            )
            row = connection.execute(query.encode()).fetchone()
            assert row is not None
            found[table] = row
        return found


def log_of(bootstrap: str) -> Log:
    """Keys and values of every partition, in order."""
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": "test",
        "enable.partition.eof": True,
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    partitions = [TopicPartition(topic.name, number, 0) for topic in TOPICS for number in range(3)]
    log: Log = {(part.topic, part.partition): [] for part in partitions}
    consumer.assign(partitions)
    ended = 0
    while ended < len(partitions):
        message = consumer.poll(20)
        assert message is not None
        if (error := message.error()) is not None:
            assert error.code() == KafkaError._PARTITION_EOF
            ended += 1
        else:
            topic, partition = message.topic(), message.partition()
            assert topic is not None
            assert partition is not None
            log[topic, partition].append((message.key(), message.value()))
    consumer.close()
    return log


def test_created_world_matches_its_summary(
    oltp_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    seen: dict[str, int] = {}
    summary = create(oltp_dsn, kafka_bootstrap, SPEC, tmp_path, seen.__setitem__)
    rows = {table: number for table, (number, _) in fingerprints(oltp_dsn).items()}
    assert summary.rows == rows
    assert rows["affiliate.affiliate"] == 3
    assert rows["affiliate.affiliate_customer"] == 600
    log = log_of(kafka_bootstrap)
    arrived = Counter(topic for (topic, _), queue in log.items() for _ in queue)
    assert sum(arrived.values()) == sum(summary.events.values()) + sum(summary.bad_events.values())
    assert all(arrived[topic.name] >= summary.events[topic.name] for topic in TOPICS)
    assert len(summary.bad_events) == 7
    assert seen == summary.rows | summary.events
    truth = pq.read_table(tmp_path / "truth.parquet")
    assert truth.num_rows == 618
    assert len(set(truth["person_id"].to_pylist())) == summary.persons
    assert json.loads((tmp_path / "world.json").read_text())["day"] == 0


def test_topics_have_three_partitions_and_each_key_uses_one(
    oltp_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    create(oltp_dsn, kafka_bootstrap, SPEC, tmp_path)
    topics = AdminClient({"bootstrap.servers": kafka_bootstrap}).list_topics(timeout=10).topics
    assert {topic.name: len(topics[topic.name].partitions) for topic in TOPICS} == {
        topic.name: 3 for topic in TOPICS
    }
    homes: dict[tuple[str, bytes | None], set[int]] = {}
    for (topic, partition), queue in log_of(kafka_bootstrap).items():
        for key, _ in queue:
            homes.setdefault((topic, key), set()).add(partition)
    assert {len(partitions) for partitions in homes.values()} == {1}


def test_same_spec_generates_the_same_rows_and_messages_every_day(
    oltp_dsn: str, other_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    """The second world's messages follow the first's, so each partition holds them twice."""
    first, second = tmp_path / "first", tmp_path / "second"
    create(oltp_dsn, kafka_bootstrap, SPEC, first)
    evolve(oltp_dsn, kafka_bootstrap, first, days=2)
    once = log_of(kafka_bootstrap)
    create(other_dsn, kafka_bootstrap, SPEC, second)
    evolve(other_dsn, kafka_bootstrap, second)
    evolve(other_dsn, kafka_bootstrap, second)
    assert fingerprints(oltp_dsn) == fingerprints(other_dsn)
    assert {part: queue + queue for part, queue in once.items()} == log_of(kafka_bootstrap)
    for name in ("truth.parquet", "world.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_another_seed_generates_other_rows(oltp_dsn: str, other_dsn: str, tmp_path: Path) -> None:
    create(oltp_dsn, None, SPEC, tmp_path / "a")
    create(other_dsn, None, WorldSpec(3, 600, 2, seed=6), tmp_path / "b")
    first, second = fingerprints(oltp_dsn), fingerprints(other_dsn)
    assert not [table for table in QUALIFIED[1:] if first[table] == second[table]]


def test_loading_restores_all_keys_and_indexes(
    oltp_dsn: str, other_dsn: str, tmp_path: Path
) -> None:
    create(oltp_dsn, None, SPEC, tmp_path)
    migrate(other_dsn)
    query = """
    select pg_get_constraintdef(oid) from pg_constraint
    where connamespace in ('affiliate'::regnamespace, 'sales'::regnamespace)
    union all
    select indexdef from pg_indexes where schemaname in ('affiliate', 'sales') order by 1
    """
    definitions = []
    for dsn in (oltp_dsn, other_dsn):
        with psycopg.connect(dsn) as connection:
            definitions.append(connection.execute(query).fetchall())
    assert definitions[0] == definitions[1]


def test_ids_continue_after_existing_ones(oltp_dsn: str, tmp_path: Path) -> None:
    create(oltp_dsn, None, SPEC, tmp_path)
    with psycopg.connect(oltp_dsn) as connection:
        for table, columns, values in (
            ("affiliate.affiliate_customer", "affiliate_id", "1"),
            ("sales.order_header", "affiliate_id", "1"),
            ("sales.product", "affiliate_id, unit_price", "1, 1"),
            ("affiliate.app_user", "affiliate_id", "1"),
        ):
            insert = f"insert into {table} ({columns}) values ({values}) returning id"
            row = connection.execute(insert.encode()).fetchone()
            assert row is not None
            if table == "affiliate.affiliate_customer":
                assert row[0] == 600 + 18 + 1


def test_one_day_changes_some_rows_of_every_table(
    oltp_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    create(oltp_dsn, kafka_bootstrap, SPEC, tmp_path)
    before = rows_by_id(oltp_dsn)
    summary = evolve(oltp_dsn, kafka_bootstrap, tmp_path, days=3)
    after = rows_by_id(oltp_dsn)
    midnight = SPEC.until
    for table in ("affiliate.affiliate_customer", "sales.order_header"):
        old, new = before[table], after[table]
        added = new.keys() - old.keys()
        changed = {id_ for id_ in old.keys() & new.keys() if old[id_] != new[id_]}
        assert added
        assert changed
        assert len(added | changed) < 0.15 * len(new)
        assert all(midnight <= new[id_] < datetime(2026, 1, 4, tzinfo=UTC) for id_ in changed)
    customers = "affiliate.affiliate_customer"
    assert before[customers].keys() - after[customers].keys()
    assert not before["sales.order_header"].keys() - after["sales.order_header"].keys()
    assert {"affiliate.customers", "storefront.visits"} <= set(summary.events)


def rows_by_id(dsn: str) -> dict[str, dict[int, datetime]]:
    """`updated_at` by id, for the two tables that matter most."""
    with psycopg.connect(dsn) as connection:
        return {
            table: dict(connection.execute(f"select id, updated_at from {table}".encode()))
            for table in ("affiliate.affiliate_customer", "sales.order_header")
        }


def test_known_people_register_at_other_affiliates_over_time(oltp_dsn: str, tmp_path: Path) -> None:
    create(oltp_dsn, None, SPEC, tmp_path)
    before = pq.read_table(tmp_path / "truth.parquet")
    evolve(oltp_dsn, None, tmp_path)
    after = pq.read_table(tmp_path / "truth.parquet")
    assert after.slice(0, before.num_rows).equals(before)
    newcomers = after.slice(before.num_rows)["person_id"].to_pylist()
    known = set(before["person_id"].to_pylist())
    assert any(person in known for person in newcomers)
    assert any(person not in known for person in newcomers)


def test_non_empty_oltp_is_rejected_and_unchanged(oltp_dsn: str, tmp_path: Path) -> None:
    migrate(oltp_dsn)
    with psycopg.connect(oltp_dsn) as connection:
        connection.execute("insert into affiliate.affiliate (slug) values ('mine')")
    before = fingerprints(oltp_dsn)
    with pytest.raises(AffiliateError, match="holds affiliates already"):
        create(oltp_dsn, None, SPEC, tmp_path)
    assert fingerprints(oltp_dsn) == before
    assert not list(tmp_path.iterdir())


def test_unreachable_broker_leaves_the_oltp_empty(oltp_dsn: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="broker cannot be reached"):
        create(oltp_dsn, "127.0.0.1:1", SPEC, tmp_path)
    assert {number for number, _ in fingerprints(oltp_dsn).values()} == {0}


def test_role_under_row_level_security_gets_a_clear_error(
    oltp_dsn: str, reader_dsn: str, tmp_path: Path
) -> None:
    create(oltp_dsn, None, SPEC, tmp_path)
    with pytest.raises(AffiliateError, match="row-level security"):
        evolve(reader_dsn, None, tmp_path)


def test_world_cannot_evolve_in_another_oltp(oltp_dsn: str, other_dsn: str, tmp_path: Path) -> None:
    create(oltp_dsn, None, SPEC, tmp_path)
    with pytest.raises(AffiliateError, match="migrate it first"):
        evolve(other_dsn, None, tmp_path)
    migrate(other_dsn)
    with pytest.raises(AffiliateError, match="does not hold the world"):
        evolve(other_dsn, None, tmp_path)
    with pytest.raises(ConfigurationError, match="at least 1"):
        evolve(oltp_dsn, None, tmp_path, days=0)
