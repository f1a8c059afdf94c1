"""Processes that tests start, and that must not outlive them."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Let the kernel kill this process when the one that started it ends, however that comes about.

    For the first lines of a forked process, or as `preexec_fn` (it outlasts the exec). Linux only; elsewhere a
    test's own `close` has to do.
    """
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
