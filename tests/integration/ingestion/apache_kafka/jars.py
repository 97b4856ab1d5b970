"""The broker's jars: fetched once by Maven as `pom.xml` says, kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from core.locks import locked
from tests.requirements import missing, require

POM = Path(__file__).with_name("pom.xml")
SECONDS = 600


def classpath() -> str:
    """Class path of the broker; another `pom.xml` is another folder of the cache."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = home / "affiliate-data-platform"
    jars = cache / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "kafka.lock"):
        if not jars.exists():
            _fetch(jars)
    return f"{jars}/*"


def _fetch(jars: Path) -> None:
    maven = require("mvn", "the jars of Apache Kafka")
    with TemporaryDirectory(dir=jars.parent) as folder:
        found = Path(folder) / "jars"
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={found}"]
        done = subprocess.run(
            [maven, "-q", "-B", "-Dstyle.color=never", "-f", str(POM), *goal],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            reason, *_ = done.stdout.splitlines() or ["it says nothing"]
            missing(f"Maven could not fetch Apache Kafka: {reason}")
        found.rename(jars)
