"""Exit 0 if the daemon on this database is well: each of its loops was alive within the last minute."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

FRESH = dt.timedelta(seconds=60)
"""A loop that has not been alive for this long is not well; each one reports every ten seconds."""


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - a command's signature
    """0 if well; else 1, and what is wrong on standard error."""
    from monitor import clock
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        stale = ailing(store.beats(), clock.now())
    for line in stale:
        print(f"tocsin: {line}", file=sys.stderr)
    return 1 if stale else 0


def ailing(beats: dict[str, dt.datetime], now: dt.datetime) -> list[str]:
    """What is wrong with these heartbeats, a line a loop; nothing if the daemon is well."""
    if not beats:
        return ["the daemon has not started yet"]
    old = {loop: now - at for loop, at in sorted(beats.items()) if now - at > FRESH}
    return [f"the {loop} loop was last alive {age.total_seconds():.0f} s ago" for loop, age in old.items()]
