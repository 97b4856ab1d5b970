"""What the operating system refuses; each library says of a full disk in its own words."""

from __future__ import annotations

import errno
import os

from core.errors import AffiliateError, ConfigurationError

#: What the C library, and so pyarrow and DuckDB, calls it; then what SQLite calls it.
_WORDS = (
    *map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)),
    "database or disk is full",
    "disk I/O error",
)


def is_full(problem: BaseException | str) -> bool:
    """Whether an error, or its text, says that the disk, a quota or a file's size limit is full."""
    return any(words in str(problem) for words in _WORDS)


def refusal(error: OSError) -> AffiliateError:
    """An error of the operating system, as a line of ours."""
    if is_full(error):
        return AffiliateError(
            "the disk is full: what was committed is safe; free space and run again"
        )
    reason = (error.strerror or type(error).__name__).lower()
    if error.filename is None:
        return AffiliateError(f"the operating system refuses something: {reason}")
    return ConfigurationError(
        f"{error.filename}: {reason}; AFFILIATE_HOME must be a directory this user may write to"
    )
