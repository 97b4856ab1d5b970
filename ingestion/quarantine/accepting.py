"""Releasing what a review held: somebody looked, and the rows are right."""

from __future__ import annotations

from dataclasses import replace

from core.errors import AffiliateError
from ingestion.landing import LandingZone, ValidationResult


def accept(
    zone: LandingZone, dataset: str | None = None, entry: int | None = None
) -> list[ValidationResult]:
    """Lets held rows into the warehouse from the next load on.

    Args:
        zone: The landing zone.
        dataset: Only rows of this dataset, as `zone.held()` names it; of all if None.
        entry: Only rows of the manifest entry with this number; of all if None.

    Returns:
        The new verdicts; they keep the reasons why the rows were held.

    Raises:
        AffiliateError: nothing of that is held.
    """
    accepted = [
        replace(result, outcome="accepted")
        for result in zone.held()
        if dataset in (None, result.dataset) and entry in (None, result.entry)
    ]
    if not accepted:
        place = " of ".join(
            [f"entry {entry}"] * (entry is not None) + [dataset or "the landing zone"]
        )
        raise AffiliateError(
            f"nothing is held in {place}: `affiliate quarantine list` says what is"
        )
    zone.commit_validation(accepted)
    return accepted
