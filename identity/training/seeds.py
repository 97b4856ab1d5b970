"""The two seeds that hold all versions of the weights; versions are added, never changed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import AffiliateError
from identity.training.names import TermWeights
from identity.training.weights import Weights

WEIGHTS, TERMS = "identity_weights.csv", "identity_term_weights.csv"
_COLUMNS = {
    WEIGHTS: ["version", "field", "level", "weight"],
    TERMS: ["version", "field", "term", "weight"],
}


@dataclass(frozen=True)
class Version:
    """One version of all weights, in millibits.

    Attributes:
        number: Its number.
        weights: Per field and level.
        terms: Per field and common name.
    """

    number: int
    weights: Weights
    terms: TermWeights


def read_version(folder: Path, number: int) -> Version:
    """Read one version.

    Raises:
        AffiliateError: the seeds do not contain it, or are not valid seeds.
    """
    weights: Weights = {}
    for version, field, level, weight in _rows(folder / WEIGHTS):
        if int(version) == number:
            weights.setdefault(field, {})[level] = int(weight)
    if not weights:
        raise AffiliateError(f"the seed {WEIGHTS} has no version {number}")
    terms = {
        (field, term): int(weight)
        for version, field, term, weight in _rows(folder / TERMS)
        if int(version) == number
    }
    return Version(number, weights, terms)


def next_number(folder: Path) -> int:
    """Return the number after the highest one in the seeds."""
    return 1 + max(int(row[0]) for name in _COLUMNS for row in _rows(folder / name))


def append_version(folder: Path, version: Version) -> None:
    """Append a version to both seeds; existing bytes stay unchanged.

    Raises:
        AffiliateError: the seeds cannot be written.
    """
    added = {
        TERMS: [(field, term, weight) for (field, term), weight in sorted(version.terms.items())],
        WEIGHTS: [
            (field, level, weight)
            for field, levels in version.weights.items()
            for level, weight in levels.items()
        ],
    }
    try:
        # the weights come last: without them a version does not exist
        for name, rows in added.items():
            _append(folder / name, version.number, rows)
    except OSError:
        raise AffiliateError(f"the seeds in {folder} cannot be written") from None


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
    except (OSError, ValueError):
        raise AffiliateError(f"the seed {path} cannot be read") from None
    if header != _COLUMNS[path.name]:
        raise AffiliateError(f"the seed {path} must have the columns {_COLUMNS[path.name]}")
    return rows


def _append(path: Path, number: int, rows: Iterable[Sequence[object]]) -> None:
    """Replace the file atomically, so that a killed run leaves no partial version."""
    staged = path.with_suffix(".new")
    kept = path.read_text(encoding="utf-8")
    with staged.open("w", encoding="utf-8", newline="") as file:
        file.write(kept if kept.endswith("\n") else kept + "\n")
        csv.writer(file, lineterminator="\n").writerows((number, *row) for row in rows)
    staged.replace(path)
