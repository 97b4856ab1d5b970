"""A process that does one operation on a home in a fork, which can be killed at any step.

Everything is imported before the fork, so a kill costs milliseconds. A fork says its process id and
waits for a line; then it runs to its end, or to the step at which it is to die.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas  # noqa: F401 - pyarrow would import it in every fork, at hundreds of system calls

from core.duckdb_session import connect
from core.errors import AffiliateError
from core.retention import RetentionPolicy
from core.settings import Settings
from ingestion.landing import LandingZone
from ingestion.landing import compact as compaction
from ingestion.landing import retain as retention
from ingestion.quarantine import replaying
from privacy.erasure import erasing
from privacy.erasure.requests import Requests
from serving import publish, remove_releases
from tests.support.landed_messages import every_third, land_messages
from tests.support.landed_rows import land_versions

#: Calls that change what is on the disk, where they can be cut without a tracer.
CUT = ("mkdir", "open", "chmod", "fsync", "link", "unlink", "rmdir")
PR_SET_PTRACER, ANY_PROCESS = 0x59616D61, ctypes.c_ulong(-1)


def connect_with_one_thread() -> duckdb.DuckDBPyConnection:
    """With more threads, which of them opens which file, and so the count of calls, is chance."""
    found = connect()
    found.execute("set threads = 1")
    return found


def finish_erasures(settings: Settings) -> None:
    """The steps of an erasure after its build."""
    names = {name for one in Requests(settings.erasures_path).open() for name in one.releases}
    publish(settings)
    remove_releases(settings, names)
    erasing.finish(settings)


def run(job: dict[str, Any]) -> None:
    zone = LandingZone(Path(job["root"]))
    match job["name"]:
        case "tables":
            land_versions(zone, job["upserts"], job["deletes"])
        case "topics":
            land_messages(zone, job["good"], job["bad"])
        case "compact":
            compaction.FAN_IN = job["fan_in"]
            compaction.compact(zone)
        case "replay":
            replaying.replay(zone, sort=every_third)
        case "erase":
            erasing.erase_landed(Settings(home=zone.root.parent), zone)
        case "publish":
            try:
                finish_erasures(Settings(home=zone.root.parent, _env_file=None))
            except AffiliateError as error:
                # the kill met the process that writes a file
                if "was killed" in str(error):
                    os.kill(os.getpid(), signal.SIGKILL)
                raise
        case "retain":
            now = datetime.fromisoformat(job["now"])
            retention.retain(zone, RetentionPolicy(*job["days"]), now)


class Failpoints:
    """Counts the calls that change the disk, and ends this process at one of them.

    Args:
        last: How many of them it survives; all if None.
    """

    def __init__(self, last: int | None) -> None:
        self.count = 0
        for name in CUT:
            setattr(os, name, self._cut(getattr(os, name), last))

    def _cut(self, call: Any, last: int | None) -> Any:
        def step(*arguments: Any, **options: Any) -> Any:
            if self.count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.count += 1
            return call(*arguments, **options)

        return step


def serve() -> None:
    setattr(retention, "connect", connect_with_one_thread)  # noqa: B010 - mypy refuses the plain form
    setattr(replaying, "connect", connect_with_one_thread)  # noqa: B010
    for line in sys.stdin:
        job = json.loads(line)
        gate, opener = os.pipe()
        child = os.fork()
        if child == 0:
            os._exit(_do(job, gate))
        _say(child)
        sys.stdin.readline()
        os.write(opener, b"!")
        _, status = os.waitpid(child, 0)
        os.close(gate)
        os.close(opener)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _do(job: dict[str, Any], gate: int) -> int:
    try:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANY_PROCESS, 0, 0, 0)
        os.read(gate, 1)
        if "counts" in job or job.get("steps") is not None:
            failpoints = Failpoints(job.get("steps"))
        run(job)
        if "counts" in job:
            Path(job["counts"]).write_text(str(failpoints.count))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve()
