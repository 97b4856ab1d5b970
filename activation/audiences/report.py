"""The options and the report of an audience run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

DELIVERED, HELD = "delivered", "held"


@dataclass
class RunReport:
    """One run, as its manifest records it.

    Attributes:
        run: Number of the run.
        audience: Name of the audience.
        version: Version of the audience's file.
        sql_hash: Hash of the compiled rule and its values.
        release: The release that was queried.
        as_of: The instant of the release's measures.
        at: Time of the run.
        landing_position: Highest manifest entry whose withdrawals and erasures were applied.
        status: delivered, or held: only withdrawals and erasures were sent.
        why_held: Reasons.
        counts: Customers left after each step, from eligible to delivered.
        exits: Membership intervals that ended at this run, by reason.
        would_have_been_in: Customers left to an audience of higher priority, by its name.
        targets: What each destination was sent: number of each operation, files or messages.
    """

    run: int
    audience: str
    version: str
    sql_hash: str
    release: str
    as_of: datetime
    at: datetime
    landing_position: int
    status: str = DELIVERED
    why_held: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    exits: dict[str, int] = field(default_factory=dict)
    would_have_been_in: dict[str, int] = field(default_factory=dict)
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the report for the manifest and for programs."""
        return asdict(self)


@dataclass(frozen=True)
class RunOptions:
    """Options of a run.

    Attributes:
        now: Time of the run.
        force: Deliver even if the circuit breaker would stop the run.
        resync: Send every destination the complete audience.
        only_exits: Only withdraw customers who must leave, such as the erased.
    """

    now: datetime
    force: bool = False
    resync: bool = False
    only_exits: bool = False
