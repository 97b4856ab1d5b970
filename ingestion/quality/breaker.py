"""The circuit breaker: a batch of which too much was set aside is not what the source meant."""

from __future__ import annotations

from core.duckdb_session import connect
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan_files

#: Share of the rows read that may be quarantined; of fewer rows a share says nothing.
MOST_QUARANTINED = 0.05
LEAST_READ = 100


def quarantined(zone: LandingZone, number: int, dataset: str) -> dict[str, int]:
    """Reason code → rows of the dataset that an entry set aside and that still are, most first."""
    numbers = zone.state().numbers
    files = [
        found
        for found in zone.live()
        if found[1].kind == "quarantine" and number in numbers[found[1].path]
    ]
    if not files:
        return {}
    scan = scan_files(zone, files, ("topic", "reason"))
    connection = connect()
    try:
        rows = connection.execute(
            f"select reason, count(*) as rows from ({scan}) "
            "where _seq = ? and 'events/' || topic::text = ? "
            "group by reason order by rows desc, reason",
            [number, dataset],
        ).fetchall()
    finally:
        connection.close()
    return dict(rows)


def opened(dataset: str, read: int, reasons: dict[str, int]) -> str | None:
    """Why the breaker opened, as one line; None if it did not."""
    aside = sum(reasons.values())
    if read < LEAST_READ or aside <= read * MOST_QUARANTINED:
        return None
    shares = ", ".join(f"{reason} {rows / read:.1%}" for reason, rows in reasons.items())
    return (
        f"{dataset}: {aside:,} of {read:,} rows read ({aside / read:.1%}) are in quarantine, more "
        f"than {MOST_QUARANTINED:.0%} ({shares}): mend the source or the contract and replay the "
        "quarantine, or accept the batch"
    )
