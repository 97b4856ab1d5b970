"""What identity resolution will meet, counted."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pyarrow.compute as pc
import pytest

from oltp.world import WorldSpec
from oltp.world.columns import pick
from oltp.world.contacts import PHONE_STYLES, format_phones
from oltp.world.randomness import stream
from oltp.world.reference import column
from oltp.world.spelling import mistyped
from tests.unit.oltp.drawn_world import DrawnWorld, draw_world


def test_one_third_of_people_has_several_records(world: DrawnWorld) -> None:
    records = Counter(world.records.person_id.tolist())
    several = sum(number > 1 for number in records.values()) / len(records)
    assert 0.32 < several < 0.40


def test_people_shop_at_several_affiliates_and_rarely_register_twice(world: DrawnWorld) -> None:
    pairs = Counter(zip(world.records.person_id.tolist(), world.records.affiliate, strict=True))
    twice = sum(number > 1 for number in pairs.values()) / len(pairs)
    assert 0.005 < twice < 0.06


def test_with_one_affiliate_few_people_have_two_records() -> None:
    records = draw_world(WorldSpec(affiliates=1, customers=1_000)).records
    assert set(records.affiliate.tolist()) == {1}
    assert len(set(records.person_id.tolist())) > 950


def test_customers_known_only_from_events_have_ids_above_the_table(world: DrawnWorld) -> None:
    records, customers = world.records, world.beginning.spec.customers
    assert sorted(records.id[~records.event_only].tolist()) == list(range(1, customers + 1))
    assert records.id[records.event_only].min() == customers + 1
    assert records.event_only.sum() == pytest.approx(0.03 * customers, rel=0.01)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("full_name", 0.01, 0.02),
        ("email", 0.05, 0.09),
        ("phone", 0.22, 0.28),
        ("gender", 0.15, 0.21),
        ("birth_date", 0.27, 0.33),
        ("identifier", 0.75, 0.81),
        ("postal_code", 0.12, 0.18),
    ],
)
def test_fields_are_missing_at_the_configured_rate(
    world: DrawnWorld, field: str, least: float, most: float
) -> None:
    missing = world.records.table[field].null_count / world.records.table.num_rows
    assert least < missing < most


def test_records_differ_by_nicknames_maiden_names_and_spellings(world: DrawnWorld) -> None:
    names = defaultdict(set)
    pairs = zip(
        world.records.person_id.tolist(), world.records.table["full_name"].to_pylist(), strict=True
    )
    for person, name in pairs:
        if name is not None:
            names[person].add(name)
    several = [spellings for spellings in names.values() if len(spellings) > 1]
    assert len(several) > 1_000
    everything = [name for spellings in several for name in spellings]
    assert any(", " in name for name in everything)
    assert any(name.isupper() for name in everything)
    assert any(name.islower() for name in everything)


def test_twins_and_namesake_sons_exist(world: DrawnWorld) -> None:
    people = world.records.everyone
    homes = defaultdict(list)
    rows = zip(
        people.family_email.to_pylist(),
        people.first.to_pylist(),
        people.last.to_pylist(),
        people.birth_day.tolist(),
        strict=True,
    )
    for home, first, last, born in rows:
        homes[home].append((first, last, born))
    neighbours = [(a, b) for home in homes.values() for a in home for b in home if a < b]
    twins = [(a, b) for a, b in neighbours if a[0] != b[0] and a[1:] == b[1:]]
    namesakes = [(a, b) for a, b in neighbours if a[:2] == b[:2] and abs(a[2] - b[2]) > 18 * 365]
    assert len(twins) > 10
    assert len(namesakes) > 10


def test_emails_are_shared_only_by_role_family_and_placeholder(world: DrawnWorld) -> None:
    owners = defaultdict(set)
    rows = zip(
        world.records.table["email"].to_pylist(), world.records.person_id.tolist(), strict=True
    )
    for email, person in rows:
        if email is not None:
            owners[email.strip().lower()].add(person)
    shared = {email for email, people in owners.items() if len(people) > 1}
    placeholders = {email.lower() for email in column("placeholder_emails", "email")}
    assert shared & placeholders
    assert any(email.startswith("family.") for email in shared)
    assert any("@company-" in email for email in shared)
    personal = {
        email
        for email in shared - placeholders
        if not email.startswith("family.") and "@company-" not in email
    }
    assert not personal


def test_emails_use_reserved_domains_or_the_known_provider(
    world: DrawnWorld,
) -> None:
    emails = world.records.table["email"].drop_null().to_pylist()
    placeholders = set(column("placeholder_emails", "email"))
    domains = {email.strip().lower().rsplit("@", 1)[-1] for email in set(emails) - placeholders}
    allowed = {"gmail.com", "example.com", "example.org", "example.net"}
    assert {domain for domain in domains if not domain.endswith(".example")} <= allowed


def test_only_placeholder_birth_dates_are_frequent(world: DrawnWorld) -> None:
    days = Counter(map(str, world.records.table["birth_date"].drop_null().to_pylist()))
    crowded = {day for day, number in days.items() if number > 20}
    assert {"1900-01-01", "1970-01-01"} <= crowded
    assert crowded <= set(column("placeholder_birth_dates", "birth_date"))


def test_genders_have_many_spellings(world: DrawnWorld) -> None:
    spellings = set(world.records.table["gender"].drop_null().to_pylist())
    assert {"F", "female", "mulher", "M", "male", "homem"} <= spellings


def test_every_phone_style_keeps_the_digits() -> None:
    size = PHONE_STYLES * 6
    number = np.full(size, 123_456_789_012_345)
    written = format_phones(number, np.arange(size) // PHONE_STYLES, np.arange(size) % PHONE_STYLES)
    digits = pc.replace_substring_regex(written, pattern=r"\D", replacement="").to_pylist()
    for plan in range(6):
        of_plan = digits[plan * PHONE_STYLES : (plan + 1) * PHONE_STYLES]
        national = of_plan[PHONE_STYLES - 1]
        assert all(value.endswith(national) for value in of_plan)
    assert len(set(written.to_pylist())) == size


def test_typo_changes_one_character() -> None:
    names = pick(["Margaret Thornbury"], np.zeros(500, dtype=np.int64))
    lengths = {len(name): name for name in mistyped(stream(1, "slip"), names).to_pylist()}
    assert set(lengths) == {17, 18, 19}
