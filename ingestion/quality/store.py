"""Results as JSON files, one per batch: what the pages show. They hold counts and no values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.durable_files import make_directory
from core.locks import locked
from ingestion.quality.results import QualityReport

RESULTS, LOCK = "results", ".lock"
#: Newest batches kept per dataset; a held one is kept for as long as it is held.
KEPT = 20


@contextmanager
def alone(pages: Path) -> Iterator[None]:
    """Waits until no other process writes here; the lock ends with its process."""
    make_directory(pages)
    with locked(pages / LOCK):
        yield


def write(pages: Path, report: QualityReport) -> None:
    """Stores a report, in place of an earlier one of the same batch."""
    replace_text(
        pages / RESULTS / folder_name(report.dataset) / f"{file_name(report.entry)}.json",
        json.dumps(report.to_json()),
    )


def read(pages: Path) -> dict[str, list[QualityReport]]:
    """Dataset → its stored reviews, newest first."""
    found: dict[str, list[QualityReport]] = {}
    for path in sorted((pages / RESULTS).glob("*/*.json"), reverse=True):
        report = QualityReport.from_json(json.loads(path.read_text()))
        found.setdefault(report.dataset, []).append(report)
    return dict(sorted(found.items()))


def prune(pages: Path, held: Collection[tuple[int, str]]) -> None:
    """Removes the oldest results of each dataset, but none that is held: (entry, dataset)."""
    kept = {f"{folder_name(dataset)}/{file_name(entry)}" for entry, dataset in held}
    for folder in (pages / RESULTS).glob("*"):
        for old in sorted(folder.glob("*.json"))[:-KEPT]:
            if f"{folder.name}/{old.stem}" not in kept:
                old.unlink(missing_ok=True)


def folder_name(dataset: str) -> str:
    """A dataset's name as one path component."""
    return dataset.replace("/", "--")


def file_name(entry: int) -> str:
    """An entry's number so that names sort as numbers do."""
    return f"{entry:012d}"


def replace_text(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old one or the new one."""
    make_directory(path.parent)
    staged = path.with_name(f"{path.name}.part")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)
