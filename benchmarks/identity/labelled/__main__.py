"""Writes every labelled data set into the directory that the command line names."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from benchmarks.identity.labelled import census, dupehell, febrl, rldata

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with duckdb.connect() as connection:
        for source in (febrl, rldata, census, dupehell):
            source.write(connection, folder)
