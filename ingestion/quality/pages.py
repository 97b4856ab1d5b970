"""The results as static HTML for people: counts and no values, no script, nothing from elsewhere.

Great Expectations' own pages load styles and scripts from other servers, and without them their
index is empty.
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
#: Names the newest verdicts that the pages show.
SHOWN = "shown"

#: Expectation → what it asks of its columns.
WORDS = {
    rules.NOT_NULL: "has a value",
    rules.NULL: "has no value",
    rules.UNIQUE: "occurs once",
    rules.UNIQUE_TOGETHER: "occur together once",
    rules.MATCHES: "has the usual form",
    rules.BETWEEN: "is in its range",
    rules.ONE_OF: "is a known value",
    rules.AT_LEAST: "the first is not below the second",
    rules.ROW_COUNT: "number of rows",
    rules.LOWEST: "of the newest row",
}


def publish(zone: LandingZone, pages: Path) -> None:
    """Writes all pages anew, unless they show the newest verdicts already; prunes old results.

    Args:
        zone: Says what is held or accepted today.
        pages: Directory of results and pages; `index.html` is the start.
    """
    newest = max((entry.number for entry in zone.entries() if entry.verdicts), default=0)
    shown = pages / SHOWN
    if newest and not (shown.exists() and shown.read_text() == str(newest)):
        with store.alone(pages):
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
    """Results per table or event type, failed ones first; errors before warnings."""
    grouped = groupby(report.results, key=lambda result: result.subject)
    return [
        (subject, sorted(results, key=lambda r: (r.success, r.severity != "error", r.kind)))
        for subject, results in grouped
    ]


def _urgency(
    zone: LandingZone, dataset: str, batches: list[QualityReport]
) -> tuple[bool, bool, str]:
    """Held datasets first, then those with warnings, then by name."""
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
        "words": WORDS,
        "folder_name": store.folder_name,
        "file_name": store.file_name,
    }
    return templates
