"""The directory that the platform writes to, and the paths below it."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DOTENV = ".env"


class Home(BaseSettings):
    """Paths below `AFFILIATE_HOME`; all are absolute."""

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
        """Directory of the immutable landing zone."""
        return self.home / "landing"

    @property
    def warehouse_path(self) -> Path:
        """DuckDB file that dbt builds; readers never open it."""
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def spill_path(self) -> Path:
        """Directory where DuckDB spills unencrypted data, in a private folder per process."""
        return self.home / "spill"

    @property
    def training_path(self) -> Path:
        """Directory of the temporary warehouses for identity training."""
        return self.home / "training"

    @property
    def releases_path(self) -> Path:
        """Directory with one subdirectory per release, and `current`."""
        return self.home / "releases"

    @property
    def quality_path(self) -> Path:
        """Directory of data-quality reports and their HTML pages; counts only, no values."""
        return self.home / "quality"

    @property
    def erasures_path(self) -> Path:
        """Directory of erasure requests and receipts."""
        return self.home / "erasures"

    @property
    def docs_path(self) -> Path:
        """Directory of the HTML pages that describe the models."""
        return self.home / "docs"

    @property
    def world_path(self) -> Path:
        """Directory of the demo data's state and ground truth."""
        return self.home / "world"

    @property
    def dagster_home(self) -> Path:
        """Directory of Dagster's run history and event log."""
        return self.home / "dagster"
