"""The process that makes one file: it executes SQL from its standard input in a new DuckDB.

Started by `serving.file_writer`; imports little, since there is one for every file.
"""

from __future__ import annotations

import json
import signal
import sys

import duckdb

from core.parent_death import end_with_parent


def main() -> None:
    """Executes a JSON list of statements; tells an error by its class and text, as JSON."""
    end_with_parent(signal.SIGKILL, parent=int(sys.argv[1]))
    # after Ctrl-C the parent has the last word
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
