"""The content of the dashboard, for the web server and as a self-contained file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from duckdb import DuckDBPyConnection

from core import sql
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from privacy.pseudonym import file_key, load_key
from serving import Release, ReleaseStore, affiliate_path, open_release, read_release
from web.dashboard.filters import Filter, months_between, read_filter
from web.dashboard.sections import Section, ask, read_sections
from web.rendering import render

PLOTLY = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
_TEMPLATES = Path(__file__).parents[1] / "templates"
SCRIPT = _TEMPLATES / "dashboard.js"
STYLES = (_TEMPLATES / "style.css", _TEMPLATES / "dashboard.css")


@dataclass(frozen=True)
class View:
    """The content of the page.

    Attributes:
        release: The release shown.
        chosen: The filter.
        affiliates: Slugs of the affiliates to choose from.
        months: Months to choose from, newest first.
        immature: Deals of the funnel that are too recent to be decided.
        sections: Its sections.
    """

    release: Release
    chosen: Filter
    affiliates: list[str]
    months: list[str]
    immature: int
    sections: list[Section]


class NothingThereError(ConfigurationError):
    """There is no release, or it has no file for the affiliate."""


def read_view(settings: Settings, parameters: Iterable[tuple[str, str]]) -> View:
    """Reads the current release: the chosen affiliate's file alone, or the internal one alone.

    Raises:
        NothingThereError: there is no release, or the affiliate has no file in it.
        FilterError: the parameters are invalid.
    """
    folder = ReleaseStore(settings.releases_path).current()
    if folder is None:
        raise NothingThereError("there is no release yet: run `affiliate run` first")
    release = read_release(folder)
    as_of = release.as_of.date()
    chosen = read_filter(parameters, as_of)
    names = {
        entry.affiliate_id: Path(path).stem
        for path, entry in release.files.items()
        if entry.affiliate_id is not None
    }
    if chosen.affiliate is not None and chosen.affiliate not in names.values():
        raise NothingThereError("the release has no file for this affiliate")
    with _open(settings, release, chosen.affiliate) as file:
        [[first]] = file.execute(sql.load(__package__, "months")).fetchall()
        months = {"first_month": chosen.start, "last_month": chosen.end}
        [immature] = ask(file, sql.load(__package__, "immature"), months)
        return View(
            release,
            chosen,
            sorted(names.values()),
            months_between(
                min(first or chosen.start, chosen.start), max(f"{as_of:%Y-%m}", chosen.end)
            ),
            immature["deals"],
            read_sections(file, chosen, as_of, names),
        )


def write_dashboard(
    settings: Settings, output: Path, parameters: Iterable[tuple[str, str]]
) -> None:
    """Writes the page as one HTML file.

    Raises:
        AffiliateError: as for `read_view`, or the file cannot be written.
    """
    view = read_view(settings, parameters)
    try:
        output.write_text(standalone(view), "utf-8")
    except OSError as error:
        raise AffiliateError(f"{output} cannot be written: {error.strerror}") from None


def _open(settings: Settings, release: Release, affiliate: str | None) -> DuckDBPyConnection:
    """Opens a file of this release, even if a newer one is current by now."""
    if affiliate is None:
        return open_release(release.path)
    entry = release.files[affiliate_path(affiliate)]
    key = file_key(load_key(settings), entry.affiliate_id or 0) if entry.encrypted else None
    return open_release(release.path, affiliate=affiliate, encryption_key=key)


def standalone(view: View) -> str:
    """The page as one file that loads nothing; its policy allows only its own scripts."""
    scripts = [PLOTLY.read_text("utf-8"), SCRIPT.read_text("utf-8")]
    style = "".join(path.read_text("utf-8") for path in STYLES)
    policy = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src "
    policy += " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return render("dashboard.html", view=view, inline=(style, scripts, policy))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
