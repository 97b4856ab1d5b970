"""Steward decisions: split records from a customer, or join two customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.errors import AffiliateError
from core.settings import Settings
from identity.decisions import Decision, Pair, in_force, land, pair, read
from identity.people import People, is_record, people_and_zone, record_key
from ingestion.landing import LandingZone


def split(
    settings: Settings, customer_id: str, records: Sequence[str], *, by: str, reason: str
) -> Decision:
    """Decide that some records of a customer belong to someone else.

    Raises:
        AffiliateError: a run is in progress, or as for `pairs_to_split`.
    """
    with people_and_zone(settings) as (people, zone):
        pairs = pairs_to_split(people, zone, customer_id, records)
        return land(zone, "different", pairs, by=by, reason=reason, at=datetime.now(UTC))


def join(settings: Settings, one: str, other: str, *, by: str, reason: str) -> Decision:
    """Decide that two customers or records are one person.

    Raises:
        AffiliateError: a run is in progress, or as for `pairs_to_join`.
    """
    with people_and_zone(settings) as (people, zone):
        pairs = pairs_to_join(people, zone, one, other)
        return land(zone, "same", pairs, by=by, reason=reason, at=datetime.now(UTC))


def list_decisions(settings: Settings) -> list[Decision]:
    """Return all decisions, oldest first.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    return read(LandingZone(settings.landing_path))


def pairs_to_split(
    people: People, zone: LandingZone, customer_id: str, records: Sequence[str]
) -> list[Pair]:
    """Return each of the records paired with each other record of the customer.

    Raises:
        AffiliateError: the ID is unknown, redirected or retired; a record belongs to another
            customer; no record would be left; or the records are split already.
    """
    if is_record(customer_id):
        raise AffiliateError(
            f"{customer_id} is a record: name its customer, {people.current(customer_id)}"
        )
    members = [record.record_id for record in people.records(people.current(customer_id))]
    chosen = set()
    for record in records:
        record_key(record)
        if record not in members:
            owner = people.current(record)
            raise AffiliateError(f"record {record} does not belong to {customer_id} but to {owner}")
        chosen.add(record)
    rest = [record for record in members if record not in chosen]
    if not rest:
        raise AffiliateError(f"these are all records of {customer_id}: at least one must stay")
    pairs = [pair(one, other) for one in chosen for other in rest]
    decided = in_force(read(zone))
    if all(p in decided and decided[p].decision == "different" for p in pairs):
        raise AffiliateError("these records are split already: the next run applies it")
    return pairs


def pairs_to_join(people: People, zone: LandingZone, one: str, other: str) -> list[Pair]:
    """Return one pair that links the customers, and all pairs that earlier decisions split.

    For two records whose split no run has applied yet, these are the pairs of that decision.

    Raises:
        AffiliateError: an ID is unknown, redirected or retired, or both are one customer already.
    """
    left, right = people.current(one), people.current(other)
    decided = in_force(read(zone))
    if left == right:
        act = decided.get(pair(one, other))
        if act is None or act.decision != "different":
            raise AffiliateError(f"{one} and {other} are one customer already: {left}")
        return sorted(act.in_force)
    ours = [one] if is_record(one) else []
    theirs = [other] if is_record(other) else []
    lefts = ours or sorted(record.record_id for record in people.records(left))
    rights = theirs or sorted(record.record_id for record in people.records(right))
    split_before = _split_pairs(people, decided, left, right)
    return sorted({*split_before, pair(lefts[0], rights[0])})


def _split_pairs(
    people: People, decided: dict[Pair, Decision], left: str, right: str
) -> list[Pair]:
    lefts, rights = (
        {record.record_id for record in people.records(customer)} for customer in (left, right)
    )
    return [
        (a, b)
        for (a, b), act in decided.items()
        if act.decision == "different"
        and ((a in lefts and b in rights) or (a in rights and b in lefts))
    ]
