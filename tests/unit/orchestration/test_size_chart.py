"""The chart of how many records persons have."""

from __future__ import annotations

from orchestration.lib.size_chart import size_chart


def bars(chart: str) -> dict[str, tuple[str, str]]:
    cells = [line.strip("|").split("|") for line in chart.splitlines()[2:] if line.startswith("|")]
    return {name.strip(): (count.strip(), bar.strip()) for name, count, bar in cells}


def test_every_customer_is_in_one_band_and_small_bands_are_visible() -> None:
    chart = size_chart({1: 4_000, 2: 2_000, 7: 1, 10: 2, 90: 1})
    shown = bars(chart)
    assert shown["1"] == ("4,000", "█" * 40)
    assert shown["2"] == ("2,000", "█" * 20)
    assert shown["3"] == ("0", "")
    assert shown["6 to 10"] == ("3", "▏")
    assert shown["more"] == ("1", "▏")
    assert "largest customer has 90 records" in chart


def test_no_customers_give_an_empty_chart() -> None:
    assert {bar for _, bar in bars(size_chart({})).values()} == {""}
    assert "largest customer has 0 records" in size_chart({})
