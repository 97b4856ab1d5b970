"""Decode messages that Schema Registry serializers wrote (magic byte 0) to JSON; optional."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import SchemaRegistryClient

#: Settings that the client wants as numbers; the environment has text alone.
NUMBERS = {"timeout", "max.retries", "retries.wait.ms", "retries.max.wait.ms", "cache.capacity"}
NUMBERS |= {"cache.latest.ttl.sec"}

#: First byte of an encoded message; four with the schema's id follow.
MAGIC = b"\x00"
PREFIX = 5

UNKNOWN, UNDECODABLE = "unknown_schema", "registry_decode"
UNREACHABLE = (
    "the Schema Registry does not answer as one: check AFFILIATE_SCHEMA_REGISTRY_URL and the other "
    "AFFILIATE_SCHEMA_REGISTRY_ variables; nothing was landed"
)


def open_registry(settings: dict[str, str] | None) -> Registry | None:
    """Create the registry client without connecting.

    Raises:
        ConfigurationError: the client is not installed or rejects a setting.
    """
    if settings is None:
        return None
    try:
        from confluent_kafka.schema_registry import SchemaRegistryClient
    except ImportError:
        raise ConfigurationError(
            "a Schema Registry is set and its client is not installed: install the extra 'registry'"
        ) from None
    try:
        numbers = {name: int(settings[name]) for name in NUMBERS & settings.keys()}
        return Registry(SchemaRegistryClient.new_client({**settings, **numbers}))
    except (TypeError, ValueError):
        # the original text may repeat the setting's value
        raise ConfigurationError(
            "the Schema Registry's client refuses a setting: check the variables "
            "AFFILIATE_SCHEMA_REGISTRY_…"
        ) from None


class Registry:
    """Decodes messages by the schema that each names.

    Args:
        client: Caches the schemas it fetches.
    """

    def __init__(self, client: SchemaRegistryClient) -> None:
        from confluent_kafka.schema_registry.avro import AvroDeserializer

        self._client = client
        self._read_avro = AvroDeserializer(client)

    def decode(self, value: bytes) -> tuple[str | None, str | None]:
        """Return the JSON of a message, or the reason code why it cannot be decoded.

        Raises:
            ConfigurationError: the registry is unreachable or rejects the login.
        """
        if len(value) <= PREFIX:
            return None, UNDECODABLE
        kind = self._kind(int.from_bytes(value[1:PREFIX], "big"))
        if kind is None:
            return None, UNKNOWN
        try:
            if kind == "JSON":
                return value[PREFIX:].decode(), None
            if kind == "AVRO":
                return json.dumps(self._read_avro(value), default=_plain, ensure_ascii=False), None
        except Exception:  # any decoder error means that the message is invalid
            return None, UNDECODABLE
        return None, UNDECODABLE

    def _kind(self, schema_id: int) -> str | None:
        """`AVRO`, `JSON` or another format; None if the registry does not know the schema."""
        from confluent_kafka.schema_registry.error import OAuthTokenError, SchemaRegistryError
        from httpx2 import HTTPError, InvalidURL

        try:
            return self._client.get_schema(schema_id).schema_type
        except SchemaRegistryError as error:
            if error.http_status_code == 404 and error.error_code != SchemaRegistryError.UNKNOWN:
                return None
            raise ConfigurationError(UNREACHABLE) from None
        except (HTTPError, InvalidURL, OAuthTokenError, OSError, ValueError):
            raise ConfigurationError(UNREACHABLE) from None


def _plain(value: Any) -> Any:
    """Convert Avro values that have no JSON equivalent."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
