"""Circuit breaker: holds a batch if too large a share of its rows is in quarantine."""

from __future__ import annotations

from contextlib import closing

from core import sql
from core.duckdb_session import connect
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan_files

#: Largest share of the rows read that may be in quarantine.
MAX_QUARANTINED_SHARE = 0.05
#: The breaker ignores batches with fewer rows.
MIN_ROWS_READ = 100


def quarantined(zone: LandingZone, number: int, dataset: str) -> dict[str, int]:
    """Count the rows of a batch that are still in quarantine.

    Returns:
        Reason code → rows, most frequent first.
    """
    numbers = zone.state().numbers
    files = [
        found
        for found in zone.live()
        if found[1].kind == "quarantine" and number in numbers[found[1].path]
    ]
    if not files:
        return {}
    statement = sql.load(
        __package__,
        "quarantined_by_reason",
        rows=scan_files(zone, files, ("topic", "reason")),
    )
    with closing(connect()) as connection:
        return dict(connection.execute(statement, {"entry": number, "dataset": dataset}).fetchall())


def failure(dataset: str, read: int, reasons: dict[str, int]) -> str | None:
    """Return one line that explains why the breaker opened, or None if it did not."""
    quarantined_rows = sum(reasons.values())
    if read < MIN_ROWS_READ or quarantined_rows <= read * MAX_QUARANTINED_SHARE:
        return None
    shares = ", ".join(f"{reason} {rows / read:.1%}" for reason, rows in reasons.items())
    return (
        f"{dataset}: {quarantined_rows:,} of {read:,} rows read ({quarantined_rows / read:.1%}) "
        f"are in quarantine, more than {MAX_QUARANTINED_SHARE:.0%} ({shares}): fix the source or "
        "the contract and replay the quarantine, or accept the batch"
    )
