"""Which servers to talk to: the configured ones, else the embedded ones, started on demand."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.embedded import EmbeddedBroker, EmbeddedPostgres
from ingestion.embedded.postgres import READER
from ingestion.settings import Settings

OLTP_DATABASE = "affiliate_oltp"


@dataclass(frozen=True)
class Kafka:
    """How to reach the broker.

    Attributes:
        config: librdkafka settings, `bootstrap.servers` among them; may hold secrets.
        is_embedded: The broker keeps messages in memory, so its topics may come back empty.
    """

    config: dict[str, str]
    is_embedded: bool

    def __repr__(self) -> str:
        """Leaves the settings out: they may hold secrets."""
        return f"Kafka(is_embedded={self.is_embedded})"


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The embedded PostgreSQL of this home."""
    return EmbeddedPostgres(settings.home / "servers" / "postgres")


def embedded_broker(settings: Settings) -> EmbeddedBroker:
    """The embedded broker of this home."""
    return EmbeddedBroker(settings.home / "servers" / "broker")


def oltp_dsn(settings: Settings) -> str:
    """DSN of the OLTP as the role that reads it; starts the embedded server if none is set."""
    if settings.oltp_dsn is not None:
        return settings.oltp_dsn.get_secret_value()
    return _embedded_oltp(settings).dsn(OLTP_DATABASE, user=READER)


def oltp_admin_dsn(settings: Settings) -> str:
    """DSN of the embedded OLTP's owner, for migrations and the sample world."""
    return _embedded_oltp(settings).dsn(OLTP_DATABASE)


def kafka(settings: Settings) -> Kafka:
    """The broker; starts the embedded one if none is set."""
    if settings.kafka_bootstrap is not None:
        config = {**settings.kafka_options, "bootstrap.servers": settings.kafka_bootstrap}
        return Kafka(config, is_embedded=False)
    return Kafka({"bootstrap.servers": embedded_broker(settings).start()}, is_embedded=True)


def _embedded_oltp(settings: Settings) -> EmbeddedPostgres:
    server = embedded_postgres(settings)
    server.start()
    server.ensure_database(OLTP_DATABASE)
    return server
