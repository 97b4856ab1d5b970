"""The sample world, through a real PostgreSQL and a real broker: nothing of it is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from contracts.tables import TABLES
from ingestion import kafka, postgres
from ingestion.embedded import EmbeddedBroker, EmbeddedPostgres
from ingestion.kafka.broker import Kafka
from ingestion.landing import LandingZone
from ingestion.quality import QualityReport, validate_batches
from oltp.world.creation import create
from oltp.world.evolution import evolve
from oltp.world.spec import WorldSpec

SPEC = WorldSpec(affiliates=3, customers=1_500)


@dataclass
class World:
    """A small sample world, where it lands, and what its first review found."""

    admin: str
    reader: str
    broker: str
    folder: Path
    reviews: list[QualityReport] = field(default_factory=list)

    @property
    def zone(self) -> LandingZone:
        return LandingZone(self.folder / "landing")

    def judge(self, now: datetime) -> list[QualityReport]:
        postgres.ingest(self.reader, self.zone)
        kafka.ingest(Kafka({"bootstrap.servers": self.broker}, is_embedded=True), self.zone)
        return validate_batches(self.zone, self.folder / "pages", now=now)


@pytest.fixture(scope="module")
def world(
    postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    postgres_server.ensure_database("quality")
    broker = EmbeddedBroker(folder / "broker")
    dsn = postgres_server.dsn("quality")
    reader = postgres_server.dsn("quality", user="platform_reader")
    found = World(dsn, reader, broker.start(), folder)
    create(dsn, found.broker, SPEC, folder / "out")
    found.reviews = found.judge(SPEC.until)
    yield found
    broker.stop()


def test_no_batch_of_the_sample_world_is_held(world: World) -> None:
    first = world.reviews
    assert [r.dataset for r in first if r.outcome != "passed"] == []
    assert {r.dataset for r in first} >= {f"oltp/{spec.qualified}" for spec in TABLES}
    assert {r.dataset for r in first} >= {"events/storefront.visits", "events/sales.funnel"}
    assert all(result.evaluated for r in first for result in r.results)
    assert [(r.dataset, warning) for r in first for warning in r.warnings] == []


def test_no_batch_of_the_following_days_is_held(world: World) -> None:
    for _ in range(2):
        evolve(world.admin, world.broker, world.folder / "out")
        later = world.judge(SPEC.until + timedelta(days=2))
        assert later
        assert [line for r in later for line in r.reasons] == []


def test_pages_contain_no_personal_data_of_the_sample_world(world: World) -> None:
    with psycopg.connect(world.admin) as connection:
        people = connection.execute(
            "select full_name, email, phone, identifier from affiliate.affiliate_customer"
        ).fetchall()
    values = {value for person in people for value in person if value and len(value) > 8}
    assert len(values) > 1_000
    written = [path for path in (world.folder / "pages").rglob("*") if path.is_file()]
    assert len(written) > 2 * len(TABLES)
    for path in written:
        text = path.read_text()
        assert [value for value in values if value in text] == []
