"""Who gets which id, what is written about it, and that ids do not change without a cause."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.ledger_simulation import Ledger, compiled, ledger
from tests.dbt.raw_world import AS_OF

Engine = tuple[Warehouse, dict[str, str]]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def engines(
    duckdb_warehouse: Warehouse, postgres_warehouse: Warehouse, postgres_server: EmbeddedPostgres
) -> dict[str, Engine]:
    """The compiled models of both engines, and where there is room to run them."""
    postgres_server.ensure_database("ledger")
    room = Warehouse("postgres", postgres_server.dsn("ledger"), postgres_warehouse.artefacts)
    models = {
        name: sql.replace('"dbt".', '"ledger".') for name, sql in compiled(postgres_warehouse)
    }
    return {
        "duckdb": (duckdb_warehouse, dict(compiled(duckdb_warehouse))),
        "postgres": (room, models),
    }


@pytest.fixture(params=["duckdb", "postgres"])
def book(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Iterator[Ledger]:
    """An empty ledger on either engine."""
    with ledger(*engines[request.param]) as empty:
        yield empty


def one(*records: str) -> dict[str, str]:
    """The records as one cluster, named as the platform does."""
    return {record: min(records) for record in records}


def test_first_build_creates_all_ids_and_the_next_changes_none(book: Ledger) -> None:
    clusters = one("1:1", "2:7") | one("1:2")
    first = book.build(clusters)
    assert first["1:1"] == first["2:7"] != first["1:2"]
    assert [(event, record) for event, _, _, record in book.events()] == [
        ("created", "1:1"), ("created", "1:2"), ("joined", "2:7")
    ]  # fmt: skip
    before = book.everything()
    assert book.build(dict(reversed(clusters.items()))) == first
    assert book.everything() == before

    book.land()
    assert book.build(clusters, as_of=AS_OF + DAY) == first
    assert book.added() == 0
    assert {row[0] for row in book.rows("valid_from", "customer_xref")} == {AS_OF}


def test_merge_keeps_the_id_with_most_records_and_redirects_the_other(book: Ledger) -> None:
    first = book.build(one("1:1") | one("1:2", "1:3"))
    book.land()
    edges = (("1:1", "1:2", 30_000), ("1:1", "1:3", 31_000), ("1:2", "1:3", 50_000))
    second = book.build(one("1:1", "1:2", "1:3"), edges=edges)
    assert set(second.values()) == {first["1:2"]}
    assert book.redirects() == {first["1:1"]: first["1:2"]}
    assert book.events() == [("merged", first["1:1"], first["1:2"], None)]
    cause = "cause_left_record_id, cause_right_record_id, cause_weight, cause"
    # the strongest edge between what came and what was there, not the strongest of all
    assert book.rows(cause, "int_identity__new_events") == [("1:1", "1:3", 31_000, "weight")]


def test_merge_of_equal_sizes_keeps_the_oldest_id(book: Ledger) -> None:
    first = book.build(one("1:9"))
    book.land()
    book.build(one("1:9") | one("1:1"))
    book.land()
    merged = book.build(one("1:1", "1:9"))
    assert merged["1:1"] == first["1:9"]


def test_split_keeps_the_id_with_most_records_and_creates_others(book: Ledger) -> None:
    first = book.build(one("1:1", "1:2", "1:3"))
    book.land()
    book.decide("1:1", "1:2", "different")
    second = book.build(one("1:1") | one("1:2", "1:3"))
    assert second["1:2"] == second["1:3"] == first["1:1"]
    assert second["1:1"] not in first.values()
    assert ("split", first["1:1"], second["1:1"], None) in book.events()
    causes = dict(book.rows("event, cause", "int_identity__new_events"))
    assert causes == {"split": "steward", "created": None}


def test_reverted_merge_returns_the_old_id_to_its_records(book: Ledger) -> None:
    first = book.build(one("1:1") | one("1:2", "1:3"))
    book.land()
    book.build(one("1:1", "1:2", "1:3"))
    book.land()
    back = book.build(one("1:1") | one("1:2", "1:3"))
    assert back["1:2"] == first["1:2"]
    # an id that was merged away never lives again
    assert back["1:1"] not in first.values()
    assert book.redirects() == {first["1:1"]: back["1:1"]}


def test_split_redirects_an_old_id_to_most_of_its_records(book: Ledger) -> None:
    small, large = ("1:1", "1:2", "1:3"), ("1:4", "1:5", "1:6", "1:7")
    first = book.build(one(*small) | one(*large))
    book.land()
    book.build(one(*small, *large))
    book.land()
    torn = book.build(one("1:1") | one("1:2", "1:3") | one(*large))
    assert torn["1:4"] == first["1:4"]
    assert book.redirects() == {first["1:1"]: torn["1:2"]}


def test_chains_of_redirects_end_at_the_current_id(book: Ledger) -> None:
    first = book.build(one("1:1") | one("1:2", "1:3") | one("1:4", "1:5", "1:6", "1:7"))
    book.land()
    book.build(one("1:1", "1:2", "1:3") | one("1:4", "1:5", "1:6", "1:7"))
    book.land()
    book.build(one("1:1", "1:2", "1:3", "1:4", "1:5", "1:6", "1:7"))
    book.land()
    last = first["1:4"]
    assert book.redirects() == {first["1:1"]: last, first["1:2"]: last}
    book.build(one("2:1"))
    assert book.redirects() == {}
    retired = {customer for event, customer, _, _ in book.events() if event == "retired"}
    assert retired == set(first.values())


def test_restored_record_gets_a_new_id(book: Ledger) -> None:
    first = book.build(one("1:1"))
    book.land()
    assert book.build({}) == {}
    assert book.events() == [
        ("left", first["1:1"], None, "1:1"), ("retired", first["1:1"], None, None)
    ]  # fmt: skip
    book.land()
    again = book.build(one("1:1"))
    assert again["1:1"] != first["1:1"]
    book.land()
    assert len(book.rows("1", "customer_xref_history")) == 2


def test_erased_record_has_no_id_and_its_customer_remains(book: Ledger) -> None:
    first = book.build(one("1:1", "1:2"))
    book.land()
    second = book.build(one("1:1", "1:2"), erased=frozenset({"1:1"}))
    assert second == {"1:2": first["1:2"]}
    assert book.rows("event, record_id, cause", "int_identity__new_events") == [
        ("left", "1:1", "erased")
    ]
    book.land()
    closed = book.rows("affiliate_customer_id, valid_to is null", "customer_xref_history")
    assert sorted(closed) == [(1, False), (2, True)]


def test_build_for_the_past_removes_no_customer(book: Ledger) -> None:
    first = book.build(one("1:1", "1:2") | one("1:3"))
    book.land()
    past = book.build(one("1:1") | one("1:4"), as_of=AS_OF - DAY)
    assert past["1:1"] == first["1:1"]
    assert [event for event, *_ in book.events()] == ["created"]
    book.land()
    now = book.build(one("1:1", "1:2") | one("1:3") | one("1:4"))
    assert now == first | {"1:4": past["1:4"]}
    # what was landed later is never valid earlier
    assert {row[0] for row in book.rows("valid_from", "customer_xref")} == {AS_OF}


def test_edges_are_landed_once_per_change(book: Ledger) -> None:
    pair = one("1:1", "1:2")
    book.build(pair, edges=(("1:1", "1:2", 30_000),))
    book.land()
    book.build(pair, edges=(("1:1", "1:2", 30_000),))
    assert book.added() == 0
    changed = "total_weight, is_linking"
    book.build(pair, edges=(("1:1", "1:2", 31_000),))
    assert book.rows(changed, "int_identity__edge_changes") == [(31_000, True)]
    book.land()
    book.build(pair)
    assert book.rows(changed, "int_identity__edge_changes") == [(31_000, False)]


@pytest.mark.parametrize("seed", range(12))
def test_ids_follow_the_rules_through_any_history(engines: dict[str, Engine], seed: int) -> None:
    rng = random.Random(seed)
    records = [f"{rng.randint(1, 3)}:{number}" for number in range(1, 15)]
    with ledger(*engines["duckdb"]) as book:
        book.known_since = {r: AS_OF - rng.randint(0, 3) * DAY for r in records}
        landed: dict[str, str] = {}
        first_position: dict[str, int] = {}
        clusters: dict[str, str] = {}
        for _ in range(8):
            clusters = _changed(rng, records, clusters)
            erased = frozenset(r for r in clusters if rng.random() < 0.05)
            live = {r: c for r, c in clusters.items() if r not in erased}
            ids = book.build(clusters, erased=erased)
            kept = _kept(landed, first_position, live, book)
            for record, customer in ids.items():
                if live[record] in kept:
                    assert customer == kept[live[record]]
                else:
                    assert customer not in first_position
            assert len(set(ids.values())) == len(set(live.values()))
            _events_tell_all(book, landed, ids)
            book.land()
            for customer in ids.values():
                first_position.setdefault(customer, book.position)
            redirects, current = book.redirects(), set(ids.values())
            assert set(redirects.values()) <= current
            assert not set(redirects) & current
            shuffled = dict(rng.sample(sorted(clusters.items()), len(clusters)))
            assert book.build(shuffled, erased=erased) == ids
            assert book.added() == 0
            assert book.redirects() == redirects
            landed = ids


def _changed(rng: random.Random, records: list[str], clusters: dict[str, str]) -> dict[str, str]:
    """Some records come, go, or move to any cluster or to one of their own."""
    changed = dict(clusters)
    for record in rng.sample(records, 5):
        match rng.choice(("gone", "alone", "with", "with")):
            case "gone":
                changed.pop(record, None)
            case "alone":
                changed[record] = f"of {record}"
            case _:
                changed[record] = changed.get(rng.choice(records), f"of {record}")
    return dict(rng.sample(sorted(changed.items()), len(changed)))


def _kept(
    landed: Mapping[str, str],
    first_position: Mapping[str, int],
    live: Mapping[str, str],
    book: Ledger,
) -> dict[str, str]:
    """Cluster → id it keeps, told record by record."""
    pieces: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record, cluster in live.items():
        if record in landed:
            pieces[landed[record]][cluster].append(record)
    claims: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for customer, places in pieces.items():
        cluster = min(
            places,
            key=lambda c: (
                -len(places[c]), min(book.known_since[r] for r in places[c]), min(places[c])
            ),
        )  # fmt: skip
        claim = (-len(places[cluster]), first_position[customer], customer)
        claims[cluster].append(claim)
    return {cluster: min(found)[2] for cluster, found in claims.items()}


def _events_tell_all(book: Ledger, landed: Mapping[str, str], ids: Mapping[str, str]) -> None:
    """Every change has its event, and no event is without a change."""
    told = Counter(event for event, *_ in book.events())
    events = {(event, a, b) for event, a, b, _ in book.events() if event in ("merged", "split")}
    moves = {(landed[r], ids[r]) for r in ids if r in landed and landed[r] != ids[r]}
    assert moves <= {(a, b) for _, a, b in events}
    assert {(a, b) for event, a, b in events if event == "split"} <= moves
    assert told["left"] == len(landed.keys() - ids.keys())
    assert told["created"] == len(set(ids.values()) - set(landed.values()))
    minted_from = {r for event, _, _, r in book.events() if event == "created"}
    assert told["joined"] == len(ids.keys() - landed.keys() - minted_from)
