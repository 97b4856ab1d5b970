"""Embedded servers for use without configuration: PostgreSQL and a Kafka-compatible broker.

Both come from Python wheels, listen only on a Unix socket or the loopback address, and keep running
between commands until `affiliate down`.
"""

from ingestion.embedded.broker import EmbeddedBroker
from ingestion.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedBroker", "EmbeddedPostgres"]
