"""Exit 0 if the daemon here is well: each of its loops was alive within the last minute."""

from __future__ import annotations

import argparse
import datetime as dt
import pathlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.settings import Settings

_GONE = dt.timedelta(days=1)
"""A machine that was silent for so long, while others were not, was taken away."""
FRESH = dt.timedelta(seconds=60)
"""A loop that has not been alive for this long is not well; each one reports every ten seconds."""


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - a command's signature
    """0 if well; else 1, and what is wrong on standard error."""
    from monitor import clock
    from monitor.settings import Settings
    from monitor.store import open_store

    settings = Settings.read()
    with open_store(settings) as store:
        stale = ailing(_of_this(store.beats(), settings), clock.now())
    for line in stale:
        print(f"tocsin: {line}", file=sys.stderr)
    return 1 if stale else 0


def _of_this(beats: dict[str, dt.datetime], settings: Settings) -> dict[str, dt.datetime]:
    """Those of the process of this state directory, where several share a database."""
    from monitor import life

    if isinstance(settings.database, pathlib.Path):
        return beats
    mark = f"@{life.name(settings.state)}"
    return {loop: at for loop, at in beats.items() if loop.endswith(mark)}


def ailing(beats: dict[str, dt.datetime], now: dt.datetime) -> list[str]:
    """What is wrong with these heartbeats, a line a loop; nothing if the daemon is well."""
    if not beats:
        return ["the daemon has not started yet"]
    newest = max(beats.values())
    old = {loop: now - at for loop, at in sorted(beats.items()) if now - at > FRESH and newest - at < _GONE}
    return [f"the {loop} loop was last alive {age.total_seconds():.0f} s ago" for loop, age in old.items()]
