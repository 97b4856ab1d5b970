"""The filter of the dashboard: affiliate and months."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.errors import ConfigurationError

_MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
_NAMES = {"affiliate", "from", "to"}
#: Number of months without a filter.
DEFAULT_MONTHS = 12


class FilterError(ConfigurationError):
    """The filter is invalid."""


@dataclass(frozen=True)
class Filter:
    """Affiliate and months; first and last month are included, written as 2026-01.

    Attributes:
        affiliate: Slug of the affiliate whose file is read; None reads the internal file.
        start: First month.
        end: Last month.
    """

    affiliate: str | None
    start: str
    end: str


def read_filter(parameters: Iterable[tuple[str, str]], as_of: date) -> Filter:
    """Parses a query string; an empty value counts as missing.

    Args:
        parameters: Names and values of the query string.
        as_of: Day of the release; its month is the default last month.

    Raises:
        FilterError: a name is unknown or repeated, or a month is invalid.
    """
    given: dict[str, str] = {}
    for name, value in parameters:
        if name not in _NAMES:
            raise FilterError("the filters are affiliate, from and to")
        if name in given:
            raise FilterError(f"{name} is repeated")
        given[name] = value
    end = _month(given, "to") or as_of.strftime("%Y-%m")
    start = _month(given, "from") or months_before(end, DEFAULT_MONTHS - 1)
    if start > end:
        raise FilterError("the first month is after the last")
    return Filter(given.get("affiliate") or None, start, end)


def months_before(month: str, count: int) -> str:
    """The month that many months before another."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12:04}-{number % 12 + 1:02}"


def months_between(start: str, end: str) -> list[str]:
    """All months from one to another, newest first."""
    months = [end]
    while months[-1] > start:
        months.append(months_before(months[-1], 1))
    return months


def _month(given: dict[str, str], name: str) -> str | None:
    value = given.get(name)
    if value and not _MONTH.fullmatch(value):
        raise FilterError(f"{name} must be a month such as 2026-01")
    return value or None
