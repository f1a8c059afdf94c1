"""Words that tell a loss, and what each may happen to: "killed" to people, "shot down" to aircraft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.numbers import Phrases
from monitor.core.claims.objects import HUMAN, Grammar, Phrase, nouns
from monitor.model import Metric, ObjectClass

THINGS = frozenset(ObjectClass) - HUMAN


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
class Vocabulary:
    """The loss words of a language, and the closed classes that bind them; see lexicon/en/figures.yaml."""

    triggers: Mapping[str, tuple[tuple[tuple[str, ...], Trigger], ...]]
    """First word → (words, what they make) of each phrase, the longest first."""
    behind: Mapping[str, frozenset[str]]
    """The same of what must stand somewhere before them."""
    beside: Mapping[str, frozenset[str]]
    """Of words too common to tell a loss alone ("took"), by loss: what must stand near them."""
    grammar: Grammar
    natural: Phrases
    person_endings: tuple[str, ...]
    pronouns: frozenset[str]
    """What an active word may have for its object without a figure: "them", "its", "the" something."""
    bridges: frozenset[str]
    auxiliaries: frozenset[str]
    adjuncts: frozenset[str]
    subject_links: frozenset[str]
    saying: frozenset[str]
    object_skips: frozenset[str]
    object_prepositions: frozenset[str]
    lives_after: frozenset[str]
    copulas: frozenset[str]
    predicate_fillers: frozenset[str]
    part_fillers: frozenset[str]
    containing: frozenset[str]
    descriptions: frozenset[str]
    relatives: frozenset[str]
    body_words: frozenset[str]
    among: frozenset[str]
    lost_people: frozenset[str]
    singular: frozenset[str]
    bare_fates: frozenset[str]
    quantifiers: frozenset[str]
    aboard: frozenset[str]
    perfect: frozenset[str]
    airborne: frozenset[str]
    defences: frozenset[str]
    exchangeable: frozenset[str]
    contacts: frozenset[str]
    dwelling: frozenset[str]
    igniting: frozenset[str]
    hurt: frozenset[str]
    """Who is taken away for help, not driven from home."""
    living: frozenset[str]
    ground: frozenset[str]
    prisoners: frozenset[str]
    of_prisoners: frozenset[str]
    striking: frozenset[str]
    sighted: frozenset[str]
    leaders: frozenset[str]
    own: frozenset[str]


_MADE = ("triggers", "behind", "beside", "grammar", "natural", "person_endings", "pronouns")


@cache
def vocabulary(lang: str = "en") -> Vocabulary:
    """The words of a language, read once."""
    forms = _merged(lang)
    return Vocabulary(
        triggers=_by_first_word(forms),
        behind=dict(_needed("behind", lang)),
        beside=dict(_needed("beside", lang)),
        grammar=_grammar(forms, lang),
        natural=Phrases.of(lexicon("figures", lang)["natural"]),
        person_endings=tuple(words("figures", "person_endings", lang)),
        pronouns=words("figures", "object_pronouns", lang) | words("figures", "of_determiners", lang),
        **{k: words("figures", k, lang) for k in Vocabulary.__annotations__ if k not in _MADE},
    )


def _needed(where: str, lang: str) -> Iterator[tuple[str, frozenset[str]]]:
    for loss, entry in lexicon("figures", lang)["losses"].items():
        if names := str(entry.get(where, "")).split():
            yield loss, frozenset().union(*(_listed(name, lang) for name in names))


def _listed(name: str, lang: str) -> frozenset[str]:
    """The words of a list, or of a class of objects."""
    if name in frozenset(ObjectClass):
        return frozenset(word for word, noun in nouns(lang).items() if noun.kind == name)
    return words("figures", name, lang)


def _merged(lang: str) -> dict[tuple[str, ...], Trigger]:
    """Every loss word with all its forms; the first loss wins where two have the same word."""
    merged: dict[tuple[str, ...], Trigger] = {}
    for text, loss, form, base in _forms(lang):
        key = tuple(text.split())
        known = merged.get(key, Trigger(0, len(key), loss, frozenset()))
        merged[key] = Trigger(0, len(key), known.loss, known.forms | {form}, known.base or base)
    return merged


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


def _inflected(verb: str) -> tuple[str, tuple[str, ...]]:
    """Past participle and the active forms of a regular verb."""
    if verb.endswith("e"):
        return verb + "d", (verb, verb + "s", verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied", (verb, verb[:-1] + "ies", verb + "ing")
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return verb + "ed", (verb, third, verb + "ing")


def _by_first_word(
    forms: Mapping[tuple[str, ...], Trigger],
) -> dict[str, tuple[tuple[tuple[str, ...], Trigger], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], Trigger]]] = {}
    for key, trigger in forms.items():
        found.setdefault(key[0], []).append((key, trigger))
    return {word: tuple(sorted(all_, key=lambda x: -len(x[0]))) for word, all_ in found.items()}


def _grammar(forms: Mapping[tuple[str, ...], Trigger], lang: str) -> Grammar:
    single = {key[0]: t for key, t in forms.items() if len(key) == 1}
    counted = {word: t.loss for word, t in single.items() if "counted" in t.forms}
    made = {
        "counted": counted,
        "verbs": frozenset(single) - frozenset(counted),
        "attributes": frozenset(w for w, t in single.items() if t.forms & {"participle", "state"}),
        "months": frozenset(lexicon("days", lang)["months"]),
        "number_words": frozenset(lexicon("figures", lang)["numbers"]["units"]),
    }
    closed = {k: words("figures", k, lang) for k in Grammar.__annotations__ if k not in made}
    return Grammar(**made, **closed)  # type: ignore[arg-type]


def grammar(lang: str = "en") -> Grammar:
    """The closed classes and loss words that bound noun phrases."""
    return vocabulary(lang).grammar


@cache
def cues(lang: str = "en") -> frozenset[str]:
    """Of every loss word and phrase the longest word: a sentence without any of them tells no loss."""
    return frozenset(max(key, key=len) for found in vocabulary(lang).triggers.values() for key, _ in found)


def triggers(tokens: Sequence[Token], lang: str = "en") -> list[Trigger]:
    """The loss words of a sentence, the longest where several begin together."""
    by_first, beside, found, i = vocabulary(lang).triggers, vocabulary(lang).beside, list[Trigger](), 0
    while i < len(tokens):
        known = by_first.get(tokens[i].lower)
        if known is None:
            i += 1
            continue
        told = (t for key, t in known if _stands_at(tokens, i, key))
        hit = next((t for t in told if t.loss not in beside or _is_borne_out(tokens, i, t, lang)), None)
        if hit is not None:
            found.append(Trigger(i, i + hit.last, hit.loss, hit.forms, hit.base))
        i += hit.last if hit else 1
    return found


def _is_borne_out(tokens: Sequence[Token], i: int, trigger: Trigger, lang: str) -> bool:
    """Whether what makes a loss of a common word stands near it."""
    lex, first = vocabulary(lang), max(0, i - _NEAR)
    near = tokens[first : i + trigger.last + _NEAR]
    behind = lex.behind.get(trigger.loss)
    if behind is not None and not any(t.lower in behind for t in tokens[first:i]):
        return False
    return any(t.lower in lex.beside[trigger.loss] for t in near)


_NEAR = 9
"""Tokens between a common word and what makes a loss of it: "*treated* 30 people for gunshot *wounds*"."""


def _stands_at(tokens: Sequence[Token], i: int, key: tuple[str, ...]) -> bool:
    end = i + len(key)
    if len(key) == 1:  # its only word is what it was found by
        return True
    stands = end <= len(tokens) and all(tokens[i + k].lower == w for k, w in enumerate(key))
    return stands and not (key == _IN_HOSPITAL and end < len(tokens) and tokens[end].lower.endswith(_ACTS))


_IN_HOSPITAL = ("in", "hospital")
_ACTS = ("ing", "raid", "attack", "strike", "blast", "fire", "blaze")
"""How words end that make a scene of a place: "killed in hospital shelling" tells of nobody in hospital."""


_TAKES: Mapping[str, Mapping[Metric, frozenset[ObjectClass | None]]] = {
    "lost": {
        Metric.CAPTURED: frozenset({ObjectClass.POSITIONS}),
        Metric.KILLED: frozenset({ObjectClass.COMBATANTS, ObjectClass.OFFICERS, ObjectClass.PEOPLE}),
        Metric.DESTROYED: frozenset({ObjectClass.AIRCRAFT, ObjectClass.VEHICLES, ObjectClass.THINGS}),
    },
    "eliminated": {Metric.KILLED: frozenset({ObjectClass.COMBATANTS}), Metric.DESTROYED: THINGS},
    "captured": {Metric.CAPTURED: frozenset(ObjectClass)},
    "freed": {Metric.CAPTURED: frozenset({ObjectClass.POSITIONS}), Metric.FREED: HUMAN | {None}},
    "taken": {Metric.CAPTURED: HUMAN | {None}},
    "returned": {Metric.FREED: HUMAN},
    "exchanged": {Metric.FREED: HUMAN},
    "shot_down": {Metric.SHOT_DOWN: frozenset({ObjectClass.AIRCRAFT, ObjectClass.THINGS})},
    "launched": {Metric.LAUNCHED: frozenset({ObjectClass.AIRCRAFT, ObjectClass.THINGS})},
    "destroyed": {Metric.DESTROYED: THINGS},
    "damaged": {Metric.DAMAGED: THINGS},
    "burned": {Metric.WOUNDED: HUMAN | {None}, Metric.DESTROYED: THINGS},
    "alight": {Metric.DESTROYED: THINGS},
    "departed": {Metric.DISPLACED: frozenset({ObjectClass.PEOPLE, ObjectClass.CIVILIANS, ObjectClass.CHILDREN})},
    "ceded": {Metric.CAPTURED: frozenset({ObjectClass.POSITIONS})},
    "fallen": {
        Metric.KILLED: frozenset({ObjectClass.COMBATANTS, ObjectClass.OFFICERS, ObjectClass.PEOPLE}),
        Metric.CAPTURED: frozenset({ObjectClass.POSITIONS}),
    },
    "took": {Metric.CAPTURED: HUMAN | {ObjectClass.POSITIONS}},
    "regained": {Metric.CAPTURED: frozenset({ObjectClass.POSITIONS})},
    "held": {Metric.CAPTURED: frozenset({ObjectClass.COMBATANTS, ObjectClass.PEOPLE})},
    "suffered": {Metric.WOUNDED: HUMAN | {None}},
    "treated": {Metric.WOUNDED: HUMAN | {None}},
    "cost": {Metric.KILLED: HUMAN},
    "body": {Metric.KILLED: HUMAN},
    "arrived": {Metric.DISPLACED: HUMAN},
    "picked_up": {Metric.RESCUED: HUMAN},
    "volleyed": {Metric.LAUNCHED: frozenset({ObjectClass.AIRCRAFT})},
    "sent": {Metric.LAUNCHED: frozenset({ObjectClass.AIRCRAFT})},
    "jammed": {Metric.SHOT_DOWN: frozenset({ObjectClass.AIRCRAFT})},
    "nothing": {},
    "bodies": {Metric.KILLED: frozenset({ObjectClass.PEOPLE})},
}
"""What each loss happens to, and which metric it then is; a loss that is not here happens to people."""


def metric_for(loss: str, kind: ObjectClass | None) -> Metric | None:
    """The metric of a loss word for a class of object (None: not told), or None if they do not go together."""
    if loss not in _TAKES:
        return Metric(loss) if kind is None or kind in HUMAN else None
    return next((metric for metric, kinds in _TAKES[loss].items() if kind in kinds), None)
