"""The start page with the current release, dbt docs and data-quality pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from core.errors import AffiliateError
from core.settings import Settings
from orchestration.lib.docs import PAGE
from serving import CUSTOMER_OLAP, FileEntry, Release, ReleaseStore, read_release
from web.rendering import page


def routes(settings: Settings) -> list[BaseRoute]:
    """The start page at `/`, dbt docs at `/docs/`, data quality at `/quality/`."""

    def start(request: Request) -> Response:
        release = _current(settings)
        return page(
            "start.html",
            user=request.user,
            release=release,
            internal=CUSTOMER_OLAP.path,
            affiliates=_affiliates(release),
            age=release and _age(datetime.now(UTC) - release.as_of),
            has_docs=(settings.docs_path / PAGE).exists(),
            has_quality=(settings.quality_path / PAGE).exists(),
        )

    return [
        Route("/", start),
        _folder("/docs", settings.docs_path),
        _folder("/quality", settings.quality_path),
    ]


class _Folder(StaticFiles):
    async def check_config(self) -> None:
        """Does nothing: the folder may be created after the start."""


def _folder(path: str, folder: Path) -> Mount:
    return Mount(path, _Folder(directory=folder, html=True, check_dir=False))


def _current(settings: Settings) -> Release | None:
    folder = ReleaseStore(settings.releases_path).current()
    try:
        return read_release(folder) if folder else None
    except AffiliateError:
        return None


def _affiliates(release: Release | None) -> dict[str, FileEntry]:
    """Slug → the affiliate's file."""
    files = release.files if release else {}
    return {Path(path).stem: file for path, file in files.items() if path != CUSTOMER_OLAP.path}


def _age(elapsed: Any) -> str:
    minutes = int(elapsed.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 60 // 24} days"
