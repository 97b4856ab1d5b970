"""`affiliate doctor`: one line for each thing the platform needs."""

from __future__ import annotations

import platform
from importlib.metadata import version

from affiliate import console
from affiliate.commands.parts import Json
from ingestion.settings import Settings, load_settings

PACKAGES = ("dagster", "dbt-core", "duckdb", "confluent-kafka", "pandas", "great-expectations")


def doctor(json: Json = False) -> None:
    """Check settings, servers, keys, disk and versions; exit 2 if something is missing.

    Example: affiliate doctor --json
    """
    from ingestion import health
    from serving.pseudonym import load_key

    settings = load_settings()
    checks = [
        health.attempt("settings", lambda: f"engine {settings.engine}, home {settings.home}"),
        health.attempt("oltp", lambda: health.check_oltp(settings)),
        health.attempt("kafka", lambda: health.check_kafka(settings)),
        health.attempt("warehouse", lambda: health.check_warehouse(settings)),
        health.attempt("key", lambda: f"{len(load_key(settings)) * 8} bits"),
        health.attempt("disk", lambda: health.check_disk(settings)),
        health.attempt("release", lambda: release(settings)),
        health.attempt("versions", versions),
    ]
    if json:
        console.print_json([vars(check) for check in checks])
    else:
        for check in checks:
            mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
            console.out.print(f"{mark} {check.name:<10} {check.detail}")
    if not all(check.ok for check in checks):
        raise SystemExit(2)


def release(settings: Settings) -> str:
    """Name of the current release, if there is one."""
    current = settings.releases_path / "current"
    return current.resolve().name if current.exists() else "none yet: `affiliate run` makes one"


def versions() -> str:
    """Versions of Python and of what decides results."""
    return ", ".join(
        [f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    )
