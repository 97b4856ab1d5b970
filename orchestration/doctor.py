"""Checks everything the platform needs: settings, servers, keys, disk, versions."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version

from core.errors import ConfigurationError
from core.settings import Settings
from core.source_list import DEFAULT_SOURCE
from ingestion.health import (
    HealthCheck,
    attempt,
    check_disk,
    check_history,
    check_kafka,
    check_oltp,
    check_warehouse,
)
from ingestion.landing import LandingZone
from ingestion.landing.verify import verify
from ingestion.servers import oltp_sources
from privacy.pseudonym import load_key

PACKAGES = ("dagster", "dbt-core", "duckdb", "confluent-kafka", "pandas", "great-expectations")
#: Name of the checks of what was landed; all others are about the environment.
LANDING = "landing"


def diagnose(settings: Settings, *, verify_landing: bool = False) -> list[HealthCheck]:
    """One result for each thing the platform needs.

    Args:
        settings: What to check.
        verify_landing: Also read every landed file and compare it with the manifest.
    """
    return [
        attempt("settings", lambda: f"engine {settings.engine}, home {settings.home}"),
        *_oltp(settings),
        attempt("kafka", lambda: check_kafka(settings)),
        attempt("warehouse", lambda: check_warehouse(settings)),
        attempt("history", lambda: check_history(settings)),
        attempt("key", lambda: f"{len(load_key(settings)) * 8} bits"),
        attempt("disk", lambda: check_disk(settings)),
        attempt("release", lambda: _release(settings)),
        attempt("versions", _versions),
        *(_landing(settings) if verify_landing else ()),
    ]


def _oltp(settings: Settings) -> list[HealthCheck]:
    """One result per OLTP database."""
    try:
        sources = oltp_sources(settings)
    except ConfigurationError as error:
        return [HealthCheck("oltp", False, str(error))]
    return [
        attempt(
            "oltp" if source.name == DEFAULT_SOURCE else f"oltp {source.name}",
            partial(check_oltp, settings, source),
        )
        for source in sources
    ]


def _landing(settings: Settings) -> Iterator[HealthCheck]:
    """The totals of the landing zone, or one result per problem."""
    report = verify(LandingZone(settings.landing_path))
    for problem in report.problems:
        yield HealthCheck(LANDING, False, problem)
    if not report.problems:
        yield HealthCheck(
            LANDING,
            True,
            f"{report.entries:,} entries, {report.files:,} files, {report.rows:,} rows: every "
            f"sha256, total and offset is correct; {report.landed:,} landed, "
            f"{report.quarantined:,} quarantined, {report.recovered:,} recovered, "
            f"{report.dropped:,} dropped",
        )


def _release(settings: Settings) -> str:
    """Name of the current release, if there is one."""
    current = settings.releases_path / "current"
    return current.resolve().name if current.exists() else "none yet: `affiliate run` makes one"


def _versions() -> str:
    """Versions of Python and of the packages that determine results."""
    return ", ".join(
        [f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    )
