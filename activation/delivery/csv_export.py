"""CSV that is safe against formula injection in spreadsheets.

A spreadsheet evaluates a cell as a formula if its text begins with `=`, `+`, `-` or `@`, possibly
after tabs, line breaks or blanks, or with the full-width form. Such a text gets a leading
apostrophe. All texts are quoted and numbers never are: -5 is a number, "-5" is a text.
"""

from __future__ import annotations

import csv
import math
import os
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

_STARTS = ("=", "+", "-", "@")
_CONTROLS = ("\t", "\r", "\n", "\0")
_GUARD = "'"


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a new private UTF-8 file and make it durable.

    Args:
        path: Path of the new file.
        columns: Column names for the first line.
        rows: Cells: None is empty, numbers stay numbers, everything else is text.

    Returns:
        Number of rows.

    Raises:
        FileExistsError: the file exists.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    count = 0
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow([safe_cell(column) for column in columns])
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def safe_cell(cell: object) -> int | float | Decimal | str | None:
    """Return the value to write: a finite number unchanged, anything else as harmless text."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float, Decimal)) and math.isfinite(cell):
        return cell
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return _GUARD + text if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    if text.startswith(_CONTROLS):
        return True
    folded = unicodedata.normalize("NFKC", text[:64]).lstrip()
    # zero-width and direction marks are shown as nothing
    while folded and unicodedata.category(folded[0]) in ("Cf", "Cc", "Zs"):
        folded = folded[1:]
    return folded.startswith(_STARTS)
