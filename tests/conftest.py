"""What all tests share: how deep they go, who runs them, real servers, an empty landing zone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import settings

from ingestion.embedded import EmbeddedBroker, EmbeddedPostgres
from ingestion.landing import LandingZone

TESTS = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nightly",
        action="store_true",
        help="only what `make test` leaves out: nightly tests, and the full depth of others",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("ci", deadline=None, derandomize=True)
    settings.register_profile("nightly", deadline=None)
    settings.load_profile("nightly" if config.getoption("--nightly") else "ci")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    selected = {True: list[pytest.Item](), False: list[pytest.Item]()}
    for item in items:
        if item.path.is_relative_to(TESTS / "nightly"):
            item.add_marker("nightly")
        selected[_is_selected(item, nightly=config.getoption("--nightly"))].append(item)
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items[:] = selected[True]
    config.hook.pytest_deselected(items=selected[False])


def _is_selected(item: pytest.Item, *, nightly: bool) -> bool:
    if item.get_closest_marker("nightly"):
        return nightly
    has_depth = "nightly" in _fixtures(item) or item.get_closest_marker("hypothesis")
    return bool(has_depth) or not nightly


def _group(item: pytest.Item) -> str:
    """Tests of a group run on one worker: those of a file, and those of the built warehouses."""
    return "built" if "built" in _fixtures(item) else str(item.path.relative_to(TESTS))


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.fixture(scope="session")
def nightly(request: pytest.FixtureRequest) -> bool:
    """Whether a test has the time to try everything."""
    return bool(request.config.getoption("--nightly"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server that ends with the session.

    Not below pytest's directory: run by root, the server is another user, and whichever pytest
    starts next closes that directory to others.
    """
    with TemporaryDirectory(prefix="affiliate-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def postgres_database(postgres_server: EmbeddedPostgres) -> str:
    """Name of a fresh, empty database on the test server."""
    name = f"t_{uuid4().hex[:12]}"
    postgres_server.ensure_database(name)
    return name


@pytest.fixture
def oltp_dsn(postgres_server: EmbeddedPostgres, postgres_database: str) -> str:
    """Administrator's DSN of a fresh, empty database."""
    return postgres_server.dsn(postgres_database)


@pytest.fixture
def reader_dsn(postgres_server: EmbeddedPostgres, postgres_database: str) -> str:
    """The same database as `oltp_dsn`, as role `platform_reader` (exists after the migrations)."""
    return postgres_server.dsn(postgres_database, user="platform_reader")


@pytest.fixture
def kafka_bootstrap(tmp_path: Path) -> Iterator[str]:
    """Bootstrap address of an empty broker of this test's own."""
    broker = EmbeddedBroker(tmp_path / "broker")
    yield broker.start()
    broker.stop()


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    """An empty landing zone."""
    return LandingZone(tmp_path / "landing")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Where data-quality pages are written."""
    return tmp_path / "pages"
