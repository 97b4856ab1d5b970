"""Explain a unified customer: its records, the evidence between them, the history of its ID."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from contracts.ledgers import EDGE_FIELDS
from core import sql
from core.settings import Settings
from identity.decisions import Decision, read
from identity.people import People, Record, is_record, people_and_zone
from ingestion.landing import LandingZone
from warehouse.connection import ALIAS

#: Kinds of events, in the order in which they are shown within one build.
ORDER = ("created", "joined", "merged", "split", "left", "retired")


@dataclass(frozen=True)
class Edge:
    """Evidence that two records are one person.

    Attributes:
        left: Record ID.
        right: Record ID.
        weights: Field → millibits; negative for evidence against.
        total: Sum of the weights.
        rule: The rule by which the pair is linked.
        version: Version of the weights.
    """

    left: str
    right: str
    weights: dict[str, int]
    total: int
    rule: str
    version: int


@dataclass(frozen=True)
class Event:
    """An event in the history of the ID.

    Attributes:
        at: `as_of` of the build.
        event: One of `ORDER`.
        customer_id: The customer ID.
        other_customer_id: The ID that received its records.
        record_id: The record that created the ID, joined or left.
        cause: The rule, or another cause.
        cause_records: The strongest edge behind the event, if any.
        cause_weight: Weight of this edge in millibits.
    """

    at: datetime
    event: str
    customer_id: str
    other_customer_id: str | None
    record_id: str | None
    cause: str | None
    cause_records: tuple[str, str] | None
    cause_weight: int | None


@dataclass(frozen=True)
class PersonalData:
    """Clear personal data of a record."""

    name: str | None
    email: str | None
    phone: str | None
    birth_date: date | None


@dataclass(frozen=True)
class Explanation:
    """Everything known about a unified customer.

    Attributes:
        asked: The ID that was asked for.
        customer_id: The current customer ID, or the retired one.
        redirected: Whether the ID asked for was merged into this one.
        records: Records, oldest first; empty if the ID is retired.
        edges: Edges, strongest first.
        events: Events of this ID and of those merged into it, oldest first.
        decisions: Steward decisions in force about any of the records.
        values: Record → clear values; empty unless requested.
    """

    asked: str
    customer_id: str
    redirected: bool
    records: list[Record]
    edges: list[Edge]
    events: list[Event]
    decisions: list[Decision]
    values: dict[str, PersonalData]


def explain(
    people: People, zone: LandingZone, identifier: str, *, show_values: bool = False
) -> Explanation:
    """Collect everything known about a unified customer.

    Args:
        people: The customers in the warehouse.
        zone: The landing zone with the decisions.
        identifier: A customer ID, possibly merged or retired, or a record ID.
        show_values: Also collect names, e-mails, phone numbers and birth dates.

    Raises:
        AffiliateError: the customer or record does not exist.
    """
    customer, redirected = _find(people, identifier)
    records = people.records(customer)
    ids = {record.record_id for record in records}
    return Explanation(
        asked=identifier,
        customer_id=customer,
        redirected=redirected,
        records=records,
        edges=_edges(people, customer),
        events=_events(people, customer, identifier if redirected else customer),
        decisions=[d for d in read(zone) if any(ids & set(pair) for pair in d.in_force)],
        values=_values(people, customer) if show_values else {},
    )


def explain_customer(
    settings: Settings, identifier: str, *, show_values: bool = False
) -> Explanation:
    """Explain a customer, with the warehouse and the landing zone of the settings."""
    with people_and_zone(settings) as (people, zone):
        return explain(people, zone, identifier, show_values=show_values)


def _find(people: People, identifier: str) -> tuple[str, bool]:
    if not is_record(identifier):
        if target := people.redirect(identifier):
            return target, True
        if not people.records(identifier) and people.has_events(identifier):
            return identifier, False
    return people.current(identifier), False


def _edges(people: People, customer: str) -> list[Edge]:
    weights = ", ".join(f"{field}_weight" for field in EDGE_FIELDS)
    rows = people.ask(
        f"select left_record_id, right_record_id, total_weight, rule, weights_version, {weights} "
        f"from {ALIAS}.identity.identity_edges where customer_id = $id order by 3 desc, 1, 2",
        {"id": customer},
    )
    return [
        Edge(left, right, dict(zip(EDGE_FIELDS, of, strict=True)), total, rule, version)
        for left, right, total, rule, version, *of in rows
    ]


def _events(people: People, customer: str, asked: str) -> list[Event]:
    rows = people.ask(
        sql.load(__package__, "events_of_customer"),
        {"id": customer, "asked": asked, "event_order": list(ORDER)},
    )
    return [
        Event(at, event, of, other, record, cause, (left, right) if left else None, weight)
        for at, event, of, other, record, cause, left, right, weight in rows
    ]


def _values(people: People, customer: str) -> dict[str, PersonalData]:
    rows = people.ask(sql.load(__package__, "values_of_customer"), {"id": customer})
    return {record: PersonalData(*values) for record, *values in rows}
