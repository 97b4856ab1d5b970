"""The lines that a run prints: one for each step, with the rows it handled and its warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from affiliate import console

if TYPE_CHECKING:
    from orchestration.execute import StepEvent

SHOWN_NOTES = 5
CREATE_WORLD = "Create the sample world"
#: Step → its title, and the unit of its rows.
STEPS = {
    "sample_world": (CREATE_WORLD, "rows"),
    "oltp_tables": ("Ingest OLTP tables", "row versions landed"),
    "kafka_topics": ("Ingest Kafka topics", "events landed"),
    "validation": ("Validate new data", "expectations"),
    "privacy__erased": ("Process erasure requests", "rows erased"),
    "raw_tables": ("Load the warehouse", "rows loaded"),
    "dbt_models": ("Build and test models", "rows built"),
    "identity__ledger": ("Save customer IDs", "ledger rows landed"),
    "release__customer_olap": ("Check and publish", "rows published"),
    "privacy__receipts": ("Write erasure receipts", "receipts written"),
}


class Progress:
    """Prints steps as they start and end.

    Attributes:
        done: The steps that succeeded, for programs.
    """

    def __init__(self, terminal: Console, set_title: Callable[[str], None]) -> None:
        self.terminal = terminal
        self.done: list[dict[str, Any]] = []
        self._set_title = set_title

    def __call__(self, event: StepEvent) -> None:
        """Prints what happened to a step."""
        title, unit = STEPS.get(event.step, (event.step, "rows"))
        if event.kind == "start":
            self._set_title(title)
            return
        if event.kind == "success":
            self.done.append(
                {
                    "step": event.step,
                    "rows": event.rows,
                    "seconds": event.seconds,
                    "notes": list(event.notes),
                }
            )
            console.step_line(self.terminal, title, event.rows, unit, event.seconds or 0)
        else:
            self.terminal.print(f"[red]✗[/] {title}")
        for note in event.notes[:SHOWN_NOTES]:
            self.terminal.print(f"  [yellow]![/] {escape(note)}")
        if len(event.notes) > SHOWN_NOTES:
            more = len(event.notes) - SHOWN_NOTES
            self.terminal.print(f"  [yellow]![/] and {more} more: see `affiliate up`")


@contextmanager
def showing_progress() -> Iterator[Progress]:
    """Shows a spinner, then the steps; silences the logs of Dagster and dbt in between.

    Import Dagster inside the block: it takes seconds, and the spinner shows that something happens.
    """
    with console.only_ours() as terminal, console.working(terminal, "Preparing") as set_title:
        yield Progress(terminal, set_title)
