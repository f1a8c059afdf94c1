"""Of whom a passive or intransitive loss word tells: the phrase on its left, with all that are listed with it."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.claims.clause import Clause
from monitor.core.claims.losses import Trigger, metric_for
from monitor.core.claims.objects import Phrase, bare_plural, single

_FARTHEST = 22
"""Tokens between a subject and its verb beyond which nothing is believed."""

_FATES = frozenset({"killed", "wounded", "arrested", "captured", "freed"})
"""Losses that are told of one named person."""

_PASTS = ("ed", "ell", "ent", "ame")
"""How verbs end that tell of somebody before the loss does: "who jumped", "who fell", "who went"."""

Chain = list[tuple[Phrase, bool]]
"""Listed phrases from right to left, and whether each is a part of one further left."""


class Subjects:
    """Finds subjects in one clause."""

    def __init__(self, clause: Clause) -> None:
        self._clause = clause

    def of(self, t: Trigger, before: dict[int, Chain]) -> Chain:
        """The subjects of a loss word; `before` are those of the words to its left, by where these end."""
        start = self._clause.start_of_group(t)
        if self._is_contrast(t):
            return []
        if self._is_described(t, start) or self._tells_which(t, start):
            return []
        chain = self._shared(start, before) or self._with_enclosed(self._listed(self.nearest(t, start), start), start)
        if chain and t.loss in _FATES and (one := self._single_before(chain[-1][0])) is not None:
            chain.append((one, False))
        return chain

    def _is_described(self, t: Trigger, start: int) -> bool:
        """As in "freed 12 of the 40 miners *kidnapped* there": another word's object, told apart by it."""
        if start < t.first or "participle" not in t.forms or t.loss == "launched":
            return False
        first = next((p.first for p in self._clause.phrases if p.last == start), None)
        return any(
            u.last == first
            and u.loss not in {t.loss, "bodies", "lost"}
            and u.forms & {"active", "participle", "guarded"}
            and not self._clause.has_auxiliary(u)
            for u in self._clause.triggers
        )

    def _tells_which(self, t: Trigger, start: int) -> bool:
        """As in "five of the men *arrested* in Lima were freed", "a man *wounded* on Monday died": who is meant."""
        some = next((p for p in self._clause.phrases if p.last == start == t.first and p.number), None)
        if some and some.number and some.number.kind == "article" and t.loss == "wounded":
            return any(u.loss == "killed" and u.first > t.last and "state" in u.forms for u in self._clause.triggers)
        if some is None or some.whole or some.number is None or self._clause.lower(some.number.last) != "of":
            return False
        return any(u.first > t.last and self._clause.has_auxiliary(u) for u in self._clause.triggers)

    def _listed(self, p: Phrase | None, start: int) -> Chain:
        """As in "arrested 300 people, *of whom 120* were released": the word after it is told of the part alone."""
        lower = self._clause.lower
        if p is not None and p.bare and p.partitive and p.last == start and lower(p.last - 1) in {"whom", "which"}:
            return [(p, True)]
        if p is not None and p.bare and p.last == start and lower(p.first - 1) in {"whom", "which"}:
            return [(p, True)] if lower(p.first - 2) == "of" else self.chain(p)
        return self.chain(p)

    def _is_contrast(self, t: Trigger) -> bool:
        """As in "28 hostages were rescued, not killed"."""
        return self._clause.lower(t.first - 1) == "not" and self._clause.lower(t.first - 2) in {",", "and"}

    def _with_enclosed(self, chain: Chain, start: int) -> Chain:
        """As in "four people (*three men and a woman*) were killed": what stands in brackets are parts."""
        if not chain:
            return chain
        behind = [p for p in self._clause.phrases if chain[0][0].last <= p.first < start]
        return [*((p, True) for p in behind if self._clause.enclosed(p, start)), *chain]

    def nearest(self, t: Trigger, start: int) -> Phrase | None:
        """The phrase that the words at `start` are said of: the nearest that is no adjunct, counted or not."""
        if self._is_some_of(start):
            return None
        if (every := self._all_of(start, t)) is not None:
            return every
        for p in reversed(self._clause.phrases):
            if p.last > start:
                continue
            if self._clause.enclosed(p, start):
                continue
            if start - p.last > _FARTHEST or not self._clause.plain(range(self._behind_reduced(p), start)):
                break
            if self._is_adjunct(p, t, start) or self._disagrees(p, start, t):
                continue
            return self._whole(p, t) if self._reaches(p, start, t) else self._uncounted(start, t)
        return self._uncounted(start, t)

    def _all_of(self, start: int, t: Trigger) -> Phrase | None:
        """As in "an attack by six drones was repelled and *all were* destroyed": those counted last."""
        if self._clause.lower(start) != "all" or self._clause.lower(start + 1) not in self._clause.lex.auxiliaries:
            return None
        counted = (p for p in reversed(self._clause.phrases) if p.last < start and p.number and p.number.value)
        return next((p for p in counted if not p.bare and metric_for(t.loss, p.kind) is not None), None)

    def _behind_reduced(self, p: Phrase) -> int:
        """The end of a participle that only describes the phrase: "64 people *arrested* in Lima were freed"."""
        return next((t.last for t in self._clause.triggers if t.first == p.last and "participle" in t.forms), p.last)

    def chain(self, p: Phrase | None) -> Chain:
        """The phrase with those that are listed before it, and which of them are parts."""
        if p is None:
            return []
        chain, at = [(p, p.partitive)], next((i for i, q in enumerate(self._clause.phrases) if q.last == p.last), 0)
        while at > 0:
            q = self._clause.phrases[at - 1]
            gap = range(q.last, chain[-1][0].first)
            if self._is_of_some(q) or self._begins_anew(gap, chain[-1][0]):
                break
            if self._clause.opens_part(gap):
                chain = [(c, True) for c, _ in chain]
            elif not self._continues(gap, chain[-1][0]) or self._clause.head(q) in self._clause.lex.body_words:
                break
            chain.append((q, q.partitive))
            at -= 1
        return chain

    def _begins_anew(self, gap: range, p: Phrase) -> bool:
        """As in "fired 12 rockets *and 11 of them* were shot down"."""
        return p.partitive and p.bare and len(gap) == 1 and self._clause.lower(gap.start) == "and"

    def _is_of_some(self, q: Phrase) -> bool:
        """As in "fired *at 900 marchers* and two officers were hurt": led by a preposition, it is no subject."""
        return self._clause.lower(q.first - 1) in self._clause.lex.adjuncts and not q.bare

    def _continues(self, gap: range, p: Phrase) -> bool:
        joined = self._clause.joins(gap) or self._clause.joins_described(gap)
        return joined or (p.partitive and len(gap) <= 1)

    def _shared(self, start: int, before: dict[int, Chain]) -> Chain:
        """As in "were captured and later killed": the subjects of the word before."""
        i = start
        while i > 0 and self._clause.lower(i - 1) in {"and", "or", ",", "then", "later"}:
            i -= 1
        return before.get(i, []) if i < start else []

    def _single_before(self, p: Phrase) -> Phrase | None:
        """As in "*his wife* and two children were killed"."""
        if self._clause.lower(p.first - 1) != "and":
            return None
        return single(self._clause.tokens, p.first - 1, self._clause.lex.grammar, self._clause.lang)

    def _whole(self, p: Phrase, t: Trigger) -> Phrase:
        """As in "46 of 58 drones launched by Russia": it launched 58; but of "46 of 58 drones downed" 46 are."""
        if p.whole is None or p.last != t.first:
            return p
        goes_on = any(u.first > t.last and self._clause.has_auxiliary(u) for u in self._clause.triggers)
        return replace(p, number=p.whole) if t.loss == "launched" or goes_on else p

    def _disagrees(self, p: Phrase, start: int, t: Trigger) -> bool:
        """As in "with 510 staff, was rescued": many can't be the subject of a singular verb."""
        if self._clause.lower(p.last) in self._clause.lex.aboard and self._clause.lower(p.first - 1) == "with":
            return False
        many = p.number is not None and p.number.value is not None and p.number.value >= 2
        return many and any(self._clause.lower(i) in self._clause.lex.singular for i in range(start, t.first))

    def _is_some_of(self, start: int) -> bool:
        """As in "181 missiles, most of which were shot down": nobody says how many."""
        lower = self._clause.lower
        pronoun = lower(start - 1) in self._clause.lex.grammar.part_pronouns and lower(start - 2) == "of"
        return pronoun and lower(start - 3) in self._clause.lex.quantifiers

    def _is_adjunct(self, p: Phrase, t: Trigger, start: int) -> bool:
        before = self._clause.lower(p.first - 1)
        apart = p.last < start or start < t.first
        if before == "by" or (before in self._clause.lex.adjuncts and apart):
            return True
        if before == "with" and p.last == start and self._clause.lower(p.first - 2) in self._clause.lex.contacts:
            return True
        return not p.bare and metric_for(t.loss, p.kind) is None

    def _reaches(self, p: Phrase, start: int, t: Trigger) -> bool:
        """Whether what stands between phrase and verb only describes the phrase."""
        if p.last == start:
            return True
        lex, first = self._clause.lex, self._clause.lower(p.last)
        described = first.endswith("ing") or (
            first.endswith("ed") and self._clause.lower(p.last + 1) in lex.subject_links
        )
        relative = first in lex.relatives
        if relative and p.last + 1 < start and not self._is_of_relative(start, t) and not self._is_subject(p.last):
            return False
        gap = {self._clause.lower(i) for i in range(p.last, start)}
        saying = lex.saying - lex.relatives if relative else lex.saying
        return (first in lex.subject_links or described or self._joins_unknown(p, start)) and not gap & saying

    def _joins_unknown(self, p: Phrase, start: int) -> bool:
        """As in "60 servicemen *and foreign contractors* were killed": the number counts both."""
        words_ = [self._clause.lower(i) for i in range(p.last, start)]
        return words_[:1] == ["and"] and 1 < len(words_) <= 4 and words_[-1].endswith("s") and words_[-1].isalpha()

    def _is_of_relative(self, start: int, t: Trigger) -> bool:
        """As in "drones that were launched", against "drones that Russia launched"."""
        return any(self._clause.lower(i) in self._clause.lex.auxiliaries for i in range(start, t.first))

    def _is_subject(self, relative: int) -> bool:
        """As in "one *who fell overboard* is missing": the relative clause has no subject of its own."""
        following = self._clause.tokens[relative + 1] if relative + 1 < len(self._clause.tokens) else None
        plain = following is not None and following.text[0].islower()
        return plain and self._clause.lower(relative) == "who" and self._clause.lower(relative + 1).endswith(_PASTS)

    def _uncounted(self, start: int, t: Trigger) -> Phrase | None:
        """The plural ("civilians were killed") or the one person ("the mayor died") right before."""
        clause = self._clause
        if clause.lower(start - 1) in clause.lex.relatives:
            start -= 1
        if clause.lower(start - 1) == "it":
            return self._antecedent(start - 1, t)
        plural = bare_plural(clause.tokens, start, clause.lang)
        if plural is not None or not self._is_of_one(t):
            return plural
        return single(clause.tokens, start, clause.lex.grammar, clause.lang)

    def _antecedent(self, at: int, t: Trigger) -> Phrase | None:
        """What "it" stands for: the first thing of the sentence before that the word can happen to."""
        fits = (kind for kind in self._clause.antecedents() if metric_for(t.loss, kind) is not None)
        kind = next(fits, None)
        return Phrase(at, at + 1, None, (at + 1, at + 1), kind) if kind else None

    def _is_of_one(self, t: Trigger) -> bool:
        """Whether the verb is one that a single person's fate is told with: "was killed", "died"."""
        lex, tokens = self._clause.lex, self._clause.tokens
        if t.loss not in _FATES:
            return False
        near = {self._clause.lower(i) for i in range(t.first - 4, t.first)}
        told = bool(near & lex.singular) or self._clause.lower(t.first) in lex.bare_fates
        return told and not lex.natural.within(tokens[t.last : t.last + 14])
