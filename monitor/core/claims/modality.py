"""Whether a loss is told as having happened now: plans, threats, conditions, fears, denials, history, fiction, totals.

Every check looks at the words around one loss word; none knows who speaks (attribution does).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from monitor.core.claims.days import is_month
from monitor.core.claims.document import Document, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.losses import Trigger, triggers
from monitor.core.claims.numbers import Phrases, is_year

_LONGEST_CLAUSE = 14
"""Tokens back to an "if" that still governs the loss word."""


@dataclass(frozen=True)
class _Words:
    unreal: frozenset[str]
    open: frozenset[str]
    negations: frozenset[str]
    conditions: frozenset[str]
    achieved: frozenset[str]
    conspired: frozenset[str]
    records: frozenset[str]
    ordinals: frozenset[str]
    periods: frozenset[str]
    over: frozenset[str]
    past: frozenset[str]
    relative: frozenset[str]
    asking: frozenset[str]
    bridges: frozenset[str]
    taking: frozenset[str]
    """Verbs before lives: "would *cost* 2,000 lives"."""
    rate_breakers: frozenset[str]
    rate_enders: frozenset[str]
    courts: Phrases
    totals: Phrases
    retrospect: Phrases
    looking_back: Phrases
    since: frozenset[str]
    """What makes a sum of "since": a date, a beginning, but not "dawn" or "the storm struck"."""
    rates: Phrases


@cache
def _words(lang: str = "en") -> _Words:
    entries = lexicon("figures", lang)["modality"]
    made: dict[str, Any] = {k: _of(entries[k]) for k in _Words.__annotations__ if k in entries}
    return _Words(**made, bridges=words("figures", "bridges", lang), taking=words("figures", "lives_after", lang))


def _of(entry: str | list[str]) -> frozenset[str] | Phrases:
    """A string is a set of words, a list holds phrases."""
    return frozenset(entry.split()) if isinstance(entry, str) else Phrases.of(entry)


@dataclass(frozen=True, slots=True)
class Modality:
    """How a loss is told."""

    unreal: bool = False
    hedged: bool = False
    negated: bool = False


def modality(tokens: Sequence[Token], trigger: Trigger | None, first: int, lang: str = "en") -> Modality:
    """How the loss word is told, or for a counted noun ("12 deaths") what stands before it at `first`."""
    w = _words(lang)
    if _is_open_question(tokens, w):
        return Modality(unreal=True)
    at = trigger.first if trigger else first - (first > 0 and tokens[first - 1].lower in w.taking)
    group = _verb_group(tokens, at, w)
    if not group & {"have", "been"} and _planned(tokens, at, trigger, w):
        return Modality(unreal=True)
    if _conditional(tokens, min(at, first), w) or _is_rate(tokens, at, w):
        return Modality(unreal=True)
    possible = "could" in group and "have" in group
    if group & w.unreal and not possible:
        return Modality(unreal=True)
    before = {t.lower for t in tokens[max(0, first - 3) : first]}
    hedged = possible or bool((group | before) & w.open)
    return Modality(hedged=hedged, negated=bool(group & w.negations) or _is_denied_outright(tokens, at, w))


def _is_denied_outright(tokens: Sequence[Token], at: int, w: _Words) -> bool:
    """As in "*Nor were* seven of our men seized": a negation that opens the sentence, its verb turned round."""
    opens = len(tokens) > 1 and tokens[0].lower in {"nor", "neither", "never"} and tokens[1].lower in w.bridges
    return opens and not any(t.text in ",;:" for t in tokens[:at])


def _is_open_question(tokens: Sequence[Token], w: _Words) -> bool:
    """Asked whether it happened; "why were 12 people killed?" takes it for granted."""
    if not tokens or tokens[-1].text != "?":
        return False
    return not any(t.lower in w.asking for t in tokens[:4])


def _is_rate(tokens: Sequence[Token], at: int, w: _Words) -> bool:
    """As in "600,000 people a year": a habit; "31 tanks in a day" and "a day earlier" are none."""
    end = next((i for i in range(at, len(tokens)) if tokens[i].text in ",;:"), len(tokens))
    for i in range(max(at, 1), min(at + 14, end)):
        length = w.rates.starting(tokens, i)
        if length and tokens[i - 1].lower not in w.rate_breakers:
            after = tokens[i + length].lower if i + length < len(tokens) else ""
            return after not in w.rate_enders
    return False


def _verb_group(tokens: Sequence[Token], at: int, w: _Words) -> frozenset[str]:
    """Auxiliaries and adverbs that stand directly before the loss word."""
    start = at
    while start > 0 and any(tokens[start - 1].lower in words for words in (w.bridges, w.unreal, w.negations)):
        start -= 1
    return frozenset(t.lower for t in tokens[start:at])


def _planned(tokens: Sequence[Token], at: int, trigger: Trigger | None, w: _Words) -> bool:
    """As in "Vowed to kill 10", "a foiled murder of three"."""
    before = tokens[at - 1].lower if at else ""
    if before in w.conspired:
        return True
    if trigger is None or not trigger.base or before != "to":
        return False
    return at < 2 or tokens[at - 2].lower not in w.achieved


def _conditional(tokens: Sequence[Token], at: int, w: _Words) -> bool:
    for i in range(at - 1, max(-1, at - _LONGEST_CLAUSE), -1):
        if tokens[i].lower in w.conditions:
            return True
        if tokens[i].text in ",;:.":
            return False
    return False


@dataclass(frozen=True)
class Times:
    """Which parts of one sentence tell of earlier years, and whether it sums up a period."""

    history: tuple[tuple[int, int], ...]
    """Token ranges that are history."""
    totals: tuple[tuple[int, int], ...]
    """Token ranges that sum up a period."""

    def is_total(self, i: int) -> bool:
        """Whether the token belongs to a part that sums up a period."""
        return any(a <= i < b for a, b in self.totals)

    def is_history(self, i: int) -> bool:
        """Whether the token belongs to a part that tells of an earlier year."""
        return any(a <= i < b for a, b in self.history)


def times(tokens: Sequence[Token], published: dt.date | None, lang: str = "en") -> Times:
    """Read the years and periods of a sentence."""
    w = _words(lang)
    segments = _segments(tokens)
    old = [_is_old(tokens[a:b], published, w) for a, b in segments]
    for k in range(1, len(segments)):
        if old[k - 1] and (_opens_relative(tokens, segments[k][0], w) or _is_opening(tokens, segments[k - 1])):
            old[k] = True
    totals = tuple((a, b) for a, b in _segments(tokens, ";") if _is_total(tokens[a:b], w, lang))
    return Times(tuple(s for s, o in zip(segments, old, strict=True) if o), totals)


def _segments(tokens: Sequence[Token], marks: str = ",;:—–()") -> list[tuple[int, int]]:
    cuts = [i for i, t in enumerate(tokens) if t.text in marks]
    starts = [0, *(i + 1 for i in cuts)]
    return list(zip(starts, [*cuts, len(tokens)], strict=True))


def _is_old(tokens: Sequence[Token], published: dt.date | None, w: _Words) -> bool:
    """A past year that is neither the bound of a record ("worst since 2019") nor a group's date of birth."""
    if w.retrospect.within(_before_since(tokens)) or w.courts.within(tokens):
        return True
    if published is None:
        return False
    for i, t in enumerate(tokens):
        if not is_year(t) or int(t.text) >= published.year:
            continue
        since = any(b.lower == "since" for b in tokens[max(0, i - 6) : i])
        if not since and not _describes(tokens, i):
            return True
    return any(t.text.endswith("0s") and t.text[:2] in {"19", "20"} for t in tokens)


def _before_since(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens up to a "since": what is counted from a day of last year is counted up to now."""
    return tokens[: next((i for i, t in enumerate(tokens) if t.lower == "since"), len(tokens))]


def _describes(tokens: Sequence[Token], year: int) -> bool:
    """As in "freed two of the nurses *kidnapped in 2014*": a year that tells which ones are meant, not when it was."""
    if year < 3 or tokens[year - 1].lower != "in":
        return False
    lost = [t for t in triggers(tokens[: year - 1]) if t.forms & {"participle", "active", "guarded"}]
    described = len(lost) > 1 and lost[-1].last == year - 1 and "participle" in lost[-1].forms
    return described and any(t.lower == "of" for t in tokens[lost[-2].last : lost[-1].first])


def _opens_relative(tokens: Sequence[Token], start: int, w: _Words) -> bool:
    return any(t.lower in w.relative for t in tokens[start : start + 2])


def _is_opening(tokens: Sequence[Token], segment: tuple[int, int]) -> bool:
    """As in "In 2019, 23 died": a short first part that sets the time."""
    return segment[0] == 0 and segment[1] - segment[0] <= 8 and tokens[segment[1]].text == ","


def _is_total(tokens: Sequence[Token], w: _Words, lang: str) -> bool:
    for i, t in enumerate(tokens):
        if t.lower in w.totals.by_first and w.totals.starting(tokens, i) and not _is_ordinal(tokens, i, w):
            return True
        if t.lower == "since" and _since_sums(tokens, i, w):
            return True
        if t.lower in w.over and (_is_period(tokens, i + 1, w) or is_month(tokens, i + 1, lang)):
            return True
    return False


def _is_ordinal(tokens: Sequence[Token], i: int, w: _Words) -> bool:
    """As in "The third attack this month": one of several, no sum."""
    return any(t.lower in w.ordinals or t.lower in w.records for t in tokens[max(0, i - 5) : i])


def _since_sums(tokens: Sequence[Token], i: int, w: _Words) -> bool:
    record = any(t.lower in w.records for t in tokens[max(0, i - 8) : i])
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if record or following is None:
        return False
    return following.text[0].isdigit() or any(t.lower in w.since for t in tokens[i + 1 : i + 4])


def _is_period(tokens: Sequence[Token], i: int, w: _Words) -> bool:
    """As in "Over the past three months", "in two years of war"."""
    span = [t.lower for t in tokens[i : i + 5]]
    period = next((k for k, low in enumerate(span) if low in w.periods), None)
    return period is not None and bool(set(span[:period]) & w.past)


_OPENING = 600
"""Characters of a text that show what it is about."""
_BAR, _BAR_FOR_NEWS = 2, 9
"""Points that make an item play: a strong word has two, a weak one has one."""
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")


@cache
def _genres(lang: str = "en") -> tuple[tuple[tuple[frozenset[str], frozenset[str]], ...], frozenset[str]]:
    """((strong, weak) words of each genre, words of real news)."""
    plays = lexicon("figures", lang)["plays"]
    genres = (plays["fiction"], plays["sport"])
    return tuple((_set(g["strong"]), _set(g["weak"])) for g in genres), _set(plays["news"])


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def is_unreal(tokens: Sequence[Token], lang: str = "en") -> bool:
    """Whether the words hold a modal: "could rise above"."""
    return any(t.lower in _words(lang).unreal for t in tokens)


def is_play(document: Document, lang: str = "en") -> bool:
    """Whether the item is about sport or fiction, where people are killed off and shot down in other senses.

    A disaster in a stadium is told by the police, not by a coach: words of real news raise the bar.
    """
    genres, news = _genres(lang)
    told = set(_WORD.findall(document.title.lower)) | set(_WORD.findall(document.text.lower[:_OPENING]))
    bar = _BAR_FOR_NEWS if told & news else _BAR
    return any(2 * len(told & strong) + len(told & weak) >= bar for strong, weak in genres)


def is_exchange(document: Document, lang: str = "en") -> bool:
    """Whether the item tells of an exchange of prisoners, so that who returns was freed."""
    told = set(_WORD.findall(document.title.lower)) | set(_WORD.findall(document.text.lower))
    words_ = lexicon("figures", lang)["exchanges"]
    return not told.isdisjoint(words_["acts"].split()) and not told.isdisjoint(words_["of"].split())


def is_retrospective(document: Document, published: dt.date | None, lang: str = "en") -> bool:
    """Whether the headline looks back: an anniversary, an obituary, an exhibition, a past year."""
    w = _words(lang)
    return any(_is_old(s.tokens, published, w) or w.looking_back.within(s.tokens) for s in document.inside("title"))
