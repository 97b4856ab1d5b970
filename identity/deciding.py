"""What a steward decides: some records of a customer are someone else, or two customers are one."""

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
    """Records the decision that some records of a customer are someone else.

    Raises:
        AffiliateError: a run is in progress, or as for `pairs_to_split`.
    """
    with people_and_zone(settings) as (people, zone):
        pairs = pairs_to_split(people, zone, customer_id, records)
        return land(zone, "different", pairs, by=by, reason=reason, at=datetime.now(UTC))


def join(settings: Settings, one: str, other: str, *, by: str, reason: str) -> Decision:
    """Records the decision that two customers or records are one person.

    Raises:
        AffiliateError: a run is in progress, or as for `pairs_to_join`.
    """
    with people_and_zone(settings) as (people, zone):
        pairs = pairs_to_join(people, zone, one, other)
        return land(zone, "same", pairs, by=by, reason=reason, at=datetime.now(UTC))


def decisions(settings: Settings) -> list[Decision]:
    """All decisions, oldest first.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    return read(LandingZone(settings.landing_path))


def pairs_to_split(
    people: People, zone: LandingZone, customer_id: str, records: Sequence[str]
) -> list[Pair]:
    """Each of the records with each of the person's others.

    Raises:
        AffiliateError: the id is unknown, redirected or retired; a record is not of the person;
            nothing would be left; or they are set apart already.
    """
    if is_record(customer_id):
        raise AffiliateError(
            f"{customer_id} is a record: name the person, which is {people.current(customer_id)}"
        )
    members = [record.record_id for record in people.records(people.current(customer_id))]
    apart = set()
    for record in records:
        record_key(record)
        if record not in members:
            owner = people.current(record)
            raise AffiliateError(f"record {record} is not of {customer_id} but of {owner}")
        apart.add(record)
    rest = [record for record in members if record not in apart]
    if not rest:
        raise AffiliateError(
            f"these are all records of {customer_id}: leave out the ones that stay together"
        )
    pairs = [pair(one, other) for one in apart for other in rest]
    decided = in_force(read(zone))
    if all(p in decided and decided[p].decision == "different" for p in pairs):
        raise AffiliateError("these records are set apart already: the next run does it")
    return pairs


def pairs_to_join(people: People, zone: LandingZone, one: str, other: str) -> list[Pair]:
    """What holds two persons apart by decision, or one pair that links them.

    Of two records that were set apart but not split by a run yet, it is all that was decided then.

    Raises:
        AffiliateError: an id is unknown, redirected or retired, or both are of one person.
    """
    left, right = people.current(one), people.current(other)
    decided = in_force(read(zone))
    if left == right:
        act = decided.get(pair(one, other))
        if act is None or act.decision != "different":
            raise AffiliateError(f"{one} and {other} are one person already: {left}")
        return sorted(act.in_force)
    ours = [one] if is_record(one) else []
    theirs = [other] if is_record(other) else []
    lefts = ours or sorted(record.record_id for record in people.records(left))
    rights = theirs or sorted(record.record_id for record in people.records(right))
    apart = _set_apart(people, decided, left, right)
    return sorted({*apart, pair(lefts[0], rights[0])})


def _set_apart(people: People, decided: dict[Pair, Decision], left: str, right: str) -> list[Pair]:
    lefts, rights = (
        {record.record_id for record in people.records(customer)} for customer in (left, right)
    )
    return [
        (a, b)
        for (a, b), act in decided.items()
        if act.decision == "different"
        and ((a in lefts and b in rights) or (a in rights and b in lefts))
    ]
