"""The PostgreSQL engine, through the command line: the same release as DuckDB's."""

from __future__ import annotations

from ingestion.embedded import EmbeddedPostgres
from ingestion.servers import embedded_broker, oltp_sources
from ingestion.settings import Settings
from tests.e2e.conftest import AS_OF, Home, rows


def test_both_engines_release_the_same_rows(home: Home, postgres_server: EmbeddedPostgres) -> None:
    home.must("run", "--as-of", AS_OF)
    on_duckdb = rows(home)
    settings = Settings(home=home.path)
    postgres_server.ensure_database("warehouse")

    result = home.json(
        "run",
        "--as-of",
        AS_OF,
        AFFILIATE_ENGINE="postgres",
        AFFILIATE_WAREHOUSE_DSN=postgres_server.dsn("warehouse"),
        AFFILIATE_OLTP_DSN=oltp_sources(settings)[0].dsn,
        AFFILIATE_KAFKA_BOOTSTRAP=str(embedded_broker(settings).bootstrap),
        AFFILIATE_PSEUDONYM_KEY="5eed" * 16,
    )

    assert result["release"]["engine"] == "postgres"
    assert rows(home) == on_duckdb
