"""The servers that run when nothing is configured: PostgreSQL and a Kafka-compatible broker.

Both come from Python wheels, listen on a Unix socket or the loopback address only, keep running
between commands and are stopped by `affiliate down`.
"""

from ingestion.embedded.broker import EmbeddedBroker
from ingestion.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedBroker", "EmbeddedPostgres"]
