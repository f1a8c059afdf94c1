"""`tocsin rules explain`: what the rules made of what has come, and what they would make of it now."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.check import loaded
from monitor.cli.rules.common import Commands, chosen, command, known_rules

if TYPE_CHECKING:
    from monitor.core.records import Verdict
    from monitor.core.rules import Ruleset
    from monitor.core.view import View


def configure(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    explain = command(
        commands, shared, "explain", "why rules fired for an item, or did not: clause by clause", _explain
    )
    explain.add_argument("id", help="an item, or an alert")
    explain.add_argument("--rule", metavar="ID", help="only this rule")
    explain.add_argument("--watch", metavar="ID", help="only this watch")
    explain.add_argument("--items", type=Path, metavar="FILE", help="recorded items instead of the store's history")


def _explain(args: argparse.Namespace) -> int:
    ruleset = loaded(args.rules)
    known_rules(chosen(ruleset, args.watch), [args.rule] if args.rule else [])
    lines = list(_recorded(args, ruleset) if args.items else _stored(args, ruleset))
    if not lines:
        print(f"tocsin: nothing here has the id {args.id!r}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _recorded(args: argparse.Namespace, ruleset: Ruleset) -> Iterator[str]:
    """Replay up to the item, so that the rules' memory is what it was."""
    from monitor.cli.replay import recorded
    from monitor.replaying import replay
    from monitor.store.memory import MemoryView

    view = MemoryView()
    items = list(recorded([args.items]))
    last = max((n for n, item in enumerate(items) if item.id == args.id), default=-1)
    for decision in list(replay(items[: last + 1], ruleset, view))[-1:]:
        yield from _about(decision.record.item, view, ruleset, args)


def _stored(args: argparse.Namespace, ruleset: Ruleset) -> Iterator[str]:
    from monitor.core.records import ALERTS
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        view = store.view()
        alert = view.get(ALERTS, args.id)
        yield from _about(alert.item if alert else args.id, view, ruleset, args)


def _about(name: str, view: View, ruleset: Ruleset, args: argparse.Namespace) -> Iterator[str]:
    from monitor.core.records import DECISIONS, ITEMS
    from monitor.core.rules.explain import Question, explained
    from monitor.core.stories import SIGNATURES, resolve

    item = view.get(ITEMS, name)
    record = view.get(DECISIONS, f"{name}#{item.version}") if item else None
    if item is None or record is None:
        return
    yield f"{item.id} version {item.version}, {item.seen:%Y-%m-%d %H:%M} UTC: {item.title or item.text[:80]}"
    for verdict in record.verdicts:
        if args.watch in (None, verdict.watch):
            yield from _decided(verdict, args.rule)
    signature = view.get(SIGNATURES, name)
    story = resolve(signature.story if signature else record.placement.story, view)
    yield f"now, by rules {ruleset.hash}:"
    for watch in chosen(ruleset, args.watch):
        selection = watch.selects(item, record.reading, record.placement, ruleset.sources.get(item.source))
        asked = Question(watch, selection, record.developments, item, story, view)
        yield from (f"  {line}" for line in explained(asked, args.rule))


def _decided(verdict: Verdict, rule: str | None) -> Iterator[str]:
    yield f"decided, {verdict.watch}: {verdict.outcome or 'no alert'}: {verdict.why}"
    yield from (f"    {clause}" for clause in verdict.clauses if rule is None or clause.startswith(f"{rule}:"))
    for miss in verdict.missed:
        if rule in (None, miss.rule):
            yield f"    nearly, {miss.rule}: {miss.why}"
