"""Why records are one person: all of it, and no value that was not asked for."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.errors import AffiliateError
from core.settings import Settings
from identity.explain import Explanation, explain
from identity.people import open_people
from identity.picture import MARGIN, customer_page, draw, format_bits
from ingestion.landing import LandingZone
from tests.support.built_persons import AT, build, key, persons

SECRETS = ("Ana <b>Sá</b>", "ana@post.example", "+351 1")
RECORDS = ["1:1", "1:2", "2:7"]
NO_WEIGHTS = dict.fromkeys(
    ("phone_weight", "identifier_weight", "first_name_weight", "surname_weight",
     "birth_date_weight", "postal_code_weight"), 0
)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path, _env_file=None)
    name, email, phone = SECRETS
    build(
        made,
        "first",
        0,
        customer_xref=persons({"ana": RECORDS, "rui": ["1:9"]}),
        customer_redirects=[{"customer_id": "eva", "current_customer_id": "ana"}],
        stg_oltp__affiliates=[{"affiliate_id": 1, "slug": "shop-1"}],
        int_identity__records=[
            {**key(record), "full_name": name, "email": email, "phone": phone,
             "birth_date": date(1990, 2, 3), "known_since": AT - timedelta(days=place)}
            for place, record in enumerate(RECORDS)
        ],
        identity_edges=[
            {"left_record_id": left, "right_record_id": right, "customer_id": "ana",
             "total_weight": weight, "rule": rule, "weights_version": 1,
             "email_weight": weight + 1500, "gender_weight": -1500, **NO_WEIGHTS}
            for left, right, weight, rule in (("1:1", "1:2", 30_000, "weight"),
                                              ("1:2", "2:7", 52_340, "steward"))
        ],
        identity_events=[
            {"event": "merged", "customer_id": "eva", "other_customer_id": "ana", "cause": "weight",
             "cause_left_record_id": "1:1", "cause_right_record_id": "1:2", "cause_weight": 30_000,
             "happened_at": AT},
            {"event": "joined", "customer_id": "ana", "record_id": "1:2", "happened_at": AT,
             "landing_position": 3},
            {"event": "created", "customer_id": "ana", "record_id": "1:1", "happened_at": AT,
             "landing_position": 3},
            {"event": "retired", "customer_id": "leo", "happened_at": AT, "landing_position": 2},
        ],
    )  # fmt: skip
    return made


def ask(settings: Settings, identifier: str, *, show_values: bool = False) -> Explanation:
    zone = LandingZone(settings.landing_path)
    with open_people(settings) as people:
        return explain(people, zone, identifier, show_values=show_values)


@pytest.mark.parametrize("identifier", ["ana", "eva", "1:2"])
def test_a_person_is_found_by_any_of_its_ids(settings: Settings, identifier: str) -> None:
    found = ask(settings, identifier)
    assert (found.customer_id, found.redirected) == ("ana", identifier == "eva")
    assert [(r.record_id, r.affiliate) for r in found.records] == [
        ("2:7", None), ("1:2", "shop-1"), ("1:1", "shop-1")
    ]  # fmt: skip
    strongest = found.edges[0]
    assert (strongest.left, strongest.right, strongest.total) == ("1:2", "2:7", 52_340)
    assert (strongest.weights["email"], strongest.weights["gender"]) == (53_840, -1500)
    # what is not landed yet comes last, and a person is created before it is joined
    assert [event.event for event in found.events] == ["created", "joined", "merged"]
    assert found.events[-1].cause_records == ("1:1", "1:2")


def test_a_retired_id_still_has_its_history(settings: Settings) -> None:
    found = ask(settings, "leo")
    assert (found.records, [event.event for event in found.events]) == ([], ["retired"])
    assert "retired" in customer_page(found)


@pytest.mark.parametrize("identifier", ["nobody", "9:9"])
def test_an_unknown_id_is_refused(settings: Settings, identifier: str) -> None:
    with pytest.raises(AffiliateError, match=f"unknown .*{identifier}"):
        ask(settings, identifier)


def test_values_are_shown_only_on_demand_and_escaped(settings: Settings) -> None:
    plain = ask(settings, "ana")
    assert plain.values == {}
    page = customer_page(plain)
    assert not any(secret in page or secret in str(plain) for secret in (*SECRETS, "1990-02-03"))
    clear = customer_page(ask(settings, "ana", show_values=True))
    assert "personal data in clear" in clear
    assert "Ana &lt;b&gt;Sá&lt;/b&gt;" in clear
    assert all(text in clear for text in (*SECRETS[1:], "1990-02-03"))
    assert SECRETS[0] not in clear


def test_the_page_loads_nothing(settings: Settings) -> None:
    page = customer_page(ask(settings, "ana", show_values=True))
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"https?:|//|@import|url\(", markup)
    assert not re.search(r"<script[^>]*\ssrc=", page)
    assert "prefers-color-scheme: dark" in page


def test_every_record_and_edge_is_drawn(settings: Settings) -> None:
    figure = draw(ask(settings, "ana"))
    weaker, stronger, records = figure.data
    assert set(records.text) == set(RECORDS)
    texts = [one.text for one in figure.layout.annotations]
    assert texts[:2] == ["+30.0", "+52.3"]
    assert len(texts) == 2 + len(RECORDS)
    assert weaker.line.width < stronger.line.width


def test_a_customer_with_one_record_has_a_graph(settings: Settings) -> None:
    (records,) = draw(ask(settings, "rui")).data
    assert list(records.text) == ["1:9"]


def test_records_do_not_overlap_however_many_they_are(settings: Settings) -> None:
    found = ask(settings, "rui")
    for count in (2, 5, 6, 40, 300):
        records = [replace(found.records[0], record_id=f"1:{n}") for n in range(count)]
        figure = draw(replace(found, records=records))
        (drawn,) = figure.data
        radius = (figure.layout.width - 2 * MARGIN) / 2
        neighbours = math.dist((drawn.x[0], drawn.y[0]), (drawn.x[1], drawn.y[1])) * radius
        assert neighbours > drawn.marker.size, count


def test_weights_are_formatted_in_bits() -> None:
    formatted = ["+12.3", "\u22121.5", "+0.0", ""]
    assert [format_bits(value) for value in (12_340, -1_500, 0, None)] == formatted
