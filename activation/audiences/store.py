"""Where the runs of audiences are."""

from __future__ import annotations

from pathlib import Path

from activation.delivery.runs import DESIRED, Runs

MEMBERSHIP = "membership.parquet"


def runs_of(home: Path, audience: str) -> Runs:
    """The runs of one audience.

    Args:
        home: `AFFILIATE_HOME`.
        audience: Its name.
    """
    folder = home / "audiences" / audience
    return Runs(folder, f"the audience {audience}", (MEMBERSHIP, DESIRED))
