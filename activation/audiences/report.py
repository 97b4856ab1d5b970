"""What is asked of a run of an audience, and what it tells of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

DELIVERED, HELD = "delivered", "held"


@dataclass
class Report:
    """One run, as its manifest tells it.

    Attributes:
        run: Its number.
        audience: Name of the audience.
        version: Of its file.
        sql_hash: Of the compiled rule and its values.
        release: The release that was asked.
        as_of: The instant of the release's measures.
        at: When the run was.
        landing_position: Highest manifest entry whose withdrawals and erasures counted.
        status: delivered, or held: then only what protects somebody was told.
        why_held: Reasons.
        counts: From the eligible to the delivered.
        exits: Visits that ended at this run, by reason.
        would_have_been_in: Customers left to an audience of higher priority, by its name.
        targets: What each destination was told: operations by number, files or messages.
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
        """For the manifest and for programs."""
        return asdict(self)


@dataclass(frozen=True)
class Options:
    """What a run was asked for.

    Attributes:
        now: When it is.
        force: Goes on where the circuit breaker would hold.
        resync: Tells every destination everything.
        only_exits: Tells of nobody but those who must be let go, as of the erased.
    """

    now: datetime
    force: bool = False
    resync: bool = False
    only_exits: bool = False
