"""The ways to bring records together, and a run of each on a data set."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.identity import thresholds
from benchmarks.identity.contender import CLUSTERS, Job
from benchmarks.identity.datasets import Dataset
from benchmarks.identity.metrics import Quality, judge
from benchmarks.identity.platform import PREPARED, Build, Platform
from benchmarks.shared.programs import ProgramFailed, run_program

AS_OF = datetime(2026, 1, 2, tzinfo=UTC)
PLATFORM = "**this platform**"
SPLINK, SPLINK_BEST = "Splink", "Splink, best threshold"
EXACT, EXACT_TYPED = "same e-mail or phone", "same e-mail or phone, not normalised"
GOLDENMATCH = "GoldenMatch"
#: No peer is worth a longer wait.
LIMIT_SECONDS = 300


@dataclass(frozen=True)
class Result:
    """A way's run on a data set.

    Attributes:
        way: Its title.
        quality: None if it failed.
        seconds: From normalised records to persons.
        training: Seconds before that; None for a way that is not trained here.
        peak_mb: Most memory the process and its children held, in training too.
        failure: Why it failed.
    """

    way: str
    quality: Quality | None
    seconds: float = 0.0
    training: float | None = None
    peak_mb: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class Runner:
    """Runs ways, each in a process of its own.

    Attributes:
        folder: Where everything is written; emptied after each data set.
        peers: Python of the peers' environment; None leaves them out.
        tell: Called with a line per run.
    """

    folder: Path
    peers: Path | None
    tell: Callable[[str], None]

    def compare(
        self, dataset: Dataset, recipe: str, has_contacts: bool
    ) -> tuple[Build, list[Result]]:
        """All ways on one data set, the platform first.

        Args:
            dataset: Its records and truth.
            recipe: Splink's settings for it.
            has_contacts: Whether there are e-mails or phones to stitch by.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            room = Path(name)
            build, ours = self._platform(dataset, room)
            results = [ours]
            if self.peers:
                results += self._splink(dataset, room, recipe)
                if has_contacts:
                    results += [
                        self._peer(EXACT, "exact", dataset, room, "normalised"),
                        self._peer(EXACT_TYPED, "exact", dataset, room, "as typed"),
                    ]
                results.append(self._peer(GOLDENMATCH, "goldenmatch_zero", dataset, room, ""))
        for result in results:
            self.tell(f"{dataset.name}, {line(result)}")
        return build, results

    def _platform(self, dataset: Dataset, room: Path) -> tuple[Build, Result]:
        platform = Platform(room / "home")
        build = platform.build(dataset.records, AS_OF)
        if self.peers:
            platform.export(PREPARED.format(records=dataset.records), room / "prepared.parquet")
        platform.export(
            "select record_id, cluster_id from identity.int_identity__clusters", room / CLUSTERS
        )
        quality = judge(room / CLUSTERS, dataset.truth)
        shutil.rmtree(room / "home")
        return build, Result(PLATFORM, quality, build.resolving, None, build.peak_mb)

    def _splink(self, dataset: Dataset, room: Path, recipe: str) -> list[Result]:
        module = "splink_default"
        try:
            training, training_peak = self._run(module, self._job(room, module, recipe), "train")
        except ProgramFailed as failure:
            return [Result(SPLINK, None, failure=_last_line(failure))]
        found = self._peer(SPLINK, module, dataset, room, recipe)
        if found.quality is None:
            return [found]
        best = thresholds.best(room / module, dataset.truth)
        peak_mb = max(training_peak, found.peak_mb)
        return [
            Result(SPLINK, found.quality, found.seconds, training, peak_mb),
            Result(f"{SPLINK_BEST} ({best.threshold:+} bits)", best.quality),
        ]

    def _peer(self, way: str, module: str, dataset: Dataset, room: Path, recipe: str) -> Result:
        job = self._job(room, module, recipe)
        try:
            seconds, peak_mb = self._run(module, job)
        except ProgramFailed as failure:
            return Result(way, None, failure=_last_line(failure))
        return Result(way, judge(job.path(CLUSTERS), dataset.truth), seconds, None, peak_mb)

    def _job(self, room: Path, module: str, recipe: str) -> Job:
        output = room / module
        output.mkdir(exist_ok=True)
        return Job(str(room / "prepared.parquet"), str(output), recipe)

    def _run(self, module: str, job: Job, *arguments: str) -> tuple[float, float]:
        """Seconds that the work took, and the peak."""
        name = f"benchmarks.identity.contenders.{module}"
        command = [str(self.peers), "-m", name, json.dumps(asdict(job)), *arguments]
        # GoldenMatch remembers in the home directory what it chose, and chooses otherwise next time
        home = {"HOME": job.output}
        output, _, peak_mb = run_program(command, home, LIMIT_SECONDS)
        return float(json.loads(output.splitlines()[-1])["seconds"]), peak_mb


def line(result: Result) -> str:
    """A result in a line."""
    if result.quality is None:
        return f"{result.way}: {result.failure}"
    quality = result.quality
    cost = f", {result.seconds:.1f} s, {result.peak_mb:,.0f} MB" if result.seconds else ""
    return (
        f"{result.way}: precision {quality.precision:.4f}, recall {quality.recall:.4f}, "
        f"F1 {quality.f1:.4f}{cost}"
    )


def _last_line(failure: ProgramFailed) -> str:
    """What a program said last: the error itself, after all tracebacks."""
    lines = [text.strip() for text in str(failure).splitlines() if text.strip()]
    errors = [text for text in lines if "Error" in text.split(":")[0]]
    return (errors or lines)[-1][:300]
