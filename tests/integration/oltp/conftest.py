from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from oltp.migrate import migrate


@pytest.fixture(scope="module")
def schema_name(request: pytest.FixtureRequest, postgres_server: EmbeddedPostgres) -> str:
    """Name of a migrated database that a module's tests share: they leave it as it was."""
    name = str(request.module.__name__).rpartition(".")[2]
    postgres_server.ensure_database(name)
    migrate(postgres_server.dsn(name))
    return name


@pytest.fixture(scope="module")
def schema(schema_name: str, postgres_server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """The administrator's connection to it."""
    with psycopg.connect(postgres_server.dsn(schema_name), autocommit=True) as connection:
        yield connection
