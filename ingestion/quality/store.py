"""Store of validation results: one JSON file per batch, with counts but no row values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.durable_files import make_directory
from core.locks import locked
from ingestion.quality.results import QualityReport

RESULTS, LOCK = "results", ".lock"
#: Results kept per dataset; results of held batches are always kept.
KEPT = 20


@contextmanager
def exclusive(pages: Path) -> Iterator[None]:
    """Hold the exclusive lock on the directory; waits for other writers."""
    make_directory(pages)
    with locked(pages / LOCK):
        yield


def write(pages: Path, report: QualityReport) -> None:
    """Store a report; replaces an earlier one of the same batch."""
    replace_text(
        pages / RESULTS / folder_name(report.dataset) / f"{file_name(report.entry)}.json",
        json.dumps(report.to_json()),
    )


def read(pages: Path) -> dict[str, list[QualityReport]]:
    """Return the stored reports by dataset, newest first."""
    found: dict[str, list[QualityReport]] = {}
    for path in sorted((pages / RESULTS).glob("*/*.json"), reverse=True):
        report = QualityReport.from_json(json.loads(path.read_text()))
        found.setdefault(report.dataset, []).append(report)
    return dict(sorted(found.items()))


def prune(pages: Path, held: Collection[tuple[int, str]]) -> None:
    """Delete the oldest results of each dataset, except those of `held` batches."""
    kept = {f"{folder_name(dataset)}/{file_name(entry)}" for entry, dataset in held}
    for folder in (pages / RESULTS).glob("*"):
        for old in sorted(folder.glob("*.json"))[:-KEPT]:
            if f"{folder.name}/{old.stem}" not in kept:
                old.unlink(missing_ok=True)


def folder_name(dataset: str) -> str:
    """Return the name of a dataset as one path component."""
    return dataset.replace("/", "--")


def file_name(entry: int) -> str:
    """Return the number of an entry, zero-padded so that names sort by number."""
    return f"{entry:012d}"


def replace_text(path: Path, text: str) -> None:
    """Replace a file atomically."""
    make_directory(path.parent)
    staged = path.with_name(f"{path.name}.part")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)
