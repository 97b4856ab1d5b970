"""A broker, and the warehouse and the release of a sample that most of serving is tested with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.settings import Settings
from serving import Release, publish
from tests.integration.ingestion.kafka_topics import Broker
from tests.support.release_sample import KEY, build_warehouse, with_key


@pytest.fixture
def broker(kafka_bootstrap: str) -> Broker:
    """An empty broker."""
    return Broker(kafka_bootstrap)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Embedded defaults in a home of this test's own."""
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture(scope="session")
def built_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of the sample warehouse, built once; tests work on copies."""
    built = Settings(home=tmp_path_factory.mktemp("sample"), _env_file=None)
    build_warehouse(built)
    return built.warehouse_path


@pytest.fixture
def warehouse(settings: Settings, built_warehouse: Path) -> Settings:
    """The same settings, with the sample warehouse built."""
    settings.warehouse_path.parent.mkdir(parents=True)
    shutil.copy(built_warehouse, settings.warehouse_path)
    return settings


@pytest.fixture(scope="session")
def published(
    built_warehouse: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Release]:
    """The warehouse's file, and the release of it that tests read."""
    settings = Settings(home=tmp_path_factory.mktemp("published"), _env_file=None)
    settings.warehouse_path.parent.mkdir()
    shutil.copy(built_warehouse, settings.warehouse_path)
    return settings.warehouse_path, publish(with_key(settings, KEY))
