"""Figures: every number in a text that counts losses, with all that decides what it may be compared with.

A figure is what the text counts, not yet who says so; `read` joins figures with attributions into claims.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from ahocorasick_rs import AhoCorasick

from monitor.core.claims.actors import Registry
from monitor.core.claims.binding import bind
from monitor.core.claims.document import Document, Sentence
from monitor.core.claims.genres import is_correction
from monitor.core.claims.lexicons import words
from monitor.core.claims.losses import Loss, Trigger, cues, grammar, metric_for, triggers
from monitor.core.claims.magnitudes import magnitudes, quakes
from monitor.core.claims.modality import Times, is_exchange, is_play, is_retrospective, is_unreal, modality, times
from monitor.core.claims.numbers import Number, numbers
from monitor.core.claims.objects import HUMAN, Phrase, nouns, phrases
from monitor.core.claims.scene import Scene
from monitor.core.claims.sides import Side, Sides
from monitor.core.claims.tolls import Toll, Trend, mentions_toll, sums, toll_cues, tolls, trends, with_trend
from monitor.model import ActorId, Day, Metric, ObjectClass, Place, Quantity, Span


@dataclass(frozen=True, slots=True)
class Figure:
    """One counted loss (or a loss told without a number, where `quantity` is empty).

    `span` is the clause in which the figure can be read; `at` are the characters of the number (or of the
    object, where there is no number) in the same field, so that it can be attached to the nearest cue.
    """

    span: Span
    sentence: int
    """Index of its sentence in the document."""
    at: tuple[int, int]
    metric: Metric
    quantity: Quantity = field(default_factory=Quantity)
    object: str | None = None
    object_class: ObjectClass | None = None
    side: ActorId | None = None
    """The losing side: the top-level party whose soldiers, outposts or people they are."""
    place: Place | None = None
    day: Day | None = None
    part: bool = False
    """Contained in another figure of the same text ("including 12 children")."""
    hedged: bool = False
    """The text itself is unsure: "may have died", "feared dead", "possibly"."""
    negated: bool = False
    """It is said not to have happened: "no civilians were killed", "did not lose any tanks"."""
    own: bool = False
    """Told as the subject's or speaker's own ("its own fighters"): without a side, the claimant's party fits."""


_CUT = ",;:—–()"
_RECENT = dt.timedelta(days=45)
"""A day named farther back than this makes a figure history."""


def figures(
    document: Document, registry: Registry, scene: Scene | None = None, *, lang: str = "en"
) -> tuple[Figure, ...]:
    """Every counted loss of a text, in the order of the text; none for sport and fiction.

    `scene` tells days, places and past years; without the item's date no year is history and no day is known.
    """
    likely = _likely(document, lang)
    if not likely or is_play(document, lang):
        return ()
    reader = _Reader(document, registry, scene or Scene(document, registry, None, lang), lang)
    out: list[Figure] = []
    for s in document.sentences:
        found = list(reader.sentence(s)) if s in likely else []
        last = (found or out)[-1:]
        out += found
        out += reader.left_out(s, last[0]) if last else ()
    if is_correction(document, lang):
        out += [f for s in document.sentences for f in reader.mended(s) if f.at not in {x.at for x in out}]
    return tuple(out)


@cache
def _cue_finder(lang: str) -> AhoCorasick:
    return AhoCorasick(sorted({*cues(lang), *toll_cues(lang), *quakes(lang)}))


def _likely(document: Document, lang: str) -> list[Sentence]:
    """The sentences that hold a loss word at all: most hold none, and looking for one is cheap."""
    finder = _cue_finder(lang)
    hits = {w: [h[1] for h in finder.find_matches_as_indexes(document.field(w).lower)] for w in ("title", "text")}
    return [s for s in document.sentences if _any_within(hits[s.where], s.start, s.end)]


def _any_within(places: Sequence[int], start: int, end: int) -> bool:
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end


class _Reader:
    """Reads the sentences of one document; what most of them never need is made when it is first asked for."""

    def __init__(self, document: Document, registry: Registry, scene: Scene, lang: str) -> None:
        self._document, self._registry, self._scene, self._lang = document, registry, scene, lang

    @cached_property
    def sides(self) -> Sides:
        return Sides(self._document, self._registry, self._lang)

    @cached_property
    def exchanges(self) -> bool:
        return is_exchange(self._document, self._lang)

    @cached_property
    def looks_back(self) -> bool:
        return is_retrospective(self._document, self._scene.on, self._lang)

    def sentence(self, s: Sentence) -> Iterator[Figure]:
        """The figures of one sentence."""
        yield from self._magnitudes(s)
        loss_words = triggers(s.tokens, self._lang)
        if not loss_words and not mentions_toll(s.tokens, self._lang):
            return
        found = numbers(s.tokens, self._lang)
        trend = trends(s.tokens, found, self._lang)
        losses = self._losses(s, found, trend, loss_words)
        if not losses:
            return
        when, told = times(s.tokens, self._scene.on, self._lang), list[tuple[Phrase, Side]]()
        for loss in _with_inherited(losses):
            figure = self._figure(s, loss, when, trend, told)
            if figure is not None:
                yield figure

    def left_out(self, s: Sentence, last: Figure) -> Iterator[Figure]:
        """A number alone behind a verb of counting is another for what was counted last: "Medics reported *nine*"."""
        near = last.sentence == s.index or (last.sentence == s.index - 1 and last.span.where == s.where)
        verbs = words("figures", "counting_verbs", self._lang)
        if not near or last.metric is Metric.MAGNITUDE or verbs.isdisjoint(t.lower for t in s.tokens):
            return
        for n in numbers(s.tokens, self._lang):
            led = n.kind == "figure" and n.first > 0 and s.tokens[n.first - 1].lower in verbs
            behind = s.tokens[n.last].text if n.last < len(s.tokens) else "."
            at = (s.tokens[n.at].start, s.tokens[n.last - 1].end)
            if led and behind in {".", ",", ";"} and last.at[0] < at[0]:
                clause = _clause(s, n.first, n.last)
                place, day = self._scene.place(s, n.first, n.last), self._scene.day(s, n.first, n.last)
                yield replace(
                    last,
                    place=place,
                    day=day,
                    side=last.side if place == last.place else None,
                    span=clause,
                    sentence=s.index,
                    at=at,
                    quantity=n.quantity,
                    part=False,
                    negated=False,
                    own=False,
                )

    def mended(self, s: Sentence) -> Iterator[Figure]:
        """As in "it is 24, not 34": of a loss that a correction has named before, in that sentence or another."""
        found = numbers(s.tokens, self._lang)
        for at, was in trends(s.tokens, found, self._lang).was.items():
            n = next(n for n in found if n.at == at)
            metric = next(self._metrics_before(s, n.first), None)
            if metric is not None:
                yield Figure(
                    span=_clause(s, n.first, n.last),
                    sentence=s.index,
                    at=(s.tokens[n.at].start, s.tokens[n.last - 1].end),
                    metric=metric,
                    quantity=replace(n.quantity, was=was),
                    place=self._scene.place(s, n.first, n.last),
                    day=self._scene.day(s, n.first, n.last),
                )

    def _metrics_before(self, s: Sentence, first: int) -> Iterator[Metric]:
        """What is lost by the words before a token, the nearest first; then by those of the sentences before."""
        for other in (s, *reversed(self._document.sentences[: s.index])):
            tokens = other.tokens[:first] if other is s else other.tokens
            told = (metric_for(t.loss, None) for t in reversed(triggers(tokens, self._lang)))
            yield from (metric for metric in told if metric)

    def _losses(self, s: Sentence, found: list[Number], trend: Trend, loss_words: list[Trigger]) -> list[Loss]:
        running = [
            t
            for t in tolls(s.tokens, found, trend, loss_words, self._lang)
            if not is_unreal(s.tokens[t.head[1] : t.number.first], self._lang)
        ]
        taken = trend.dropped | {t.number.at for t in running}
        counted = phrases(s.tokens, [n for n in found if n.at not in taken], grammar(self._lang), self._lang)
        free = [t for t in loss_words if not any(r.head[0] <= t.first < r.head[1] for r in running)]
        bound = bind(s.tokens, counted, free, self._lang, lambda: self._kinds_before(s))
        return [*map(_as_loss, running), *bound, *self._sums(s, [n for n in found if n.at not in taken], bound)]

    def _kinds_before(self, s: Sentence) -> list[ObjectClass]:
        before = self._document.sentences[s.index - 1] if s.index else s
        if before.where != s.where or before is s:
            return []
        known = (nouns(self._lang).get(t.lower) for t in before.tokens)
        return [noun.kind for noun in known if noun and noun.kind]

    def _sums(self, s: Sentence, found: list[Number], bound: list[Loss]) -> Iterator[Loss]:
        told = {x.phrase.number.at for x in bound if x.phrase.number}
        for n, head in sums(s.tokens, found, self._lang):
            last = next((x for x in reversed(bound) if x.phrase.last <= head[0]), None)
            if last is not None and n.at not in told:
                phrase = Phrase(n.first, n.last, n, last.phrase.head, last.phrase.kind)
                yield Loss(phrase, last.metric, None, total=True, around=head)

    def _magnitudes(self, s: Sentence) -> Iterator[Figure]:
        for m in magnitudes(s.tokens, self._lang):
            yield Figure(
                span=_clause(s, m.first, m.last),
                sentence=s.index,
                at=(s.tokens[m.first].start, s.tokens[m.last - 1].end),
                metric=Metric.MAGNITUDE,
                quantity=Quantity(m.value, m.value),
                place=self._scene.place(s, m.first, m.last),
                day=self._scene.day(s, m.first, m.last),
            )

    def _figure(
        self, s: Sentence, loss: Loss, when: Times, trend: Trend, told: list[tuple[Phrase, Side]]
    ) -> Figure | None:
        p = loss.phrase
        how = modality(s.tokens, loss.trigger, p.first, self._lang)
        at = p.number.at if p.number else p.first
        if loss.trigger is not None and loss.trigger.loss == "returned" and not self.exchanges:
            return None
        if how.unreal or when.is_history(at) or self._is_old(s, p, total=when.is_total(at)):
            return None
        if self.sides.are_fighters(s, p):
            p = replace(p, kind=ObjectClass.COMBATANTS)
            loss = replace(loss, phrase=p)
        place = self._scene.place(s, p.first, p.last)
        side = self.sides.of(s, loss, told, place)
        told.append((p, side))
        quantity = _quantity(loss, trend, total=when.is_total(at) or loss.total)
        return Figure(
            span=_clause(s, *_words_of(loss)),
            sentence=s.index,
            at=(s.tokens[at].start, s.tokens[p.last - 1].end),
            metric=loss.metric,
            quantity=quantity,
            object=_object(s, loss),
            object_class=p.kind or (ObjectClass.PEOPLE if loss.metric in _HUMAN_METRICS else None),
            side=side.actor,
            place=place,
            day=self._scene.day(s, p.first, p.last),
            part=loss.part,
            hedged=how.hedged,
            negated=how.negated or quantity.high == 0,
            own=side.own,
        )

    def _is_old(self, s: Sentence, p: Phrase, *, total: bool) -> bool:
        """Whether the sentence's own day lies far back, or the headline looks back and it names no day of its own."""
        day = self._scene.day(s, p.first, p.last)
        if day is None or self._scene.on is None:
            return self.looks_back
        if day.stated:
            return not total and day.last < self._scene.on - _RECENT
        return self.looks_back


_HUMAN_METRICS = frozenset(
    {
        Metric.KILLED,
        Metric.WOUNDED,
        Metric.CASUALTIES,
        Metric.MISSING,
        Metric.ARRESTED,
        Metric.SURRENDERED,
        Metric.FREED,
        Metric.RESCUED,
        Metric.DISPLACED,
    }
)


_NEVER_ONE = frozenset({Metric.CAPTURED, Metric.LAUNCHED})
"""What is told of one thing without counting: "took *a* town", "fired *a* missile". A ship is counted."""


def _as_loss(toll: Toll) -> Loss:
    """A running figure as a loss, so that both are told alike."""
    n, counted = toll.number, toll.counted
    head = counted.head if counted else (n.last, n.last)
    phrase = Phrase(n.first, n.last, n, head, counted.kind if counted else None)
    return Loss(phrase, toll.metric, None, total=toll.total, around=toll.head)


def _with_inherited(losses: Sequence[Loss]) -> Iterator[Loss]:
    """Give "30 others" and "two of them" the class of what they are others of."""
    before: Phrase | None = None
    for loss in losses:
        p = loss.phrase
        if p.bare and loss.around is None and before is not None and loss.metric in _HUMAN_METRICS:
            p = replace(p, kind=before.kind)
            yield replace(loss, phrase=p)
            continue
        yield loss
        if p.kind in HUMAN and p.kind is not ObjectClass.CHILDREN and not loss.part:
            before = p


def _quantity(loss: Loss, trend: Trend, *, total: bool) -> Quantity:
    p, n = loss.phrase, loss.phrase.number
    if n is None or (n.kind == "article" and loss.metric in _NEVER_ONE and p.kind is not ObjectClass.VEHICLES):
        return Quantity()
    quantity = with_trend(n.quantity, n.at, trend)
    return replace(quantity, total=True) if total and quantity.high != 0 else quantity


def _object(s: Sentence, loss: Loss) -> str | None:
    first, last = loss.phrase.head
    if first == last:
        return None
    return s.field.text[s.tokens[first].start : s.tokens[last - 1].end]


def _words_of(loss: Loss) -> tuple[int, int]:
    """Tokens of the figure and of what makes it a loss."""
    p, around = loss.phrase, loss.around or ((loss.trigger.first, loss.trigger.last) if loss.trigger else None)
    return (min(p.first, around[0]), max(p.last, around[1])) if around else (p.first, p.last)


def _clause(s: Sentence, first: int, last: int) -> Span:
    """The words from mark to mark around some tokens."""
    while first > 0 and s.tokens[first - 1].text not in _CUT:
        first -= 1
    while last < len(s.tokens) and s.tokens[last].text not in _CUT:
        last += 1
    return s.span(s.tokens[first].start, s.tokens[last - 1].end)
