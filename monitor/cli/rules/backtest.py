"""`tocsin rules backtest`: what the rules would have sent, who would have got how much, and what never happened."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.check import loaded
from monitor.cli.replay import SINCE, since_of
from monitor.cli.rules import picture
from monitor.cli.rules.common import Commands, chosen, command
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.core.records import Decision, Miss
    from monitor.core.rules import Ruleset
    from monitor.model import Alert, Item, ItemId, Message

_MOST_COLUMNS = 14
_MOST_TOLD = 12
Key = tuple[str, str]
"""A day (or the Monday of a week), and watch/rule."""


def configure(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare the subcommand."""
    backtest = command(commands, shared, "backtest", "what the rules would have sent, per day and rule", _backtest)
    backtest.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="recorded items or documents, as for `tocsin replay` (default: the store's)",
    )
    backtest.add_argument("--since", default="30d", metavar="TIME", help=f"how far back: {SINCE} (30d)")
    backtest.add_argument("--against", type=Path, metavar="DIR", help="other rules: what changes against them")
    backtest.add_argument("--watch", metavar="ID", help="only this watch")
    backtest.add_argument("--svg", type=Path, metavar="FILE", help="draw the table into a file")


@dataclass
class Outcome:
    """What a set of rules makes of a history, since a time."""

    ruleset: Ruleset
    alerts: list[Alert] = field(default_factory=list)
    """Those sent."""
    messages: dict[str, list[Message]] = field(default_factory=dict)
    """Watch → what somebody who follows it alone, with the usual settings, would get."""
    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(watch, outcome) → alerts that were not sent, and items for which a rule had no key."""
    missed: dict[Key, tuple[Miss, ItemId]] = field(default_factory=dict)
    """(watch, rule) → where it came nearest to firing."""


def _backtest(args: argparse.Namespace) -> int:
    from monitor.cli.replay import recorded

    items = list(recorded(args.paths))
    if not items:
        raise UsageError("no items: name a file of recorded ones, or let `tocsin run` gather some")
    since, ruleset = since_of(args.since, items[-1].seen), loaded(args.rules)
    watch = chosen(ruleset, args.watch)[0].id if args.watch else None
    mine = _outcome(items, ruleset, since, watch)
    theirs = _outcome(items, loaded(args.against), since, watch) if args.against else None
    days = f"{max(since, items[0].seen):%Y-%m-%d} to {items[-1].seen:%Y-%m-%d}"
    print("\n".join([f"{len(items)} items, {days}, rules {mine.ruleset.hash}", *_table(mine, theirs)]))
    print("\n".join(["", *_load(mine), *_silent(mine, items)]))
    if theirs is not None:
        print("\n".join(["", *_differing(mine.alerts, theirs.alerts)]))
    if args.svg:
        _draw(args.svg, mine, theirs)
    return 0


def _draw(file: Path, mine: Outcome, theirs: Outcome | None) -> None:
    counts, before = _counts(mine.alerts, days=True), _counts(theirs.alerts, days=True) if theirs else None
    try:
        file.write_text(picture.svg(counts, before), "utf-8")
    except OSError as error:
        raise UsageError(f"can't write {file}: {error.strerror}") from error


def _outcome(items: Iterable[Item], ruleset: Ruleset, since: dt.datetime, watch: str | None) -> Outcome:
    from monitor.core.records import SUBSCRIBERS
    from monitor.core.view import Put
    from monitor.model import ChatId, Subscriber
    from monitor.replaying import replay
    from monitor.store.memory import MemoryView

    watches = [w.id for w in ruleset.watches if watch in (None, w.id)]
    chats = {ChatId(number): name for number, name in enumerate(watches, 1)}
    view, out = MemoryView(), Outcome(ruleset, messages={name: [] for name in watches})
    view.apply(Put(SUBSCRIBERS, Subscriber(chat, (name,))) for chat, name in chats.items())
    for decision in replay(items, ruleset, view):
        if decision.record.at >= since:
            _note(decision, out)
            for message in decision.messages:
                if message.chat in chats and message.alerts and message.kind != "edit":
                    out.messages[chats[message.chat]].append(message)
    return out


def _note(decision: Decision, out: Outcome) -> None:
    from monitor.model import Outcome as Ending

    for alert in decision.alerts:
        if alert.watch not in out.messages:
            continue
        if alert.outcome is Ending.SENT:
            out.alerts.append(alert)
        else:
            out.withheld[alert.watch, alert.outcome] += 1
    for verdict in decision.record.verdicts:
        if any("not evaluable" in text for text in (*verdict.clauses, *(m.why for m in verdict.missed))):
            out.withheld[verdict.watch, "not evaluable"] += 1
        for miss in verdict.missed:
            known = out.missed.get((verdict.watch, miss.rule))
            if known is None or miss.near > known[0].near:
                out.missed[verdict.watch, miss.rule] = miss, decision.record.item


# --- the table ---------------------------------------------------------------------------


def _table(mine: Outcome, theirs: Outcome | None) -> Iterator[str]:
    """Alerts per day and rule, a total below; with other rules to compare, as `now (before)`."""
    every = picture.days({a.at.date().isoformat() for a in (*mine.alerts, *(theirs.alerts if theirs else ()))})
    if not every:
        yield "no alerts"
        return
    days = len(every) <= _MOST_COLUMNS
    ours, others = _counts(mine.alerts, days=days), _counts(theirs.alerts, days=days) if theirs else None
    rules = sorted({rule for _, rule in {**ours, **(others or {})}} - {""})
    columns = every if days else sorted({_monday(dt.date.fromisoformat(day)) for day in every})
    width = max([len(r) for r in rules], default=0) + 2
    yield f"{'' if days else 'week of':{width}}" + "".join(f"{day[5:]:>10}" for day in columns)
    for rule in [*rules, ""]:
        cells = [_cell(ours[day, rule], others[day, rule] if others is not None else None) for day in columns]
        yield f"{rule or 'alerts':{width}}" + "".join(f"{c:>10}" for c in cells)


def _cell(now: int, before: int | None) -> str:
    if before is None or before == now:
        return str(now or "·")
    return f"{now} ({before})"


def _counts(alerts: Iterable[Alert], *, days: bool) -> Counter[Key]:
    """(day or Monday, watch/rule) → alerts in which it was a reason; an empty rule counts each alert once."""
    found: Counter[Key] = Counter()
    for alert in alerts:
        day = alert.at.date().isoformat() if days else _monday(alert.at.date())
        found.update({(day, ""), *((day, f"{alert.watch}/{r.rule}") for r in alert.reasons)})
    return found


def _monday(day: dt.date) -> str:
    return (day - dt.timedelta(days=day.weekday())).isoformat()


# --- what it means for people ------------------------------------------------------------


def _load(outcome: Outcome) -> Iterator[str]:
    """What somebody with the usual settings who follows one watch would get."""
    for watch, messages in outcome.messages.items():
        days = Counter(m.created.date() for m in messages)
        if not messages:
            yield f"{watch}: a follower would get nothing{_kept_back(outcome, watch)}"
            continue
        worst, most = max(days.items(), key=lambda d: (d[1], d[0]))
        span = (max(days) - min(days)).days + 1
        sounding = sum(not m.silent for m in messages)
        yield (
            f"{watch}: a follower would get {len(messages)} messages in {span} days, {len(messages) / span:.1f} a day, "
            f"at most {most} (on {worst:%m-%d}); {sounding} with sound{_kept_back(outcome, watch)}"
        )


def _kept_back(outcome: Outcome, watch: str) -> str:
    counted = (f"{n} {ending}" for (name, ending), n in sorted(outcome.withheld.items()) if name == watch)
    return "".join(f"; {text}" for text in counted)


def _silent(outcome: Outcome, items: Sequence[Item]) -> Iterator[str]:
    """What never happened: rules that did not fire, with where they came nearest; words that never occurred."""
    fired = {(a.watch, r.rule) for a in outcome.alerts for r in a.reasons}
    for watch in outcome.ruleset.watches:
        if watch.id not in outcome.messages:
            continue
        for rule in watch.rules:
            if rule.enabled and not rule.trial and (watch.id, rule.id) not in fired:
                yield f"never fired: {watch.id}/{rule.id}{_nearest(outcome, (watch.id, rule.id))}"
        unseen = _unseen(outcome.ruleset, watch.id, items)
        if unseen:
            more = f" and {len(unseen) - _MOST_TOLD} more" if len(unseen) > _MOST_TOLD else ""
            yield f"never seen, words of {watch.id}: {', '.join(unseen[:_MOST_TOLD])}{more}"


def _nearest(outcome: Outcome, key: Key) -> str:
    if key not in outcome.missed:
        return ""
    miss, item = outcome.missed[key]
    return f"; the nearest was item {item}: {miss.why}"


def _unseen(ruleset: Ruleset, watch: str, items: Sequence[Item]) -> list[str]:
    from monitor.core.rules.match import Case
    from monitor.core.rules.reach import terms_of

    terms = [t for w in ruleset.watches if w.id == watch for t in terms_of(w)]
    for item in items:
        case = Case(item, ruleset.sources.get(item.source), ruleset.vocabulary, ruleset.registry)
        terms = [t for t in terms if not t.holds(case)]
    return sorted({t.written for t in terms})


def _differing(mine: Sequence[Alert], theirs: Sequence[Alert]) -> Iterator[str]:
    def key(alert: Alert) -> tuple[str, str, str, str]:
        return (alert.at.isoformat(), str(alert.item), str(alert.watch), str(alert.severity))

    ours, others = {key(a): a for a in mine}, {key(a): a for a in theirs}
    for name in sorted({*ours, *others}):
        if (name in ours) != (name in others):
            alert = ours.get(name) or others[name]
            sign = "+" if name in ours else "-"
            yield f"{sign} {alert.at:%Y-%m-%d %H:%M} {alert.severity:8} {alert.watch} {alert.item}: {alert.why}"
    if ours.keys() == others.keys():
        yield "nothing changes against the other rules"
