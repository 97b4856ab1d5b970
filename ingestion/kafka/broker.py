"""Connection settings of the Kafka broker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kafka:
    """Connection settings of a broker.

    Attributes:
        config: librdkafka settings, including `bootstrap.servers`; may contain secrets.
        is_embedded: True if the broker keeps messages in memory, so that a restart empties topics.
        registry: Settings of the Schema Registry client, including `url`; None without a registry.
    """

    config: dict[str, str]
    is_embedded: bool
    registry: dict[str, str] | None = None

    def __repr__(self) -> str:
        """Omit the settings, which may contain secrets."""
        return f"Kafka(is_embedded={self.is_embedded})"
