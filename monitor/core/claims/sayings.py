"""Every saying of one sentence: by verb, noun, idiom, "according to", the colon of a headline, or a bare quotation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.cues import nouns, verbs
from monitor.core.claims.document import Sentence, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.phrases import Phrase, of
from monitor.core.claims.saying import Saying, back_to, can_speak, end_of, until
from monitor.core.claims.verbal import by_verb
from monitor.model import ActorKind


def sayings(sentence: Sentence, registry: Registry) -> list[Saying]:
    """All sayings of a sentence, the widest, which may hold the others, first."""
    tokens = sentence.tokens
    found: list[Saying] = []
    for index, token in enumerate(tokens):
        if token.lower == "according" and index + 1 < len(tokens) and tokens[index + 1].lower == "to":
            found += _according(tokens, index)
            continue
        verb = verbs().get(token.lower)
        if token.lower in _idioms() and not sentence.field.quoted(token.start):
            found += _idiom(tokens, index)
        kind = nouns().get(token.lower)
        if (verb or kind) and not sentence.field.quoted(token.start):
            here = list(by_verb(tokens, index, verb, found)) if verb else []
            found += here or (_noun(tokens, index, kind) if kind else ())
    found += _colon(sentence, registry) or _dash(sentence, registry)
    found += () if found else _quotation(sentence)
    found += _dismissed(tokens, found)
    found = _with_cited(tokens, _without_outlets(tokens, found))
    return sorted((_cut(tokens, f, found) for f in found), key=_breadth, reverse=True)


def _with_cited(tokens: Sequence[Token], found: list[Saying]) -> list[Saying]:
    """Give what an outlet reports to those whom it cites beside it."""
    for citing in found:
        if citing.lemma not in _CITING or len(found) < 2 or citing.cue.last >= len(tokens):
            continue
        cited = phrases.after(tokens, citing.cue.last)
        if cited and can_speak(tokens, cited):
            cited = phrases.bare(tokens, cited)
            return [f if f is citing or f.kind != "says" else replace(f, cited=cited) for f in found]
    return found


def _without_outlets(tokens: Sequence[Token], found: Sequence[Saying]) -> list[Saying]:
    """Tell the outlet from the speaker in "Taliban sources *cited by Al Jazeera* said"."""
    parted = [_parted(tokens, f) for f in found]
    return [f for f in parted if not (f.lemma in _CITING and any(_is_via(f, other) for other in parted))]


_CITING = frozenset({"cite", "quote"})


def _parted(tokens: Sequence[Token], one: Saying) -> Saying:
    for index in range(one.source.first + 1, one.source.last):
        via = _cited_by(tokens, index)
        if via:
            at = index - (tokens[index - 1].text == ",")
            return replace(one, source=Phrase(one.source.first, at), via=via)
    return one


def _is_via(one: Saying, other: Saying) -> bool:
    """Whether one is nothing but how the other is passed on."""
    return other is not one and other.via is not None and other.via == one.source


def _breadth(found: Saying) -> int:
    return found.content.last - found.content.first if found.content else 0


def _cut(tokens: Sequence[Token], one: Saying, found: Sequence[Saying]) -> Saying:
    """End what one says where the next saying begins beside it: "X said …, but Y said …", "X said …, adding …"."""
    around = next((f.content.last for f in found if f.content and _comes_after_all(f, one)), None)
    if around is not None and one.content is not None:
        return replace(one, content=Phrase(one.content.first, around))
    for other in found:
        if (
            other is one
            or one.content is None
            or other.content is None
            or not one.cue.last <= other.cue.first < one.content.last
        ):
            continue
        joint = _joint(tokens, other, one.cue.last)
        if joint is not None and joint > one.content.first:
            return replace(one, content=Phrase(one.content.first, joint))
    return one


def _comes_after_all(other: Saying, one: Saying) -> bool:
    """As in "X plans to leave, *a spokesman said*": whose words the whole is, is told at its end."""
    if other.content is None or one.content is None or other.content.last > min(other.cue.first, other.source.first):
        return False
    inside = other.content.first <= one.cue.first and one.cue.last <= other.content.last
    return inside and one.content.first < other.content.last < one.content.last


def _joint(tokens: Sequence[Token], other: Saying, after: int) -> int | None:
    """The mark or conjunction by which a saying is set beside another, not inside it."""
    own_subject = other.source.first >= after and other.source.last <= other.cue.first
    at = other.source.first if own_subject else other.cue.first
    while at > after and tokens[at - 1].lower in of("determiners") | of("adverbs") | of("auxiliaries") | of(
        "prepositions"
    ):
        at -= 1
    left = tokens[at - 1]
    if left.lower in of("conjunctions") | of("contrasts") or left.text == ";":
        at -= 1
        return at - 1 if tokens[at - 1].text == "," else at
    beside = other.content is not None and other.content.first > other.cue.first
    return at - 1 if beside and left.text in {",", "-", "–", "—", "--"} and at - 1 > after else None


def _according(tokens: Sequence[Token], index: int) -> Iterator[Saying]:
    source = phrases.after(tokens, index + 2)
    if source is None:
        return
    source = phrases.bare(tokens, source)
    via = _cited_by(tokens, source.last)
    rest = via.last if via else source.last
    content = until(tokens, rest) if index <= 1 else back_to(tokens, index)
    if content:
        yield Saying("says", "according", source, Phrase(index, index + 2), content, via)


def _cited_by(tokens: Sequence[Token], index: int) -> Phrase | None:
    """As in "Taliban sources *cited by Al Jazeera*"."""
    words = [t.lower for t in tokens[index : index + 2]]
    if words in (["cited", "by"], ["quoted", "by"]):
        via = phrases.after(tokens, index + 2)
        return phrases.bare(tokens, via) if via else None
    return None


def _noun(tokens: Sequence[Token], index: int, kind: str) -> Iterator[Saying]:
    """Somebody's claim, pledge or figure: "Kabul's *claim* that …", "a *statement* by the army that …"."""
    follows = tokens[index + 1].lower if index + 1 < len(tokens) else ""
    source, rest = None, index + 1
    if follows == "by" or (follows == "from" and tokens[index].lower not in of("counts")):
        source = phrases.after(tokens, index + 2)
        rest = source.last if source else rest
    elif follows in words("attribution", "noun_heads") or (follows in _AMOUNTS and tokens[index].lower in of("counts")):
        source = _possessor(tokens, index)
        if source is None and follows == "of":
            source = _owner_of(tokens, index + 2)
            rest = source.last if source else rest
    if source is None:
        return
    content = _noun_content(tokens, rest)
    dismissed = next((cue.first for _, cue in dismissals(tokens) if content and content.first < cue.first), None)
    if content and dismissed and dismissed < content.last:
        content = Phrase(content.first, dismissed)
    if content:
        yield Saying(kind, tokens[index].lower, phrases.bare(tokens, source), Phrase(index, index + 1), content)


_AMOUNTS = frozenset({"is", "was", "stands", "stood", "now"})
"""How somebody's count goes on: "the ministry's count *is* 12 dead"."""


def _owner_of(tokens: Sequence[Token], first: int) -> Phrase | None:
    """As in "the claim *of rebel sources* that …": whoever stands between "of" and "that"."""
    source = phrases.after(tokens, first)
    said = source is not None and source.last < len(tokens) and tokens[source.last].lower == "that"
    return source if source and said and can_speak(tokens, source) else None


def _possessor(tokens: Sequence[Token], index: int) -> Phrase | None:
    """Whose the noun at `index` is, across at most two adjectives."""
    for at in range(index - 1, max(-1, index - 4), -1):
        lower = tokens[at].lower
        if lower == "'s" or (lower == "'" and tokens[at - 1].lower.endswith("s")):
            return phrases.before(tokens, at - 1)
        if not lower[0].isalpha() or lower in of("prepositions") | of("determiners") or phrases.verbal(tokens[at]):
            return None
    return None


def _noun_content(tokens: Sequence[Token], first: int) -> Phrase | None:
    """To the end of the noun's clause."""
    last = first
    while last < len(tokens) and tokens[last].text not in {",", ";", ".", "–", "—"}:
        last += 1
    return until(tokens[:last], first)


@dataclass(frozen=True, slots=True)
class _Idiom:
    """A cue of several words: "made clear", "is convinced"."""

    kind: str
    words: tuple[frozenset[str], ...]


@cache
def _idioms(lang: str = "en") -> dict[str, tuple[_Idiom, ...]]:
    """Idioms by each of their first words."""
    found: dict[str, tuple[_Idiom, ...]] = {}
    for kind, lines in lexicon("attribution", lang)["idioms"].items():
        for line in lines:
            idiom = _Idiom(kind, tuple(frozenset(w.split("|")) for w in line.split()))
            for first in idiom.words[0]:
                found[first] = (*found.get(first, ()), idiom)
    return found


def _idiom(tokens: Sequence[Token], index: int) -> Iterator[Saying]:
    """A cue of several words, with its subject before it and what is said behind it."""
    for idiom in _idioms()[tokens[index].lower]:
        last = index + len(idiom.words)
        if last >= len(tokens) or any(tokens[index + i].lower not in w for i, w in enumerate(idiom.words)):
            continue
        source = phrases.subject(tokens, phrases.group(tokens, index).start)
        content = until(tokens, last)
        if content is None and source:
            content = back_to(tokens, source.first)
        if source and content and can_speak(tokens, source) and tokens[source.last - 1].lower not in of("first_person"):
            cue = Phrase(index, last)
            yield Saying(idiom.kind, "idiom", phrases.bare(tokens, source), cue, content)
            return


def _dismissed(tokens: Sequence[Token], found: Sequence[Saying]) -> Iterator[Saying]:
    """As in "*the figure of 16 is false*, he said": whoever speaks rejects what others say."""
    for content, cue in dismissals(tokens):
        around = next((f for f in found if f.content and f.content.first <= cue.first < f.content.last), None)
        if around and around.kind == "says":
            yield Saying("rejects", "call", around.source, cue, content)


def dismissals(tokens: Sequence[Token]) -> Iterator[tuple[Phrase, Phrase]]:
    """What a sentence says of claims or figures that are not so, and the words that say it."""
    called, denied = _dismissing()
    for index, token in enumerate(tokens):
        if token.lower not in called and token.lower not in denied:
            continue
        near = range(index - 1, max(0, index - 5), -1)
        if token.lower in called:
            verb = next((i for i in near if tokens[i].lower in phrases.BE), None)
        else:
            verb = next((i for i in near if tokens[i].lower in of("negations")), None)
        start = _opening_of(tokens, verb - (tokens[verb - 1].lower in of("auxiliaries"))) if verb else None
        if start is not None and verb is not None:
            yield Phrase(start, verb), Phrase(verb, index + 1)


@cache
def _dismissing() -> tuple[frozenset[str], frozenset[str]]:
    """What something is called that is not so, and what it is said not to be."""
    called = words("attribution", "dismissals") | {"lie", "fantasy", "untruth"}
    return called, frozenset({"reality", "truth", "facts", "true"})


def _opening_of(tokens: Sequence[Token], copula: int) -> int | None:
    """Where a clause begins that is about a claim or figure: "*the claim* that …", "*these figures*"."""
    start = copula
    while start > 0 and tokens[start - 1].text not in {",", ";", ":", '"', "''", "."}:
        start -= 1
    head = tokens[start : start + 3]
    first = head[0].lower if head else ""
    return start if first in of("determiners") | of("nouns") and any(t.lower in of("nouns") for t in head) else None


_SHORTEST_QUOTE = 4


"""Words: shorter quotations are names and scare quotes."""


def _quotation(sentence: Sentence) -> Iterator[Saying]:
    """Quoted words that no cue introduces are their sentence's subject's."""
    tokens = sentence.tokens
    for start, end in sentence.field.quotes:
        if not sentence.start < start < sentence.end:
            continue
        inside = [i for i, t in enumerate(tokens) if start <= t.start < end]
        source = _quoted_by(tokens, inside[0]) if len(inside) > _SHORTEST_QUOTE + 2 else None
        if source and can_speak(tokens, source) and tokens[source.first].lower not in of("first_person"):
            cue = Phrase(source.last, max(source.last + 1, inside[0]))
            yield Saying("says", "quote", phrases.bare(tokens, source), cue, Phrase(inside[0], inside[-1] + 1))
            return


def _quoted_by(tokens: Sequence[Token], first: int) -> Phrase | None:
    """The name before the colon of a quotation, else the subject of a verb close before it."""
    if first > 1 and tokens[first - 1].text == ":" and tokens[first - 2].text[0].isupper():
        return phrases.before(tokens, first - 2)
    source = phrases.main_subject(tokens, first)
    return source if source and first - source.last <= _NEAR_QUOTE else None


_NEAR_QUOTE = 10


"""Words between a subject and what it is quoted with."""


_LABEL_LENGTH = 6


"""Words before or after the colon of a headline that can be a speaker's name."""


def _dash(sentence: Sentence, registry: Registry) -> list[Saying]:
    """The speaker behind the dash that ends a headline: "12 killed in market strike - officials"."""
    tokens = sentence.tokens
    at = next((i for i in range(len(tokens) - 1, 0, -1) if tokens[i].text in {"-", "–", "—"}), 0)
    tail = Phrase(at + 1, end_of(tokens))
    if sentence.where != "title" or not at or not 0 < tail.last - tail.first <= _LABEL_LENGTH:
        return []
    start, end = phrases.chars(tokens, tail)
    known = registry.resolve(sentence.field.text[start:end]) is not None
    if not known and tokens[tail.last - 1].lower not in of("speakers") | of("people"):
        return []
    return [Saying("says", ":", tail, Phrase(at, at + 1), Phrase(0, at))]


def _colon(sentence: Sentence, registry: Registry) -> list[Saying]:
    """The speaker set off by a colon in a headline: "Police: two held", "Two held: police"."""
    tokens = sentence.tokens
    colons = [i for i, t in enumerate(tokens) if t.text == ":"]
    if len(colons) != 1 or not 0 < colons[0] < len(tokens) - 1:
        return []
    at = colons[0]
    head, tail = Phrase(0, at), Phrase(at + 1, end_of(tokens))
    if at <= _LABEL_LENGTH and _speaks(sentence, head, registry, leading=True):
        return [Saying("says", ":", head, Phrase(at, at + 1), tail)]
    ends = sentence.where == "title" and len(tokens) - at <= _LABEL_LENGTH
    if ends and _speaks(sentence, tail, registry, leading=False):
        return [Saying("says", ":", tail, Phrase(at, at + 1), head)]
    return []


def _speaks(sentence: Sentence, phrase: Phrase, registry: Registry, *, leading: bool) -> bool:
    """Whether a label can be somebody speaking. A country leading a headline is its topic: "Sudan: 19,000 flee"."""
    start, end = phrases.chars(sentence.tokens, phrase)
    text = sentence.field.text[start:end]
    last = sentence.tokens[phrase.last - 1].lower
    if last in of("speakers") or last in of("people"):
        return True
    actor = registry.resolve(text)
    if actor is None:
        named = all(t.text[0].isupper() for t in sentence.tokens[phrase.first : phrase.last])
        if last in of("labels") or not named:
            return False
        return _name_before_quote(sentence, phrase) if leading else phrase.last - phrase.first <= 3
    capital = bool(registry.find(text)) and registry.find(text)[0].capital
    return not leading or capital or registry.get(actor).kind is not ActorKind.STATE


def _name_before_quote(sentence: Sentence, phrase: Phrase) -> bool:
    """As in "Lind: 'We hold'": a name, then words of its owner."""
    return any(t.text in {'"', "'", "''"} for t in sentence.tokens[phrase.last + 1 : phrase.last + 3])
