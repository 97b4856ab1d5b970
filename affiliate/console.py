"""Output of commands: text for a terminal, `--json` for programs, errors as one line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner

from core.errors import AffiliateError

#: Width of the terminal from which steps and wide tables are printed in columns.
COLUMNS_NEED = 72
#: Wider than any table.
WIDEST = 10_000

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def working(terminal: Console, text: str) -> Iterator[Callable[[str], None]]:
    """A spinner; yields a function that changes its text.

    Unlike `rich.status`, it does not print to the terminal what Dagster logs at the same time.
    """
    spinner = Spinner("dots", text)
    with Live(
        spinner, console=terminal, transient=True, redirect_stdout=False, redirect_stderr=False
    ):
        yield lambda text: spinner.update(text=text)


def step_line(terminal: Console, title: str, rows: int, unit: str, seconds: float) -> None:
    """Prints the result of a step, in columns if the terminal is wide enough."""
    if terminal.width < COLUMNS_NEED:
        terminal.print(f"[green]✓[/] {title}: {rows:,} {unit}, {seconds:.1f} s")
    else:
        terminal.print(f"[green]✓[/] {title:<24}{rows:>12,} {unit:<20}{seconds:>7.1f} s")


def fail(error: AffiliateError) -> NoReturn:
    """Prints the error as one line and exits with its code."""
    err.print(f"[bold red]error[/] {escape(' '.join(str(error).split()))}")
    raise SystemExit(error.exit_code)


def print_json(value: Any) -> None:
    """Prints one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, default=str) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table, or one line per value if it is too wide for the terminal; null is blank."""
    from rich.measure import Measurement
    from rich.table import Table

    shown = [["" if value is None else escape(str(value)) for value in row] for row in rows]
    table = Table()
    for column in columns:
        # a truncated id would be useless
        table.add_column(column, overflow="fold")
    for cells in shown:
        table.add_row(*cells)
    needed = Measurement.get(out, out.options.update(max_width=WIDEST), table).maximum
    if out.width < COLUMNS_NEED and out.width < needed:
        _print_records(columns, shown)
    else:
        out.print(table)


def _print_records(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints one line per value, and an empty line after each row."""
    if not rows:
        out.print("none")
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            if value:
                out.print(f"[bold]{column}[/] {value}")
        out.print()


def print_destinations(targets: Mapping[str, Mapping[str, Any]]) -> None:
    """Prints what a delivery sent to each destination: counts, and files or messages."""
    operations = ("added", "changed", "removed", "unchanged")
    print_table(
        ("destination", *operations, "files or messages"),
        [
            (kind, *(one[name] for name in operations),
             one.get("messages", "\n".join(one.get("files", ()))))
            for kind, one in targets.items()
        ],
    )  # fmt: skip


@contextmanager
def only_ours() -> Iterator[Console]:
    """A console on the terminal, while all other output of this process is silenced.

    Dagster and dbt log to standard output and error; Dagster also stores the logs for the UI.
    """
    terminal = os.dup(2)
    saved = os.dup(1), os.dup(2)
    sys.stdout.flush()
    sys.stderr.flush()
    with open(os.devnull, "w") as nowhere, open(terminal, "w", closefd=True) as stream:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield Console(
                file=stream, highlight=False, soft_wrap=True, force_terminal=os.isatty(saved[1])
            )
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            os.close(saved[0])
            os.close(saved[1])
