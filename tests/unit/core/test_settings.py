"""Settings: defaults, what is refused, and what never shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from core.errors import ConfigurationError
from core.settings import load_settings

KEY = "00" * 32


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "OLTP_DSN", "KAFKA_BOOTSTRAP", "ENGINE", "WAREHOUSE_DSN", "AS_OF"):
        monkeypatch.delenv(f"AFFILIATE_{name}", raising=False)


def test_defaults_are_embedded_and_below_the_working_directory(tmp_path: Path) -> None:
    settings = load_settings()

    assert settings.home == tmp_path / ".affiliate"
    assert settings.engine == "duckdb"
    assert not settings.uses_external_server


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ENGINE": "oracle"}, "AFFILIATE_ENGINE"),
        ({"ENGINE": "postgres"}, "needs AFFILIATE_WAREHOUSE_DSN"),
        ({"OLTP_DSN": "postgresql://u:hunter2@db/x"}, "needs AFFILIATE_PSEUDONYM_KEY"),
        ({"KAFKA_BOOTSTRAP": "broker:9092"}, "needs AFFILIATE_PSEUDONYM_KEY"),
        ({"AS_OF": "yesterday"}, "AFFILIATE_AS_OF"),
        ({"ALERT_EMAIL_TO": "data@example.com"}, "need each other"),
        ({"ALERT_EMAIL_TO": "data@example.com\nBcc: hunter2@x"}, "AFFILIATE_ALERT_EMAIL_TO"),
        ({"SMTP_URL": "smtp://u:hunter2@mail"}, "a login needs smtps"),
        ({"SMTP_URL": "mail:25?hunter2"}, "AFFILIATE_SMTP_URL: an address like"),
    ],
)
def test_invalid_settings_are_a_one_line_error_with_exit_code_2(
    environment: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"AFFILIATE_{name}", value)

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFFILIATE_OLTP_DSN", "postgresql://u:hunter2@db/x")
    monkeypatch.setenv("AFFILIATE_PSEUDONYM_KEY", KEY)
    monkeypatch.setenv("AFFILIATE_KAFKA_SASL_PASSWORD", "hunter2")

    settings = load_settings()

    assert settings.kafka_options == {"sasl.password": "hunter2"}
    assert "hunter2" not in repr(settings) + str(settings)
    assert KEY not in repr(settings)


def test_as_of_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFFILIATE_AS_OF", "2026-01-31T02:00:00+02:00")

    assert load_settings().as_of == datetime(2026, 1, 31, tzinfo=UTC)


def test_dot_env_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AFFILIATE_HOME=/srv/affiliate\n")

    assert load_settings().home == Path("/srv/affiliate")


def test_kafka_options_in_dot_env_reach_librdkafka(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AFFILIATE_KAFKA_SECURITY_PROTOCOL=SASL_SSL\n")

    assert load_settings().kafka_options == {"security.protocol": "SASL_SSL"}


def test_password_can_be_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("it's a \\ secret\n")
    monkeypatch.setenv("AFFILIATE_DAGSTER_DSN", "postgresql://dagster@db:5432/dagster")
    monkeypatch.setenv("AFFILIATE_DAGSTER_PASSWORD_FILE", str(file))

    settings = load_settings()

    assert settings.dagster_dsn is not None
    parts = conninfo_to_dict(settings.dagster_dsn.get_secret_value())
    assert (parts["host"], parts["password"]) == ("db", "it's a \\ secret")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "dsn", "message"),
    [
        (b"", "postgresql://u@db/x", "the file is empty"),
        (b"\xff", "postgresql://u@db/x", "not text"),
        (None, "postgresql://u@db/x", "No such file"),
        (b"hunter2", None, "without the server"),
        (b"hunter2", "hunter3 at db", "connection string is invalid"),
    ],
)
def test_unusable_password_file_is_a_one_line_error(
    content: bytes | None,
    dsn: str | None,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    if dsn is not None:
        monkeypatch.setenv("AFFILIATE_DAGSTER_DSN", dsn)
    monkeypatch.setenv("AFFILIATE_DAGSTER_PASSWORD_FILE", str(file))

    with pytest.raises(ConfigurationError, match=message) as caught:
        load_settings()

    assert "AFFILIATE_DAGSTER_PASSWORD_FILE" in str(caught.value)
    assert "hunter" not in str(caught.value)
