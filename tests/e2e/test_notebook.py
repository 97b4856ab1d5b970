"""The notebook runs on a release as it is, and its model of purchases finds what it should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from notebooks.segmentation_and_lifetime_value import app
from tests.e2e.conftest import Home

pytestmark = pytest.mark.nightly

Numbers = NDArray[np.float64]


@pytest.fixture(scope="module")
def cells(home: Home) -> tuple[list[Any], dict[str, Any]]:
    """What the cells show, and the names they define."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AFFILIATE_HOME", str(home.path))
        shown, defined = app.run()
    return list(shown), dict(defined)


def test_notebook_shows_segments_and_lifetime_values(
    home: Home, cells: tuple[list[Any], dict[str, Any]]
) -> None:
    shown, defined = cells
    (buyers,) = home.json(
        "query", "select count(distinct customer_id) as n from marts.customer_orders "
        "where is_valid_sale and customer_id is not null"
    )  # fmt: skip
    lifetime = defined["lifetime"]
    assert len(lifetime) == buyers["n"]
    assert lifetime["alive"].is_between(0, 1).all()
    assert (lifetime["purchases_12m"] >= 0).all()
    assert set(defined["segmented"]["cluster"]) == set(range(defined["best"]))
    assert sum(isinstance(item, Figure) for item in shown) == 3


def test_lifetime_value_model_fits_simulated_customers(
    cells: tuple[list[Any], dict[str, Any]],
) -> None:
    _, defined = cells
    seen, later = _simulated(np.random.default_rng(7), 4000)
    foreseen = defined["expected"](defined["fit"](*seen), *seen, 180.0)
    assert foreseen.sum() == pytest.approx(later.sum(), rel=0.05)
    often = seen[0] >= 3
    assert foreseen[often].sum() == pytest.approx(later[often].sum(), rel=0.1)


def _simulated(rng: np.random.Generator, n: int) -> tuple[tuple[Numbers, ...], Numbers]:
    """Frequency, recency and age of customers who buy at a rate and leave by chance, and what 180
    further days brought."""
    rates = rng.gamma(0.8, 1 / 40, n)
    leaves = rng.beta(1.5, 5.0, n)
    age = rng.uniform(100, 700, n)
    frequency, recency, later = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        now, here = 0.0, True
        while here and (now := now + rng.exponential(1 / rates[i])) < age[i] + 180:
            if now <= age[i]:
                frequency[i], recency[i] = frequency[i] + 1, now
            else:
                later[i] += 1
            here = rng.random() >= leaves[i]
    return (frequency, recency, age), later
