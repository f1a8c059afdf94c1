"""Named points at which a test can have this process die as if the power went; inert otherwise.

`TOCSIN_FAILPOINT=NAME` kills the process (SIGKILL: no handler, no clean-up runs) when NAME is reached,
`NAME:3` when it is reached for the third time.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_VARIABLE = "TOCSIN_FAILPOINT"
_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Die here if this point was chosen."""
    chosen = os.environ.get(_VARIABLE)
    if not chosen:
        return
    point, _, nth = chosen.partition(":")
    if point != name:
        return
    _reached[name] += 1
    if _reached[name] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
