"""One sentence as loss words see it: its counted phrases, and what stands in the gaps between them.

A small grammar instead of a parser, at a hundredth of its cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.core.claims.document import Token
from monitor.core.claims.losses import THINGS, Trigger, vocabulary
from monitor.core.claims.objects import HUMAN, Phrase, company, joins, noun_phrase, nouns, part_marks, single
from monitor.model import ObjectClass

_BRACKETS = (("(", ")"), ("–", "–"), ("—", "—"))
_LONGEST_BRACKET = 12
"""Tokens."""

_LONGEST_NAME = 5
"""Tokens of a person's name."""

Antecedents = Callable[[], Sequence[ObjectClass]]
"""Classes of what the sentence before tells of, for "it was not shot down"; asked for only where "it" stands."""


class Clause:
    """The tokens, phrases and loss words of a sentence. Gaps are ranges of token indexes."""

    def __init__(
        self,
        tokens: Sequence[Token],
        phrases: list[Phrase],
        triggers: list[Trigger],
        lang: str,
        antecedents: Antecedents = tuple,
    ) -> None:
        self.antecedents = antecedents
        self.tokens, self.phrases, self.lang = tokens, phrases, lang
        self.lex = vocabulary(lang)
        inner = {p.inner for p in phrases if p.inner is not None}
        heads = {p.head[1] - 1 for p in phrases if not p.bare}
        self.triggers = [t for t in triggers if t.first not in inner and t.first not in heads]
        """Loss words that stand for themselves, neither adjectives ("wounded soldiers") nor heads ("12 deaths")."""
        told = [t for t in triggers if t.first not in inner and t.loss != "nothing"]
        self.words = {i for t in told for i in range(t.first, t.last)}

    def lower(self, i: int) -> str:
        """The token in lower case; empty outside the sentence."""
        return self.tokens[i].lower if 0 <= i < len(self.tokens) else ""

    def head(self, p: Phrase) -> str:
        """The last word of what is counted; empty for a number alone."""
        return "" if p.bare else self.lower(p.head[1] - 1)

    def enclosed(self, p: Phrase, before: int) -> bool:
        """Whether a phrase stands in brackets or between dashes that close before a token."""
        for opening, closing in _BRACKETS:
            inside = range(max(0, p.first - _LONGEST_BRACKET), p.first)
            start = next((i for i in reversed(inside) if self.lower(i) in {opening, closing}), None)
            if start is not None and self.lower(start) == opening:
                return any(self.lower(i) == closing for i in range(p.last, before))
        return False

    def plain(self, gap: range, marks: str = ";:.") -> bool:
        """Whether a gap holds no other loss word and none of the marks."""
        return not any(i in self.words or self.lower(i) in marks for i in gap)

    # --- words around a loss word ---------------------------------------------------------

    def bridges(self, i: int) -> bool:
        """Whether a word may stand between a subject and its loss word: "were also mercilessly killed"."""
        low = self.lower(i)
        return low in self.lex.bridges or (low.endswith("ly") and low not in nouns(self.lang))

    def start_of_group(self, t: Trigger) -> int:
        """Where the auxiliaries and adverbs before a loss word begin."""
        start = t.first
        if t.loss == "missing" and self.lower(start - 1) == "as":
            start -= 1  # "listed nine men *as* missing"
        if self.lower(start - 1) == "and" and self.lower(start - 2) in self.lex.striking:
            start -= 2  # "were *hit and* destroyed"
        while start > 0 and self.bridges(start - 1):
            start -= 1
        return start

    def has_auxiliary(self, t: Trigger) -> bool:
        """Whether it is "were killed"."""
        return any(self.lower(i) in self.lex.auxiliaries for i in range(self.start_of_group(t), t.first))

    def is_passive(self, t: Trigger) -> bool:
        """Whether the loss word tells of what stands on its left."""
        if "state" in t.forms:
            return not self._is_adjective(t)
        if not t.forms & {"participle", "guarded"}:
            return False
        if self.has_auxiliary(t):
            return True
        return "participle" in t.forms and not self._is_perfect(t) and not self._object_follows(t.last)

    def _is_perfect(self, t: Trigger) -> bool:
        """As in "the towns that rebels had captured": active, though nothing follows."""
        return any(self.lower(i) in self.lex.perfect for i in range(self.start_of_group(t), t.first))

    def _object_follows(self, i: int) -> bool:
        """Whether a word that may be either is active here, because what it happens to comes next."""
        if self.object_at(i) is not None or self.lower(i) in self.lex.pronouns:
            return True
        return self.lower(i)[:1].isalnum() and self.lower(i) not in self.lex.grammar.stops

    def _is_adjective(self, t: Trigger) -> bool:
        """As in "the dead soldiers"."""
        following = self.lower(t.last)
        if t.loss == "taken" and following in self.lex.of_prisoners:
            return True
        named = following in nouns(self.lang) and following not in self.lex.grammar.verbs
        return named and t.loss != "departed"

    # --- objects ------------------------------------------------------------------------------

    def object_at(self, start: int) -> Phrase | None:
        """The phrase that starts at `start`, a few adverbs apart; or the bare plural there."""
        p = next((p for p in self.phrases if p.first >= start), None)
        near = p is not None and p.first - start <= 3
        if p is not None and near and all(self.lower(i) in self.lex.object_skips for i in range(start, p.first)):
            return p
        return noun_phrase(self.tokens, start, self.lex.grammar, self.lang)

    def named_at(self, start: int) -> Phrase | None:
        """The one person named or described from `start` on, if no counted phrase stands there."""
        if any(p.first == start for p in self.phrases):
            return None
        ends = range(min(start + _LONGEST_NAME, len(self.tokens)), start, -1)
        found = (single(self.tokens, end, self.lex.grammar, self.lang) for end in ends)
        return next((p for p in found if p is not None and p.first == start), None)

    def listed_after_name(self, start: int) -> Phrase | None:
        """As in "killed the mayor and two of his guards": a list whose first member has no figure."""
        p = next((p for p in self.phrases if p.first >= start), None)
        if p is None or not start < p.first <= start + 9 or not joins(self.lang).ending(self.tokens, p.first):
            return None
        gap = range(start, p.first)
        other = any(self.lower(i) in self.lex.saying for i in gap)
        if not self.brings_company(p):
            other = other or any(self.lower(i) in self.lex.adjuncts for i in gap)
        return p if self.plain(gap) and not other else None

    def after_of(self, t: Trigger) -> int | None:
        """Where the object of a noun begins: behind "the murder on Monday of"."""
        ends_in_preposition = self.lower(t.last - 1) in self.lex.object_prepositions
        for i in range(t.last, min(t.last + 6, len(self.tokens))):
            if self.lower(i) == "of":
                return i + 1
            if i == t.last and ends_in_preposition:
                return i
            if any(p.first == i for p in self.phrases) or not self.plain(range(i, i + 1), ".;,:"):
                return None
        return None

    def possessor(self, t: Trigger) -> Phrase | None:
        """As in "the six priests' slaying"."""
        marked = self.lower(t.first - 1) in {"'", "'s"}
        return next((p for p in self.phrases if p.last == t.first - 1), None) if marked else None

    def kind_before(self, p: Phrase, loss: str) -> ObjectClass | None:
        """The class that "1,200 damaged" has from the "310 homes" before it, "12 captured" from "60 fighters"."""
        before = (q.kind for q in reversed(self.phrases) if q.last <= p.first and q.kind is not None)
        fits = {"captured": HUMAN | THINGS, "taken": HUMAN}.get(loss, THINGS)
        return next((k for k in before if k in fits), None)

    # --- lists ----------------------------------------------------------------------------------

    def link(self, p: Phrase, q: Phrase) -> bool | None:
        """Whether `q` continues the list after `p`: True as a part of it, False beside it, None not at all."""
        gap = range(p.last, q.first)
        if self.opens_part(gap) or self._opens_part_behind_name(gap) or (q.partitive and len(gap) <= 1):
            return True
        if self._speaks(q):
            return None
        if self.joins(gap):
            return False
        if len(gap) > 8 or not self.plain(gap, "") or any(self.lower(i) in self.lex.saying for i in gap):
            return None
        behind_place = self.lower(p.last) in self.lex.adjuncts and joins(self.lang).ending(self.tokens, q.first) > 0
        return False if behind_place else None

    def joins(self, gap: range) -> bool:
        """Whether a gap is nothing but "and", a comma, "as well as"."""
        if not 0 < len(gap) <= 4:
            return False
        i = gap.start
        while i < gap.stop:
            length = joins(self.lang).starting(self.tokens, i) or self._is_age(i)
            if length == 0:
                return False
            i += length
        return True

    def joins_described(self, gap: range) -> bool:
        """As in "two policemen *who were her bodyguards and* a driver"."""
        if not 2 < len(gap) <= 10 or self.lower(gap.start) not in self.lex.descriptions:
            return False
        return self.lower(gap.stop - 1) == "and" and self.plain(gap, "")

    def opens_part(self, gap: range) -> bool:
        """Whether a gap is "including", "among them"."""
        length = part_marks(self.lang).ending(self.tokens, gap.stop) if gap else 0
        return 0 < length <= len(gap) and all(self.lower(i) in self.lex.part_fillers for i in gap[:-length])

    def ends_in_part_mark(self, gap: range) -> bool:
        """Whether "including" stands at the end of a gap."""
        return 0 < part_marks(self.lang).ending(self.tokens, gap.stop) <= len(gap)

    def is_tail_part(self, p: Phrase, gap: range) -> bool:
        """As in "92 people were killed, 41 of them children"."""
        return p.partitive and all(self.lower(i) in self.lex.part_fillers for i in gap)

    def brings_company(self, p: Phrase) -> bool:
        """As in "was killed, along with two guards"."""
        return company(self.lang).ending(self.tokens, p.first) > 0

    def _opens_part_behind_name(self, gap: range) -> bool:
        """As in "including the rector and" two women."""
        opening = part_marks(self.lang).starting(self.tokens, gap.start + (self.lower(gap.start) == ","))
        joined = joins(self.lang).ending(self.tokens, gap.stop) > 0
        return bool(opening) and joined and len(gap) <= 12 and self.plain(gap, "")

    def _is_age(self, i: int) -> bool:
        """As in "a man, 34, and": an age between commas."""
        return self.lower(i).isdigit() and self.lower(i - 1) == self.lower(i + 1) == ","

    def _speaks(self, p: Phrase) -> bool:
        """As in "…, a local official said": one of whom nothing but speech is told."""
        if p.number is None or p.number.kind != "article":
            return False
        after = [self.lower(i) for i in range(p.last, p.last + 6)]
        cut = next((k for k, low in enumerate(after) if low in {",", ".", ";", "and"}), len(after))
        return any(low in self.lex.saying for low in after[:cut])
