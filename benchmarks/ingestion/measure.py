"""The side of the benchmark: starts contenders in turns, and keeps only figures that are true."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median

from benchmarks.ingestion.contender import Job
from benchmarks.shared.programs import run_program

#: Nothing is sent to anybody while a benchmark runs.
QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false"}

Verify = Callable[[Job, list[Path]], None]


@dataclass(frozen=True)
class Contender:
    """One way to do a job.

    Attributes:
        title: What the table says.
        module: Module of `contenders` that does it.
        repeats: Rounds it takes part in.
        share: Part of the rows it gets, for ways that would take minutes.
        is_peer: Runs in the peers' environment.
    """

    title: str
    module: str
    repeats: int = 3
    share: float = 1.0
    is_peer: bool = False


@dataclass(frozen=True)
class Measurement:
    """One run of one contender."""

    rows: int
    seconds: float
    peak_mb: float
    files: list[Path] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


@dataclass
class Result:
    """All runs of one contender.

    Attributes:
        ratios: Per round, its rate over the floor's in the same round.
    """

    contender: Contender
    runs: list[Measurement] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Median rows per second."""
        return median(run.rate for run in self.runs)

    @property
    def ratio(self) -> float:
        """Median of the rounds' ratios to the floor."""
        return median(self.ratios)

    @property
    def cpu_microseconds(self) -> float:
        """Median processor time a row takes, the servers' left out."""
        return median(run.cpu_seconds / run.rows for run in self.runs) * 1e6

    @property
    def peak_mb(self) -> float:
        """Highest peak of any run."""
        return max(run.peak_mb for run in self.runs)


@dataclass(frozen=True)
class Runner:
    """Starts contenders.

    Attributes:
        folder: Where jobs write; emptied after each.
        peers: Python of the peers' environment; None leaves them out.
        tell: Called with a line per run.
    """

    folder: Path
    peers: Path | None
    tell: Callable[[str], None]

    def compare(self, contenders: Sequence[Contender], job: Job, verify: Verify) -> list[Result]:
        """Rounds in which every contender runs once, so that the machine's mood hits all.

        Args:
            contenders: The floor first: its rate is the 1.00 of every ratio.
            job: What to do; its `output` is ignored.
            verify: Raises unless files hold the job's rows.
        """
        results = [Result(c) for c in contenders if self.peers or not c.is_peer]
        floor = results[0]
        self.once(floor.contender, job)  # warms the caches for all
        for turn in range(max(contender.repeats for contender in contenders)):
            for result in results:
                contender = result.contender
                if turn >= contender.repeats:
                    continue
                part = replace(job, rows=int(job.rows * contender.share))
                run = self.once(contender, part, verify)
                result.runs.append(run)
                result.ratios.append(run.rate / floor.runs[-1].rate)
        return results

    def once(self, contender: Contender, job: Job, verify: Verify | None = None) -> Measurement:
        """One run in a fresh directory, which is removed afterwards."""
        with tempfile.TemporaryDirectory(dir=self.folder) as output:
            measured = self.keep(contender, replace(job, output=output))
            if measured.rows != job.rows:
                raise SystemExit(f"{contender.title}: {measured.rows} of {job.rows} rows")
            if verify and measured.files:
                verify(job, measured.files)
            return measured

    def keep(self, contender: Contender, job: Job) -> Measurement:
        """One run in the job's own directory, which stays."""
        python = str(self.peers) if contender.is_peer else sys.executable
        module = f"benchmarks.ingestion.contenders.{contender.module}"
        environment = {**QUIET, "DLT_DATA_DIR": job.output}
        command = [python, "-m", module, json.dumps(asdict(job))]
        output, _, peak_mb = run_program(command, environment)
        document = json.loads(output.splitlines()[-1])
        measured = Measurement(
            rows=document["rows"],
            seconds=document["seconds"],
            peak_mb=max(document["peak_bytes"] / 1e6, peak_mb),
            files=[Path(path) for path in document["files"]],
            cpu_seconds=document["cpu_seconds"],
        )
        self.tell(
            f"{contender.module} {job.name}: {measured.rows:,} rows, {measured.seconds:.2f} s, "
            f"{measured.cpu_seconds:.2f} s of CPU, {measured.peak_mb:,.0f} MB"
        )
        return measured
