"""Settings from the environment and `.env`; nothing else in the platform reads either.

Secrets are resolved when a connection is made and never appear in `repr`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ingestion.errors import ConfigurationError
from ingestion.secret_file import secret_in, with_password
from ingestion.source_list import NamedSource, read_source_list

if TYPE_CHECKING:
    from ingestion.landing.retain import RetentionPolicy

Engine = Literal["duckdb", "postgres"]
KAFKA_PREFIX = "AFFILIATE_KAFKA_"
REGISTRY_PREFIX = "AFFILIATE_SCHEMA_REGISTRY_"
DOTENV = ".env"
Days = Annotated[int, Field(ge=1)]


def _origin(address: str) -> str:
    """Lower case, without a path; a password must not cross a network in clear."""
    parts = urlsplit(address.lower())
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("addresses like https://data.example.com, separated by commas")
    return f"https://{parts.netloc.removesuffix(':443')}"


Origin = Annotated[str, AfterValidator(_origin)]
#: Connection strings whose password may stand in `<NAME>_PASSWORD_FILE`.
DSNS = ("oltp", "warehouse", "dagster")


class Settings(BaseSettings):
    """What the platform was asked to work with. All paths are absolute after loading."""

    model_config = SettingsConfigDict(env_prefix="AFFILIATE_", env_file=DOTENV, extra="ignore")

    home: Path = Path(".affiliate")
    oltp_dsn: SecretStr | None = None
    oltp_password_file: Path | None = None
    sources_file: Path | None = None
    sources: tuple[NamedSource, ...] = ()
    kafka_bootstrap: str | None = None
    engine: Engine = "duckdb"
    warehouse_dsn: SecretStr | None = None
    warehouse_password_file: Path | None = None
    dagster_dsn: SecretStr | None = None
    dagster_password_file: Path | None = None
    workspace: Path | None = None
    dbt_target: Path | None = None
    alert_webhook: SecretStr | None = None
    alert_webhook_file: Path | None = None
    pseudonym_key: SecretStr | None = None
    pseudonym_key_file: Path | None = None
    pseudonym_previous_key: SecretStr | None = None
    pseudonym_previous_key_file: Path | None = None
    encrypt_affiliate_files: bool = False
    as_of: datetime | None = None
    retain_superseded_days: Days | None = None
    retain_events_days: Days | None = None
    retain_quarantine_days: Days | None = None
    erasure_days: Days = 30
    web_origins: Annotated[tuple[Origin, ...], NoDecode] = ()
    operator_password_file: Path | None = None
    trusted_proxy_header: str | None = None
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    kafka_options: dict[str, str] = Field(default_factory=dict, repr=False)
    registry_options: dict[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("as_of")
    @classmethod
    def _utc(cls, as_of: datetime | None) -> datetime | None:
        if as_of is None:
            return None
        return as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)

    @field_validator("web_origins", "trusted_proxies", mode="before")
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
    def retention(self) -> RetentionPolicy:
        """For how long the landing zone keeps what."""
        from ingestion.landing.retain import RetentionPolicy

        return RetentionPolicy(
            self.retain_superseded_days, self.retain_events_days, self.retain_quarantine_days
        )

    @property
    def landing_path(self) -> Path:
        """The immutable landing zone."""
        return self.home / "landing"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that dbt builds; never opened by readers."""
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def releases_path(self) -> Path:
        """One directory per release, and `current`."""
        return self.home / "releases"

    @property
    def quality_path(self) -> Path:
        """What the reviews of arriving batches found, and its pages; counts, no values."""
        return self.home / "quality"

    @property
    def erasures_path(self) -> Path:
        """Requests to erase somebody, and their receipts."""
        return self.home / "erasures"

    @property
    def docs_path(self) -> Path:
        """Pages on the models, for people."""
        return self.home / "docs"

    @property
    def world_path(self) -> Path:
        """What the sample world knows about itself, the truth included."""
        return self.home / "world"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history and event log."""
        return self.home / "dagster"


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
    """The connection strings with their passwords, and the address of alerts."""
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
