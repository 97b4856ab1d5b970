"""Health checks: one per dependency of the platform; errors say how to fix them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.errors import ConfigurationError
from core.settings import Settings
from core.source_list import DEFAULT_SOURCE
from ingestion import servers

if TYPE_CHECKING:
    from ingestion.postgres import OltpSource

CONNECT_SECONDS = 5
LOW_DISK_BYTES = 1 << 30


@dataclass(frozen=True)
class HealthCheck:
    """Outcome of one health check."""

    name: str
    ok: bool
    detail: str


def check_oltp(settings: Settings, source: OltpSource) -> str:
    """Connect to an OLTP database and return its version.

    Raises:
        ConfigurationError: it is unreachable, rejects the login, or is embedded and empty.
    """
    if source.name == DEFAULT_SOURCE:
        if settings.oltp_dsn is not None:
            return postgres_version(source.dsn, "OLTP server", "AFFILIATE_OLTP_DSN")
        try:
            return postgres_version(source.dsn, "embedded PostgreSQL", "")
        except ConfigurationError:
            raise ConfigurationError(
                "the embedded database is empty: run `affiliate demo` first, or name yours in "
                "AFFILIATE_OLTP_DSN"
            ) from None
    return postgres_version(source.dsn, f"OLTP server {source.name}", "AFFILIATE_SOURCES_FILE")


def check_any_oltp(settings: Settings) -> None:
    """Check that at least one OLTP source is reachable, which is enough to start a run.

    Raises:
        ConfigurationError: no source is reachable; the error is that of the first.
    """
    attempts = [partial(check_oltp, settings, source) for source in servers.oltp_sources(settings)]
    outcomes = (attempt("oltp", check) for check in attempts)
    if not any(outcome.ok for outcome in outcomes):
        attempts[0]()


def check_kafka(settings: Settings) -> str:
    """Connect to the broker and count its topics.

    Raises:
        ConfigurationError: the broker is unreachable.
    """
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    broker = servers.kafka(settings)
    try:
        client = AdminClient({"log_level": 0, **broker.config})
        topics = client.list_topics(timeout=CONNECT_SECONDS).topics
    except KafkaException:
        raise ConfigurationError(
            "no Kafka broker answers: check AFFILIATE_KAFKA_BOOTSTRAP and AFFILIATE_KAFKA_…"
        ) from None
    return f"{len(topics)} topics, {'embedded' if broker.is_embedded else 'configured'}"


def check_warehouse(settings: Settings) -> str:
    """Connect to the warehouse server, if the warehouse is not a DuckDB file.

    Raises:
        ConfigurationError: unreachable, or the login is refused.
    """
    if settings.warehouse_dsn is None or settings.engine == "duckdb":
        import duckdb

        return f"DuckDB {duckdb.__version__}, {settings.warehouse_path}"
    dsn = settings.warehouse_dsn.get_secret_value()
    return postgres_version(dsn, "warehouse server", "AFFILIATE_WAREHOUSE_DSN")


def check_history(settings: Settings) -> str:
    """Connect to the database of Dagster's run history, if one is configured.

    Raises:
        ConfigurationError: unreachable, or the login is refused.
    """
    if settings.dagster_dsn is None:
        return f"files below {settings.dagster_home}"
    dsn = settings.dagster_dsn.get_secret_value()
    return postgres_version(dsn, "server of Dagster's history", "AFFILIATE_DAGSTER_DSN")


def postgres_version(dsn: str, name: str, setting: str) -> str:
    """Return the version of a PostgreSQL server; errors never contain the DSN.

    Raises:
        ConfigurationError: unreachable, or the login is refused.
    """
    import psycopg

    try:
        with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        refused = "authentication failed" in str(error) or "role" in str(error)
        problem = "rejects the login" if refused else "is unreachable"
        raise ConfigurationError(f"the {name} {problem}: check {setting}") from None
    return f"PostgreSQL {version // 10000}.{version % 10000}"


def check_disk(settings: Settings) -> str:
    """Check the free disk space at AFFILIATE_HOME.

    Raises:
        ConfigurationError: less than 1 GiB is left.
    """
    place = settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < LOW_DISK_BYTES:
        raise ConfigurationError(f"only {free >> 20} MiB are free at {settings.home}")
    return f"{free / (1 << 30):.1f} GiB free at {settings.home}"


def preflight(settings: Settings) -> None:
    """Check every server that a run needs; those that may be embedded come last.

    Raises:
        ConfigurationError: the first server that is not available.
    """
    for check in (check_warehouse, check_any_oltp, check_kafka):
        check(settings)


def attempt(name: str, check: Callable[[], str]) -> HealthCheck:
    """Run a check and return its outcome."""
    try:
        return HealthCheck(name, True, check())
    except ConfigurationError as error:
        return HealthCheck(name, False, str(error))
