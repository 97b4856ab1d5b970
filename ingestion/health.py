"""Can the platform work? One check per thing it needs; each says what to do when it cannot."""

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
    """One line of the doctor: what was looked at, whether it is well, and the detail."""

    name: str
    ok: bool
    detail: str


def check_oltp(settings: Settings, source: OltpSource) -> str:
    """Connects to an OLTP database and tells its version.

    Raises:
        ConfigurationError: unreachable, the login is refused, or nobody filled the embedded one.
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
    """A run works with the sources that answer and tells which do not; one is enough to start.

    Raises:
        ConfigurationError: none answers; the line is about the first.
    """
    attempts = [partial(check_oltp, settings, source) for source in servers.oltp_sources(settings)]
    outcomes = (attempt("oltp", check) for check in attempts)
    if not any(outcome.ok for outcome in outcomes):
        attempts[0]()


def check_kafka(settings: Settings) -> str:
    """Asks the broker for its topics.

    Raises:
        ConfigurationError: no broker answers.
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
    """Connects to the warehouse server; a DuckDB file needs none.

    Raises:
        ConfigurationError: unreachable, or the login is refused.
    """
    if settings.warehouse_dsn is None or settings.engine == "duckdb":
        import duckdb

        return f"DuckDB {duckdb.__version__}, {settings.warehouse_path}"
    dsn = settings.warehouse_dsn.get_secret_value()
    return postgres_version(dsn, "warehouse server", "AFFILIATE_WAREHOUSE_DSN")


def check_history(settings: Settings) -> str:
    """Connects to the database of Dagster's history; files in the home need none.

    Raises:
        ConfigurationError: unreachable, or the login is refused.
    """
    if settings.dagster_dsn is None:
        return f"files below {settings.dagster_home}"
    dsn = settings.dagster_dsn.get_secret_value()
    return postgres_version(dsn, "server of Dagster's history", "AFFILIATE_DAGSTER_DSN")


def postgres_version(dsn: str, name: str, setting: str) -> str:
    """Version of the server behind the DSN, which is never repeated in an error.

    Raises:
        ConfigurationError: unreachable, or the login is refused.
    """
    import psycopg

    try:
        with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        refused = "authentication failed" in str(error) or "role" in str(error)
        problem = "refuses the login" if refused else "is unreachable"
        raise ConfigurationError(f"the {name} {problem}: check {setting}") from None
    return f"PostgreSQL {version // 10000}.{version % 10000}"


def check_disk(settings: Settings) -> str:
    """Free space where the home is.

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
    """Every server a run needs, before it starts; those that may be embedded come last.

    Raises:
        ConfigurationError: the first one that is missing.
    """
    for check in (check_warehouse, check_any_oltp, check_kafka):
        check(settings)


def attempt(name: str, check: Callable[[], str]) -> HealthCheck:
    """The outcome of a check, whatever it is."""
    try:
        return HealthCheck(name, True, check())
    except ConfigurationError as error:
        return HealthCheck(name, False, str(error))
