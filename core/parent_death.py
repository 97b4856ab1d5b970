"""Children that end with their parent, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(how: signal.Signals, parent: int | None = None) -> None:
    """Has the kernel send a signal to this process when its parent dies; Linux only.

    Args:
        how: The signal; it survives an exec.
        parent: Its process id as the parent itself saw it; if it died meanwhile, this process ends.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), how)
