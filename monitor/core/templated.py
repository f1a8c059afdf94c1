"""An alert in the words of its watch's template, and what is said whatever the template says.

The template chooses words and order. It can't leave out where it comes from, what else the same decision brought, that
a message may be a repeat or corrects another, or what must not be concluded from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monitor.core import phrases
from monitor.core.markup import ESSENTIAL, Block, Inline, Line, Link, Text, Time, clean
from monitor.core.template import Template, fill
from monitor.core.texts import say
from monitor.model import ActorId, Alert, Day, Development

_TITLE, _QUOTE, _REASON, _NAME = 160, 500, 160, 60
_BODY = 6


@dataclass(frozen=True)
class Telling:
    """One alert and what the usual form would say of it."""

    alert: Alert
    groups: Sequence[tuple[Development, ...]]
    """Developments told in one line each, the leading group first."""
    watch: str
    emoji: str
    line: str
    who: str
    what: str
    caveats: Sequence[str]
    label: Line
    """What the message is, with the mark of a possible repeat."""
    marked: bool
    """The label must be told: a possible repeat, or a correction."""
    others: Sequence[Line]
    origin: Line
    side: Callable[[ActorId], str]
    lang: str


def blocks(template: Template, telling: Telling) -> Iterator[Block]:
    """The blocks of the message."""
    each = [_of_one(d, telling) for group in telling.groups for d in group]
    lines = fill(template, _facts(telling), each)
    body = list(_body(lines))
    yield from body[:1]
    if telling.marked:
        yield Block((telling.label,), 8)
    yield from body[1:]
    if len(telling.groups) > 1 and "developments" not in template.text:
        yield Block(tuple(telling.others), 7, gap=True)
    if telling.caveats and "caveats" not in template.text:
        yield Block(tuple((Text(c),) for c in telling.caveats), 8, gap=True)
    if not any(isinstance(part, Link) for line in lines for part in line):
        yield Block((telling.origin,), ESSENTIAL, gap=True)


def _body(lines: Sequence[Line]) -> Iterator[Block]:
    """The first line, then a block for each line; empty ones are gaps. What links to the source always stays."""
    gap = first = False
    for line in lines:
        if not "".join(getattr(part, "text", "x") for part in line).strip():
            gap = first
            continue
        essential = not first or any(isinstance(part, Link) for part in line)
        yield Block((line,), ESSENTIAL if essential else _BODY, gap=gap)
        gap, first = False, True


def _facts(telling: Telling) -> dict[str, str | Inline]:
    alert, lang = telling.alert, telling.lang
    lead = telling.groups[0][0] if telling.groups else None
    reason = alert.reasons[0].why if alert.reasons else alert.why
    rule, _, why = reason.partition(": ")
    counts = lead.counts if lead else None
    found: dict[str, str | Inline] = {
        **(_of_one(lead, telling) if lead else {}),
        "severity": alert.severity,
        "emoji": telling.emoji,
        "watch": telling.watch,
        "rule": clean(rule, _REASON),
        "why": clean(why or rule, _REASON),
        "line": telling.line,
        "who": telling.who,
        "what": telling.what,
        "title": clean(alert.title, _TITLE),
        "publisher": clean(alert.publisher or alert.source, _NAME),
        "link": Link(clean(alert.publisher or alert.source, _NAME), alert.url) if alert.url else "",
        "seen": Time(alert.seen or alert.at),
        "published": Time(alert.published) if alert.published else "",
        "caveats": " ".join(telling.caveats),
    }
    if counts:
        three = {"outlets": counts.outlets, "origins": counts.origins, "claimants": counts.claimants}
        found |= {"counts": say("counts", lang, **three), **{k: str(v) for k, v in three.items()}}
    return found


def _of_one(development: Development, telling: Telling) -> dict[str, str | Inline]:
    d, lang = development, telling.lang
    return {
        "kind": say(f"label-{d.kind}", lang),
        "who": phrases.who(d, telling.alert.publisher or telling.alert.source, lang),
        "what": phrases.step(d, lang) if d.rung else phrases.loss(d, lang),
        "figure": phrases.quantity(d.quantity, lang),
        "metric": say(d.metric, lang) if d.metric else "",
        "object": clean(d.object or "", _NAME),
        "side": telling.side(d.side) if d.side else "",
        "previous": phrases.earlier(d, lang),
        "other": phrases.party(d.other) if d.other else "",
        "place": phrases.place(d),
        "day": _day(d.day) if d.day else "",
        "quote": clean(d.span.quote, _QUOTE) if d.span else "",
    }


def _day(day: Day) -> str:
    def one(date: dt.date) -> str:
        return f"{date:%a} {date.day} {date:%b}"

    return one(day.first) if day.first == day.last else f"{one(day.first)} – {one(day.last)}"
