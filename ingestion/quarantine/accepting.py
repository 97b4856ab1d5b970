"""Accept batches that validation held, after a manual review."""

from __future__ import annotations

from dataclasses import replace

from core.errors import AffiliateError
from ingestion.landing import LandingZone, ValidationResult


def accept(
    zone: LandingZone, dataset: str | None = None, entry: int | None = None
) -> list[ValidationResult]:
    """Release held batches; the next load includes them.

    Args:
        zone: Landing zone.
        dataset: Only batches of this dataset, as `zone.held()` names it; all if None.
        entry: Only batches of the manifest entry with this number; all if None.

    Returns:
        The new validation results, which keep the reasons why the batches were held.

    Raises:
        AffiliateError: no such batch is held.
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
            f"no batch is held in {place}: `affiliate quarantine list` shows the held batches"
        )
    zone.commit_validation(accepted)
    return accepted
