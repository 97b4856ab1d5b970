"""The one directory that everything is written below, and what is where in it."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DOTENV = ".env"


class Home(BaseSettings):
    """Places below `AFFILIATE_HOME`, all absolute."""

    model_config = SettingsConfigDict(env_prefix="AFFILIATE_", env_file=DOTENV, extra="ignore")

    home: Path = Field(
        default=Path(".affiliate"), description="directory for everything the platform writes"
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @property
    def landing_path(self) -> Path:
        """The immutable landing zone."""
        return self.home / "landing"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that dbt builds; never opened by readers."""
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def spill_path(self) -> Path:
        """What DuckDB has no memory for, in clear: a private folder for each process."""
        return self.home / "spill"

    @property
    def training_path(self) -> Path:
        """Warehouses that the identity's weights are learnt on, while they are."""
        return self.home / "training"

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
