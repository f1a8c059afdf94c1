"""What happens to what is counted: loss words, and which noun phrases each of them is about.

A small grammar instead of a parser: a passive or intransitive word takes the phrase on its left, an active one the
phrase on its right, a noun the one after "of"; lists share their word. It costs a hundredth of a dependency parse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.numbers import Phrases
from monitor.core.claims.objects import (
    HUMAN,
    Grammar,
    Phrase,
    bare_plural,
    company,
    joins,
    noun_phrase,
    nouns,
    part_marks,
    single,
)
from monitor.model import Metric, ObjectClass

_FARTHEST = 22
"""Tokens between a subject and its verb beyond which nothing is believed."""

_THING_LOSSES = frozenset("destroyed damaged captured shot_down launched lost".split())
_THINGS = frozenset(ObjectClass) - HUMAN


@dataclass(frozen=True, slots=True)
class Trigger:
    """A loss word over tokens `first` up to `last`. `loss` is a metric, or `lost`, `eliminated`."""

    first: int
    last: int
    loss: str
    forms: frozenset[str]
    base: bool = False
    """An infinitive or a headline's present: "kill"."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A phrase and what happened to it."""

    phrase: Phrase
    metric: Metric
    trigger: Trigger | None
    part: bool = False
    total: bool = False
    around: tuple[int, int] | None = None
    """Tokens of the words that make it one, where no trigger does ("death toll")."""


@dataclass(frozen=True)
class _Lexicon:
    triggers: Mapping[str, tuple[tuple[tuple[str, ...], str, frozenset[str], bool], ...]]
    grammar: Grammar
    counted: Mapping[str, str]
    bridges: frozenset[str]
    auxiliaries: frozenset[str]
    adjuncts: frozenset[str]
    subject_links: frozenset[str]
    saying: frozenset[str]
    object_skips: frozenset[str]
    lives_after: frozenset[str]
    person_endings: tuple[str, ...]
    singular: frozenset[str]
    natural: Phrases
    pronouns: frozenset[str]
    """What an active word may have for its object without a figure: "them", "its", "the" something."""
    copulas: frozenset[str]
    predicate_fillers: frozenset[str]
    body_words: frozenset[str]
    among: frozenset[str]
    lost_people: frozenset[str]
    bare_fates: frozenset[str]
    quantifiers: frozenset[str]


def _inflected(verb: str) -> tuple[str, tuple[str, ...]]:
    """Past participle and the active forms of a regular verb."""
    if verb.endswith("e"):
        return verb + "d", (verb, verb + "s", verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied", (verb, verb[:-1] + "ies", verb + "ing")
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return verb + "ed", (verb, third, verb + "ing")


def _forms(lang: str) -> Iterator[tuple[str, str, str, bool]]:
    """(words, loss, form, base) of every loss word."""
    bases = words("figures", "bases", lang)
    for loss, entry in lexicon("figures", lang)["losses"].items():
        for verb in entry["verbs"]:
            participle, active = _inflected(verb)
            yield participle, loss, "participle", False
            yield from ((a, loss, "active", a == verb) for a in active)
        for form in ("participle", "guarded", "active", "state", "nominal", "counted"):
            yield from ((p, loss, form, form == "active" and p.split()[0] in bases) for p in entry.get(form, ()))


@cache
def _lexicon(lang: str = "en") -> _Lexicon:
    forms: dict[tuple[str, ...], tuple[str, frozenset[str], bool]] = {}
    for text, loss, form, base in _forms(lang):
        key = tuple(text.split())
        known = forms.get(key, (loss, frozenset(), False))
        forms[key] = (known[0], known[1] | {form}, known[2] or base)
    counted = {k[0]: v[0] for k, v in forms.items() if "counted" in v[1]}
    verbs = {k[0] for k in forms if len(k) == 1} - set(counted)
    attributes = {k[0] for k, v in forms.items() if len(k) == 1 and v[1] & {"participle", "state"}}
    by_first: dict[str, list[tuple[tuple[str, ...], str, frozenset[str], bool]]] = {}
    for key, (loss, kinds, base) in forms.items():
        by_first.setdefault(key[0], []).append((key, loss, kinds, base))
    own = {k: words("figures", k, lang) for k in (*_GRAMMAR_SETS, *_SETS)}
    grammar = Grammar(
        attributes=frozenset(attributes),
        verbs=frozenset(verbs),
        counted=counted,
        months=frozenset(lexicon("days", lang)["months"]),
        number_words=frozenset(lexicon("figures", lang)["numbers"]["units"]),
        **{k: own[k] for k in _GRAMMAR_SETS},
    )
    return _Lexicon(
        {k: tuple(sorted(v, key=lambda x: -len(x[0]))) for k, v in by_first.items()},
        grammar,
        counted,
        **{k: own[k] for k in _SETS},
        person_endings=tuple(words("figures", "person_endings", lang)),
        natural=Phrases.of(lexicon("figures", lang)["natural"]),
        pronouns=words("figures", "object_pronouns", lang) | own["of_determiners"],
    )


_GRAMMAR_SETS = (
    "stops",
    "measures",
    "auxiliaries",
    "labels",
    "of_determiners",
    "others",
    "part_pronouns",
    "family_of",
    "shares",
    "definite",
)
_SETS = (
    "bridges",
    "auxiliaries",
    "adjuncts",
    "subject_links",
    "saying",
    "object_skips",
    "lives_after",
    "copulas",
    "predicate_fillers",
    "body_words",
    "among",
    "lost_people",
    "singular",
    "bare_fates",
    "quantifiers",
)


def grammar(lang: str = "en") -> Grammar:
    """The closed classes and loss words that bound noun phrases."""
    return _lexicon(lang).grammar


@cache
def cues(lang: str = "en") -> frozenset[str]:
    """Of every loss word and phrase the longest word: a sentence without any of them tells no loss."""
    return frozenset(max(key, key=len) for found in _lexicon(lang).triggers.values() for key, *_ in found)


def triggers(tokens: Sequence[Token], lang: str = "en") -> list[Trigger]:
    """The loss words of a sentence, the longest where several begin together."""
    lex, found, i = _lexicon(lang).triggers, list[Trigger](), 0
    while i < len(tokens):
        for key, loss, forms, base in lex.get(tokens[i].lower, ()):
            if i + len(key) <= len(tokens) and all(tokens[i + k].lower == w for k, w in enumerate(key)):
                found.append(Trigger(i, i + len(key), loss, forms, base))
                i += len(key) - 1
                break
        i += 1
    return found


def metric_for(loss: str, kind: ObjectClass | None) -> Metric | None:
    """The metric of a loss word for a class of object (None: not told), or None if they do not go together."""
    human = kind in HUMAN or kind is None
    match loss:
        case "lost":
            return _lost(kind)
        case "eliminated":
            return Metric.KILLED if kind is ObjectClass.COMBATANTS else Metric.DESTROYED if kind in _THINGS else None
        case "captured":
            return Metric.CAPTURED if kind is not None else None
        case "freed":
            liberated = kind is ObjectClass.POSITIONS
            return Metric.CAPTURED if liberated else Metric.FREED if human else None
        case "shot_down" | "launched":
            return Metric(loss) if kind in {ObjectClass.AIRCRAFT, ObjectClass.THINGS} else None
        case "destroyed" | "damaged":
            return Metric(loss) if kind in _THINGS else None
        case "bodies":
            return Metric.KILLED if kind is ObjectClass.PEOPLE else None
    return Metric(loss) if human else None


def _lost(kind: ObjectClass | None) -> Metric | None:
    if kind is ObjectClass.POSITIONS:
        return Metric.CAPTURED
    if kind in {ObjectClass.COMBATANTS, ObjectClass.OFFICERS, ObjectClass.PEOPLE}:
        return Metric.KILLED
    return Metric.DESTROYED if kind in _THINGS - {ObjectClass.BUILDINGS} else None


@dataclass
class Binder:
    """Binds the loss words of one sentence to its phrases."""

    tokens: Sequence[Token]
    phrases: list[Phrase]
    triggers: list[Trigger]
    lang: str = "en"
    losses: list[Loss] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lex = _lexicon(self.lang)
        self._claimed: set[int] = set()
        self._inner = {p.inner for p in self.phrases if p.inner is not None}
        self._subjects: dict[int, list[tuple[Phrase, bool]]] = {}
        self._words = {i for t in self.triggers for i in range(t.first, t.last) if t.first not in self._inner}

    def bind(self) -> list[Loss]:
        """Every loss, in the order of the text."""
        heads = {p.head[1] - 1 for p in self.phrases if not p.bare}
        live = [t for t in self.triggers if t.first not in self._inner and t.first not in heads]
        for t in live:
            if self._is_passive(t):
                self._take_left(t)
        for t in live:
            self._take_right(t)
        for p in self.phrases:
            self._take_own(p)
            self._take_breakdown(p)
        return sorted(self.losses, key=lambda x: x.phrase.first)

    # --- which way a word looks ---------------------------------------------------------

    def _is_passive(self, t: Trigger) -> bool:
        if "state" in t.forms:
            return not self._head_follows(t)
        if not t.forms & {"participle", "guarded"}:
            return False
        if self._auxiliary_before(t):
            return True
        return "participle" in t.forms and not self._object_follows(t.last)

    def _object_follows(self, i: int) -> bool:
        """Whether a word that may be either is active here, because what it happens to comes next."""
        if self._object_at(i) is not None or self._lower(i) in self._lex.pronouns:
            return True
        return self._lower(i)[:1].isalnum() and self._lower(i) not in self._lex.grammar.stops

    def _head_follows(self, t: Trigger) -> bool:
        """As in "The dead soldiers": the word is an adjective, or "killed civilians" has its object there."""
        following = self._lower(t.last)
        return following in nouns(self.lang) and following not in self._lex.grammar.verbs

    def _bridges(self, i: int) -> bool:
        """Whether a word may stand between a subject and its loss word: "were also mercilessly killed"."""
        low = self._lower(i)
        return low in self._lex.bridges or (low.endswith("ly") and low not in nouns(self.lang))

    def _auxiliary_before(self, t: Trigger) -> bool:
        i = t.first - 1
        while i >= 0 and self._bridges(i):
            if self._lower(i) in self._lex.auxiliaries:
                return True
            i -= 1
        return False

    # --- to the left --------------------------------------------------------------------

    def _take_left(self, t: Trigger) -> None:
        start = t.first
        while start > 0 and self._bridges(start - 1):
            start -= 1
        chain = self._shared(t, start) or self._chain_left(self._subject(t, start))
        if chain and t.loss in _FATES and (one := self._single_before(chain[-1][0])) is not None:
            chain.append((one, False))
        self._subjects[t.last] = chain
        for p, part in chain:
            self._tell(p, t, part=part)

    def _single_before(self, p: Phrase) -> Phrase | None:
        """As in "His wife" of "his wife and two children"."""
        joint = self._lower(p.first - 1)
        return single(self.tokens, p.first - 1, self._lex.grammar, self.lang) if joint == "and" else None

    def _shared(self, t: Trigger, start: int) -> list[tuple[Phrase, bool]]:
        """As in "Were captured and later killed": the subject of the word before."""
        i = start
        while i > 0 and self._lower(i - 1) in {"and", "or", ",", "then", "later"}:
            i -= 1
        return self._subjects.get(i, []) if i < start else []

    def _subject(self, t: Trigger, start: int) -> Phrase | None:
        """The phrase that the word at `start` is said of: the nearest that is no adjunct, counted or not."""
        if self._is_some_of(start):
            return None
        for p in reversed(self.phrases):
            if p.last > start:
                continue
            gap = range(p.last, start)
            if start - p.last > _FARTHEST or any(i in self._words or self._lower(i) in ";:." for i in gap):
                break
            if self._is_adjunct(p, t, start) or self._disagrees(p, start, t):
                continue
            p = self._whole_of(p, t)
            return p if self._reaches(p, start, t) else self._uncounted_subject(start, t)
        return self._uncounted_subject(start, t)

    def _whole_of(self, p: Phrase, t: Trigger) -> Phrase:
        """As in "46 of 58 drones launched by Russia": it launched 58."""
        return replace(p, number=p.whole) if p.whole is not None and p.last == t.first else p

    def _disagrees(self, p: Phrase, start: int, t: Trigger) -> bool:
        """As in "With 510 staff, was rescued": many can't be the subject of a singular verb."""
        many = p.number is not None and p.number.value is not None and p.number.value >= 2
        return many and any(self._lower(i) in self._lex.singular for i in range(start, t.first))

    def _is_some_of(self, start: int) -> bool:
        """As in "181 missiles, most of which were shot down": nobody says how many."""
        pronoun = self._lower(start - 1) in {"which", "whom", "them"} and self._lower(start - 2) == "of"
        return pronoun and self._lower(start - 3) in self._lex.quantifiers

    def _is_adjunct(self, p: Phrase, t: Trigger, start: int) -> bool:
        before = self._lower(p.first - 1)
        if before == "by" or (before in self._lex.adjuncts and (p.last < start or start < t.first)):
            return True
        return not p.bare and metric_for(t.loss, p.kind) is None

    def _reaches(self, p: Phrase, start: int, t: Trigger) -> bool:
        """Whether what stands between phrase and verb only describes the phrase."""
        if p.last == start:
            return True
        first = self._lower(p.last)
        described = first.endswith("ing") or (
            first.endswith("ed") and self._lower(p.last + 1) in self._lex.subject_links
        )
        if first in {"that", "which"} and p.last + 1 < start and not self._auxiliary_in(start, t):
            return False
        gap = {self._lower(i) for i in range(p.last, start)}
        if first not in self._lex.subject_links and not described:
            return False
        return not gap & (self._lex.saying - {"that"} if first in {"who", "that", "which"} else self._lex.saying)

    def _auxiliary_in(self, start: int, t: Trigger) -> bool:
        """As in "Drones that were launched" against "drones that Russia launched"."""
        return any(self._lower(i) in self._lex.auxiliaries for i in range(start, t.first))

    def _uncounted_subject(self, start: int, t: Trigger) -> Phrase | None:
        if self._lower(start - 1) in {"who", "that", "which"}:
            start -= 1
        plural = bare_plural(self.tokens, start, self.lang)
        if plural is not None or not self._is_of_one(t):
            return plural
        return single(self.tokens, start, self._lex.grammar, self.lang)

    def _is_of_one(self, t: Trigger) -> bool:
        """Whether the verb is one that a single person's fate is told with: "was killed", "died"."""
        if t.loss not in _FATES:
            return False
        auxiliaries = {self._lower(i) for i in range(max(0, t.first - 4), t.first)}
        told = bool(auxiliaries & self._lex.singular) or self._lower(t.first) in self._lex.bare_fates
        return told and not any(
            self._lex.natural.starting(self.tokens, i) for i in range(t.last, min(t.last + 14, len(self.tokens)))
        )

    def _chain_left(self, p: Phrase | None) -> list[tuple[Phrase, bool]]:
        """The phrase with those that are listed before it, and which of them are parts."""
        if p is None:
            return []
        chain, at = [(p, p.partitive)], self._index(p)
        while at > 0:
            q = self.phrases[at - 1]
            gap = range(q.last, chain[-1][0].first)
            if self._is_part_gap(gap):
                chain = [(c, True) for c, _ in chain]
            elif not (
                self._is_join_gap(gap) or self._is_described_gap(gap) or (chain[-1][0].partitive and len(gap) <= 1)
            ):
                break
            chain.append((q, q.partitive))
            at -= 1
        return chain

    # --- to the right -------------------------------------------------------------------

    def _take_right(self, t: Trigger) -> None:
        if "nominal" in t.forms and (start := self._after_of(t)) is not None:
            self._take_list(t, start)
        elif "nominal" in t.forms and (p := self._possessor(t)) is not None:
            self._tell(p, t)
        elif t.forms & {"active", "participle", "guarded"} and t.last not in self._subjects:
            self._take_list(t, t.last)
        elif self._lower(t.last) in {"include", "includes", "included", "including"}:
            self._take_list(t, t.last + 1, part=True)
        if t.forms & {"state", "participle"}:
            self._take_rest(t)
            if not self._subjects.get(t.last):
                self._take_predicate(t)
                self._take_among(t)

    def _take_rest(self, t: Trigger) -> None:
        """Who else, behind a passive: "was killed, along with two guards"; "12 were hurt, including 3 officers"."""
        if t.last not in self._subjects:
            return
        for p in self.phrases:
            if p.first < t.last or id(p) in self._claimed:
                continue
            gap = range(t.last, p.first)
            if len(gap) > 14 or any(i in self._words or self._lower(i) in ".;" for i in gap):
                return
            if company(self.lang).ending(self.tokens, p.first):
                self._tell(p, t)
            elif (self._ends_in_part_mark(gap) or self._is_tail_part(p, gap)) and self._subjects[t.last]:
                self._tell(p, t, part=True)
            else:
                continue
            return

    def _is_tail_part(self, p: Phrase, gap: range) -> bool:
        """As in "92 people were killed, 41 of them children"."""
        return p.partitive and all(self._lower(i) in {",", "-", "–", "("} for i in gap)

    def _ends_in_part_mark(self, gap: range) -> bool:
        return 0 < part_marks(self.lang).ending(self.tokens, gap.stop) <= len(gap)

    def _take_among(self, t: Trigger) -> None:
        """As in "Two policemen were among those killed"; "among the wounded are two girls"."""
        before = [self._lower(i) for i in range(max(0, t.first - 3), t.first)]
        if not self._lex.among & set(before):
            return
        at = t.first - len(before) + next(i for i, low in enumerate(before) if low in self._lex.among)
        subject = self._chain_left(self._subject(t, at - (self._lower(at - 1) in self._lex.copulas))) if at > 1 else []
        if not subject and self._lower(t.last) in self._lex.copulas:
            self._take_list(t, t.last + 1, part=True)
        for p, _ in subject:
            if p.number is not None:
                self._tell(p, t, part=True)

    def _take_predicate(self, t: Trigger) -> None:
        """As in "Those killed were civilians", "the dead of the strikes are children"."""
        for i in range(t.last, min(t.last + 8, len(self.tokens))):
            if i in self._words or self._lower(i) in ",;:." or self._lower(i) in self._lex.saying:
                return
            if self._lower(i) in self._lex.copulas:
                i += 1
                while self._lower(i) in self._lex.predicate_fillers:
                    i += 1
                if (p := self._object_at(i)) is not None:
                    self._tell(p, t)
                return

    def _possessor(self, t: Trigger) -> Phrase | None:
        """As in "The six priests' slaying"."""
        marked = self._lower(t.first - 1) in {"'", "'s"}
        return next((p for p in self.phrases if p.last == t.first - 1), None) if marked else None

    def _after_of(self, t: Trigger) -> int | None:
        for i in range(t.last, min(t.last + 6, len(self.tokens))):
            if any(p.first == i for p in self.phrases) and self._lower(t.last - 1) not in {"of", "with", "to"}:
                return None
            if self._lower(i) == "of" or (i == t.last and self._lower(t.last - 1) in {"of", "with", "to"}):
                return i + 1 if self._lower(i) == "of" else i
            if i in self._words or self._lower(i) in self._lex.saying or self._lower(i) in ".;,:":
                return None
        return None

    def _take_list(self, t: Trigger, start: int, *, part: bool = False) -> None:
        first = self._object_at(start)
        if first is None:
            first = self._listed_after_name(t, start)
        if first is None:
            return
        self._tell(first, t, part=part or first.partitive)
        at = next((i for i, q in enumerate(self.phrases) if q.first >= first.last), len(self.phrases))
        previous = first
        while at < len(self.phrases):
            q = self.phrases[at]
            link = self._link(previous, q)
            if link is None or id(q) in self._claimed:
                break
            part = part or link
            self._tell(q, t, part=part or q.partitive)
            previous, at = q, at + 1

    def _object_at(self, start: int) -> Phrase | None:
        """The phrase that starts at `start`, a few adverbs apart; or the bare plural there."""
        for p in self.phrases:
            if p.first < start:
                continue
            if all(self._lower(i) in self._lex.object_skips for i in range(start, p.first)) and p.first - start <= 3:
                return p
            break
        return noun_phrase(self.tokens, start, self._lex.grammar, self.lang)

    def _listed_after_name(self, t: Trigger, start: int) -> Phrase | None:
        """As in "Killed the mayor and two of his guards": a list whose first member has no figure."""
        for p in self.phrases:
            if p.first < start:
                continue
            gap = [self._lower(i) for i in range(start, p.first)]
            plain = not any(g in self._lex.adjuncts or g in self._lex.saying or g in ";:." for g in gap)
            joined = bool(gap) and joins(self.lang).ending(self.tokens, p.first) > 0
            clear = not any(i in self._words for i in range(start, p.first))
            return p if len(gap) <= 9 and plain and joined and clear and id(p) not in self._claimed else None
        return None

    def _link(self, p: Phrase, q: Phrase) -> bool | None:
        """Whether `q` continues the list after `p`: True as a part of it, False beside it, None not at all."""
        gap = range(p.last, q.first)
        if self._is_part_gap(gap) or (q.partitive and len(gap) <= 1) or self._is_part_of_list(gap):
            return True
        if self._speaks(q):
            return None
        if self._is_join_gap(gap):
            return False
        if len(gap) > 8 or any(i in self._words or self._lower(i) in self._lex.saying for i in gap):
            return None
        prepositional = self._lower(p.last) in self._lex.adjuncts and joins(self.lang).ending(self.tokens, q.first) > 0
        return False if prepositional else None

    def _speaks(self, p: Phrase) -> bool:
        """As in "…, a local official said": one of whom nothing but speech is told."""
        if p.number is None or p.number.kind != "article":
            return False
        after = [self._lower(i) for i in range(p.last, p.last + 6)]
        cut = next((k for k, low in enumerate(after) if low in {",", ".", ";", "and"}), len(after))
        return any(low in self._lex.saying for low in after[:cut])

    # --- phrases that carry their own word ------------------------------------------------

    def _take_own(self, p: Phrase) -> None:
        """As in "12 deaths", "two wounded soldiers"."""
        if id(p) in self._claimed:
            return
        head = self._lower(p.head[1] - 1) if not p.bare else ""
        if head in self._lex.counted:
            if head != "lives" or self._lower(p.first - 1) in self._lex.lives_after:
                self._tell(p, None, loss=self._lex.counted[head])
        elif p.inner is not None:
            t = next((t for t in self.triggers if t.first == p.inner), None)
            if t is not None:
                self._tell(p, t, part=p.partitive)

    def _tell(self, p: Phrase, t: Trigger | None, *, part: bool = False, loss: str | None = None) -> None:
        loss = loss or (self._loss_of(p, t) if t else None)
        if loss is None:
            return
        if p.bare and loss in _THING_LOSSES:
            p = replace(p, kind=self._thing_before(p))
        metric = metric_for(loss, p.kind)
        if metric is None or not self._is_believable(p, t, metric):
            return
        self._claimed.add(id(p))
        of_other_loss = t is not None and p.inner is not None and p.inner != t.first
        self.losses.append(Loss(p, metric, t, part and not of_other_loss))

    def _is_believable(self, p: Phrase, t: Trigger | None, metric: Metric) -> bool:
        """Whether the loss may be told of this object: an unknown noun, or one without a number, needs clearer words."""
        passive = t is not None and t.last in self._subjects
        if p.number is None:
            plain = p.kind is not ObjectClass.PEOPLE or (t is not None and self._auxiliary_before(t))
            return plain and metric is not Metric.LAUNCHED
        if p.kind is not None or (p.bare and p.known):
            return True
        head = self._lower(p.head[1] - 1)
        return metric is Metric.KILLED and (passive or head.endswith(self._lex.person_endings))

    def _loss_of(self, p: Phrase, t: Trigger) -> str | None:
        """What the word does to this object: bodies are dead however they are found; lives and deaths are no objects."""
        head = "" if p.bare else self._lower(p.head[1] - 1)
        if head in self._lex.body_words and t.loss in {"bodies", "rescued"}:
            return "killed" if p.number else None
        if t.loss == "bodies" or (head in self._lex.counted and t.loss != "casualties"):
            return None
        lost_jobs = t.loss == "lost" and p.kind is ObjectClass.PEOPLE and head not in self._lex.lost_people
        return None if lost_jobs else t.loss

    def _thing_before(self, p: Phrase) -> ObjectClass | None:
        """The class that "1,200 damaged" has from the "310 homes" before it."""
        return next((q.kind for q in reversed(self.phrases) if q.last <= p.first and q.kind in _THINGS), None)

    def _take_breakdown(self, p: Phrase) -> None:
        """As in "Of the 45 killed, 12 were children": what is said of a bare number after a loss is a part of it."""
        if self._lower(p.last) not in self._lex.copulas:
            return
        if p.partitive and p.inner is not None and id(p) in self._claimed:
            self._name_part(p)
        if not p.bare or id(p) in self._claimed:
            return
        whole = next((x for x in reversed(self.losses) if x.phrase.last <= p.first and x.metric is not None), None)
        what = noun_phrase(self.tokens, p.last + 1, self._lex.grammar, self.lang)
        if whole is not None and what is not None and what.kind in HUMAN:
            self._claimed.add(id(p))
            self.losses.append(
                Loss(replace(what, first=p.first, number=p.number), whole.metric, whole.trigger, part=True)
            )

    def _name_part(self, p: Phrase) -> None:
        """As in "Seven of the dead were civilians": the part is of what it is said to be."""
        what = noun_phrase(self.tokens, p.last + 1, self._lex.grammar, self.lang)
        if what is not None and what.kind in HUMAN:
            named = replace(p, head=what.head, kind=what.kind, last=what.last)
            self.losses = [replace(x, phrase=named) if x.phrase is p else x for x in self.losses]

    # --- small helpers ------------------------------------------------------------------

    def _is_join_gap(self, gap: range) -> bool:
        return 0 < len(gap) <= 4 and self._covered(gap, joins(self.lang))

    def _is_described_gap(self, gap: range) -> bool:
        """As in "Two policemen who were her bodyguards and" a driver."""
        if not 2 < len(gap) <= 10 or self._lower(gap.start) not in {"who", "from", "of"}:
            return False
        return self._lower(gap.stop - 1) == "and" and not any(i in self._words for i in gap)

    def _is_part_gap(self, gap: range) -> bool:
        if not gap:
            return False
        length = part_marks(self.lang).ending(self.tokens, gap.stop)
        return 0 < length <= len(gap) and all(
            self._lower(i) in {",", "(", "-", "–", "and", "were"} for i in gap[:-length]
        )

    def _is_part_of_list(self, gap: range) -> bool:
        """As in "Including the rector and" two women."""
        opening = part_marks(self.lang).starting(self.tokens, gap.start + (self._lower(gap.start) == ","))
        joined = joins(self.lang).ending(self.tokens, gap.stop) > 0
        return bool(opening) and joined and len(gap) <= 12 and not any(i in self._words for i in gap)

    def _covered(self, gap: range, by: object) -> bool:
        i = gap.start
        while i < gap.stop:
            length = joins(self.lang).starting(self.tokens, i) or self._is_age_at(i)
            if length == 0:
                return False
            i += length
        return True

    def _is_age_at(self, i: int) -> bool:
        """As in "A man, 34, and": an age between commas."""
        return self._lower(i).isdigit() and self._lower(i - 1) == self._lower(i + 1) == ","

    def _index(self, p: Phrase) -> int:
        return next((i for i, q in enumerate(self.phrases) if q is p), -1)

    def _lower(self, i: int) -> str:
        return self.tokens[i].lower if 0 <= i < len(self.tokens) else ""


_FATES = frozenset({"killed", "wounded", "arrested", "captured", "freed"})
