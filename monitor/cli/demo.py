"""Five days of an invented conflict in about a minute: the real daemon polls eight example outlets on loopback.

Needs no network and no token, and leaves nothing behind. Messages appear as a subscriber gets them.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.demo.play import Summary


def configure(parser: argparse.ArgumentParser) -> None:
    """`--seconds`: how long the five days take."""
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the five days take (default: 60)")


def run(args: argparse.Namespace) -> int:
    """0 if messages were sent."""
    from monitor import log
    from monitor.demo import script
    from monitor.demo.play import play

    log.set_up("ERROR", [])
    told = script.load()
    print(f"Five days, {told.start:%a %d %b} to {told.end:%a %d %b}, eight example outlets, one watch of ten lines.\n")
    summary = play(told, args.seconds, sys.stdout)
    print(_table(summary))
    return 0 if summary.messages else 1


def _table(summary: Summary) -> str:
    rows = [(name, getattr(summary, name)) for name in ("items", "stories", "claims", "developments", "messages")]
    lines = ["What became of the five days", *(f"  {name:13}{count:5}" for name, count in rows), ""]
    lines += ["Items that caused no message, and why", *(f"  {count:5}  {why}" for why, count in summary.unsent)]
    return "\n".join(lines)
