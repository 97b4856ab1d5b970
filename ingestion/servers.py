"""Which servers to talk to: the configured ones, else the embedded ones, started on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.settings import Settings
from core.source_list import DEFAULT_SOURCE
from ingestion.embedded import EmbeddedBroker, EmbeddedPostgres
from ingestion.embedded.postgres import READER

if TYPE_CHECKING:
    from ingestion.kafka.broker import Kafka
    from ingestion.kafka.registry import Registry
    from ingestion.postgres import OltpSource

OLTP_DATABASE = "affiliate_oltp"


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The embedded PostgreSQL of this home."""
    return EmbeddedPostgres(settings.home / "servers" / "postgres")


def embedded_broker(settings: Settings) -> EmbeddedBroker:
    """The embedded broker of this home."""
    return EmbeddedBroker(settings.home / "servers" / "broker")


def stop_embedded(settings: Settings) -> None:
    """Stop the embedded servers of this AFFILIATE_HOME, if they run."""
    embedded_postgres(settings).stop()
    embedded_broker(settings).stop()


def oltp_sources(settings: Settings) -> list[OltpSource]:
    """Return the OLTP sources for the reader role; starts the embedded one if none is set."""
    from ingestion.postgres import OltpSource

    if settings.sources:
        return [OltpSource(s.name, s.dsn.get_secret_value()) for s in settings.sources]
    if settings.oltp_dsn is not None:
        return [OltpSource(DEFAULT_SOURCE, settings.oltp_dsn.get_secret_value())]
    return [OltpSource(DEFAULT_SOURCE, _embedded_oltp(settings).dsn(OLTP_DATABASE, user=READER))]


def oltp_admin_dsn(settings: Settings) -> str:
    """Return the owner's DSN of the embedded OLTP, for migrations and the sample world."""
    return _embedded_oltp(settings).dsn(OLTP_DATABASE)


def kafka(settings: Settings) -> Kafka:
    """Return the Kafka settings; starts the embedded broker if none is configured."""
    from ingestion.kafka.broker import Kafka

    if settings.kafka_bootstrap is not None:
        config = {**settings.kafka_options, "bootstrap.servers": settings.kafka_bootstrap}
        return Kafka(config, is_embedded=False, registry=settings.registry_options or None)
    return Kafka({"bootstrap.servers": embedded_broker(settings).start()}, is_embedded=True)


def schema_registry(settings: Settings) -> Registry | None:
    """Return the configured Schema Registry, or None.

    Raises:
        ConfigurationError: its client is not installed or rejects a setting.
    """
    from ingestion.kafka.registry import open_registry

    return open_registry(settings.registry_options or None)


def _embedded_oltp(settings: Settings) -> EmbeddedPostgres:
    server = embedded_postgres(settings)
    server.start()
    server.ensure_database(OLTP_DATABASE)
    return server
