"""Explain connection errors in one line. librdkafka reports their causes as separate events."""

from __future__ import annotations

from confluent_kafka import KafkaError

from core.errors import AffiliateError, ConfigurationError

_AWAY = {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE}
_AWAY |= {KafkaError._TIMED_OUT, KafkaError._FAIL}
_LOGIN = {KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED}
_LOGIN |= {KafkaError.UNSUPPORTED_SASL_MECHANISM, KafkaError.ILLEGAL_SASL_STATE}
_UNREACHABLE = (
    "the Kafka broker is unreachable: check AFFILIATE_KAFKA_BOOTSTRAP, and whether it wants a "
    "login or TLS (AFFILIATE_KAFKA_SECURITY_PROTOCOL)"
)
_REFUSED = (
    "the Kafka broker rejects the login: check AFFILIATE_KAFKA_SECURITY_PROTOCOL and the variables "
    "AFFILIATE_KAFKA_SASL_…"
)
_TLS = (
    "the TLS handshake with the Kafka broker failed: check AFFILIATE_KAFKA_SECURITY_PROTOCOL and "
    "the variables "
    "AFFILIATE_KAFKA_SSL_… (authority, host name, own certificate)"
)


class ConnectionErrors:
    """Error codes that librdkafka has reported for a connection."""

    def __init__(self) -> None:
        self._codes: set[int] = set()

    def note(self, error: KafkaError) -> None:
        """Record the code of an error event; its text may name users and is dropped."""
        self._codes.add(error.code())

    @property
    def are_final(self) -> bool:
        """True if retrying cannot help."""
        return bool(self._codes & {*_LOGIN, KafkaError._SSL})

    def explain(self) -> ConfigurationError:
        """Return the most specific error."""
        if self._codes & _LOGIN:
            return ConfigurationError(_REFUSED)
        if KafkaError._SSL in self._codes:
            return ConfigurationError(_TLS)
        return ConfigurationError(_UNREACHABLE)


def refused(error: KafkaError, connection_errors: ConnectionErrors) -> AffiliateError:
    """Return the error to raise for a failed request."""
    if connection_errors.are_final or error.code() in _AWAY | _LOGIN | {KafkaError._SSL}:
        connection_errors.note(error)
        return connection_errors.explain()
    return AffiliateError(f"Kafka rejected a request ({error.name()}): nothing was landed")
