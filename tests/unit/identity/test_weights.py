"""What weights are made of probabilities, and where a rule takes the place of arithmetic."""

from __future__ import annotations

import pytest

from identity.training.weights import Estimates, Odds, term_bits, weigh

NAMES: Estimates = {
    field: {
        "exact": Odds(0.8, 0.01),
        "reversed": Odds(0.02, 1e-6),
        "swapped": Odds(0.01, None),
        "different": Odds(0.1, 0.9),
    }
    for field in ("first_name", "surname")
}


def weight(field: str, level: str, m: float | None, u: float | None) -> int:
    return weigh({field: {level: Odds(m, u)}})[field][level]


@pytest.mark.parametrize(
    ("field", "level", "m", "u", "millibits"),
    [
        ("gender", "same", 0.96, 0.48, 1000),
        ("birth_date", "exact", 0.75, 0.00075 / 3, 11551),
        # rounded, not cut off
        ("gender", "same", 1.0, 0.7, 515),
        ("gender", "same", 0.7, 1.0, -515),
        # never seen among matches: one in a thousand, so some ten bits against
        ("birth_date", "different", None, 0.98, -9937),
        ("birth_date", "different", 0.0, 1.0, -9966),
        # hardly ever seen, or never, among random pairs
        ("email", "exact", 0.7, 1e-9, 18000),
        ("email", "exact", 0.7, None, 18000),
        ("phone", "one_edit", None, None, 7000),
        ("first_name", "nickname", 0.1, 1e-7, 7000),
        # families share more than a phone
        ("phone", "shared", 0.01, 1e-7, 6000),
        ("phone", "shared", 0.01, 0.005, 1000),
        # what differs never speaks for a pair
        ("gender", "different", 0.5, None, 0),
    ],
)
def test_a_level_weighs(
    field: str, level: str, m: float | None, u: float | None, millibits: int
) -> None:
    assert weight(field, level, m, u) == millibits


def test_an_exact_name_that_is_no_common_one_is_rare() -> None:
    assert weigh(NAMES)["surname"]["exact"] == 11_000


@pytest.mark.parametrize(("frequency", "bits"), [(0.1, 3.0), (0.8, 0.0), (1e-6, 11.0)])
def test_a_name_weighs_less_the_more_bear_it(frequency: float, bits: float) -> None:
    assert term_bits(0.8, frequency) == pytest.approx(bits)


def test_swapped_names_count_once() -> None:
    weights = weigh(NAMES)
    # log2(0.01 / (0.01 * 0.01)), half of it in each field
    assert weights["first_name"]["swapped"] == weights["surname"]["swapped"] == 3322


def test_reversed_names_agree_by_chance_as_rarely_as_names_in_order() -> None:
    weights = weigh(NAMES)
    # log2(1 / (0.01 * 0.01)), half of it in each field
    assert weights["first_name"]["reversed"] == weights["surname"]["reversed"] == 6644
