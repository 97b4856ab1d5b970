from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oltp.world import columns
from oltp.world.numbering import IDENTIFIERS, MAILBOXES, OTHER_MAILBOXES, fill, spread
from oltp.world.randomness import scramble, stream, weighted
from oltp.world.window import Window


@given(st.lists(st.integers(-(10**17), 10**17)))
def test_money_is_exact(cents: list[int]) -> None:
    array = columns.money(np.array(cents, dtype=np.int64))
    assert array.type == pa.decimal128(18, 2)
    assert array.to_pylist() == [Decimal(value).scaleb(-2) for value in cents]


def test_rewrite_changes_only_the_chosen_rows() -> None:
    column = pa.array(["a", None, "c"])
    result = columns.rewrite(np.array([True, True, False]), column, pa.compute.utf8_upper)
    assert result.to_pylist() == ["A", None, "c"]


def test_missing_timestamps_are_null() -> None:
    moments = columns.timestamps(np.array([0, 1_500_000]), np.array([True, False]))
    assert [str(moment) for moment in moments.cast(pa.string())] == [
        "None",
        "1970-01-01 00:00:01.500000Z",
    ]


def test_random_streams_depend_only_on_seed_and_name() -> None:
    first = stream(1, "orders", 3).random(4).tolist()
    assert stream(1, "orders", 3).random(4).tolist() == first
    for other in (stream(2, "orders", 3), stream(1, "orders", 4), stream(1, "tags", 3)):
        assert other.random(4).tolist() != first


def test_weights_determine_frequencies() -> None:
    drawn = np.bincount(weighted(stream(1, "w"), (1.0, 0.0, 3.0), 40_000), minlength=3)
    assert drawn[1] == 0
    assert abs(drawn[2] / drawn[0] - 3) < 0.15


@pytest.mark.parametrize("multiplier", [IDENTIFIERS, MAILBOXES, OTHER_MAILBOXES])
def test_spread_numbers_are_unique(multiplier: int) -> None:
    assert len(set(spread(np.arange(100_000), 5, multiplier).tolist())) == 100_000


def test_scrambled_numbers_are_unique() -> None:
    numbers = np.arange(100_000)
    assert len(set(scramble(numbers).tolist())) == 100_000


def test_patterns_are_filled_with_the_right_number_of_digits() -> None:
    filled = fill("9##-0#", np.arange(1, 50)).to_pylist()
    assert len(set(filled)) == 49
    assert all(len(value) == 6 and value[0] == "9" and value[3:5] == "-0" for value in filled)


def test_timestamps_are_inside_the_window() -> None:
    window, rng = Window(1_000, 2_000), stream(1, "m")
    begun = window.moments(rng, 1_000, growth=1.5)
    for moments in (begun, window.after(rng, begun), window.soon(rng, begun, 3.0)):
        assert moments.min() >= 1_000
        assert moments.max() < 2_000
    assert (window.after(rng, begun) >= begun).all()
