"""What the subcommands of `tocsin rules` share."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset, Watch
    from monitor.model import Item

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


def loaded(directory: Path | None) -> Ruleset:
    """The rules of a directory, or the configured ones; raises RuleFileError."""
    from monitor import rulefiles
    from monitor.cli.check import rules_path
    from monitor.core.rules import load

    return load(rulefiles.read(rules_path(directory)))


def chosen(ruleset: Ruleset, name: str | None) -> tuple[Watch, ...]:
    """The watch of that id, or of that file, or all; raises UsageError if there is none."""
    if name is None:
        return ruleset.watches
    watch = ruleset.watch(name) or next((w for w in ruleset.watches if _is_of(w, name)), None)
    if watch is None:
        raise UsageError(f"no watch {name!r}; there are: {', '.join(w.id for w in ruleset.watches) or 'none'}")
    return (watch,)


def _is_of(watch: Watch, path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and (path == watch.file or path.endswith(f"/{watch.file}"))


def recorded(paths: Sequence[Path]) -> Iterator[Item]:
    """Recorded items in order of acceptance; without files, the store's history."""
    from monitor.replaying import item_of, versions
    from monitor.settings import Settings
    from monitor.store import open_store

    if not paths:
        with open_store(Settings.read()) as store:
            yield from store.history()
        return
    rows = [json.loads(line) for p in paths for line in p.read_text("utf-8").splitlines() if line.strip()]
    yield from versions(sorted(map(item_of, rows), key=lambda i: i.seen))
