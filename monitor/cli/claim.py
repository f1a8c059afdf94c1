"""Reject a claim that was read wrongly: it no longer counts, and everybody who was told of it hears so.

tocsin claim reject CLAIM --why WORDS    CLAIM is an id that `tocsin ledger` shows
"""

from __future__ import annotations

import argparse

from monitor.cli.story import carry_out


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True)
    reject = actions.add_parser("reject", help="take a claim out of the ledger")
    reject.add_argument("claim", metavar="CLAIM")
    reject.add_argument("--why", required=True, metavar="WORDS", help="told to everybody who got the claim")


def run(args: argparse.Namespace) -> int:
    """Carry it out in one transaction and say what was done."""
    from monitor.core import mending

    return carry_out(lambda draft, now: mending.reject(args.claim, args.why, now, draft))
