"""Making files survive a crash.

Neither pyarrow's writer nor DuckDB's COPY calls fsync.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.disk import is_full
from core.errors import AffiliateError


def sync(path: Path) -> None:
    """Forces a file or a directory to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Checksum of a whole file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_directory(path: Path) -> None:
    """Creates a private directory and its parents; each survives a crash."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync(path.parent)


def link(staged: Path, final: Path) -> None:
    """Gives a finished file its final name, once and for all.

    Raises:
        FileExistsError: the name is taken; the file that has it is untouched.
    """
    staged.chmod(0o400)
    sync(staged)
    make_directory(final.parent)
    os.link(staged, final)
    sync(final.parent)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Writes a file that must not exist, with `mode` from its first byte on, and fsyncs it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def full_disk_in_one_line(path: Path) -> Iterator[None]:
    """Turns any library's "no space left" into one clear line.

    Raises:
        AffiliateError: the disk below `path` is full.
    """
    try:
        yield
    except AffiliateError:
        raise
    except Exception as error:
        if is_full(error):
            raise AffiliateError(
                f"the disk is full at {path}: what was committed is safe; free space and run again"
            ) from None
        raise
