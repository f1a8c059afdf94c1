"""Processes that tests start, and that must not outlive them."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
# Looked up beforehand: between fork and exec nothing may wait for a lock that a thread of the parent held.
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_parent():
    """Let the kernel kill this process when the one that started it ends, however that comes about.

    For the first lines of a forked process, or as `preexec_fn` (it outlasts the exec). Linux only; elsewhere a
    test's own `close` has to do.
    """
    if _PRCTL is not None:
        parent = os.getppid()
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
