"""Logins and certificates, as the settings give them: good ones read, bad ones are clear."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import AffiliateError, ConfigurationError
from core.settings import load_settings
from ingestion import servers
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka.certificates import Authority
from tests.integration.ingestion.apache_kafka.outcome import landed
from tests.integration.ingestion.apache_kafka.server import LISTENERS, PASSWORD, USER, KafkaServer
from tests.integration.ingestion.apache_kafka.topic import Topic

WRONG = "wrong-sesame-4712"


def connect(bootstrap: str, **settings: object) -> Kafka:
    """The broker that the environment names: `sasl_username` is `AFFILIATE_KAFKA_SASL_USERNAME`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AFFILIATE_PSEUDONYM_KEY", secrets.token_hex(32))
        patch.setenv("AFFILIATE_KAFKA_BOOTSTRAP", bootstrap)
        for name, value in settings.items():
            patch.setenv(f"AFFILIATE_KAFKA_{name.upper()}", str(value))
        loaded = load_settings()
    kafka = servers.kafka(loaded)
    for shown in (repr(loaded), str(loaded), repr(kafka), str(kafka)):
        assert PASSWORD not in shown
        assert WRONG not in shown
    return kafka


@pytest.fixture
def listener(
    kafka_server: KafkaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Kafka]:
    """Connects to a listener of the broker with its right settings, unless told otherwise."""
    # away from the developer's own .env
    monkeypatch.chdir(tmp_path)

    def reach(name: str, host: str = "127.0.0.1", **changes: object) -> Kafka:
        settings: dict[str, object] = {"security_protocol": LISTENERS[name]}
        if "SASL" in name:
            settings |= {"sasl_mechanism": "SCRAM-SHA-512"}
            settings |= {"sasl_username": USER, "sasl_password": PASSWORD}
        if LISTENERS[name].endswith("SSL"):
            settings |= {"ssl_ca_location": kafka_server.authority.certificate}
        return connect(kafka_server.bootstrap(name, host), **{**settings, **changes})

    return reach


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("SASL_PLAINTEXT", {"sasl_mechanism": "SCRAM-SHA-256"}),
        ("SASL_PLAINTEXT", {"sasl_mechanism": "SCRAM-SHA-512"}),
        ("SSL", {}),
        ("SASL_SSL", {}),
    ],
)
def test_valid_login_is_accepted(
    name: str,
    changes: dict[str, object],
    listener: Callable[..., Kafka],
    topic: Topic,
    zone: LandingZone,
) -> None:
    topic.send(range(5))
    ingest(listener(name, **changes), zone, [topic.spec])
    assert landed(topic, zone) == list(range(5))


def test_client_certificate_is_accepted(
    kafka_server: KafkaServer, listener: Callable[..., Kafka], topic: Topic, zone: LandingZone
) -> None:
    topic.send(range(5))
    client = kafka_server.authority.issue("client", "127.0.0.1")
    files = {"ssl_certificate_location": client.certificate, "ssl_key_location": client.key}
    ingest(listener("MTLS", **files), zone, [topic.spec])
    assert landed(topic, zone) == list(range(5))


def test_connection_error_is_one_line_without_secrets(
    listener: Callable[..., Kafka],
    topic: Topic,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    stranger = Authority(tmp_path, "stranger")
    foreign = stranger.issue("foreign", "127.0.0.1")
    refused = {
        "wrong password": listener("SASL_PLAINTEXT", sasl_password=WRONG),
        "wrong password over TLS": listener("SASL_SSL", sasl_password=WRONG),
        "unknown user": listener("SASL_PLAINTEXT", sasl_username="nobody"),
        "mechanism not offered": listener("SASL_PLAINTEXT", sasl_mechanism="PLAIN"),
        "no login where one is asked": listener("SASL_PLAINTEXT", security_protocol="PLAINTEXT"),
        "no encryption where it is asked": listener("SSL", security_protocol="PLAINTEXT"),
        "authority unknown": listener("SSL", ssl_ca_location=stranger.certificate),
        # the broker's certificate is for the address, not for the name
        "other host name": listener("SSL", host="localhost"),
        "no client certificate": listener("MTLS"),
        "client certificate of a stranger": listener(
            "MTLS", ssl_certificate_location=foreign.certificate, ssl_key_location=foreign.key
        ),
        "no such file": listener("SSL", ssl_ca_location=tmp_path / WRONG),
    }

    def attempt(name: str) -> AffiliateError:
        zone = LandingZone(tmp_path / name)
        with pytest.raises(AffiliateError) as caught:
            ingest(refused[name], zone, [topic.spec])
        assert zone.latest is None
        return caught.value

    with caplog.at_level(logging.DEBUG), ThreadPoolExecutor(len(refused)) as pool:
        errors = dict(zip(refused, pool.map(attempt, refused), strict=True))
    for name, error in errors.items():
        assert isinstance(error, ConfigurationError), name
        assert "AFFILIATE_KAFKA_" in str(error), name
        assert "\n" not in str(error), name
    told = "".join(traceback.format_exception(error)[0] for error in errors.values())
    shown = f"{told}{caplog.text}{capfd.readouterr()}"
    assert PASSWORD not in shown
    assert WRONG not in shown
