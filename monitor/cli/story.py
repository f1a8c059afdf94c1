"""Split or merge stories by hand; alerts that compared what does not belong together are corrected.

tocsin story split STORY ITEM…    these items are another affair
tocsin story merge STORY STORY    two stories are one
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.mending import Mended
    from monitor.core.view import Draft


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True)
    split = actions.add_parser("split", help="move items into a story of their own")
    split.add_argument("story", metavar="STORY")
    split.add_argument("items", nargs="+", metavar="ITEM")
    merge = actions.add_parser("merge", help="make two stories one")
    merge.add_argument("story", metavar="STORY")
    merge.add_argument("other", metavar="STORY")


def run(args: argparse.Namespace) -> int:
    """Carry it out in one transaction and say what was done."""
    return carry_out(lambda draft, now: _mended(args, draft, now))


def carry_out(change: Callable[[Draft, dt.datetime], Mended]) -> int:
    """Make a change by hand to the configured store, with the messages it sends, and print what it did."""
    from monitor.clock import now
    from monitor.core.view import Draft
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        draft = Draft(store.view())
        done = change(draft, now())
        store.apply(draft.changes(), done.messages)
    print("\n".join(done.what))
    return 0


def _mended(args: argparse.Namespace, draft: Draft, now: dt.datetime) -> Mended:
    from monitor.core import mending

    if args.action == "merge":
        return mending.merge(args.story, args.other, now, draft)
    return mending.split(args.story, args.items, now, draft)
