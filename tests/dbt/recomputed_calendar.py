"""Contact hours of a country, minute by minute, without arithmetic over days."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.dbt.dbt_warehouse import PROJECT
from tests.dbt.recomputed_funnel import ZONES

OPENS, CLOSES = 9, 18
COUNTRIES = {1: "PT"}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


class Calendar:
    """When customers of an affiliate may be contacted.

    Args:
        country: Whose holidays are kept; empty: nobody's.
        zone: Where the affiliate is.
    """

    def __init__(self, country: str, zone: ZoneInfo) -> None:
        self.zone = zone
        with (PROJECT / "seeds" / "business_holidays.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["country"] == country]
        self._holidays = {date.fromisoformat(row["day"]) for row in rows}

    def is_open(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._holidays

    def opening(self, at: datetime) -> datetime:
        """The same minute if it lies in contact hours, else when the next ones begin."""
        local = at.astimezone(self.zone).replace(second=0, microsecond=0)
        if self.is_open(local.date()) and local.hour < CLOSES:
            return max(local, local.replace(hour=OPENS, minute=0))
        local = local.replace(hour=OPENS, minute=0) + DAY
        while not self.is_open(local.date()):
            local += DAY
        return local

    def hours(self, at: datetime) -> tuple[datetime, datetime]:
        """The contact hours that an instant lies in, or the next ones."""
        day = self.opening(at).replace(minute=0)
        return day.replace(hour=OPENS), day.replace(hour=CLOSES)

    def minutes(self, earlier: datetime, later: datetime) -> int:
        """Minutes of contact hours from one instant to another, negative if that was before."""
        if later < earlier:
            return -self.minutes(later, earlier)
        at, end, count = self.opening(earlier), self.opening(later), 0
        while at.date() < end.date():
            count += (at.replace(hour=CLOSES, minute=0) - at) // MINUTE
            at = self.opening(at.replace(hour=CLOSES, minute=0))
        return count + (end - at) // MINUTE

    def after(self, at: datetime, minutes: int) -> datetime:
        """When so many minutes of contact hours will have passed."""
        at = self.opening(at)
        while (left := (at.replace(hour=CLOSES, minute=0) - at) // MINUTE) <= minutes:
            minutes -= left
            at = self.opening(at.replace(hour=CLOSES, minute=0))
        return at + minutes * MINUTE


def calendar(affiliate: int) -> Calendar:
    """That of an affiliate of the world."""
    return Calendar(COUNTRIES.get(affiliate, ""), ZONES[affiliate])
