"""Why a broker does not let us in, in one line: librdkafka tells it in passing, as an event."""

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
    "the Kafka broker refuses the login: check AFFILIATE_KAFKA_SECURITY_PROTOCOL and the variables "
    "AFFILIATE_KAFKA_SASL_…"
)
_TLS = (
    "no TLS with the Kafka broker: check AFFILIATE_KAFKA_SECURITY_PROTOCOL and the variables "
    "AFFILIATE_KAFKA_SSL_… (authority, host name, own certificate)"
)


class ConnectionErrors:
    """What librdkafka told so far of why it cannot work."""

    def __init__(self) -> None:
        self._codes: set[int] = set()

    def note(self, error: KafkaError) -> None:
        """Takes an error event; its text may name users and is not kept."""
        self._codes.add(error.code())

    @property
    def are_final(self) -> bool:
        """Whether waiting is of no use."""
        return bool(self._codes & {*_LOGIN, KafkaError._SSL})

    def explain(self) -> ConfigurationError:
        """The most telling of them."""
        if self._codes & _LOGIN:
            return ConfigurationError(_REFUSED)
        if KafkaError._SSL in self._codes:
            return ConfigurationError(_TLS)
        return ConfigurationError(_UNREACHABLE)


def refused(error: KafkaError, connection_errors: ConnectionErrors) -> AffiliateError:
    """What to tell the user when a request failed."""
    if connection_errors.are_final or error.code() in _AWAY | _LOGIN | {KafkaError._SSL}:
        connection_errors.note(error)
        return connection_errors.explain()
    return AffiliateError(f"Kafka refused ({error.name()}): nothing was landed")
