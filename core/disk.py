"""Recognise a full disk in the errors of different libraries, and describe errors of the system."""

from __future__ import annotations

import errno
import os

from core.errors import AffiliateError, ConfigurationError

#: Messages of the C library (also in pyarrow and DuckDB), then those of SQLite.
_MESSAGES = (
    *map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)),
    "database or disk is full",
    "disk I/O error",
)


def is_full(problem: BaseException | str) -> bool:
    """Return whether an error, or its text, reports a full disk, quota or file size limit."""
    return any(message in str(problem) for message in _MESSAGES)


def refusal(error: OSError) -> AffiliateError:
    """Return an operating system error as a one-line error for the user."""
    if is_full(error):
        return AffiliateError(
            "the disk is full: what was committed is safe; free space and run again"
        )
    reason = (error.strerror or type(error).__name__).lower()
    if error.filename is None:
        return AffiliateError(f"the operating system reported an error: {reason}")
    return ConfigurationError(
        f"{error.filename}: {reason}; AFFILIATE_HOME must be a directory this user may write to"
    )
