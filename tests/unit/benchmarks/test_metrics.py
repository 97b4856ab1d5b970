"""What `judge` counts from groups is what a count pair by pair gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.identity.datasets import TRUTH
from benchmarks.identity.metrics import Quality, judge
from tests.depth import examples

BIRTHS = [date(1980, 1, 1), date(1990, 1, 1)]


class Record(NamedTuple):
    cluster: int
    person: int


class Person(NamedTuple):
    household: int | None
    first_name: str
    birth_date: date | None


RECORDS = st.lists(st.builds(Record, st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30)
PERSONS = st.lists(
    st.builds(
        Person,
        st.sampled_from([1, 2, None]),
        st.sampled_from(["Ana", "Rui"]),
        st.sampled_from([*BIRTHS, None]),
    ),
    min_size=6,
    max_size=6,
)


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS, PERSONS)
def test_equals_a_count_pair_by_pair(
    tmp_path: Path, records: list[Record], persons: list[Person]
) -> None:
    found = judge(*_files(tmp_path, records, persons))
    together = [(a, b) for a, b in combinations(records, 2) if a.cluster == b.cluster]
    assert found.pairs == len(together)
    assert found.right_pairs == sum(a.person == b.person for a, b in together)
    assert found.true_pairs == sum(a.person == b.person for a, b in combinations(records, 2))
    assert found.bcubed_precision == pytest.approx(_bcubed(records, lambda record: record.cluster))
    assert found.bcubed_recall == pytest.approx(_bcubed(records, lambda record: record.person))
    wrong = [
        (persons[a.person], persons[b.person])
        for a, b in together
        if a.person != b.person
        and persons[a.person].household == persons[b.person].household is not None
    ]
    assert found.household_pairs == len(wrong)
    assert found.twin_pairs == sum(a.birth_date == b.birth_date is not None for a, b in wrong)
    assert found.namesake_pairs == sum(a.first_name == b.first_name for a, b in wrong)


def test_a_partition_of_three_persons(tmp_path: Path) -> None:
    twins = [Person(1, "Ana", BIRTHS[0]), Person(1, "Rui", BIRTHS[0]), Person(None, "Ana", None)]
    records = [Record(1, 0), Record(1, 0), Record(1, 1), Record(2, 1), Record(3, 2)]
    found = judge(*_files(tmp_path, records, twins))
    wanted = Quality(
        records=5,
        clusters=3,
        persons=3,
        pairs=3,
        right_pairs=1,
        true_pairs=2,
        bcubed_precision=(2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5,
        bcubed_recall=(1 + 1 + 1 / 2 + 1 / 2 + 1) / 5,
        biggest=3,
        household_pairs=2,
        twin_pairs=2,
        namesake_pairs=0,
    )
    assert asdict(found) == pytest.approx(asdict(wanted))
    assert found.f1 == pytest.approx(2 / 5)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("from {} where record_id <> '1:0'", id="a record is missing"),
        pytest.param("from {} union all select '1:0', 9", id="a record is in two clusters"),
        pytest.param("from {} union all select '1:99', 9", id="an unknown record"),
    ],
)
def test_refuses_what_is_no_partition_of_the_records(tmp_path: Path, change: str) -> None:
    clusters, truth = _files(tmp_path, [Record(1, 0), Record(1, 0)], [Person(1, "Ana", None)])
    changed = duckdb.sql(change.format(f"read_parquet('{clusters}')")).to_arrow_table()
    pq.write_table(changed, clusters)
    with pytest.raises(SystemExit, match="records"):
        judge(clusters, truth)


def _bcubed(records: list[Record], side: Callable[[Record], int]) -> float:
    """Mean share of each record's group on one side that it shares with it on both."""
    shares = [
        sum(other == record for other in records)
        / sum(side(other) == side(record) for other in records)
        for record in records
    ]
    return sum(shares) / len(shares)


def _files(folder: Path, records: list[Record], persons: list[Person]) -> tuple[Path, Path]:
    clusters, truth = folder / "clusters.parquet", folder / "truth.parquet"
    numbers = range(len(records))
    places = {
        "record_id": [f"1:{number}" for number in numbers],
        "cluster_id": [record.cluster for record in records],
    }
    pq.write_table(pa.table(places), clusters)
    who = [persons[record.person] for record in records]
    columns = [
        [1 for _ in numbers],
        list(numbers),
        [record.person for record in records],
        [person.household for person in who],
        [person.first_name for person in who],
        [person.birth_date for person in who],
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, TRUTH, strict=True)]
    pq.write_table(pa.table(arrays, schema=TRUTH), truth)
    return clusters, truth
