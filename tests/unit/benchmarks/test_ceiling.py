"""Which pairs of one person look like two people."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.identity.ceiling import Ceiling, ceiling
from benchmarks.identity.datasets import RECORDS, TRUTH, Dataset

Said = dict[str, str | date | None]

MAY, JULY = date(1950, 5, 3), date(1980, 7, 17)
RUI: Said = {"given_name": "rui", "family_name": "costa", "birth_date": MAY, "identifier": None}
#: What the other record of the person says, and what the two look like.
PAIRS: list[tuple[Said, Said, str]] = [
    (RUI, RUI, "one person"),
    (RUI, RUI | {"given_name": "leo"}, "twins"),
    (RUI, RUI | {"given_name": "leo", "birth_date": JULY}, "one person"),
    (RUI, RUI | {"given_name": "costa", "family_name": "rui"}, "one person"),
    (RUI | {"given_name": "rosalia"}, RUI | {"given_name": "rosalina"}, "one person"),
    (RUI, RUI | {"given_name": None}, "one person"),
    (RUI, RUI | {"birth_date": JULY}, "father and son"),
    (RUI, RUI | {"birth_date": date(1951, 7, 17)}, "one person"),
    (RUI, RUI | {"birth_date": date(1980, 5, 3)}, "one person"),
    (RUI | {"identifier": "6001002"}, RUI | {"identifier": "7776665"}, "one person"),
    (
        RUI | {"identifier": "6001002"},
        RUI | {"identifier": "7776665", "birth_date": None},
        "two numbers",
    ),
    (
        RUI | {"identifier": "6001002"},
        RUI | {"identifier": "7776665", "given_name": "leo", "family_name": "silva"},
        "two numbers",
    ),
    (
        RUI | {"identifier": "6001002"},
        RUI | {"identifier": "7776665", "given_name": "leo"},
        "twins",
    ),
    (
        RUI | {"identifier": "6001002"},
        RUI | {"identifier": "6001020", "given_name": "leo"},
        "one person",
    ),
    (
        RUI | {"identifier": "6001002"},
        RUI | {"identifier": "6001002", "birth_date": JULY},
        "one person",
    ),
]


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_pairs_are_classified(tmp_path: Path, one: Said, other: Said, expected: str) -> None:
    found = ceiling(_dataset(tmp_path, [one, other], [1, 1]))
    assert found == Ceiling(
        1, expected == "twins", expected == "father and son", expected == "two numbers"
    )


def test_two_people_are_no_pair(tmp_path: Path) -> None:
    found = ceiling(_dataset(tmp_path, [RUI, RUI | {"given_name": "leo"}], [1, 2]))
    assert found.true_pairs == 0


def test_the_highest_f1_finds_all_but_these_pairs() -> None:
    most = Ceiling(true_pairs=100, twins=6, father_and_son=4, two_numbers=10)
    assert most.f1 == pytest.approx(2 * 0.9 / 1.9)
    assert most.f1_by_numbers == pytest.approx(2 * 0.8 / 1.8)


def _dataset(folder: Path, said: list[Said], persons: list[int]) -> Dataset:
    dataset = Dataset("pairs", folder)
    keys = [{"affiliate_id": 1, "affiliate_customer_id": n} for n in range(len(said))]
    names = [pa.field(name, pa.string()) for name in ("given_name", "family_name")]
    typed = [key | each for key, each in zip(keys, said, strict=True)]
    pq.write_table(pa.Table.from_pylist(typed, pa.schema([*RECORDS, *names])), dataset.records)
    truth = [key | {"person_id": person} for key, person in zip(keys, persons, strict=True)]
    pq.write_table(pa.Table.from_pylist(truth, TRUTH), dataset.truth)
    return dataset
