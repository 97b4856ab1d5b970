"""Question 3: what an increment costs, and what it does to persons' ids."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.identity.datasets import Dataset
from benchmarks.identity.identifiers import Changes, changes
from benchmarks.identity.metrics import Quality, judge
from benchmarks.identity.platform import Build, Platform
from benchmarks.identity.sample_world import sample_world
from benchmarks.identity.ways import AS_OF, Runner
from benchmarks.identity.worlds import SEED
from benchmarks.shared.pages import Goal, Section, at_most

#: Records by a number from 0 to 599 that says nothing about them.
LOT = "hash(affiliate_customer_id) % 600"
INCREMENT_SIZE, IDS_SIZE = 1_000_000, 100_000
HEADER = (
    "build", "records", "to people, s", "IDs and ledger, s", "whole build, s", "peak MB", "F1"
)  # fmt: skip
IDS_HEADER = ("records before", "records after", "IDs changed", "without a merge or split")


@dataclass(frozen=True)
class Step:
    """A build, the ids it gave and how good it is."""

    build: Build
    records: int
    quality: Quality


def sections(runner: Runner, folder: Path, scale: float) -> list[Section]:
    """1 % more and changed records, and 20 % more."""
    return [
        _increment(runner, sample_world(folder, int(INCREMENT_SIZE * scale), SEED)),
        _ids(runner, sample_world(folder, int(IDS_SIZE * scale), SEED)),
    ]


def _increment(runner: Runner, world: Dataset) -> Section:
    """Half a percent is new, and of as many others the e-mail is another one."""
    moved = f"case when {LOT} between 3 and 5 then 'new.' || email else email end as email"
    later = f"(select * replace ({moved}) from read_parquet('{world.records}'))"
    first, then, _ = _grow(runner, world, f"{LOT} >= 3", later)
    rows = [
        (
            title,
            f"{step.records:,}",
            f"{step.build.resolving:.2f}",
            f"{step.build.keeping:.2f}",
            f"{step.build.wall:.1f}",
            f"{step.build.peak_mb:,.0f}",
            f"{step.quality.f1:.4f}",
        )
        for title, step in (("full", first), ("0.5 % new, 0.5 % changed", then))
    ]
    share = then.build.resolving / first.build.resolving
    goal = at_most(
        "time from normalised records to people, relative to the full build", 0.05, share, "times"
    )
    return Section("An increment of 1 %", "", HEADER, rows, [goal])


def _ids(runner: Runner, world: Dataset) -> Section:
    first, then, found = _grow(
        runner, world, f"{LOT} >= 100", f"(from read_parquet('{world.records}'))"
    )
    cells = (
        f"{first.records:,}",
        f"{then.records:,}",
        f"{found.changed:,} ({found.changed / found.records:.2%})",
        f"{found.without_cause:,}",
    )
    goal = Goal(
        "IDs changed without a merge or split", "0", f"{found.without_cause:,}",
        found.without_cause == 0,
    )  # fmt: skip
    return Section("IDs when 20 % more records arrive", "", IDS_HEADER, [cells], [goal])


def _grow(runner: Runner, world: Dataset, at_first: str, later: str) -> tuple[Step, Step, Changes]:
    """Builds a part of a world, lands its ids, and builds the rest on top."""
    with tempfile.TemporaryDirectory(dir=runner.folder) as name:
        room = Path(name)
        platform = Platform(room / "home")
        early = f"(from read_parquet('{world.records}') where {at_first})"
        steps, ids = [], []
        for number, (records, known) in enumerate(((early, at_first), (later, "true"))):
            build = platform.build(records, AS_OF + timedelta(days=number))
            platform.land()
            ids.append(room / f"ids_{number}.parquet")
            platform.export("from identity.customer_xref", ids[-1])
            quality = _quality(platform, world, known, room)
            steps.append(Step(build, quality.records, quality))
            runner.tell(f"{world.name}, build {number + 1}: {build}")
        return steps[0], steps[1], changes(*ids)


def _quality(platform: Platform, world: Dataset, known: str, room: Path) -> Quality:
    clusters, truth = room / "clusters.parquet", room / "truth.parquet"
    platform.export("select record_id, cluster_id from identity.int_identity__clusters", clusters)
    platform.export(f"from read_parquet('{world.truth}') where {known}", truth)
    return judge(clusters, truth)
