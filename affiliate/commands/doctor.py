"""`affiliate doctor`: one line for each thing the platform needs."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.errors import ConfigurationError
from core.settings import Settings, load_settings
from core.source_list import DEFAULT_SOURCE
from ingestion import health
from ingestion.landing import LandingZone
from ingestion.servers import oltp_sources

PACKAGES = ("dagster", "dbt-core", "duckdb", "confluent-kafka", "pandas", "great-expectations")


def doctor(
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Also recount the whole landing zone against its manifest."),
    ] = False,
    json: Json = False,
) -> None:
    """Check settings, servers, keys, disk and versions; exit 2 if something is missing.

    With --verify, every landed file is decoded and compared with its sha256 and row count, and
    every batch has to add up; exit 1 if anything is wrong.

    Example: affiliate doctor --verify
    """
    from privacy.pseudonym import load_key

    settings = load_settings()
    checks = [
        health.attempt("settings", lambda: f"engine {settings.engine}, home {settings.home}"),
        *oltp_checks(settings),
        health.attempt("kafka", lambda: health.check_kafka(settings)),
        health.attempt("warehouse", lambda: health.check_warehouse(settings)),
        health.attempt("history", lambda: health.check_history(settings)),
        health.attempt("key", lambda: f"{len(load_key(settings)) * 8} bits"),
        health.attempt("disk", lambda: health.check_disk(settings)),
        health.attempt("release", lambda: release(settings)),
        health.attempt("versions", versions),
    ]
    landed = [health.Check("landing", ok, detail) for ok, detail in verified(settings, verify)]
    checks += landed
    if json:
        console.print_json([vars(check) for check in checks])
    else:
        for check in checks:
            mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
            console.out.print(f"{mark} {check.name:<10} {check.detail}")
    if not all(check.ok for check in checks):
        raise SystemExit(1 if all(check.ok or check in landed for check in checks) else 2)


def oltp_checks(settings: Settings) -> list[health.Check]:
    """One line per OLTP database."""
    try:
        sources = oltp_sources(settings)
    except ConfigurationError as error:
        return [health.Check("oltp", False, str(error))]
    return [
        health.attempt(
            "oltp" if source.name == DEFAULT_SOURCE else f"oltp {source.name}",
            partial(health.check_oltp, settings, source),
        )
        for source in sources
    ]


def verified(settings: Settings, wanted: bool) -> Iterator[tuple[bool, str]]:
    """The landing zone's totals if it is sound, else one line per problem."""
    if not wanted:
        return
    from ingestion.landing.verify import verify

    with console.err.status("Recounting the landing zone"):
        report = verify(LandingZone(settings.landing_path))
    for problem in report.problems:
        yield False, problem
    if not report.problems:
        yield (
            True,
            (
                f"{report.entries:,} entries, {report.files:,} files, {report.rows:,} rows: every "
                f"sha256, sum and offset is right; {report.landed:,} landed, "
                f"{report.quarantined:,} quarantined, {report.recovered:,} recovered, "
                f"{report.dropped:,} dropped"
            ),
        )


def release(settings: Settings) -> str:
    """Name of the current release, if there is one."""
    current = settings.releases_path / "current"
    return current.resolve().name if current.exists() else "none yet: `affiliate run` makes one"


def versions() -> str:
    """Versions of Python and of what decides results."""
    return ", ".join(
        [f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    )
