"""dbt as a child that dies with its parent.

A killed run must not leave a dbt process behind that still writes the warehouse file.
"""

from __future__ import annotations

import signal
import sys
from importlib.metadata import version

from core.parent_death import end_with_parent
from orchestration.lib.garbage import collect_rarely

INTERRUPTED = 130


def main() -> None:
    """Runs dbt's command line in this process; after Ctrl-C its parent has the last word."""
    end_with_parent(signal.SIGKILL)
    try:
        _run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _run() -> None:
    if sys.argv[1:] == ["--version"]:
        # asked before every invocation, and dbt would import all of itself to answer
        sys.stdout.write(version("dbt-core"))
        return
    collect_rarely()
    from dbt.cli.main import cli

    from orchestration.lib.redaction import redact_dbt

    redact_dbt()
    cli()
