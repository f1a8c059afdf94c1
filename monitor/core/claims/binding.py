"""Which loss word tells of which phrase.

A passive or intransitive word takes the phrase on its left, an active one the phrase on its right, a noun the one
after "of"; lists share their word, and parts ("including 12 children") are marked as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.core.claims.clause import Antecedents, Clause
from monitor.core.claims.document import Token
from monitor.core.claims.losses import Loss, Trigger, metric_for
from monitor.core.claims.objects import HUMAN, Phrase, noun_phrase
from monitor.core.claims.subjects import Chain, Subjects
from monitor.model import Metric, ObjectClass

_INHERITING = frozenset({"destroyed", "damaged", "captured", "shot_down", "launched", "lost", "taken"})
_OF_PEOPLE = frozenset({Metric.WOUNDED, Metric.FREED, Metric.ARRESTED, Metric.RESCUED, Metric.MISSING})
"""What happens to nobody but people, so that a word like "drillers" must mean some."""

_FARTHEST = 14
"""Tokens behind a passive to "including" or "along with"."""


def bind(
    tokens: Sequence[Token],
    phrases: list[Phrase],
    triggers: list[Trigger],
    lang: str = "en",
    antecedents: Antecedents = tuple,
) -> list[Loss]:
    """Every loss of a sentence, in the order of the text."""
    return _Binder(Clause(tokens, phrases, triggers, lang, antecedents), triggers).bind()


class _Binder:
    def __init__(self, clause: Clause, triggers: list[Trigger]) -> None:
        self._clause, self._finder = clause, Subjects(clause)
        self._by_start = {t.first: t for t in triggers}
        self._losses: list[Loss] = []
        self._claimed: set[int] = set()
        self._subjects: dict[int, Chain] = {}

    def bind(self) -> list[Loss]:
        """Passives first: what they take is no object of an active word before them."""
        for t in filter(self._clause.is_passive, self._clause.triggers):
            self._subjects[t.last] = chain = self._finder.of(t, self._subjects)
            for p, part in chain:
                self._tell(p, t, part=part)
        for t in self._clause.triggers:
            self._take_right(t)
        for p in self._clause.phrases:
            self._take_own(p)
            self._take_breakdown(p)
        told: dict[tuple[int, Metric], Loss] = {}
        for x in self._losses:
            told.setdefault((x.phrase.first, x.metric), x)
        return self._without_other_wholes(sorted(told.values(), key=lambda x: x.phrase.first))

    def _without_other_wholes(self, losses: list[Loss]) -> list[Loss]:
        """As in "fired 12 missiles and 11 of them were shot down": all that was shot down."""
        metrics = [x.metric for x in losses]
        told = [k > 0 or x.metric is Metric.SHOT_DOWN for k, x in enumerate(losses)]
        alone = [x.part and t and metrics.count(x.metric) == 1 for t, x in zip(told, losses, strict=True)]
        return [replace(x, part=False) if whole else x for x, whole in zip(losses, alone, strict=True)]

    # --- to the right -------------------------------------------------------------------------

    def _take_right(self, t: Trigger) -> None:
        if "nominal" in t.forms and (start := self._clause.after_of(t)) is not None:
            self._take_list(t, start)
            if t.loss == "body" and (named := self._clause.named_at(start)) is not None:
                self._tell(named, t)
        elif "nominal" in t.forms and (p := self._clause.possessor(t)) is not None:
            self._tell(p, t)
        elif t.last in self._subjects:
            self._take_behind_passive(t)
        elif t.forms & {"active", "participle", "guarded"}:
            self._take_leader(t)
            self._take_list(t, t.last)

    def _take_leader(self, t: Trigger) -> None:
        """As in "eliminated *the commander* of a brigade": one of whom it is told as news, though uncounted."""
        if t.loss not in {"killed", "eliminated"} or t.base or self._clause.object_at(t.last) is not None:
            return
        named = self._clause.named_at(t.last)
        if named is not None and self._clause.lower(named.last - 1) in self._clause.lex.leaders:
            self._tell(named, t)

    def _take_list(self, t: Trigger, start: int, *, part: bool = False) -> None:
        previous = self._clause.object_at(start) or self._clause.listed_after_name(start)
        if previous is None or id(previous) in self._claimed:
            return
        self._tell(previous, t, part=part or previous.partitive)
        for q in [q for q in self._clause.phrases if q.first >= previous.last]:
            link = self._clause.link(previous, q)
            if link is None or id(q) in self._claimed:
                break
            part = part or link
            self._tell(q, t, part=part or q.partitive)
            previous = q

    def _take_behind_passive(self, t: Trigger) -> None:
        if self._clause.lower(t.last) in self._clause.lex.containing:
            self._take_list(t, t.last + 1, part=True)
        self._take_rest(t)
        if not self._subjects[t.last]:
            self._take_predicate(t)
            self._take_among(t)

    def _take_rest(self, t: Trigger) -> None:
        """As in "was killed, along with two guards"; "12 were hurt, including 3 officers"."""
        for p in [p for p in self._clause.phrases if p.first >= t.last and id(p) not in self._claimed]:
            gap = range(t.last, p.first)
            if len(gap) > _FARTHEST or not self._clause.plain(gap, ".;"):
                return
            if self._clause.brings_company(p):
                self._tell(p, t)
                return
            contained = self._clause.ends_in_part_mark(gap) or self._clause.is_tail_part(p, gap)
            if contained and self._subjects[t.last]:
                self._tell(p, t, part=True)
                return

    def _take_predicate(self, t: Trigger) -> None:
        """As in "those killed were civilians", "the dead of the strikes are children"."""
        lex, lower = self._clause.lex, self._clause.lower
        verb = next((i for i in range(t.last, t.last + 8) if lower(i) in lex.copulas), None)
        if verb is None or not self._clause.plain(range(t.last, verb), ",;:."):
            return
        if any(lower(i) in lex.saying for i in range(t.last, verb)):
            return
        start = next(i for i in range(verb + 1, verb + 9) if lower(i) not in lex.predicate_fillers)
        if (p := self._clause.object_at(start)) is not None:
            self._tell(p, t)

    def _take_among(self, t: Trigger) -> None:
        """As in "two policemen were among those killed"; "among the wounded are two girls"."""
        lex, lower = self._clause.lex, self._clause.lower
        at = next((i for i in range(max(0, t.first - 3), t.first) if lower(i) in lex.among), None)
        if at is None:
            return
        subjects = self._finder.chain(self._finder.nearest(t, at - (lower(at - 1) in lex.copulas))) if at > 1 else []
        if not subjects and lower(t.last) in lex.copulas:
            self._take_list(t, t.last + 1, part=True)
        for p, _ in subjects:
            if p.number is not None:
                self._tell(p, t, part=True)

    # --- phrases that carry their own word --------------------------------------------------------

    def _take_own(self, p: Phrase) -> None:
        """As in "12 deaths", "two wounded soldiers"."""
        if id(p) in self._claimed:
            return
        lex, head = self._clause.lex, self._clause.head(p)
        if head in lex.grammar.counted:
            if self._is_counted_loss(p, head):
                self._tell(p, None, loss=lex.grammar.counted[head])
        elif p.inner is not None and p.inner in self._by_start and self._is_news(p):
            self._tell(p, self._by_start[p.inner], part=p.partitive)

    def _is_counted_loss(self, p: Phrase, head: str) -> bool:
        """As in "claimed 12 lives", "12 *new* arrivals": some nouns are losses only beside another word."""
        if head == "arrivals":
            return self._clause.lower(p.head[1] - 2) == "new"
        if head == "launches":
            return any(self._clause.lower(i) in self._clause.lex.sighted for i in range(p.last, p.last + _FARTHEST))
        return head != "lives" or self._clause.lower(p.first - 1) in self._clause.lex.lives_after

    def _is_news(self, p: Phrase) -> bool:
        """Whether an adjective tells the loss: "two wounded soldiers", but not "searching two collapsed markets"."""
        before = self._clause.lower(p.first - 1)
        known = before in self._clause.lex.adjuncts or before == "under" or before.endswith("ing")
        return p.kind in HUMAN or p.number is None or not (known or p.number.kind == "article")

    def _take_breakdown(self, p: Phrase) -> None:
        """As in "of the 45 killed, 12 were children": what is said of a number after a loss is a part of it."""
        if self._clause.lower(p.last) not in self._clause.lex.copulas:
            return
        what = noun_phrase(self._clause.tokens, p.last + 1, self._clause.lex.grammar, self._clause.lang)
        if what is None or what.kind not in HUMAN:
            return
        if p.partitive and p.inner is not None:
            named = replace(p, head=what.head, kind=what.kind, last=what.last)
            self._losses = [replace(x, phrase=named) if x.phrase is p else x for x in self._losses]
        elif p.bare and id(p) not in self._claimed:
            self._take_part_of_last(replace(what, first=p.first, number=p.number))

    def _take_part_of_last(self, part: Phrase) -> None:
        whole = next((x for x in reversed(self._losses) if x.phrase.last <= part.first), None)
        if whole is not None:
            self._losses.append(Loss(part, whole.metric, whole.trigger, part=True))

    # --- what may be told -----------------------------------------------------------------------------

    def _tell(self, p: Phrase, t: Trigger | None, *, part: bool = False, loss: str | None = None) -> None:
        loss = loss or (self._loss_of(p, t) if t else None)
        if loss is None:
            return
        lonely = p.bare and p.kind is None and loss in _INHERITING
        told = replace(p, kind=self._kind_before(p, loss)) if lonely else p
        metric = metric_for(loss, told.kind)
        if metric is None or not self._is_believable(told, t, metric):
            return
        self._claimed.add(id(p))
        of_other_loss = t is not None and p.inner is not None and p.inner != t.first
        self._losses.append(Loss(told, metric, t, part and not of_other_loss))

    def _kind_before(self, p: Phrase, loss: str) -> ObjectClass | None:
        """The class of what "91 of them" are some of: in the sentence, else of the sentence before."""
        here = self._clause.kind_before(p, loss)
        if here or not p.partitive:
            return here
        return next((k for k in self._clause.antecedents() if metric_for(loss, k) is not None), None)

    def _is_beside(self, p: Phrase, t: Trigger) -> bool:
        """Whether nothing but auxiliaries stands between: of "a slip", nobody is told to be dead farther on."""
        return p.last == self._clause.start_of_group(t)

    def _loss_of(self, p: Phrase, t: Trigger) -> str | None:
        """What the word does to this object: bodies are dead however they are found; deaths are no objects."""
        lex, head = self._clause.lex, self._clause.head(p)
        if (special := self._by_head(p, t)) is not None:
            return special
        if head in lex.body_words and t.loss in {"bodies", "rescued", "picked_up"}:
            return "killed" if p.number else None
        if t.loss == "bodies" or (head in lex.grammar.counted and t.loss != "casualties"):
            return None
        if self._lacks_its_company(t, head):
            return None
        if t.loss in {"destroyed", "eliminated"} and self._flies(p) and self._is_air_defence():
            return "shot_down"
        lost_jobs = t.loss == "lost" and p.kind is ObjectClass.PEOPLE and head not in lex.lost_people
        return None if lost_jobs else t.loss

    def _lacks_its_company(self, t: Trigger, head: str) -> bool:
        """Whether a word that tells a loss only beside another stands without that."""
        if t.loss == "exchanged":
            return head not in self._clause.lex.exchangeable
        return (t.loss == "alight" and not self._is_set(t)) or (t.loss == "departed" and not self._is_from_home(t))

    def _by_head(self, p: Phrase, t: Trigger) -> str | None:
        """What a word does to those of one name only: survivors are found alive, prisoners taken, its men fall."""
        lex, head = self._clause.lex, self._clause.head(p)
        if t.loss == "bodies" and head in lex.living:
            return "rescued"
        if t.loss in {"took", "held"} and p.kind in HUMAN and p.kind is not ObjectClass.COMBATANTS:
            return "taken" if head in lex.prisoners else "nothing"
        if t.loss == "took" and p.kind in HUMAN:
            return "nothing"
        if t.loss == "fallen" and p.kind is ObjectClass.PEOPLE:
            own = head in lex.lost_people and self._clause.lower(p.head[0] - 1) in lex.own
            return "killed" if own else "nothing"
        return "nothing" if t.loss == "fallen" and p.kind is ObjectClass.POSITIONS and head not in lex.ground else None

    def _is_set(self, t: Trigger) -> bool:
        """As in "*set* six vehicles alight"."""
        return any(self._clause.lower(i) in self._clause.lex.igniting for i in range(t.first - _FARTHEST, t.first))

    def _is_from_home(self, t: Trigger) -> bool:
        """As in "have left *the harbour district*": a place where people live comes next."""
        return any(self._clause.lower(i) in self._clause.lex.dwelling for i in range(t.last, t.last + 6))

    def _flies(self, p: Phrase) -> bool:
        aerial = p.kind is ObjectClass.AIRCRAFT and self._clause.head(p).startswith("vehicle")
        return aerial or self._clause.head(p) in self._clause.lex.airborne

    def _is_air_defence(self) -> bool:
        """Whether what is destroyed is told to come down: by air defences, or also "intercepted"."""
        lower = self._clause.lower
        defended = any(
            lower(i) in self._clause.lex.defences and lower(i - 1) == "air" for i in range(len(self._clause.tokens))
        )
        return defended or any(t.loss == "shot_down" for t in self._clause.triggers)

    def _is_known_or_cared_for(self, p: Phrase, t: Trigger | None, metric: Metric) -> bool:
        """As in "after damage to *a bridge*", and the wounded who are taken away."""
        one = p.number is not None and p.number.kind == "article"
        if metric is Metric.DAMAGED:
            return one and t is not None and "nominal" in t.forms
        return metric is Metric.DISPLACED and (one or self._clause.head(p) in self._clause.lex.hurt)

    def _is_believable(self, p: Phrase, t: Trigger | None, metric: Metric) -> bool:
        """Whether the loss may be told of this object: an unknown or an uncounted noun needs clearer words."""
        if p.number is None:
            if p.bare:
                return p.kind not in HUMAN
            if t is not None and t.loss == "burned":
                return False
            plain = p.kind is not ObjectClass.PEOPLE or (t is not None and self._clause.has_auxiliary(t))
            return plain and metric is not Metric.LAUNCHED
        if self._is_known_or_cared_for(p, t, metric):
            return False
        if p.kind is not None or (p.bare and p.known):
            return True
        passive = t is not None and t.last in self._subjects and (p.number.kind != "article" or self._is_beside(p, t))
        person = self._clause.head(p).endswith(self._clause.lex.person_endings)
        return (metric is Metric.KILLED and (passive or person)) or (metric in _OF_PEOPLE and passive and person)
