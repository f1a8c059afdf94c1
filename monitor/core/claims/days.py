"""When it happened: weekdays, dates and "overnight", resolved against the item's own day.

The day next to a saying verb ("said on Friday") is the day of speaking: it serves only where nothing better is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple

from monitor.core.claims.context import nearest
from monitor.core.claims.document import Document, Sentence, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.numbers import Phrases
from monitor.model import Day

_DAY = dt.timedelta(days=1)
_AHEAD = 45 * _DAY
"""A date without a year that lies farther ahead than this means last year's."""


class DayMention(NamedTuple):
    """A day named over tokens `first` up to `last`; `spoken` if it is when somebody spoke."""

    first: int
    last: int
    day: Day
    spoken: bool = False
    event: bool = False
    """The day of something that happened: "Sunday's strikes", "the earthquake of 10 March"."""


@dataclass(frozen=True)
class _Words:
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    relative: Mapping[str, tuple[int, int]]
    relative_phrases: Phrases
    previous: Phrases
    weeks: Mapping[str, int]
    week_phrases: Phrases
    small: Mapping[str, int]
    saying: frozenset[str]
    ago: str
    next: frozenset[str]
    ahead: frozenset[str]
    up_to: frozenset[str]
    over: frozenset[str]
    last: frozenset[str]
    since: str

    @cached_property
    def openers(self) -> frozenset[str]:
        """First words of phrases for days and weeks: where none stands, none need be looked for."""
        return frozenset().union(*(p.by_first for p in (self.relative_phrases, self.previous, self.week_phrases)))


@cache
def _words(lang: str = "en") -> _Words:
    d = lexicon("days", lang)
    return _Words(
        d["weekdays"],
        d["months"],
        {k: (v[0], v[1]) for k, v in d["relative"].items()},
        Phrases.of(list(d["relative"])),
        Phrases.of(d["previous"]),
        d["weeks"],
        Phrases.of(list(d["weeks"])),
        lexicon("figures", lang)["numbers"]["units"],
        words("figures", "reporting", lang),
        d["ago"],
        words("days", "next", lang),
        words("days", "ahead", lang),
        words("days", "up_to", lang),
        words("days", "over", lang),
        words("days", "last", lang),
        d["since"],
    )


def names_previous(tokens: Sequence[Token], lang: str = "en") -> bool:
    """Whether the words count from a day named before ("the previous day")."""
    return _words(lang).previous.within(tokens)


def days(
    tokens: Sequence[Token],
    on: dt.date,
    context: Day | None = None,
    lang: str = "en",
    *,
    latest: dt.date | None = None,
) -> list[DayMention]:
    """The days that a sentence names, in order.

    `on` is the item's day where it happened, `context` the last day named before ("the previous day"), `latest` the
    item's day where it was written: when it is Thursday there, "on Thursday" is no week ago.
    """
    w, found, i = _words(lang), list[DayMention](), 0
    while i < len(tokens):
        hit = _mention(tokens, i, on, context, w)
        if hit is not None and latest is not None and tokens[i].lower in w.weekdays:
            hit = _not_a_week_ago(tokens, hit, latest, w)
        if hit is None or _is_ahead(tokens, i, w) or _tells_which(tokens, hit):
            i += 1
            continue
        hit = _open_ended(tokens, hit, on, w)
        event = _is_of_event(tokens, hit)
        found.append(hit._replace(spoken=not event and _is_spoken(tokens, hit, w), event=event))
        i = hit.last
    return _joined(tokens, found)


def _mention(tokens: Sequence[Token], i: int, on: dt.date, context: Day | None, w: _Words) -> DayMention | None:
    hit = _named(tokens, i, on, context, w)
    of_night = hit is not None and {_lower(tokens, i - 1), _lower(tokens, i - 2)} >= {"of", "night"}
    if hit is not None and of_night and hit.day == Day(on, on):
        return hit._replace(day=Day(on - _DAY, on))  # the night that is over: today's has not begun
    return hit


def _named(tokens: Sequence[Token], i: int, on: dt.date, context: Day | None, w: _Words) -> DayMention | None:
    low = tokens[i].lower
    if low in w.weekdays:
        return _weekday(tokens, i, on, w)
    if low in w.months or tokens[i].text[0].isdigit():
        return _date(tokens, i, on, w)
    told = _in_phrase(tokens, i, on, context, w) if low in w.openers else None
    return told or _days_ago(tokens, i, on, w)


def _in_phrase(tokens: Sequence[Token], i: int, on: dt.date, context: Day | None, w: _Words) -> DayMention | None:
    """As in "overnight", "the previous day", "last week"."""
    if n := w.relative_phrases.starting(tokens, i):
        first, last = w.relative[_text(tokens, i, n)]
        return DayMention(i, i + n, Day(on - first * _DAY, on - last * _DAY))
    if n := w.previous.starting(tokens, i):
        base = context.first if context else on
        return DayMention(i, i + n, Day(base - _DAY, base - _DAY))
    if n := w.week_phrases.starting(tokens, i):
        return DayMention(i, i + n, _week(on, w.weeks[_text(tokens, i, n)]))
    return None


def _is_ahead(tokens: Sequence[Token], i: int, w: _Words) -> bool:
    """As in "Will open on Friday", "until Tuesday": a day still to come."""
    if _lower(tokens, i + 1) == "'s":
        return False
    if _lower(tokens, i - 1) in w.up_to:
        return True
    for k in range(i - 1, max(-1, i - 8), -1):
        if tokens[k].text in ",;:.":
            return False
        if tokens[k].lower in w.ahead:
            return True
    return False


def _tells_which(tokens: Sequence[Token], hit: DayMention) -> bool:
    """As in "three drillers *abducted in May* have been freed": which ones are meant, not when it was."""
    verb = hit.first - 2
    if verb < 1 or _lower(tokens, verb + 1) not in {"in", "on", "since"}:
        return False
    participle = _lower(tokens, verb).endswith("ed") or _lower(tokens, verb) in {"held", "taken", "seized"}
    finite = any(t.lower in _FINITE for t in tokens[hit.last :])
    return participle and _lower(tokens, verb - 1) not in _FINITE | {"been", "being", "and", ","} and finite


_FINITE = frozenset({"was", "were", "is", "are", "has", "have", "had"})


def _weekday(tokens: Sequence[Token], i: int, on: dt.date, w: _Words) -> DayMention | None:
    low, before = tokens[i].lower, _lower(tokens, i - 1)
    if before in w.next or (len(low) <= 3 and not tokens[i].text[0].isupper()):
        return None
    back = (on.weekday() - w.weekdays[low]) % 7
    if before in w.last and back == 0:
        back = 7
    day = on - back * _DAY
    return DayMention(i, i + 1, Day(day, day))


def _not_a_week_ago(tokens: Sequence[Token], hit: DayMention, latest: dt.date, w: _Words) -> DayMention:
    is_latest = latest.weekday() == hit.day.first.weekday() and _lower(tokens, hit.first - 1) not in w.last
    return hit._replace(day=Day(latest, latest)) if is_latest else hit


def _date(tokens: Sequence[Token], i: int, on: dt.date, w: _Words) -> DayMention | None:
    """As in "26 February", "21-22 February 2026", "February 26, 2026", "18 NOV 89"."""
    if tokens[i].text[0].isdigit():
        return _day_first(tokens, i, on, w)
    month = w.months[tokens[i].lower]
    if is_month(tokens, i) and _lower(tokens, i - 1) in w.over:
        return _whole_month(i, month, on)
    at = i + 1 + (_lower(tokens, i + 1) == ".")
    first = _day_number(tokens, at)
    if first is None:
        return None
    last, end = _second_day(tokens, at + 1, first)
    year, end = _year(tokens, end + (_lower(tokens, end) == ","), end)
    return _dated((i, end), (first, last), month, year, on)


def is_month(tokens: Sequence[Token], i: int, lang: str = "en") -> bool:
    """Whether token `i` names a month as a whole, with no day beside it."""
    months = _words(lang).months
    if _lower(tokens, i) not in months or not tokens[i].text[0].isupper():
        return False
    return not _lower(tokens, i + 1)[:1].isdigit() and not _lower(tokens, i - 1)[:1].isdigit()


def _whole_month(i: int, month: int, on: dt.date) -> DayMention:
    first = dt.date(on.year - (month > on.month), month, 1)
    last = (first + 31 * _DAY).replace(day=1) - _DAY
    return DayMention(i, i + 1, Day(first, max(first, min(last, on))))


def _day_first(tokens: Sequence[Token], i: int, on: dt.date, w: _Words) -> DayMention | None:
    first = _day_number(tokens, i)
    if first is None:
        return None
    last, at = _second_day(tokens, i + 1, first)
    at += _lower(tokens, at) in {"th", "st", "nd", "rd"}
    at += _lower(tokens, at) == "of"
    month = w.months.get(_lower(tokens, at))
    if month is None:
        return None
    year, end = _year(tokens, at + 1, at + 1)
    return _dated((i, end), (first, last), month, year, on)


def _day_number(tokens: Sequence[Token], i: int) -> int | None:
    text = tokens[i].text if i < len(tokens) else ""
    return int(text) if text.isdigit() and 1 <= int(text) <= 31 and len(text) <= 2 else None


def _second_day(tokens: Sequence[Token], i: int, first: int) -> tuple[int, int]:
    """The last day of a range that goes on at `i`, and the token after it."""
    if _lower(tokens, i) in {"-", "–", "/", "to", "and", "or"}:
        last = _day_number(tokens, i + 1)
        if last is not None and last > first:
            return last, i + 2
    return first, i


def _year(tokens: Sequence[Token], i: int, otherwise: int) -> tuple[int | None, int]:
    text = tokens[i].text if i < len(tokens) else ""
    if text.isdigit() and len(text) == 4:
        return int(text), i + 1
    if text.isdigit() and len(text) == 2 and int(text) > 31 and not _counts(tokens, i):
        return 1900 + int(text), i + 1
    return None, otherwise


def _dated(
    tokens: tuple[int, int], of_month: tuple[int, int], month: int, year: int | None, on: dt.date
) -> DayMention | None:
    try:
        a, b = (dt.date(year or on.year, month, d) for d in of_month)
        if year is None and a > on + _AHEAD:
            a, b = (d.replace(year=on.year - 1) for d in (a, b))
    except ValueError:
        return None
    return DayMention(*tokens, Day(a, b))


def _week(on: dt.date, back: int) -> Day:
    monday = on - (on.weekday() + 7 * back) * _DAY
    return Day(monday, min(on, monday + 6 * _DAY))


def _days_ago(tokens: Sequence[Token], i: int, on: dt.date, w: _Words) -> DayMention | None:
    """As in "Two days ago"."""
    if _lower(tokens, i + 2) != w.ago or _lower(tokens, i + 1) not in {"day", "days"}:
        return None
    low = tokens[i].lower
    n = int(low) if low.isdigit() and len(low) < 4 else w.small.get(low, 1 if low in {"a", "one"} else None)
    return None if n is None else DayMention(i, i + 3, Day(on - n * _DAY, on - n * _DAY))


def _open_ended(tokens: Sequence[Token], hit: DayMention, on: dt.date, w: _Words) -> DayMention:
    """As in "Since Sunday" reaches up to the item's day."""
    since = w.since in {_lower(tokens, hit.first - 1), _lower(tokens, hit.first - 2)}
    return hit._replace(day=replace(hit.day, last=max(on, hit.day.first))) if since else hit


def _is_of_event(tokens: Sequence[Token], hit: DayMention) -> bool:
    return _lower(tokens, hit.last) == "'s" or _lower(tokens, hit.first - 1) == "of"


def _is_spoken(tokens: Sequence[Token], hit: DayMention, w: _Words) -> bool:
    """As in "said on Friday", "on Friday denied", "told reporters late on Friday"."""
    around = [t.lower for t in (*tokens[max(0, hit.first - 4) : hit.first], *tokens[hit.last : hit.last + 2])]
    return any(t in w.saying for t in around)


def _joined(tokens: Sequence[Token], found: list[DayMention]) -> list[DayMention]:
    """As in "On Thursday and Friday", "Saturday night into Sunday": one span of days."""
    out: list[DayMention] = []
    for m in found:
        gap = [t.lower for t in tokens[out[-1].last : m.first]] if out else []
        if out and 0 < len(gap) <= 3 and set(gap) <= _JOINTS and out[-1].day.first <= m.day.last:
            out[-1] = out[-1]._replace(
                last=m.last, day=Day(out[-1].day.first, m.day.last), spoken=m.spoken or out[-1].spoken
            )
        else:
            out.append(m)
    return out


_JOINTS = frozenset({"and", "to", "into", "night", "on", "until", "through", "-", "–", "evening", "early", "or"})


class Calendar:
    """Which day each figure of a document belongs to.

    `on` is the item's day where it happened, `written` its day where it was published, if that is another.
    """

    def __init__(self, document: Document, on: dt.date, lang: str = "en", written: dt.date | None = None) -> None:
        self._document, self._on, self._lang = document, on, lang
        self._latest = max(on, written or on)
        self._read: dict[int, list[DayMention]] = {}

    def read(self, s: Sentence) -> list[DayMention]:
        """The days that a sentence names."""
        if s.index not in self._read:
            self._read[s.index] = []
            context = self._named_before(s) if names_previous(s.tokens, self._lang) else None
            self._read[s.index] = days(s.tokens, self._on, context, self._lang, latest=self._latest)
        return self._read[s.index]

    def day(self, s: Sentence, first: int, last: int) -> Day:
        """The day of what tokens `first` to `last` of a sentence tell; inferred if the sentence names none."""
        found = self.read(s)
        told = [m for m in found if not m.spoken]
        told = [m for m in told if m.event] or told
        if told:
            return min(told, key=lambda m: _distance(m, first, last)).day
        before = self._named_before(s) or (found[0].day if found else None)
        return replace(before or Day(self._on, self._on), stated=False)

    def _named_before(self, s: Sentence) -> Day | None:
        """The day named last before a sentence; for a headline the first of the opening."""
        for other in nearest(self._document, s):
            told = [m for m in self.read(other) if not m.spoken]
            if told:
                return told[0].day
        return None


def _distance(m: DayMention, first: int, last: int) -> int:
    return m.first - last if m.first >= last else 2 * (first - m.last) + 3


def _text(tokens: Sequence[Token], i: int, n: int) -> str:
    return " ".join(t.lower for t in tokens[i : i + n])


def _lower(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].lower if 0 <= i < len(tokens) else ""


def _counts(tokens: Sequence[Token], i: int) -> bool:
    """As in "since 11 March *33 citizens*": what looks like a year counts something."""
    return i + 1 < len(tokens) and tokens[i + 1].text[0].islower()
