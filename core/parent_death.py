"""End a child process together with its parent, however the parent ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(how: signal.Signals, parent: int | None = None) -> None:
    """Ask the kernel to signal this process when its parent dies; Linux only.

    Args:
        how: The signal; the request survives an exec.
        parent: The parent's process id. If that process has already died, this one ends.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), how)
