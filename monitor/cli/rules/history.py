"""`tocsin rules` explain, backtest: what the rules made of what has come, and what they would make of it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.rules.common import Commands, chosen, command, loaded
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset
    from monitor.core.view import View
    from monitor.model import Alert, Item


def configure(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    explain = command(
        commands, shared, "explain", "why rules fired for an item, or did not: clause by clause", _explain
    )
    explain.add_argument("id", help="an item, or an alert")
    explain.add_argument("--rule", metavar="ID", help="only this rule")
    explain.add_argument("--watch", metavar="ID", help="only this watch")
    explain.add_argument("--items", type=Path, metavar="FILE", help="recorded items instead of the store's history")
    backtest = command(commands, shared, "backtest", "what the rules would have sent, per day and rule", _backtest)
    backtest.add_argument("paths", nargs="*", type=Path, metavar="FILE", help="recorded items (default: the store's)")
    backtest.add_argument("--since", default="30d", metavar="TIME", help="how far back, as 30d, or a date (30d)")
    backtest.add_argument("--against", type=Path, metavar="DIR", help="other rules: what changes against them")
    backtest.add_argument("--svg", type=Path, metavar="FILE", help="draw alerts a day into a file")


# --- explain -----------------------------------------------------------------------------


def _explain(args: argparse.Namespace) -> int:
    ruleset = loaded(args.rules)
    lines = list(_recorded(args, ruleset) if args.items else _stored(args, ruleset))
    if not lines:
        print(f"tocsin: nothing here has the id {args.id!r}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _recorded(args: argparse.Namespace, ruleset: Ruleset) -> Iterator[str]:
    """Replay up to the item, so that the rules' memory is what it was."""
    from monitor.replaying import replay
    from monitor.store.memory import MemoryView

    view = MemoryView()
    items = list(_items([args.items]))
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

    item = view.get(ITEMS, name)
    record = view.get(DECISIONS, f"{name}#{item.version}") if item else None
    if item is None or record is None:
        return
    yield f"{item.id} version {item.version}, {item.seen:%Y-%m-%d %H:%M} UTC: {item.title or item.text[:80]}"
    for verdict in record.verdicts:
        if args.watch in (None, verdict.watch):
            yield f"decided, {verdict.watch}: {verdict.outcome or 'no alert'}: {verdict.why}"
            yield from (f"    {c}" for c in verdict.clauses if args.rule is None or c.startswith(f"{args.rule}:"))
    yield f"now, by rules {ruleset.hash}:"
    for watch in chosen(ruleset, args.watch):
        selection = watch.selects(item, record.reading, record.placement, ruleset.sources.get(item.source))
        asked = Question(watch, selection, record.developments, item, record.placement.story, view)
        yield from (f"  {line}" for line in explained(asked) if _wanted(line, args.rule))


def _wanted(line: str, rule: str | None) -> bool:
    return rule is None or not line.startswith("  ") or line.startswith(f"  {rule}:")


# --- backtest ----------------------------------------------------------------------------


def _backtest(args: argparse.Namespace) -> int:
    items = list(_items(args.paths))
    if not items:
        raise UsageError("no items: name a file of recorded ones, or let `tocsin run` gather some")
    since = _since(args.since, items[-1].seen)
    mine = _sent(items, loaded(args.rules), since)
    theirs = _sent(items, loaded(args.against), since) if args.against else None
    print("\n".join([*_table(mine, theirs), "", *_load(mine)]))
    if theirs is not None:
        print("\n".join(["", *_differing(mine, theirs)]))
    if args.svg:
        args.svg.write_text(svg(mine, theirs), "utf-8")
    return 0


def _items(paths: Sequence[Path]) -> Iterator[Item]:
    """Recorded items in order of acceptance, or the store's history."""
    from monitor.replaying import item_of, versions

    if not paths:
        yield from _history()
        return
    rows = [json.loads(line) for p in paths for line in p.read_text("utf-8").splitlines() if line.strip()]
    yield from versions(sorted(map(item_of, rows), key=lambda i: i.seen))


def _history() -> Iterator[Item]:
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        yield from store.history()


def _since(text: str, last: dt.datetime) -> dt.datetime:
    from monitor.core.rules.form import seconds
    from monitor.replaying import time_of

    try:
        return last - dt.timedelta(seconds=seconds(text))
    except ValueError:
        time = time_of(text)
        if time is None:
            raise UsageError(f"{text!r} is neither a length of time (30d) nor a date") from None
        return time


def _sent(items: Iterable[Item], ruleset: Ruleset, since: dt.datetime) -> list[Alert]:
    from monitor.model import Outcome
    from monitor.replaying import replay

    alerts = (a for decision in replay(items, ruleset) for a in decision.alerts)
    return [a for a in alerts if a.outcome is Outcome.SENT and a.at >= since]


def _table(mine: Sequence[Alert], theirs: Sequence[Alert] | None) -> Iterator[str]:
    """Alerts per day and rule; with other rules to compare, as `now (before)`."""
    ours, others = _counts(mine), _counts(theirs or ())
    rules = sorted({rule for _, rule in {**ours, **others}})
    days = sorted({day for day, _ in {**ours, **others}})
    width = max([len(r) for r in rules], default=4)
    yield f"{'rule':{width}}  " + "  ".join(f"{day[5:]:>8}" for day in days)
    for rule in rules:
        cells = [_cell(ours[day, rule], others[day, rule] if theirs is not None else None) for day in days]
        yield f"{rule:{width}}  " + "  ".join(f"{c:>8}" for c in cells)


def _cell(now: int, before: int | None) -> str:
    if before is None or before == now:
        return str(now or "·")
    return f"{now} ({before})"


def _counts(alerts: Iterable[Alert]) -> Counter[tuple[str, str]]:
    """(day, watch/rule) → alerts in which it was a reason."""
    return Counter((f"{a.at:%Y-%m-%d}", f"{a.watch}/{rule}") for a in alerts for rule in {r.rule for r in a.reasons})


def _load(alerts: Sequence[Alert]) -> Iterator[str]:
    """What a follower of each watch would get a day."""
    for watch in sorted({a.watch for a in alerts}):
        days = Counter(f"{a.at:%Y-%m-%d}" for a in alerts if a.watch == watch)
        loud = sum(a.severity.rank >= 2 for a in alerts if a.watch == watch)
        yield (
            f"{watch}: {sum(days.values())} alerts on {len(days)} days, {sum(days.values()) / len(days):.1f} a day, "
            f"at most {max(days.values())}; {loud} high or critical"
        )


def _differing(mine: Sequence[Alert], theirs: Sequence[Alert]) -> Iterator[str]:
    def key(alert: Alert) -> tuple[str, str, str, str]:
        return (alert.at.isoformat(), str(alert.item), str(alert.watch), str(alert.severity))

    ours, others = {key(a): a for a in mine}, {key(a): a for a in theirs}
    for name in sorted({*ours, *others}):
        if (name in ours) != (name in others):
            alert = ours.get(name) or others[name]
            sign = "+" if name in ours else "-"
            yield f"{sign} {alert.at:%Y-%m-%d %H:%M} {alert.severity:8} {alert.watch} {alert.item}: {alert.why}"


def svg(mine: Sequence[Alert], theirs: Sequence[Alert] | None) -> str:
    """Alerts a day as bars, the compared rules' as outlines; self-contained, readable in light and dark."""
    ours = Counter(a.at.date() for a in mine)
    others = Counter(a.at.date() for a in theirs or ())
    first, last = min({*ours, *others}, default=dt.date(1970, 1, 1)), max({*ours, *others}, default=dt.date(1970, 1, 1))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    top = max([*ours.values(), *others.values()], default=1)
    bars = "".join(_bar(n, day, ours[day], others[day], top) for n, day in enumerate(days))
    width = 24 * len(days) + 60
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 180" font-family="sans-serif" font-size="9">'
        f"<style>rect{{fill:#4477aa}}.b{{fill:none;stroke:#ee6677}}text{{fill:#777}}</style>"
        f'<text x="4" y="14">alerts a day (outline: compared rules)</text>{bars}</svg>\n'
    )


def _bar(number: int, day: dt.date, now: int, before: int, top: int) -> str:
    x, scale = 30 + 24 * number, 120 / top
    label = f'<text x="{x}" y="165">{day:%m-%d}</text>' if number % 2 == 0 else ""
    outline = f'<rect class="b" x="{x}" y="{150 - before * scale:.1f}" width="16" height="{before * scale:.1f}"/>'
    return (
        f'<rect x="{x}" y="{150 - now * scale:.1f}" width="16" height="{now * scale:.1f}">'
        f"<title>{day}: {now}</title></rect>{outline if before else ''}"
        f'<text x="{x + 2}" y="{146 - now * scale:.1f}">{now or ""}</text>{label}'
    )
