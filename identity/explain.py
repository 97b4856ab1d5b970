"""Why records are one person: the records, the edges between them, and how the id came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from contracts.ledgers import EDGE_FIELDS
from core.settings import Settings
from identity.decisions import Decision, read
from identity.people import People, Record, is_record, people_and_zone
from ingestion.landing import LandingZone
from warehouse.connection import ALIAS

#: Events of one build, in the order in which they make sense.
ORDER = ("created", "joined", "merged", "split", "left", "retired")


@dataclass(frozen=True)
class Edge:
    """Evidence for two records being one person.

    Attributes:
        left: Record.
        right: Record.
        weights: Field → millibits; negative speaks against it.
        total: Their sum.
        rule: Why the pair may link.
        version: Of the weights.
    """

    left: str
    right: str
    weights: dict[str, int]
    total: int
    rule: str
    version: int


@dataclass(frozen=True)
class Event:
    """Something that happened to the id.

    Attributes:
        at: The build's as_of.
        event: One of `ORDER`.
        customer_id: Whom it happened to.
        other_customer_id: Where its records went.
        record_id: Record that was first, joined or left.
        cause: Rule, or why else.
        cause_records: The strongest edge behind it, if there is one.
        cause_weight: Its weight in millibits.
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
    """Personal data of a record, in clear."""

    name: str | None
    email: str | None
    phone: str | None
    birth_date: date | None


@dataclass(frozen=True)
class Explanation:
    """All there is to say of a person without clear values, unless they were asked for.

    Attributes:
        asked: The id that was asked for.
        customer_id: The person it is of now; a retired id is its own.
        redirected: Whether the id asked for was merged into this one.
        records: Oldest first; empty if the id is retired.
        edges: Strongest first.
        events: Of this id and of those merged into it, oldest first.
        decisions: Stewards' acts in force about any of the records.
        values: Record → values in clear; empty unless asked for.
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
    """Collects what is known of a person.

    Args:
        people: The warehouse.
        zone: Where decisions are.
        identifier: A person's id, also one that was merged away or retired, or a record's.
        show_values: Also collect names, e-mails, phones and birth dates.

    Raises:
        AffiliateError: there is no such person or record.
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


def explain_person(
    settings: Settings, identifier: str, *, show_values: bool = False
) -> Explanation:
    """As `explain`, on the warehouse and the landing zone of the settings."""
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
        f"""
        select happened_at, event, customer_id, other_customer_id, record_id, cause,
            cause_left_record_id, cause_right_record_id, cause_weight
        from {ALIAS}.identity.identity_events
        where customer_id in ($id, $asked) or other_customer_id = $id
        order by coalesce(landing_position, 9223372036854775807),
            list_position($order, event), record_id
        """,
        {"id": customer, "asked": asked, "order": list(ORDER)},
    )
    return [
        Event(at, event, of, other, record, cause, (left, right) if left else None, weight)
        for at, event, of, other, record, cause, left, right, weight in rows
    ]


def _values(people: People, customer: str) -> dict[str, PersonalData]:
    rows = people.ask(
        f"""
        select affiliate_id || ':' || affiliate_customer_id, full_name, email, phone, birth_date
        from {ALIAS}.identity.customer_xref
        join {ALIAS}.identity.int_identity__records using (affiliate_id, affiliate_customer_id)
        where customer_id = $id
        """,
        {"id": customer},
    )
    return {record: PersonalData(*values) for record, *values in rows}
