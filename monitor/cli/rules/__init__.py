"""Look at the rules from all sides: what they mean, whether their tests hold, what they have sent and would have."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

_PARTS = ("meaning", "why", "backtest", "waiting")
"""Modules that each bring some subcommands."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--rules", type=Path, metavar="DIR", help="rule files (default: the configured ones)")
    for part in _PARTS:
        importlib.import_module(f"monitor.cli.rules.{part}").configure(commands, shared)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand; each has set `call`."""
    return int(args.call(args))
