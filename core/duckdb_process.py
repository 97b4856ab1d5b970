"""Executes SQL in a new process with a new DuckDB.

Imports little, since a release starts one such process per file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

import duckdb

from core.errors import AffiliateError
from core.parent_death import end_with_parent


def execute(statements: Sequence[str]) -> None:
    """Execute statements in a separate process; can be called in any thread.

    Raises:
        duckdb.Error: the error that DuckDB raised there; its text may contain values of rows.
        AffiliateError: the process was killed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "core.duckdb_process", str(os.getpid())],
        # not as arguments: a statement may hold an encryption key, and any user can list arguments
        input=json.dumps(statements),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        if not done.stdout:
            raise AffiliateError("a process that writes a file was killed: publish again")
        kind, text = json.loads(done.stdout)
        raise getattr(duckdb, kind, duckdb.Error)(text)


def main() -> None:
    """Executes a JSON list of statements from standard input; prints an error as JSON."""
    end_with_parent(signal.SIGKILL, parent=int(sys.argv[1]))
    # Ctrl-C reaches parent and child: the parent decides when to stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    statements = json.load(sys.stdin)
    try:
        with duckdb.connect(
            config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        ) as connection:
            for statement in statements:
                connection.execute(statement)
    except duckdb.Error as error:
        json.dump([type(error).__name__, str(error)], sys.stdout)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
