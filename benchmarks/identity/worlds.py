"""Question 2: the sample world in growing sizes, on a seed that nothing was tuned on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.identity.platform import Build
from benchmarks.identity.sample_world import sample_world
from benchmarks.identity.ways import SPLINK, Result, Runner
from benchmarks.shared.pages import Goal, Section, at_most

SEED = 2
SIZES = (100_000, 1_000_000)
LARGE = 10_000_000
#: The size that goals are about.
JUDGED = 1_000_000
HEADER = (
    "method", "precision", "recall", "F1", "B³ precision", "B³ recall", "people", "largest",
    "wrong pairs in a household", "of twins", "of namesakes", "seconds", "training", "peak MB",
)  # fmt: skip
COST_HEADER = (
    "records", "normalising, s", "to people, s", "IDs and ledger, s", "whole build, s",
    "to people, µs per record", "peak MB",
)  # fmt: skip


def sections(runner: Runner, folder: Path, scale: float, large: bool) -> list[Section]:
    """A table for each size, and one about the platform's cost."""
    tables, builds = [], []
    sizes = [int(size * scale) for size in SIZES]
    for size in (*sizes, *([LARGE] if large else [])):
        build, section = _world(runner, folder, size)
        builds.append((size, build))
        tables.append(section)
    return [*tables, _cost(builds)]


def _world(runner: Runner, folder: Path, size: int) -> tuple[Build, Section]:
    world = sample_world(folder, size, SEED)
    ways = Runner(runner.folder, None, runner.tell) if size == LARGE else runner
    build, results = ways.compare(world, "customers", has_contacts=True)
    world.records.unlink()
    world.truth.unlink()
    quality = results[0].quality
    assert quality is not None
    note = (
        f"{quality.persons:,} people with {quality.true_pairs:,} pairs of records; seed {SEED}, "
        "20 affiliates. Seconds are the time from normalised records to people."
    )
    goals = _goals(results) if size == JUDGED else []
    title = f"The sample world, {size:,} records"
    return build, Section(title, note, HEADER, [_row(result) for result in results], goals)


def _row(result: Result) -> Sequence[str]:
    quality = result.quality
    if quality is None:
        return (result.way, result.failure, *[""] * (len(HEADER) - 2))
    return (
        result.way,
        f"{quality.precision:.4f}",
        f"{quality.recall:.4f}",
        f"{quality.f1:.4f}",
        f"{quality.bcubed_precision:.4f}",
        f"{quality.bcubed_recall:.4f}",
        f"{quality.clusters:,}",
        f"{quality.biggest:,}",
        f"{quality.household_pairs:,}",
        f"{quality.twin_pairs:,}",
        f"{quality.namesake_pairs:,}",
        f"{result.seconds:.1f}" if result.seconds else "",
        "" if result.training is None else f"{result.training:.1f}",
        f"{result.peak_mb:,.0f}" if result.peak_mb else "",
    )


def _goals(results: list[Result]) -> list[Goal]:
    ours = results[0]
    assert ours.quality is not None
    f1, precision = ours.quality.f1, ours.quality.precision
    goals = [
        Goal("F1", "≥ 0.96", f"{f1:.4f}", f1 >= 0.96),
        Goal("precision", "≥ 0.99", f"{precision:.4f}", precision >= 0.99),
        at_most("peak memory", 2_000, ours.peak_mb, "MB"),
    ]
    if peers := [result.quality.f1 for result in results[1:] if result.quality]:
        best = max(peers)
        goals.append(Goal("F1 relative to every peer", f"> {best:.4f}", f"{f1:.4f}", f1 > best))
    if splink := [r.seconds for r in results if r.way == SPLINK and r.quality]:
        goals.append(at_most("time relative to Splink", 0.5, ours.seconds / splink[0], "times"))
    return goals


def _cost(builds: list[tuple[int, Build]]) -> Section:
    rows = [
        (
            f"{size:,}",
            f"{build.normalising:.1f}",
            f"{build.resolving:.1f}",
            f"{build.keeping:.1f}",
            f"{build.wall:.1f}",
            f"{build.resolving / size * 1e6:.1f}",
            f"{build.peak_mb:,.0f}",
        )
        for size, build in builds
    ]
    note = "Seconds of the models as reported by dbt, and of the whole program including its start."
    return Section("The platform's cost by number of records", note, COST_HEADER, rows)
