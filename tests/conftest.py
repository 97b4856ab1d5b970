"""What all tests share: real servers on loopback, and an empty landing zone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from ingestion.embedded import EmbeddedBroker, EmbeddedPostgres
from ingestion.landing import LandingZone


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server that ends with the session.

    Not below pytest's directory: run by root, the server is another user, and whichever pytest
    starts next closes that directory to others.
    """
    with TemporaryDirectory(prefix="affiliate-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def postgres_database(postgres_server: EmbeddedPostgres) -> str:
    """Name of a fresh, empty database on the test server."""
    name = f"t_{uuid4().hex[:12]}"
    postgres_server.ensure_database(name)
    return name


@pytest.fixture
def oltp_dsn(postgres_server: EmbeddedPostgres, postgres_database: str) -> str:
    """Administrator's DSN of a fresh, empty database."""
    return postgres_server.dsn(postgres_database)


@pytest.fixture
def reader_dsn(postgres_server: EmbeddedPostgres, postgres_database: str) -> str:
    """The same database as `oltp_dsn`, as role `platform_reader` (exists after the migrations)."""
    return postgres_server.dsn(postgres_database, user="platform_reader")


@pytest.fixture
def kafka_bootstrap(tmp_path: Path) -> Iterator[str]:
    """Bootstrap address of an empty broker of this test's own."""
    broker = EmbeddedBroker(tmp_path / "broker")
    yield broker.start()
    broker.stop()


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    """An empty landing zone."""
    return LandingZone(tmp_path / "landing")
