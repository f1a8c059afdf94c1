"""`tocsin rules` expand, test, status, route, diff: what the files say."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.check import counted, loaded, report, rules_path, tests, told
from monitor.cli.rules.common import Commands, chosen, command, known_rules
from monitor.errors import RuleFileError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset


def configure(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    expand = command(commands, shared, "expand", "the long form of a watch: every default written out", _expand)
    expand.add_argument("watch", nargs="?", help="id of the watch (default: all)")
    test = command(commands, shared, "test", "run the tests that stand in the watches, and tell each", _test)
    test.add_argument("watch", nargs="?", help="id of the watch (default: all)")
    command(commands, shared, "status", "what is loaded, what is doubtful, and what the daemon decides by", _status)
    route = command(commands, shared, "route", "where an alert of a watch would go", _route)
    route.add_argument("watch", help="id of the watch")
    route.add_argument("--severity", default="high", choices=("info", "low", "high", "critical"))
    route.add_argument("--rule", action="append", default=[], metavar="ID", help="a rule that fired; may be repeated")
    diff = command(commands, shared, "diff", "what changed in meaning between two directories of rules", _diff)
    diff.add_argument("against", type=Path, metavar="DIR", help="the earlier version")


def _expand(args: argparse.Namespace) -> int:
    from monitor.core.rules.written import written

    print("---\n".join(written(w.long) for w in chosen(loaded(args.rules), args.watch)), end="")
    return 0


def _test(args: argparse.Namespace) -> int:
    ruleset = loaded(args.rules)
    report(ruleset.warnings, "warning: ")
    results = tests(ruleset, chosen(ruleset, args.watch))
    for result in results:
        print(told(result) if result.problems else f"ok   {result.watch.id}: {result.name}")
    failed = sum(bool(r.problems) for r in results)
    print(f"tocsin: {counted(len(results), 'test')}, {failed} failed", file=sys.stderr)
    return 1 if failed else 0


def _status(args: argparse.Namespace) -> int:
    try:
        ruleset = loaded(args.rules)
    except RuleFileError as error:
        report(error.faults)
        print("\n".join([*_quarantined(args.rules, error), *_decided_by(None)]))
        return 1
    print("\n".join([*_loaded(ruleset, args.rules), *_decided_by(ruleset)]))
    report(ruleset.warnings, "warning: ")
    return 0


def _quarantined(directory: Path | None, error: RuleFileError) -> Iterator[str]:
    """Which files are out, and what stands in for them in a daemon that runs or is started now."""
    from monitor import rulefiles
    from monitor.cli.run import good_rules
    from monitor.settings import Settings

    copy = good_rules(Settings.read())
    try:
        ruleset = rulefiles.start(rules_path(directory), copy)
    except RuleFileError:
        yield "quarantined all: there is no last good version, a daemon can't start"
        return
    since = f"{dt.datetime.fromtimestamp(copy.stat().st_mtime, dt.UTC):%Y-%m-%d %H:%M} UTC" if copy.is_file() else ""
    for file, faults in Counter(fault.file for fault in error.faults).items():
        kept = file in ruleset.files or not file.endswith((".yaml", ".yml"))
        what = f"its last good version, read {since}, goes on" if kept else "left out, there is no good version of it"
        yield f"quarantined {file}: {counted(faults, 'mistake')}; {what}"


def _loaded(ruleset: Ruleset, directory: Path | None) -> Iterator[str]:
    yield f"rules     {rules_path(directory)}, hash {ruleset.hash}, {counted(len(ruleset.sources), 'source')}"
    for watch in ruleset.watches:
        trials = sum(r.trial for r in watch.rules)
        off = sum(not r.enabled for r in watch.rules)
        rules = counted(len(watch.rules), "rule")
        more = "".join(f", {n} {what}" for n, what in ((trials, "on trial"), (off, "switched off")) if n)
        yield f"watch     {watch.id} {watch.hash}: {rules}{more}, {counted(len(watch.tests), 'test')}"
    for name in ruleset.unanchored:
        yield f"unanchored {name}: no word is required, so it looks at every item"


def _decided_by(ruleset: Ruleset | None) -> Iterator[str]:
    """By which rules the running daemon decides, as far as its decisions tell."""
    from monitor.core.records import DECISIONS
    from monitor.settings import Settings
    from monitor.store import is_new, open_store

    settings = Settings.read()
    if is_new(settings):
        return
    with open_store(settings) as store:
        records = store.view().latest(DECISIONS, limit=1000)
    if not records:
        return
    hash_ = records[0].rules_hash
    since = next((a for a, b in pairwise(records) if b.rules_hash != hash_), records[-1])
    same = "these" if ruleset and ruleset.hash == hash_ else "other rules than these"
    yield f"decided   by {hash_} ({same}) since {since.at:%Y-%m-%d %H:%M} UTC or earlier"


def _route(args: argparse.Namespace) -> int:
    from monitor.model import RuleId, Severity

    (watch,) = chosen(loaded(args.rules), args.watch)
    known_rules([watch], args.rule)
    rules = frozenset(RuleId(r) for r in args.rule)
    receivers = {f"chat:{chat}": f"{name}: chat {chat}" for name, chat in watch.receivers.items()}
    for route in watch.destinations(Severity(args.severity), rules):
        followers = ", ".join(_followers(watch.id, args.severity)) or "nobody yet"
        print(f"{route}: {followers}" if route == "followers" else receivers.get(route, route))
    for quiet in watch.quiet:
        if Severity(args.severity).rank <= quiet.at_most.rank:
            print(f"  between {quiet.start:%H:%M} and {quiet.end:%H:%M} ({quiet.tz}) it waits for the end")
    return 0


def _followers(watch: str, severity: str) -> Iterator[str]:
    from monitor.core.records import SUBSCRIBERS
    from monitor.model import Severity
    from monitor.settings import Settings
    from monitor.store import is_new, open_store

    settings = Settings.read()
    if is_new(settings):
        return
    with open_store(settings) as store:
        for subscriber in store.view().find(SUBSCRIBERS, "watch", [watch]):
            if subscriber.active:
                loud = Severity(severity).rank >= subscriber.level.rank
                yield f"chat {subscriber.chat}{'' if loud else f' (wants {subscriber.level} and above)'}"


def _diff(args: argparse.Namespace) -> int:
    from monitor.core.rules.diff import changes, heaviest, restarted

    before = {w.id: w for w in loaded(args.against).watches}
    after = {w.id: w for w in loaded(args.rules).watches}
    same = before.keys() == after.keys() and all(before[n].hash == after[n].hash for n in after)
    for name in sorted({*before, *after}):
        if name not in before or name not in after:
            print(f"{name}: {'new' if name in after else 'gone'} ({'minor' if name in after else 'major'})")
            continue
        found = changes(before[name].long, after[name].long)
        if found:
            print(f"{name}: {heaviest(found)}")
        for rule in restarted(before[name], after[name]):
            print(f"  memory of {rule!r} starts fresh")
        for change in found:
            print(f"  {change.weight:5} {change.path}: {_shown(change.before)} → {_shown(change.after)}")
    if same:
        print("nothing changed in meaning")
    return 0


def _shown(value: object) -> str:
    return "—" if value is None else str(value)
