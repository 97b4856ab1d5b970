"""dbt as a child process that dies with its parent and logs no row values.

A killed run must not leave a dbt process behind that still writes the warehouse file.
"""

from __future__ import annotations

import signal
import sys
from importlib.metadata import version

from core.parent_death import end_with_parent

INTERRUPTED = 130


def main() -> None:
    """Runs dbt's command line in this process; after Ctrl-C its parent reports the result."""
    end_with_parent(signal.SIGKILL)
    try:
        _run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _run() -> None:
    if sys.argv[1:] == ["--version"]:
        # dagster-dbt asks before every invocation, and dbt's own answer queries the package index
        sys.stdout.write(version("dbt-core"))
        return
    from dbt.cli.main import cli

    from orchestration.lib.dbt_errors import redact_dbt

    redact_dbt()
    cli()
