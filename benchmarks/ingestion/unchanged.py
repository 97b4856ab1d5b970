"""Question 4: what a run costs when nothing changed, over every table and topic."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.ingestion.contender import Job
from benchmarks.ingestion.measure import Contender, Measurement, Runner
from benchmarks.ingestion.servers import Servers
from benchmarks.ingestion.tables import add_customers
from benchmarks.shared.pages import Section, at_most
from benchmarks.shared.programs import run_program
from ingestion.landing import LandingZone
from oltp.world import WorldSpec, create

PLATFORM = Contender("in one process", "platform_everything")
REPEATS = 3
SECONDS = 3.0


def sections(runner: Runner, servers: Servers, scale: float) -> list[Section]:
    """A full run and then unchanged ones: as calls in a process, and as the command."""
    admin, reader = servers.fresh("unchanged")
    with tempfile.TemporaryDirectory(dir=runner.folder) as name:
        home = Path(name)
        spec = WorldSpec(customers=max(100, int(20_000 * scale)))
        create(admin, servers.bootstrap, spec, home / "world")
        add_customers(admin, int(2_000_000 * scale))
        job = Job(reader, "", 0, str(home / "zone"), broker=servers.bootstrap)
        first, *calls = [runner.keep(PLATFORM, job) for _ in range(1 + REPEATS)]
        _expect_nothing(calls)
        commands = _commands(runner, replace(job, output=str(home / "home")))
    rows = [
        ("first run, in one process", f"{first.seconds:.2f}", f"{first.peak_mb:,.0f}"),
        _row("no changes, in one process", calls),
        _row("no changes, `affiliate ingest`", commands),
    ]
    goals = [
        at_most("in one process", SECONDS, median(run.seconds for run in calls), "s"),
        at_most("`affiliate ingest`", SECONDS, median(run.seconds for run in commands), "s"),
    ]
    note = f"12 tables and 6 topics with {first.rows:,} rows and events; median of {REPEATS} runs."
    header = ("run", "seconds", "peak MB")
    return [Section("A run without changes", note, header, rows, goals)]


def _commands(runner: Runner, job: Job) -> list[Measurement]:
    """The command from start to end, after a first one that landed everything."""
    environment = {
        "AFFILIATE_HOME": job.output,
        "AFFILIATE_OLTP_DSN": job.source,
        "AFFILIATE_KAFKA_BOOTSTRAP": job.broker,
        "AFFILIATE_PSEUDONYM_KEY": "0" * 63 + "1",
    }
    zone, entries, runs = LandingZone(job.folder / "landing"), [], []
    for _ in range(1 + REPEATS):
        command = [sys.executable, "-m", "affiliate", "ingest", "--json"]
        _, seconds, peak_mb = run_program(command, environment)
        runner.tell(f"affiliate ingest: {seconds:.2f} s, {peak_mb:,.0f} MB")
        runs.append(Measurement(0, seconds, peak_mb))
        entries.append(len(zone.entries()))
    if not entries[0] or entries[0] != entries[-1]:
        raise SystemExit(f"manifest entries after each command: {entries}")
    return runs[1:]


def _expect_nothing(runs: list[Measurement]) -> None:
    if rows := sum(run.rows for run in runs):
        raise SystemExit(f"nothing changed, and yet {rows} rows were read")


def _row(title: str, runs: list[Measurement]) -> tuple[str, str, str]:
    seconds = median(run.seconds for run in runs)
    return title, f"{seconds:.2f}", f"{max(run.peak_mb for run in runs):,.0f}"
