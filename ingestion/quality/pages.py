"""Static HTML pages of validation results: counts only, no scripts, no external resources.

Great Expectations' own pages load styles and scripts from other servers; without these their index
is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from ingestion.landing import LandingZone
from ingestion.quality import rules, store
from ingestion.quality.results import QualityReport, RuleResult

INDEX = "index.html"
#: File with the number of the newest manifest entry whose results the pages show.
SHOWN = "shown"

#: Expectation → its label on the pages, after the names of its columns.
LABELS = {
    rules.NOT_NULL: "has a value",
    rules.NULL: "has no value",
    rules.UNIQUE: "is unique",
    rules.UNIQUE_TOGETHER: "are unique together",
    rules.MATCHES: "has the usual format",
    rules.BETWEEN: "is within its range",
    rules.ONE_OF: "is a known value",
    rules.AT_LEAST: "first is at least the second",
    rules.ROW_COUNT: "number of rows",
    rules.LOWEST: "of the newest row",
}


def publish(zone: LandingZone, pages: Path) -> None:
    """Rewrite all pages and prune old results, unless the pages are up to date.

    Args:
        zone: Landing zone, which knows the held and accepted batches.
        pages: Directory of results and pages; `index.html` is the start page.
    """
    newest = max((entry.number for entry in zone.entries() if entry.verdicts), default=0)
    shown = pages / SHOWN
    if newest and not (shown.exists() and shown.read_text() == str(newest)):
        with store.exclusive(pages):
            _write(zone, pages)
            store.replace_text(shown, str(newest))


def _write(zone: LandingZone, pages: Path) -> None:
    held = {(verdict.entry, verdict.dataset) for verdict in zone.held()}
    store.prune(pages, held)
    outcomes = {landing: v.outcome for landing, v in zone.state().validation_results.items()}
    reviews = store.read(pages)
    templates = _templates()
    for dataset, batches in reviews.items():
        _write_batches(pages, templates, dataset, batches, outcomes)
    page = templates.get_template("index.html").render(
        datasets=sorted(reviews.items(), key=lambda item: _urgency(zone, *item)),
        held=zone.held(),
        outcomes=outcomes,
    )
    store.replace_text(pages / INDEX, page)


def _write_batches(
    pages: Path,
    templates: Any,
    dataset: str,
    batches: list[QualityReport],
    outcomes: Mapping[tuple[int, str], str],
) -> None:
    folder = pages / store.folder_name(dataset)
    template = templates.get_template("batch.html")
    for report in batches:
        page = template.render(
            report=report, batches=batches, outcomes=outcomes, subjects=_by_subject(report)
        )
        store.replace_text(folder / f"{store.file_name(report.entry)}.html", page)
    stored = {store.file_name(report.entry) for report in batches}
    for old in folder.glob("*.html"):
        if old.stem not in stored:
            old.unlink(missing_ok=True)


def _by_subject(report: QualityReport) -> list[tuple[str, list[RuleResult]]]:
    """Group results by table or event type, failures first, errors before warnings."""
    grouped = groupby(report.results, key=lambda result: result.subject)
    return [
        (subject, sorted(results, key=lambda r: (r.success, r.severity != "error", r.kind)))
        for subject, results in grouped
    ]


def _urgency(
    zone: LandingZone, dataset: str, batches: list[QualityReport]
) -> tuple[bool, bool, str]:
    """Sort key: held datasets first, then those with warnings, then by name."""
    return zone.state().first_held(dataset) is None, not batches[0].warnings, dataset


def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("ingestion.quality"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {
        "labels": LABELS,
        "folder_name": store.folder_name,
        "file_name": store.file_name,
    }
    return templates
