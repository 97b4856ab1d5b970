"""dbt as a child that dies with its parent.

A killed run must not leave a dbt process behind that still writes the warehouse file.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from importlib.metadata import version

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Runs dbt's command line in this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if sys.argv[1:] == ["--version"]:
        # asked before every invocation, and dbt would import all of itself to answer
        sys.stdout.write(version("dbt-core"))
        return
    from dbt.cli.main import cli

    from orchestration.lib.redaction import redact_dbt

    redact_dbt()
    cli()
