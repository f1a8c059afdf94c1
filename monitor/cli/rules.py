"""Look at the rules from all sides: what they mean, whether their tests hold, what they would have sent."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.check import report, rules_path, tests, told
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset, Watch


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    expand = _command(commands, "expand", "the long form of a watch: every default written out")
    expand.add_argument("watch", nargs="?", help="id of the watch (default: all)")
    test = _command(commands, "test", "run the tests that stand in the watches, and tell each")
    test.add_argument("watch", nargs="?", help="id of the watch (default: all)")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=what)
    parser.add_argument("--rules", type=Path, metavar="DIR", help="rule files (default: the configured ones)")
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand."""
    return {"expand": _expand, "test": _test}[args.command](args)


def _loaded(args: argparse.Namespace) -> Ruleset:
    from monitor import rulefiles
    from monitor.core.rules import load

    return load(rulefiles.read(rules_path(args.rules)))


def _chosen(ruleset: Ruleset, name: str | None) -> tuple[Watch, ...]:
    if name is None:
        return ruleset.watches
    watch = ruleset.watch(name)
    if watch is None:
        raise UsageError(f"no watch {name!r}; there are: {', '.join(w.id for w in ruleset.watches) or 'none'}")
    return (watch,)


def _expand(args: argparse.Namespace) -> int:
    from monitor.core.rules.written import written

    print("---\n".join(written(w.long) for w in _chosen(_loaded(args), args.watch)), end="")
    return 0


def _test(args: argparse.Namespace) -> int:
    ruleset = _loaded(args)
    report(ruleset.warnings, "warning: ")
    wanted = {w.id for w in _chosen(ruleset, args.watch)}
    results = [r for r in tests(ruleset) if r.watch.id in wanted]
    for result in results:
        print(told(result) if result.problems else f"ok   {result.watch.id}: {result.name}")
    failed = sum(bool(r.problems) for r in results)
    print(f"tocsin: {len(results)} tests, {failed} failed", file=sys.stderr)
    return 1 if failed else 0
