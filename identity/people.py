"""Unified customers of the last build, found by ID or by one of their records."""

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
    """A customer record of a unified customer.

    Attributes:
        record_id: `<affiliate_id>:<affiliate_customer_id>`.
        affiliate: Slug of its affiliate; None if the affiliate was deleted.
        known_since: Time at which the record was created.
        since: Time at which it was linked to this customer.
    """

    record_id: str
    affiliate: str | None
    known_since: datetime | None
    since: datetime


def is_record(identifier: str) -> bool:
    """Return whether this is the ID of a record, not of a customer."""
    return _RECORD.fullmatch(identifier) is not None


def record_key(identifier: str) -> tuple[int, int]:
    """Parse a record ID into (affiliate_id, affiliate_customer_id).

    Raises:
        AffiliateError: it is not a record ID.
    """
    found = _RECORD.fullmatch(identifier)
    if found is None:
        raise AffiliateError(
            f"{identifier} is not a record: write <affiliate ID>:<customer ID there>, such as 3:17"
        )
    return int(found[1]), int(found[2])


class People:
    """Queries on the warehouse attached as `wh`; `open_people` creates it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query on `wh`."""
        return self._connection.execute(query, parameters).fetchall()

    def current(self, identifier: str) -> str:
        """Return the current customer ID of an ID or record.

        Raises:
            AffiliateError: it is unknown, was merged into another, or has no records any more.
        """
        if is_record(identifier):
            return self._of_record(identifier)
        if self.records(identifier):
            return identifier
        if target := self.redirect(identifier):
            raise AffiliateError(f"{identifier} was merged into {target}: use that ID")
        if self.has_events(identifier):
            raise AffiliateError(f"{identifier} is retired: it has no records any more")
        raise AffiliateError(f"unknown customer or record {identifier}")

    def redirect(self, customer_id: str) -> str | None:
        """Return the current ID that a merged ID redirects to."""
        rows = self.ask(
            f"select current_customer_id from {ALIAS}.identity.customer_redirects "
            "where customer_id = $id",
            {"id": customer_id},
        )
        return str(rows[0][0]) if rows else None

    def has_events(self, customer_id: str) -> bool:
        """Return whether the ID has a history."""
        table = f"{ALIAS}.identity.identity_events"
        found = self.ask(
            f"select 1 from {table} where customer_id = $id limit 1", {"id": customer_id}
        )
        return bool(found)

    def records(self, customer_id: str) -> list[Record]:
        """Return the customer's records, oldest first; empty if the ID is not current."""
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
            raise AffiliateError(f"record {record_id} was deleted or erased")
        raise AffiliateError(f"unknown record {record_id}")


@contextmanager
def open_people(settings: Settings) -> Iterator[People]:
    """Open the warehouse read-only; the caller makes sure that no run uses it.

    Raises:
        ConfigurationError: the warehouse does not exist, or its server is unreachable.
        AffiliateError: another process uses it, or nothing was built in it yet.
    """
    with open_warehouse(settings, read_only=True) as connection:
        try:
            yield People(connection)
        except duckdb.CatalogException:
            raise AffiliateError(
                "the warehouse has no customers yet: run `affiliate build` first"
            ) from None


@contextmanager
def people_and_zone(settings: Settings) -> Iterator[tuple[People, LandingZone]]:
    """Open the warehouse and the landing zone, and keep runs from changing them.

    Raises:
        ConfigurationError: as for `open_people`.
        AffiliateError: a run is in progress, or as for `open_people`.
    """
    with run_lock(settings.home), open_people(settings) as people:
        yield people, LandingZone(settings.landing_path)
