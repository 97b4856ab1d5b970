"""Formats decisions and times."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from affiliate import console

if TYPE_CHECKING:
    from identity import Decision, Pair

SHOWN_PAIRS = 5


def show_decisions(found: list[Decision]) -> None:
    """Prints a table of decisions."""
    console.print_table(
        ("decided", "decision", "pairs are", "pairs", "in force", "by", "reason"),
        [
            (time(d.decided_at), d.decision_id, d.decision, _listed(d.pairs), len(d.in_force),
             d.decided_by, d.reason)
            for d in found
        ],
    )  # fmt: skip


def _listed(pairs: tuple[Pair, ...]) -> str:
    shown = [f"{left} - {right}" for left, right in pairs[:SHOWN_PAIRS]]
    if more := len(pairs) - len(shown):
        shown.append(f"and {more} more")
    return "\n".join(shown)


def decision_as_json(decision: Decision) -> dict[str, object]:
    """A decision as a JSON object."""
    return asdict(decision) | {"in_force": sorted(decision.in_force)}


def time(instant: datetime | None) -> str | None:
    """A time to the minute."""
    return f"{instant:%Y-%m-%d %H:%M}" if instant else None
