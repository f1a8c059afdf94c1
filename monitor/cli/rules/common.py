"""What the subcommands of `tocsin rules` share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset, Watch

Commands = Any
"""What `add_subparsers` gives; argparse does not name its type."""


def command(
    commands: Commands,
    shared: argparse.ArgumentParser,
    name: str,
    what: str,
    call: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """A subcommand with the shared arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(name, parents=[shared], help=what, description=what)
    parser.set_defaults(call=call)
    return parser


def chosen(ruleset: Ruleset, name: str | None) -> tuple[Watch, ...]:
    """The watch of that id, or of that file, or all; raises UsageError if there is none."""
    if name is None:
        return ruleset.watches
    watch = ruleset.watch(name) or next((w for w in ruleset.watches if _is_of(w, name)), None)
    if watch is None:
        raise UsageError(f"no watch {name!r}; there are: {', '.join(w.id for w in ruleset.watches) or 'none'}")
    return (watch,)


def known_rules(watches: Iterable[Watch], rules: Iterable[str]) -> None:
    """Raise UsageError for a rule that none of the watches has."""
    there = {str(rule.id) for watch in watches for rule in watch.rules}
    for rule in rules:
        if rule not in there:
            from monitor.core.rules.faults import did_you_mean

            raise UsageError(f"no rule {rule!r}; {did_you_mean(rule, there)}")


def _is_of(watch: Watch, path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and (path == watch.file or path.endswith(f"/{watch.file}"))
