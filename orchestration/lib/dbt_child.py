"""dbt as a child that dies with its parent.

A killed run must not leave a dbt process behind that still writes the warehouse file.
"""

from __future__ import annotations

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Runs dbt's command line in this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    from dbt.cli.main import cli

    cli()
