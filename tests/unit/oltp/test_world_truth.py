from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pyarrow as pa
import pytest

from core.errors import AffiliateError
from oltp.world import WorldSpec
from oltp.world.state import WorldState, load, save
from tests.unit.oltp.drawn_world import DrawnWorld, draw_world

SMALL = WorldSpec(affiliates=3, customers=400, seed=11)


def test_same_seed_generates_the_same_world() -> None:
    first, second = draw_world(SMALL).chunk, draw_world(SMALL).chunk
    assert {name: table.equals(second.tables[name]) for name, table in first.tables.items()} == (
        dict.fromkeys(first.tables, True)
    )
    assert (first.good, first.bad) == (second.good, second.bad)
    assert first.truth.equals(second.truth)


def test_another_seed_generates_another_world() -> None:
    first = draw_world(SMALL).chunk
    second = draw_world(WorldSpec(affiliates=3, customers=400, seed=12)).chunk
    assert not any(table.equals(second.tables[name]) for name, table in first.tables.items())


def test_truth_lists_each_record_once_with_its_location(world: DrawnWorld) -> None:
    truth = world.chunk.truth.to_pylist()
    table = set(world.chunk.tables["affiliate.affiliate_customer"]["id"].to_pylist())
    announced = {
        json.loads(message.value or b"")["data"]["affiliate_customer_id"]
        for message in world.chunk.good["affiliate.customers"]
        if b'"CustomerCreated"' in (message.value or b"")
    }
    assert len({row["affiliate_customer_id"] for row in truth}) == len(truth)
    for row in truth:
        id_ = row["affiliate_customer_id"]
        found = {(True, True): "both", (True, False): "table", (False, True): "event"}
        assert row["source"] == found[(id_ in table, id_ in announced)]


def test_truth_matches_the_records(world: DrawnWorld) -> None:
    people = world.records.everyone
    first_person = int(people.person_id[0])
    domain = {
        row["affiliate_customer_id"]: (row["affiliate_id"], row["person_id"])
        for row in world.chunk.truth.to_pylist()
    }
    rows = world.chunk.tables["affiliate.affiliate_customer"].to_pylist()
    own = people.email.to_pylist()
    matches = 0
    for row in rows:
        affiliate, person = domain[row["id"]]
        assert row["affiliate_id"] == affiliate
        matches += row["email"] == own[person - first_person]
    assert matches / len(rows) > 0.5


def test_state_and_truth_survive_a_round_trip_to_disk(tmp_path: Path, world: DrawnWorld) -> None:
    counters = world.beginning.counters()
    counters.person, counters.event = 8, count(100)
    state = WorldState.of(SMALL, 3, counters)
    save(tmp_path / "new", state, [world.chunk.truth, world.chunk.truth.slice(0, 1)])
    loaded, truth = load(tmp_path / "new")
    assert loaded == WorldState(SMALL, day=3, last_person=7, last_event=99)
    assert truth.num_rows == world.chunk.truth.num_rows + 1
    assert truth.schema.field("person_id").type == pa.int64()


def test_unwritable_directory_error_is_one_line(tmp_path: Path, world: DrawnWorld) -> None:
    (tmp_path / "file").write_text("")
    state = WorldState.of(SMALL, 0, world.beginning.counters())
    with pytest.raises(AffiliateError, match="cannot be written"):
        save(tmp_path / "file", state, [world.chunk.truth])


@pytest.mark.parametrize("content", [None, "", "{}", '{"spec": {"seed": 1}}'])
def test_missing_or_damaged_world_error_is_one_line(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "world.json").write_text(content)
    with pytest.raises(AffiliateError, match="create one first"):
        load(tmp_path)


def test_records_of_a_chunk_can_be_regenerated(world: DrawnWorld) -> None:
    again = world.beginning.records_again(0, world.chunk.truth)
    assert again.table.equals(world.records.table)
    assert (again.id == world.records.id).all()
