"""How to reach the Kafka broker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kafka:
    """Connection settings of a broker.

    Attributes:
        config: librdkafka settings, `bootstrap.servers` among them; may hold secrets.
        is_embedded: The broker keeps messages in memory, so its topics may come back empty.
        registry: Settings of the Schema Registry's client, `url` among them; None without one.
    """

    config: dict[str, str]
    is_embedded: bool
    registry: dict[str, str] | None = None

    def __repr__(self) -> str:
        """Omits the settings, which may hold secrets."""
        return f"Kafka(is_embedded={self.is_embedded})"
