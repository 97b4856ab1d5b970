"""The steps of an erasure; each is durable and idempotent.

requested → resolved → landed → (the usual build and release) → finished. After a crash the next run
continues with the next step.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast
from uuid import uuid4

from contracts.topics import ERASURES
from core import sql
from core.duckdb_session import connect
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones
from ingestion.landing.exclusion import Exclusion
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Hasher, Record
from privacy.erasure import person
from privacy.erasure.requests import SCOPES, Receipt, Request, Requests, Scope
from privacy.erasure.residue import search
from privacy.erasure.rewriting import Rewriter
from privacy.erasure.warehouse import purge_warehouse

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def request(
    settings: Settings,
    zone: LandingZone,
    record: Record,
    scope: Scope,
    *,
    request_id: str | None = None,
) -> Request | Receipt:
    """Store a request durably; with the ID of an existing request return that one or its receipt.

    Args:
        settings: Settings of the platform.
        zone: The landing zone.
        record: The customer record to erase.
        scope: `affiliate` or `all`.
        request_id: ID of the request; a random one if None.

    Raises:
        ConfigurationError: the ID is invalid or belongs to another request, or the customer does
            not exist.
    """
    if request_id is not None and not _NAME.fullmatch(request_id):
        raise ConfigurationError(
            "--request-id: up to 64 letters, digits, - and _, and nothing personal"
        )
    requests = Requests(settings.erasures_path)
    if request_id is not None and (found := requests.find(request_id)):
        if isinstance(found, Request) and found.record != record:
            raise ConfigurationError(f"request {request_id} is about another customer")
        return found
    if not person.is_known(zone, record):
        raise ConfigurationError("this affiliate has no such customer")
    if scope == "affiliate" and Exclusion.of(zone).has(record):
        raise ConfigurationError("this customer was erased already: see the receipt")
    made = Request(request_id or uuid4().hex[:12], scope, "command", datetime.now(UTC), record)
    requests.write(made)
    return made


def take_requests(settings: Settings, zone: LandingZone) -> None:
    """Create requests from `CustomerErased` events, one per event."""
    requests = Requests(settings.erasures_path)
    for made in _of_events(zone):
        if requests.find(made.request_id) is None:
            requests.write(made)


def erase_landed(
    settings: Settings, zone: LandingZone, releases: Sequence[str] = ()
) -> dict[str, int]:
    """Remove the customers of all open requests from the landing zone, and purge the warehouse.

    A request from an event waits for the next run if no build has seen the customer yet, because
    the records that it covers are not known before. Until then the models exclude the customer.

    Args:
        settings: Settings of the platform.
        zone: The landing zone; no other process may write to it at the same time.
        releases: Names of the existing releases, which contain the customers.

    Returns:
        Dataset → number of rows stripped or dropped; empty if there was nothing to do.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; run again.
        ConfigurationError: the warehouse's server is unreachable.
    """
    requests = Requests(settings.erasures_path)
    requests.sweep()
    unfinished = [one for one in requests.open() if one.state != "landed"]
    due = [found for one in unfinished if (found := _resolved(settings, zone, one))]
    for one in due:
        requests.write(one)
    if not due:
        return {}
    hasher = Hasher(tombstones.key_for_writing(settings.home))
    for one in due:
        tombstones.land(
            zone,
            _tombstones(hasher, one),
            request_id=one.request_id,
            scope=one.scope,
            requested_at=one.requested_at,
        )
    records = {record for one in due for record in one.records}
    done = Rewriter(zone, records, {value for one in due for value in one.values}).run()
    purge_warehouse(settings)
    for one in due:
        counted = Counter(one.artefacts) + done
        requests.write(
            replace(
                one, state="landed", artefacts=dict(counted), releases=(*one.releases, *releases)
            )
        )
    return dict(done)


def finish(settings: Settings, waiting: Mapping[str, str] = _NOTHING) -> list[Receipt]:
    """Search for remaining values, and replace open requests by receipts.

    Args:
        settings: Settings of the platform; releases with the customers were deleted before.
        waiting: Directories below the home that must not be changed yet → what must be done first.
            If values remain only there, the requests stay open and say so.

    Raises:
        AffiliateError: values remain elsewhere; the requests stay open.
    """
    requests = Requests(settings.erasures_path)
    due = [one for one in requests.open() if one.state == "landed"]
    if not due:
        return []
    found = search(settings, sorted({value for one in due for value in one.values}))
    elsewhere = [place for place in found.places if not place.startswith(tuple(waiting))]
    if elsewhere:
        if any(place.startswith("warehouse") for place in elsewhere):
            # DuckDB may write old memory into unfilled blocks; a new build writes a new file
            purge_warehouse(settings)
        raise AffiliateError(
            f"{len(elsewhere)} places still contain values of an erased customer, the first is "
            f"{elsewhere[0]}: see docs/explanation/privacy.md"
        )
    if found.places:
        held = [
            why
            for folder, why in waiting.items()
            if any(p.startswith(folder) for p in found.places)
        ]
        for one in due:
            requests.write(replace(one, waits_for=tuple(held)))
        return []
    receipts = [
        Receipt(
            request_id=one.request_id,
            scope=one.scope,
            origin=one.origin,
            requested_at=one.requested_at,
            finished_at=datetime.now(UTC),
            records=len(one.records),
            artefacts={**one.artefacts, "releases": len(one.releases), "warehouse": 1},
            files_searched=found.files,
            residue=0,
        )
        for one in due
    ]
    for receipt in receipts:
        requests.write(receipt)
    return receipts


def _resolved(settings: Settings, zone: LandingZone, one: Request) -> Request | None:
    """Return the request with the records that it covers; None while they are unknown."""
    if one.state != "requested":
        return one
    records = person.covered_records(settings, zone, one.record, one.scope)
    if records is None:
        if one.origin == "event":
            return None
        records = (one.record,)
    records = tuple(sorted({*records, *person.misaddressed(zone, records)}))
    return replace(one, state="resolved", records=records, values=person.values(zone, records))


def _tombstones(hasher: Hasher, one: Request) -> Iterator[str]:
    for affiliate, customer in one.records:
        yield hasher.record(affiliate, customer)
        yield hasher.customer(customer)
        for value in one.values:
            if "@" in value:
                yield hasher.mailbox(affiliate, value)


def _of_events(zone: LandingZone) -> Iterator[Request]:
    fields = [
        "$.source",
        "$.id",
        "$.time",
        "$.affiliateid",
        "$.data.affiliate_customer_id",
        "$.data.scope",
        "$.data.request_id",
    ]
    with zone.reading(), closing(connect()) as connection:
        query = sql.load(
            __package__,
            "requests",
            paths=f"[{', '.join(map(sql.text, fields))}]",
            messages=f"({scan(zone, ERASURES.dataset, ('value', 'document'))})",
        )
        rows = connection.execute(query).fetchall()
    for source, event_id, at, affiliate, customer, scope, given in sorted(rows, key=str):
        mark = hashlib.sha256(json.dumps([source, event_id]).encode()).hexdigest()[:12]
        name = given if given and _NAME.fullmatch(given) and len(given) < 50 else "event"
        known = cast("Scope", scope) if scope in SCOPES else "affiliate"
        yield Request(f"{name}-{mark}", known, "event", at, (affiliate, customer))
