"""The command: starts servers, asks the questions, writes the page, leaves nothing behind."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.ingestion import delta, events, full_read, unchanged
from benchmarks.ingestion.measure import Runner
from benchmarks.ingestion.report import page
from benchmarks.ingestion.servers import Servers
from benchmarks.shared.pages import Section

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "ingestion.md"
PEERS = ROOT / ".venv-bench" / "bin" / "python"
COMMAND = "make bench-ingest"

Question = Callable[[Runner, Servers, float], list[Section]]
QUESTIONS: dict[str, Question] = {
    "tables": full_read.sections,
    "delta": delta.sections,
    "events": events.sections,
    "unchanged": unchanged.sections,
}


def measure(
    questions: Annotated[
        list[str] | None, typer.Argument(help=f"Of {', '.join(QUESTIONS)}; all if none is given.")
    ] = None,
    quick: Annotated[bool, typer.Option(help="A tenth of the size; printed only.")] = False,
    scale: Annotated[float, typer.Option(help="Of the full size; below 1: printed only.")] = 1.0,
    peers: Annotated[Path, typer.Option(help="Python of the peers' environment.")] = PEERS,
    alone: Annotated[bool, typer.Option(help="Without the peers.")] = False,
) -> None:
    """Answers the questions; writes benchmarks/results/ingestion.md when all were asked in full.

    Data and servers live below TMPDIR, which must be a disk for the figures to mean anything.
    """
    if not alone and not peers.exists():
        raise SystemExit(f"{peers} is missing: install benchmarks/requirements.lock or use --alone")
    signal.signal(signal.SIGTERM, _stop)  # servers must not outlive us
    asked = questions or list(QUESTIONS)
    if unknown := set(asked) - set(QUESTIONS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; ask for {', '.join(QUESTIONS)}")
    scale = 0.1 if quick else scale
    is_record = scale == 1 and not questions and not alone
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-ingest-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
        with Servers(folder) as servers:
            runner = Runner(folder, None if alone else peers, tell)
            sections = [s for q in asked for s in QUESTIONS[q](runner, servers, scale)]
    text = page(sections, COMMAND if is_record else _command(), time.monotonic() - started)
    if is_record:
        RESULTS.write_text(text)
    print(text)


def _command() -> str:
    return " ".join(["python -m benchmarks.ingestion", *sys.argv[1:]])


def _stop(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def tell(line: str) -> None:
    """Progress, apart from the page."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(measure)
