"""Persons as the last build left them, asked for by id or by one of their records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from core import sql
from core.errors import AffiliateError
from core.run_lock import run_lock
from core.settings import Settings
from ingestion.landing import LandingZone
from warehouse.connection import ALIAS, open_warehouse

_RECORD = re.compile(r"(\d{1,18}):(\d{1,18})")


@dataclass(frozen=True)
class Record:
    """A customer record of a person.

    Attributes:
        record_id: `<affiliate_id>:<affiliate_customer_id>`.
        affiliate: Slug of its affiliate; None if the affiliate is gone.
        known_since: When the record came to be.
        since: Since when it is of this person.
    """

    record_id: str
    affiliate: str | None
    known_since: datetime | None
    since: datetime


def is_record(identifier: str) -> bool:
    """Whether it names a record rather than a person."""
    return _RECORD.fullmatch(identifier) is not None


def record_key(identifier: str) -> tuple[int, int]:
    """(affiliate_id, affiliate_customer_id) of a record's id.

    Raises:
        AffiliateError: it is none.
    """
    found = _RECORD.fullmatch(identifier)
    if found is None:
        raise AffiliateError(
            f"{identifier} is no record: write <affiliate id>:<customer id there>, as 3:17"
        )
    return int(found[1]), int(found[2])


class People:
    """Answers from the warehouse that is attached as `wh`; make one with `open_people`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Rows of a query on `wh`."""
        return self._connection.execute(query, parameters).fetchall()

    def current(self, identifier: str) -> str:
        """Id of the person that the id or record is of now.

        Raises:
            AffiliateError: it is unknown, was merged away or has no records any more.
        """
        if is_record(identifier):
            return self._of_record(identifier)
        if self.records(identifier):
            return identifier
        if target := self.redirect(identifier):
            raise AffiliateError(f"{identifier} was merged into {target}: use that id")
        if self.has_events(identifier):
            raise AffiliateError(f"{identifier} is retired: it has no records any more")
        raise AffiliateError(f"there is no person or record {identifier}")

    def redirect(self, customer_id: str) -> str | None:
        """The current id that took the place of one that was merged away."""
        rows = self.ask(
            f"select current_customer_id from {ALIAS}.identity.customer_redirects "
            "where customer_id = $id",
            {"id": customer_id},
        )
        return str(rows[0][0]) if rows else None

    def has_events(self, customer_id: str) -> bool:
        """Whether anything is written of the id."""
        table = f"{ALIAS}.identity.identity_events"
        found = self.ask(
            f"select 1 from {table} where customer_id = $id limit 1", {"id": customer_id}
        )
        return bool(found)

    def records(self, customer_id: str) -> list[Record]:
        """The person's records, oldest first; none if the id is not current."""
        rows = self.ask(sql.load(__package__, "records_of_customer"), {"customer_id": customer_id})
        return [Record(*row) for row in rows]

    def _of_record(self, record_id: str) -> str:
        affiliate, customer = record_key(record_id)
        key = {"affiliate": affiliate, "customer": customer}
        where = "where affiliate_id = $affiliate and affiliate_customer_id = $customer"
        rows = self.ask(f"select customer_id from {ALIAS}.identity.customer_xref {where}", key)
        if rows:
            return str(rows[0][0])
        if self.ask(f"select 1 from {ALIAS}.identity.customer_xref_history {where} limit 1", key):
            raise AffiliateError(f"record {record_id} is nobody's any more: deleted or erased")
        raise AffiliateError(f"there is no record {record_id}")


@contextmanager
def open_people(settings: Settings) -> Iterator[People]:
    """Opens the warehouse to read; the caller makes sure that no run has it.

    Raises:
        ConfigurationError: there is no warehouse, or its server is unreachable.
        AffiliateError: another process holds it, or nothing was built in it yet.
    """
    with open_warehouse(settings, read_only=True) as connection:
        try:
            yield People(connection)
        except duckdb.CatalogException:
            raise AffiliateError(
                "the warehouse has no persons yet: run `affiliate build` first"
            ) from None


@contextmanager
def people_and_zone(settings: Settings) -> Iterator[tuple[People, LandingZone]]:
    """The warehouse and the landing zone, while no run changes either.

    Raises:
        ConfigurationError: as for `open_people`.
        AffiliateError: a run is in progress, or as for `open_people`.
    """
    with run_lock(settings.home), open_people(settings) as people:
        yield people, LandingZone(settings.landing_path)
