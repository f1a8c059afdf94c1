"""Running figures: "the death toll rose to 51, up from 34", "lowers the number of civilians killed from 31 to 26"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.losses import Trigger, grammar, metric_for
from monitor.core.claims.numbers import Number, Phrases, is_year
from monitor.core.claims.objects import Phrase, noun_phrase, phrases
from monitor.model import Metric, Quantity

_FARTHEST = 24
"""Tokens between "toll" and its figure."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Earlier figures that a sentence names beside the current ones."""

    was: Mapping[int, float] = field(default_factory=dict)
    """Token of the current figure → the earlier one."""
    dropped: frozenset[int] = frozenset()
    """Tokens of the earlier figures: they are nobody's claim now."""


@dataclass(frozen=True, slots=True)
class Toll:
    """A running figure: its metric, its number, and the words ("death toll") at `head` that make it one."""

    metric: Metric
    number: Number
    head: tuple[int, int]
    counted: Phrase | None = None
    total: bool = False


@dataclass(frozen=True)
class _Words:
    heads: Mapping[str, Phrases]
    verbs: frozenset[str]
    floors: frozenset[str]
    near: frozenset[str]
    adding: frozenset[str]
    trends: frozenset[str]
    instead: frozenset[str]
    movers: frozenset[str]
    placed: frozenset[str]
    sums: frozenset[str]
    giving: frozenset[str]


@cache
def _words(lang: str = "en") -> _Words:
    data = lexicon("figures", lang)
    return _Words(
        {metric: Phrases.of(heads) for metric, heads in data["tolls"].items()},
        *(
            words("figures", k, lang)
            for k in (
                "toll_verbs",
                "toll_floors",
                "toll_near",
                "toll_adding",
                "trends",
                "instead",
                "movers",
                "placed",
                "sums",
                "giving",
            )
        ),
    )


def trends(tokens: Sequence[Token], found: Sequence[Number], lang: str = "en") -> Trend:
    """Pair current with earlier figures: "from 31 to 26", "80 …, up from the 70", "25, not 35"."""
    w, was, dropped = _words(lang), dict[int, float](), set[int]()
    for i, n in enumerate(found):
        if n.value is None or n.kind != "figure":
            continue
        current = _current(tokens, found, i, w)
        if current is not None:
            was[current.at] = n.value
            dropped.add(n.at)
    return Trend(was, frozenset(dropped))


def _current(tokens: Sequence[Token], found: Sequence[Number], i: int, w: _Words) -> Number | None:
    """The number that replaces the `i`-th, if the words say that it is the earlier one."""
    n, following = found[i], found[i + 1] if i + 1 < len(found) else None
    before = _lower(tokens, n.first - 1)
    if before == "from" and _lower(tokens, n.last) == "to" and following and following.first == n.last + 1:
        return following
    earlier = next((f for f in reversed(found[:i]) if f.kind == "figure" and _lower(tokens, f.last) != "of"), None)
    if before == "from" and earlier and _lower(tokens, earlier.first - 1) == "to" and n.first - earlier.last <= 6:
        return earlier
    if before == "from" and any(_lower(tokens, n.first - k) in w.trends for k in (2, 3)):
        return earlier
    return (
        earlier
        if before in w.instead and _lower(tokens, n.first - 2) in {",", "and", "instead", "rather", "-", "–"}
        else None
    )


@cache
def toll_cues(lang: str = "en") -> frozenset[str]:
    """A word of every toll phrase, to find sentences by."""
    return frozenset(word for heads in _words(lang).heads.values() for word in heads.by_last) | {"number"}


@cache
def _openers(lang: str = "en") -> frozenset[str]:
    """First words of toll phrases."""
    return frozenset(word for heads in _words(lang).heads.values() for word in heads.by_first) | {"number"}


def mentions_toll(tokens: Sequence[Token], lang: str = "en") -> bool:
    """Whether a sentence may hold a running figure."""
    cues = toll_cues(lang)
    return any(t.lower in cues for t in tokens)


def tolls(
    tokens: Sequence[Token], found: Sequence[Number], trend: Trend, loss_words: Sequence[Trigger], lang: str = "en"
) -> list[Toll]:
    """The running figures of a sentence."""
    if not mentions_toll(tokens, lang):
        return []
    w = _words(lang)
    current = [n for n in found if n.at not in trend.dropped and n.kind in {"figure", "vague"}]
    out: list[Toll] = []
    for metric, start, end, counted in _heads(tokens, loss_words, w, lang):
        n = _figure(tokens, current, start, end, w)
        if n is not None and all(n.at != t.number.at for t in out):
            adding = any(_lower(tokens, i) in w.adding for i in range(start - 4, start))
            what = counted or _counted_behind(tokens, n, metric, lang)
            out.append(Toll(metric, _as_told(tokens, n, w), (start, end), what, adding))
    return out


def sums(
    tokens: Sequence[Token], found: Sequence[Number], lang: str = "en"
) -> Iterator[tuple[Number, tuple[int, int]]]:
    """As in "bringing the total to 24": running figures of what was told before, with the words that say so."""
    w = _words(lang)
    for n in found:
        before = range(max(0, n.first - 6), n.first)
        head = next((i for i in before if tokens[i].lower in w.sums), None)
        if head is None or _lower(tokens, n.first - 1) != "to":
            continue
        if any(_lower(tokens, i) in w.adding for i in range(head - 3, head)):
            yield n, (head, n.first)


def _heads(
    tokens: Sequence[Token], loss_words: Sequence[Trigger], w: _Words, lang: str
) -> Iterator[tuple[Metric, int, int, Phrase | None]]:
    openers = _openers(lang)
    for i, token in enumerate(tokens):
        if token.lower not in openers:
            continue
        for metric, heads in w.heads.items():
            if length := heads.starting(tokens, i):
                yield Metric(metric), i, i + length, None
                break
        else:
            if _lower(tokens, i) == "number" and _lower(tokens, i + 1) == "of":
                yield from _number_of(tokens, i, loss_words, lang)


def _number_of(
    tokens: Sequence[Token], i: int, loss_words: Sequence[Trigger], lang: str
) -> Iterator[tuple[Metric, int, int, Phrase | None]]:
    """As in "The number of civilians killed", "the number of people who were wounded"."""
    counted = noun_phrase(tokens, i + 2, grammar(lang), lang)
    if counted is None:
        word = next((t for t in loss_words if t.first == i + 3 and _lower(tokens, i + 2) in {"those", "people"}), None)
        if word and (metric := metric_for(word.loss, None)):
            yield metric, i, word.last, None
        return
    word = next(
        (t for t in loss_words if counted.last <= t.first <= counted.last + 4 or t.first == counted.inner), None
    )
    metric = metric_for(word.loss, counted.kind) if word else None
    if word and metric:
        yield metric, i, max(word.last, counted.last), counted


def _figure(tokens: Sequence[Token], found: Sequence[Number], start: int, end: int, w: _Words) -> Number | None:
    if end - start == 1 and tokens[start].lower in w.placed:
        return next((n for n in found if n.first == end + 1 and _lower(tokens, end) == "at"), None)
    for n in found:
        if end <= n.first <= end + _FARTHEST:
            if is_year(tokens[n.at]) and n.last == n.at + 1:
                continue
            given = _lower(tokens, n.first - 1) == "as" and any(
                _lower(tokens, k) in w.giving for k in range(start - 4, start)
            )
            told = (given or _lower(tokens, n.first - 1) in w.verbs) and not _is_measure(tokens, n)
            plain = end - start == 1 and tokens[start].lower in w.movers
            told = told and (not plain or _moves(tokens[end : n.first], w))
            if told and not any(tokens[k].text in ";:" for k in range(end, n.first)):
                return n
        elif n.last <= start <= n.last + 1 and _lower(tokens, n.first - 1) == "to":
            return n
    return None


def _counted_behind(tokens: Sequence[Token], n: Number, metric: Metric, lang: str) -> Phrase | None:
    """As in "the toll rises to *nine soldiers*"."""
    found = next(iter(phrases(tokens, [n], grammar(lang), lang)), None)
    fits = found is not None and not found.bare and found.known and metric_for(metric.value, found.kind) is metric
    return found if fits else None


def _moves(tokens: Sequence[Token], w: _Words) -> bool:
    """As in "deaths have risen to": a plain noun is a toll only where it moves."""
    return any(t.lower in w.trends for t in tokens)


def _is_measure(tokens: Sequence[Token], n: Number) -> bool:
    return _lower(tokens, n.last) in grammar().measures


def _as_told(tokens: Sequence[Token], n: Number, w: _Words) -> Number:
    """As in "Topped 40" is a floor, "nears 40" an approximation."""
    verb = _lower(tokens, n.first - 1)
    if verb in w.floors and n.quantity.high is not None:
        return n._replace(quantity=replace(n.quantity, low=n.value, high=None))
    return n._replace(quantity=replace(n.quantity, approx=True)) if verb in w.near else n


def with_trend(quantity: Quantity, at: int, trend: Trend) -> Quantity:
    """The quantity with the earlier figure that its sentence names."""
    return replace(quantity, was=trend.was[at]) if at in trend.was else quantity


def _lower(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].lower if 0 <= i < len(tokens) else ""
