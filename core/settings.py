"""Settings from the environment and `.env`; nothing else in the platform reads either.

Secrets are resolved when a connection is made and never appear in `repr`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import (
    ByteSize,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode

from core.addresses import MailAddress, Origin, SmtpAddress
from core.errors import ConfigurationError
from core.home import DOTENV, Home
from core.instant import parse_instant
from core.retention import RetentionPolicy
from core.secret_file import secret_in, with_login, with_password
from core.source_list import NamedSource, read_source_list

Engine = Literal["duckdb", "postgres"]
KAFKA_PREFIX = "AFFILIATE_KAFKA_"
REGISTRY_PREFIX = "AFFILIATE_SCHEMA_REGISTRY_"
Days = Annotated[int, Field(ge=1)]
#: Bytes without which not even small worlds build.
DUCKDB_MINIMUM = 256 * 2**20


#: Connection strings whose password may stand in `<NAME>_PASSWORD_FILE`.
DSNS = ("oltp", "warehouse", "dagster")


class Settings(Home):
    """What the platform was asked to work with. All paths are absolute after loading."""

    oltp_dsn: SecretStr | None = Field(
        default=None,
        description="source database, as role `platform_reader`; default: an embedded PostgreSQL",
    )
    oltp_password_file: Path | None = Field(
        default=None, description="file with the password for `AFFILIATE_OLTP_DSN`"
    )
    sources_file: Path | None = Field(
        default=None,
        description="TOML file that lists several source databases",
    )
    sources: tuple[NamedSource, ...] = ()
    kafka_bootstrap: str | None = Field(
        default=None, description="Kafka brokers as `host:port,…`; default: an embedded broker"
    )
    engine: Engine = Field(
        default="duckdb", description="database that dbt builds in: `duckdb` or `postgres`"
    )
    warehouse_dsn: SecretStr | None = Field(
        default=None,
        description="warehouse database; required by engine `postgres`",
    )
    warehouse_password_file: Path | None = Field(
        default=None, description="file with the password for `AFFILIATE_WAREHOUSE_DSN`"
    )
    duckdb_memory: ByteSize | None = Field(
        default=None,
        ge=DUCKDB_MINIMUM,
        description="memory limit of DuckDB per process, such as `6GB`; default: 80 % of RAM",
    )
    dagster_dsn: SecretStr | None = Field(
        default=None,
        description="database of Dagster's run history; default: files below `AFFILIATE_HOME`",
    )
    dagster_password_file: Path | None = Field(
        default=None, description="file with the password for `AFFILIATE_DAGSTER_DSN`"
    )
    workspace: Path | None = Field(
        default=None,
        description="Dagster's `workspace.yaml`; default: the code location runs next to the UI",
    )
    dbt_target: Path | None = Field(
        default=None, description="directory with a dbt manifest that was built in advance"
    )
    alert_webhook: SecretStr | None = Field(
        default=None, description="URL that receives a POST request for each failed run"
    )
    alert_webhook_file: Path | None = Field(
        default=None, description="file that contains `AFFILIATE_ALERT_WEBHOOK`"
    )
    alert_email_to: Annotated[tuple[MailAddress, ...], NoDecode] = Field(
        default=(), description="recipients of e-mail alerts for failed runs, separated by commas"
    )
    alert_email_from: MailAddress | None = Field(
        default=None, description="sender of these e-mails"
    )
    smtp_url: SmtpAddress | None = Field(
        default=None,
        description="mail server: `smtps://user@host`, `smtp+starttls://…` or, unencrypted, `smtp://…`",
    )
    smtp_password_file: Path | None = Field(
        default=None, description="file with the password for `AFFILIATE_SMTP_URL`"
    )
    pseudonym_key: SecretStr | None = Field(
        default=None,
        description="key for pseudonyms, 32 bytes in hex; required with any external server",
    )
    pseudonym_key_file: Path | None = Field(
        default=None, description="file that contains `AFFILIATE_PSEUDONYM_KEY`"
    )
    pseudonym_previous_key: SecretStr | None = Field(
        default=None, description="previous key, needed while affiliates migrate their pseudonyms"
    )
    pseudonym_previous_key_file: Path | None = Field(
        default=None, description="file that contains `AFFILIATE_PSEUDONYM_PREVIOUS_KEY`"
    )
    encrypt_affiliate_files: bool = Field(
        default=False, description="encrypts each affiliate's file with its own key"
    )
    as_of: datetime | None = Field(
        default=None,
        description="reference time of measures such as age; default: the start of the run",
    )
    retain_superseded_days: Days | None = Field(
        default=None,
        description="days the landing zone keeps superseded and deleted rows; default: forever",
    )
    retain_events_days: Days | None = Field(
        default=None, description="days to keep events in the landing zone; default: forever"
    )
    retain_quarantine_days: Days | None = Field(
        default=None, description="days to keep quarantined rows; default: forever"
    )
    erasure_days: Days = Field(
        default=30, description="days after which an open erasure request is overdue"
    )
    web_origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        default=(), description="public https origins of `affiliate up`, separated by commas"
    )
    operator_password_file: Path | None = Field(
        default=None,
        description="file with the password of `operator`; default: generated and printed once",
    )
    trusted_proxy_header: str | None = Field(
        default=None,
        description="HTTP header in which the proxy names the signed-in user",
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        default=(), description="addresses of the trusted proxies, separated by commas"
    )
    kafka_options: dict[str, str] = Field(default_factory=dict, repr=False)
    registry_options: dict[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("as_of", mode="before")
    @classmethod
    def _instant(cls, as_of: object) -> object:
        return parse_instant(as_of) if isinstance(as_of, str) else as_of

    @field_validator("web_origins", "trusted_proxies", "alert_email_to", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (
            [p.strip() for p in value.split(",") if p.strip()] if isinstance(value, str) else value
        )

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if self.engine == "postgres" and self.warehouse_dsn is None:
            raise ValueError("AFFILIATE_ENGINE=postgres needs AFFILIATE_WAREHOUSE_DSN")
        if self.oltp_dsn is not None and self.sources_file is not None:
            raise ValueError("set AFFILIATE_OLTP_DSN or AFFILIATE_SOURCES_FILE, not both")
        if self.uses_external_server and self.pseudonym_key is None and not self.pseudonym_key_file:
            raise ValueError(
                "an external server needs AFFILIATE_PSEUDONYM_KEY or AFFILIATE_PSEUDONYM_KEY_FILE"
            )
        if len({bool(v) for v in (self.alert_email_to, self.alert_email_from, self.smtp_url)}) > 1:
            raise ValueError(
                "AFFILIATE_ALERT_EMAIL_TO, AFFILIATE_ALERT_EMAIL_FROM and AFFILIATE_SMTP_URL need "
                "each other"
            )
        if bool(self.trusted_proxy_header) != bool(self.trusted_proxies):
            raise ValueError(
                "AFFILIATE_TRUSTED_PROXY_HEADER and AFFILIATE_TRUSTED_PROXIES need each other"
            )
        return self

    @property
    def uses_external_server(self) -> bool:
        """True as soon as any server is not the embedded one."""
        return any((self.oltp_dsn, self.sources_file, self.kafka_bootstrap, self.warehouse_dsn))

    @property
    def memory_limit(self) -> str | None:
        """`duckdb_memory` as DuckDB reads it."""
        return None if self.duckdb_memory is None else f"{int(self.duckdb_memory)}b"

    @property
    def retention(self) -> RetentionPolicy:
        """For how long the landing zone keeps what."""
        return RetentionPolicy(
            self.retain_superseded_days, self.retain_events_days, self.retain_quarantine_days
        )


def load_settings() -> Settings:
    """Reads the environment and `.env`.

    Raises:
        ConfigurationError: a value is unknown or a required one is missing, or the file of sources
            cannot be used; one line, no values.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise ConfigurationError(_one_line(error)) from None
    environment = {**dotenv_values(DOTENV), **os.environ}
    listed = settings.sources_file
    return settings.model_copy(
        update={
            **_completed(settings),
            "sources": read_source_list(listed, environment) if listed else (),
            "kafka_options": _options(environment, KAFKA_PREFIX, but="BOOTSTRAP"),
            "registry_options": _options(environment, REGISTRY_PREFIX),
        }
    )


def _completed(settings: Settings) -> dict[str, SecretStr | None]:
    """The connection strings with their passwords, and the addresses of alerts."""
    found: dict[str, SecretStr | None] = {
        f"{name}_dsn": with_password(
            getattr(settings, f"{name}_dsn"),
            getattr(settings, f"{name}_password_file"),
            f"AFFILIATE_{name.upper()}_PASSWORD_FILE",
        )
        for name in DSNS
    }
    if settings.alert_webhook_file:
        address = secret_in(settings.alert_webhook_file, "AFFILIATE_ALERT_WEBHOOK_FILE")
        found["alert_webhook"] = SecretStr(address)
    found["smtp_url"] = with_login(
        settings.smtp_url, settings.smtp_password_file, "AFFILIATE_SMTP_PASSWORD_FILE"
    )
    return found


def _options(environment: Mapping[str, str | None], prefix: str, but: str = "") -> dict[str, str]:
    """`AFFILIATE_KAFKA_SECURITY_PROTOCOL=…` becomes librdkafka's `security.protocol`."""
    return {
        name.removeprefix(prefix).lower().replace("_", "."): value
        for name, value in environment.items()
        if value is not None and name.startswith(prefix) and name != prefix + but
    }


def _one_line(error: ValidationError) -> str:
    """Names the variable and the reason; the offending value may be a secret and is left out."""
    first = error.errors(include_input=False, include_url=False)[0]
    if not first["loc"]:
        return first["msg"].removeprefix("Value error, ")
    variable = f"AFFILIATE_{str(first['loc'][0]).upper()}"
    return f"{variable}: {first['msg'].removeprefix('Value error, ')}"
