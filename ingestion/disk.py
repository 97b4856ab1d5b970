"""Telling a full disk from other failures: each library says it in its own words."""

from __future__ import annotations

import errno
import os

#: What the C library, and so pyarrow and DuckDB, calls it; then what SQLite calls it.
_WORDS = (
    *map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)),
    "database or disk is full",
    "disk I/O error",
)


def is_full(problem: BaseException | str) -> bool:
    """Whether an error, or its text, says that the disk, a quota or a file's size limit is full."""
    return any(words in str(problem) for words in _WORDS)
