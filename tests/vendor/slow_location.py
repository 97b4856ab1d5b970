"""A code location whose one job lasts until somebody ends it, and says in whose process."""

import os
import time
from pathlib import Path

import dagster as dg


@dg.op
def wait() -> None:
    Path(os.environ["RUN_PID_FILE"]).write_text(str(os.getpid()))
    time.sleep(3600)


@dg.job
def waiting() -> None:
    wait()


defs = dg.Definitions(jobs=[waiting], executor=dg.in_process_executor)
