"""CSV that spreadsheets cannot be tricked with: no text begins a formula, and numbers stay numbers.

A cell is run as a formula when its text begins with `=`, `+`, `-` or `@`, or gets there over a tab,
a line break, blanks or a full-width twin. Such a text gets an apostrophe in front. All texts are
quoted and numbers never: -5 stays a number, "-5" is a text.
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
    """Writes a new private file of UTF-8 and makes it durable.

    Args:
        path: File that does not exist yet.
        columns: Names in the first line.
        rows: None is an empty cell; numbers are written as they are; all else is text.

    Returns:
        Number of rows.

    Raises:
        FileExistsError: there is such a file.
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
    """What a cell is written as: a finite number as it is, anything else as harmless text."""
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
