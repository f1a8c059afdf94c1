"""The command line: one module a command, imported only when it is called.

A command module has `configure(parser)` and `run(args) -> int` (exit status 0, or 1 for findings or
failures). Results go to standard output, words for people to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from monitor.errors import TocsinError, UsageError

COMMANDS = {
    "run": "poll, decide and deliver until stopped",
    "demo": "five days of an invented conflict in two minutes, without network or token",
    "check": "read the rule files, report every mistake, run their tests",
    "rules": "expand, test, backtest, explain, pending, mute, unmute, route, diff, status",
    "parse": "bytes of a feed document → entries",
    "cluster": "items → stories, repeats, novelty",
    "extract": "items → claims, statements, events",
    "replay": "recorded items or documents → the alerts they would have caused",
    "explain": "why an item or alert was, or was not, sent",
    "ledger": "what has been claimed, by whom, through time",
    "story": "split or merge stories by hand",
    "claim": "reject a claim by hand",
    "sources": "health of the sources; test, discover, import, export",
    "status": "queues, last decisions, what can't be seen at present",
    "health": "exit 0 if the running daemon is well (for HEALTHCHECK)",
    "doctor": "check the installation, and with --chat a real Telegram token",
    "init": "write sources, actors and a first watch",
    "schema": "JSON Schema of the rule files",
}


def load(command: str) -> ModuleType:
    """The module of a command; raises ModuleNotFoundError for one that does not exist."""
    return importlib.import_module(f"monitor.cli.{command}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; exit status 0, 1 for findings or failures, 2 for wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        return _overview(words)
    module = load(words[0])
    parser = argparse.ArgumentParser(prog=f"tocsin {words[0]}", description=module.__doc__)
    module.configure(parser)
    args = parser.parse_args(words[1:])
    try:
        return int(module.run(args))
    except UsageError as error:
        parser.error(str(error))
    except TocsinError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader went away (`| head`); point stdout elsewhere so that shutdown does not fail too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _overview(words: Sequence[str]) -> int:
    lines = "\n".join(f"  {name:9} {what}" for name, what in COMMANDS.items())
    text = f"usage: tocsin COMMAND [ARG ...]\n\n{lines}\n\n`tocsin COMMAND --help` tells more."
    if words and words[0] in {"-h", "--help", "help"}:
        print(text)
        return 0
    if words and words[0] == "--version":
        from monitor import __version__

        print(f"tocsin {__version__}")
        return 0
    print(f"tocsin: no command {words[0]!r}\n{text}" if words else text, file=sys.stderr)
    return 2
