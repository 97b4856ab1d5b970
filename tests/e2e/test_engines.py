"""The PostgreSQL engine, through the command line: the same release as DuckDB's."""

from __future__ import annotations

from ingestion.embedded import EmbeddedPostgres
from tests.e2e.conftest import AS_OF, Home, rows


def test_both_engines_release_the_same_rows(home: Home, postgres_server: EmbeddedPostgres) -> None:
    home.must("run", "--as-of", AS_OF)
    on_duckdb = rows(home)
    postgres_server.ensure_database("warehouse")

    result = home.json(
        "run",
        "--as-of",
        AS_OF,
        AFFILIATE_ENGINE="postgres",
        AFFILIATE_WAREHOUSE_DSN=postgres_server.dsn("warehouse"),
        AFFILIATE_PSEUDONYM_KEY="5eed" * 16,
    )

    assert result["release"]["engine"] == "postgres"
    assert rows(home) == on_duckdb
