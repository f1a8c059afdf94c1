"""Health of the sources; `test`, `discover`, `import` and `export` them.

Without a subcommand: how every source fares in the running daemon's database (exit status 1 if one is bad).
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

_ACTIONS = {
    "test": "poll one source once and show everything that came",
    "discover": "find the feeds that a web page points to",
    "import": "feeds of an OPML list → entries for sources.yaml",
    "export": "the configured feeds as an OPML list",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    adders: dict[str, Callable[[argparse.ArgumentParser], object]] = {
        "test": _configure_test,
        "discover": _configure_page,
        "import": lambda p: p.add_argument("file", metavar="FILE", help="an OPML file; - is standard input"),
        "export": lambda _: None,
    }
    for name, what in _ACTIONS.items():
        adders[name](actions.add_parser(name, help=what, description=what))


def run(args: argparse.Namespace) -> int:
    """0 if all is well, else 1."""
    if args.action in {"test", "discover"}:
        return int(importlib.import_module("monitor.cli.sources.look").run(args))
    if args.action in {"import", "export"}:
        return int(importlib.import_module("monitor.cli.sources.lists").run(args))
    return int(importlib.import_module("monitor.cli.sources.health").run(args))


def _configure_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="URL|ID", help="an address, or the id of a configured source")
    parser.add_argument(
        "--format", default="feed", choices=("feed", "channel", "sitemap", "cap"), help="what an address leads to"
    )
    _private(parser)


def _configure_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="a page of the publisher")
    _private(parser)


def _private(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--private", action="store_true", help="the address may be in a private network")
