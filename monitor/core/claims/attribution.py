"""Who says what: every attribution of a document with its speaker, its cue and what is said.

Found from cues (verbs, "according to", nouns such as "the claim that", colons of headlines) and the
noun phrases beside them; quotes may run over sentences. The speaker's words are those of the text; the
registry's actor is beside them, and never a more official one than the text names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.cues import Verb, nouns, verbs
from monitor.core.claims.document import Document, Sentence, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.phrases import Group, Phrase, of
from monitor.core.claims.owners import Owners
from monitor.model import ActorKind, Party, Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """One saying. `source`, `cue` and `content` are characters of the sentence's field.

    `content` may run on over following sentences of the same quote.
    """

    sentence: Sentence
    kind: str
    """`says`, `denies`, `rejects`, `accuses`, …: what a statement is called."""
    lemma: str
    source: tuple[int, int]
    cue: tuple[int, int]
    content: tuple[int, int]
    claimant: Party
    """In the words of the text, a pronoun included."""
    speaker: Party
    """The same, with a pronoun replaced by the name it stands for."""
    via: Party | None = None
    negated: bool = False
    cited: Party | None = None
    """Whom the speaker cites for it: "Example Wire, *citing two officials*, reported that …"."""

    @property
    def voice(self) -> tuple[Party, Party | None]:
        """Whose claim it is, and via whom it is told."""
        return (self.cited, self.speaker) if self.cited else (self.speaker, self.via)

    @property
    def span(self) -> Span:
        """Cue and content, without gaps."""
        start, end = min(self.cue[0], self.content[0]), max(self.cue[1], self.content[1])
        return Span(self.sentence.field.text[start:end], self.sentence.where, start, end)

    def covers(self, where: str, start: int, end: int) -> bool:
        """Whether those characters lie in what is said."""
        return self.sentence.where == where and self.content[0] <= start and end <= self.content[1]


@dataclass(frozen=True, slots=True)
class _Found:
    """An attribution in tokens of one sentence, before its speaker is resolved."""

    kind: str
    lemma: str
    source: Phrase
    cue: Phrase
    content: Phrase | None
    """None where it stands in the sentence before or after."""
    via: Phrase | None = None
    negated: bool = False
    cited: Phrase | None = None


def attributions(document: Document, registry: Registry, owners: Owners | None = None) -> tuple[Attribution, ...]:
    """All attributions, sentence by sentence; within one the widest, which may hold the others, first."""
    speakers = _Speakers(registry, owners or Owners(document, registry))
    found: list[Attribution] = []
    for sentence in document.sentences:
        for one in _in_sentence(sentence, registry):
            content = _stretched(document, sentence, one)
            if content:
                found.append(speakers.named(sentence, one, content))
        speakers.remember(sentence)
    return tuple(found)


class _Speakers:
    """Resolves names and pronouns as the reading goes on."""

    def __init__(self, registry: Registry, owners: Owners) -> None:
        self._registry = registry
        self._owners = owners
        self._last: dict[str, Party] = {}
        self._unread: list[Sentence] = []

    def named(self, sentence: Sentence, found: _Found, content: tuple[int, int]) -> Attribution:
        """The attribution with its speaker resolved."""
        start, end = phrases.chars(sentence.tokens, found.source)
        speaker = self._resolved(sentence, found.source)
        return Attribution(
            sentence,
            found.kind,
            found.lemma,
            (start, end),
            phrases.chars(sentence.tokens, found.cue),
            content,
            Party(sentence.field.text[start:end], speaker.actor),
            speaker,
            self._party(sentence, found.via) if found.via else None,
            found.negated,
            self._party(sentence, found.cited) if found.cited else None,
        )

    def remember(self, sentence: Sentence) -> None:
        """Later sentences' pronouns may mean the subject of this one, or a person in it."""
        if sentence.where == "text":
            self._unread.append(sentence)

    def _catch_up(self) -> None:
        """Read the names of the sentences so far: put off until a pronoun asks for them."""
        for sentence in self._unread:
            tokens = sentence.tokens
            roles = [i for i, t in enumerate(tokens) if t.lower in of("people")]
            subject = phrases.main_subject(tokens, len(tokens))
            for phrase in [subject, *(phrases.around(tokens, i) for i in reversed(roles))]:
                if phrase and tokens[phrase.last - 1].lower not in of("pronouns"):
                    self._keep(self._party(sentence, phrases.bare(tokens, phrase)), over=False)
        self._unread.clear()

    def _party(self, sentence: Sentence, phrase: Phrase) -> Party:
        start, end = phrases.chars(sentence.tokens, phrase)
        text = sentence.field.text[start:end]
        actor = self._registry.resolve(text)
        if actor is None:
            owner = self._owners.of(
                sentence, start, text, owned=sentence.tokens[phrase.first].lower in {"its", "their"}
            )
            actor = self._registry.office(owner, text) if owner else None
        return Party(text, actor)

    def _resolved(self, sentence: Sentence, phrase: Phrase) -> Party:
        party = self._party(sentence, phrase)
        lower = party.text.lower()
        if lower in of("relative"):
            antecedent = _antecedent(sentence.tokens, phrase)
            party = self._party(sentence, antecedent) if antecedent else party
        elif lower in of("personal") or lower in _CLASS or lower == "their":
            return self._meant(sentence, phrase, _CLASS.get(lower, "any")) or party
        self._keep(party, over=True)
        return party

    def _meant(self, sentence: Sentence, pronoun: Phrase, kind: str) -> Party | None:
        """Whom a pronoun stands for: the subject of the same sentence if it can be, else who was named last."""
        subject = phrases.main_subject(sentence.tokens, pronoun.first) if pronoun.first > 3 else None
        if subject and kind != "any":
            party = self._party(sentence, phrases.bare(sentence.tokens, subject))
            if self._class(party) == kind and (party.actor or kind == "body"):
                return party
        self._catch_up()
        return self._last.get(kind)

    def _keep(self, party: Party, *, over: bool) -> None:
        """Remember a party for the pronouns that can mean it; subjects that say nothing don't replace speakers."""
        kinds = ["any", self._class(party)]
        self._last |= {k: party for k in kinds if over or k not in self._last}

    def _class(self, party: Party) -> str:
        inside = set(re.findall(r"\w+", party.text.lower()))
        if inside & of("people"):
            return "person"
        if party.actor:
            return "person" if self._registry.get(party.actor).kind is ActorKind.PERSON else "body"
        if inside & of("bodies"):
            return "body"
        names = party.text.split()
        return "person" if len(names) <= 4 and all(n[0].isupper() for n in names) else "any"


_CLASS = {"he": "person", "she": "person", "his": "person", "her": "person", "it": "body", "its": "body"}


def _antecedent(tokens: Sequence[Token], relative: Phrase) -> Phrase | None:
    """Whom "who" stands for."""
    last = relative.first - 1
    if last > 0 and tokens[last].text == ",":
        last -= 1
    phrase = phrases.before(tokens, last)
    return phrases.bare(tokens, phrase) if phrase else None


def _stretched(document: Document, sentence: Sentence, found: _Found) -> tuple[int, int] | None:
    """The characters of what is said, with the whole of every quotation that it touches."""
    field = sentence.field
    if found.content is not None:
        start, end = phrases.chars(sentence.tokens, found.content)
    else:
        beside = _beside(document, sentence, found)
        if beside is None:
            return None
        start, end = beside
    for opened, closed in field.quotes:
        if opened < start < closed and field.plain.count("\n\n", opened, start) == 0:
            start = opened
        if opened < end <= closed or (end <= opened < sentence.end and not field.plain[end:opened].strip(" .")):
            end = max(end, closed)
    return start, _quoted_on(document, sentence, end)


def _beside(document: Document, sentence: Sentence, found: _Found) -> tuple[int, int] | None:
    """The quotation before a sentence like "… said the mayor.", or what follows one that ends in a colon."""
    field = sentence.field
    if sentence.plain.endswith(":"):
        following = document.sentences[sentence.index + 1 : sentence.index + 2]
        return (following[0].start, following[0].end) if following and following[0].field is field else None
    before = [q for q in field.quotes if q[1] <= sentence.start and not field.plain[q[1] : sentence.start].strip()]
    return before[-1] if before and "\n" not in field.plain[before[-1][1] : sentence.start] else None


def _quoted_on(document: Document, sentence: Sentence, end: int) -> int:
    """Where a quotation ends that goes on in sentences of its own behind the one that names the speaker."""
    field = sentence.field
    if not field.quoted(end - 1) and field.plain[end - 1 : end] not in {'"', "'"}:
        in_sentence = any(sentence.start <= start < sentence.end for start, _ in field.quotes)
        if not in_sentence:
            return end
    for following in document.sentences[sentence.index + 1 :]:
        region = next((q for q in field.quotes if q[0] == following.start), None)
        if (
            following.field is not field
            or region is None
            or region[1] < following.end
            or "\n" in field.plain[end : following.start].strip(" .")
        ):
            break
        end = following.end
    return end


def _in_sentence(sentence: Sentence, registry: Registry) -> list[_Found]:
    tokens = sentence.tokens
    found: list[_Found] = []
    for index, token in enumerate(tokens):
        if token.lower == "according" and index + 1 < len(tokens) and tokens[index + 1].lower == "to":
            found += _according(tokens, index)
            continue
        verb = verbs().get(token.lower)
        if token.lower in _idioms() and not sentence.field.quoted(token.start):
            found += _idiom(tokens, index)
        kind = nouns().get(token.lower)
        if (verb or kind) and not sentence.field.quoted(token.start):
            here = list(_verb(tokens, index, verb, found)) if verb else []
            found += here or (_noun(tokens, index, kind) if kind else ())
    found += _colon(sentence, registry)
    found += () if found else _quotation(sentence)
    found = _with_cited(tokens, found)
    return sorted((_cut(tokens, f, found) for f in found), key=_breadth, reverse=True)


def _with_cited(tokens: Sequence[Token], found: list[_Found]) -> list[_Found]:
    """Give what an outlet reports to those whom it cites beside it."""
    for citing in found:
        if citing.lemma not in {"cite", "quote"} or len(found) < 2 or citing.cue.last >= len(tokens):
            continue
        cited = phrases.after(tokens, citing.cue.last)
        if cited and _can_speak(tokens, cited):
            cited = phrases.bare(tokens, cited)
            return [f if f is citing or f.kind != "says" else replace(f, cited=cited) for f in found]
    return found


def _breadth(found: _Found) -> int:
    return found.content.last - found.content.first if found.content else 0


def _cut(tokens: Sequence[Token], one: _Found, found: Sequence[_Found]) -> _Found:
    """End what one says where the next saying begins beside it: "X said …, but Y said …", "X said …, adding …"."""
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


def _joint(tokens: Sequence[Token], other: _Found, after: int) -> int | None:
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


def _according(tokens: Sequence[Token], index: int) -> Iterator[_Found]:
    source = phrases.after(tokens, index + 2)
    if source is None:
        return
    source = phrases.bare(tokens, source)
    via = _cited_by(tokens, source.last)
    rest = via.last if via else source.last
    content = _until(tokens, rest) if index <= 1 else _back_to(tokens, index)
    if content:
        yield _Found("says", "according", source, Phrase(index, index + 2), content, via)


def _cited_by(tokens: Sequence[Token], index: int) -> Phrase | None:
    """ "Taliban sources *cited by Al Jazeera*"."""
    words = [t.lower for t in tokens[index : index + 2]]
    if words in (["cited", "by"], ["quoted", "by"]):
        via = phrases.after(tokens, index + 2)
        return phrases.bare(tokens, via) if via else None
    return None


def _until(tokens: Sequence[Token], first: int) -> Phrase | None:
    """What is said after the cue: to the end of the sentence, without the marks around it."""
    last = len(tokens)
    while first < last and tokens[first].text in {",", ":", "that", "-", "–", "—"}:
        first += 1
    while last > first and tokens[last - 1].text in {".", "!"}:
        last -= 1
    return Phrase(first, last) if first < last else None


def _back_to(tokens: Sequence[Token], last: int) -> Phrase | None:
    """What was said before the cue: from the beginning of the sentence."""
    first = 0
    while last > first and tokens[last - 1].text in {",", "-", "–", "—", ":"}:
        last -= 1
    return Phrase(first, last) if first < last else None


def _verb(tokens: Sequence[Token], index: int, verb: Verb, before: Sequence[_Found]) -> Iterator[_Found]:
    group = phrases.group(tokens, index)
    if not _is_verb(tokens, index, group) or not _particle_fits(tokens, index, verb):
        return
    if verb.form == "ing" and verb.lemma in words("attribution", "finite") and verb.lemma != "add":
        return
    if group.passive and verb.form == "past":
        yield from _by(tokens, index, verb)
    elif verb.form == "ing" and not group.auxiliary:
        yield from _participle(tokens, index, group.start, verb, before)
    else:
        yield from _active(tokens, index, verb, group, before)


def _active(
    tokens: Sequence[Token], index: int, verb: Verb, group: Group, before: Sequence[_Found]
) -> Iterator[_Found]:
    inverted = _inverted(tokens, index, verb)
    source = inverted or _subject(tokens, group.start, before)
    if source is None or not _agrees(tokens, source, verb, group):
        return
    if not group.auxiliary and not inverted and _participial(tokens, index, verb):
        yield from _by(tokens, index, verb)
        return
    if not inverted and source.first > 1 and tokens[source.first - 1].lower in {"in", "on", "at", "with", "from"}:
        return
    if not _can_speak(tokens, source, surely=verb.kind == "says" and verb.form == "past"):
        return
    content = _content(tokens, index, source, inverted is not None)
    if content is None:
        passive = list(_by(tokens, index, verb))
        cue = Phrase(index, index + 1)
        yield from passive or [_Found(verb.kind, verb.lemma, phrases.bare(tokens, source), cue, None)]
    elif _complete(tokens, index, verb, content):
        cue = Phrase(index, index + 1)
        found = _Found(verb.kind, verb.lemma, phrases.bare(tokens, source), cue, content, None, group.negated)
        yield _dismissive(tokens, found)


_MODAL = frozenset(
    "do does did will would can could may might shall should must didn't don't doesn't won't wouldn't".split()
)


def _is_verb(tokens: Sequence[Token], index: int, group: Group) -> bool:
    """Whether a cue word is a verb here, and no infinitive, noun or name."""
    left = tokens[group.start - 1].lower if group.start else ""
    determined = left in of("determiners") - of("pronouns") and not group.auxiliary
    return group.auxiliary != "to" and not determined and not phrases.is_name(tokens, index)


def _particle_fits(tokens: Sequence[Token], index: int, verb: Verb) -> bool:
    if verb.lemma in words("attribution", "measuring"):
        return any(t.lower in of("counts") for t in tokens[index + 1 : index + 5])
    wanted = _particles().get(verb.lemma)
    if wanted is None or "*" in wanted:
        return True
    return index + 1 < len(tokens) and tokens[index + 1].lower in wanted


_DISMISSAL_LENGTH = 14
"""Words of "the figure of 200 dead wildly exaggerated"."""


def _dismissive(tokens: Sequence[Token], found: _Found) -> _Found:
    """ "Called the figure exaggerated", "a claim the army called baseless": a rejection of what it is about."""
    if found.lemma not in words("attribution", "calling") or found.content is None:
        return found
    said = {t.lower for t in tokens[found.content.first : found.content.last]}
    if not said & words("attribution", "dismissals") or len(said) > _DISMISSAL_LENGTH:
        return found
    after = found.content.last - found.content.first > 3
    content = found.content if after or found.source.first == 0 else Phrase(0, found.source.first)
    return replace(found, kind="rejects", content=content)


@cache
def _particles() -> dict[str, frozenset[str]]:
    return {lemma: frozenset(rest.split()) for lemma, rest in lexicon("attribution")["particles"].items()}


def _agrees(tokens: Sequence[Token], source: Phrase, verb: Verb, group: Group) -> bool:
    """Whether the noun phrase can be the subject of that form of the verb."""
    last = tokens[source.last - 1]
    if last.lower.split("'")[0] in of("first_person"):
        return False
    if verb.form == "base" and verb.lemma in words("attribution", "finite"):
        return False
    if verb.form == "s" and not group.auxiliary:
        return last.lower not in {"they", "many", "some", "others"} and (
            verb.lemma not in words("attribution", "nouny") or _named(tokens, source)
        )
    if verb.form == "base" and not group.auxiliary:
        return _plural(tokens, source) and (
            verb.lemma not in words("attribution", "nouny")
            or last.lower not in of("pronouns")
            or last.lower in of("personal")
        )
    return verb.form != "base" or group.auxiliary in _MODAL


_HUMAN_ENDINGS = ("ers", "ors", "ists", "ians", "ants", "ents", "women", "men", "man", "woman")


def _can_speak(tokens: Sequence[Token], source: Phrase, *, surely: bool = False) -> bool:
    """Whether a phrase names somebody, or a text that says something: "incidents" don't speak.

    `surely`: the verb is one of saying, so that any full noun phrase will do.
    """
    if tokens[source.first].lower in {"no", "neither", "none", "nobody"}:
        return False
    if surely and tokens[source.first].lower in of("determiners") | {"who", "which"}:
        return True
    inside = tokens[source.first : source.last]
    if any(t.text[0].isupper() and (i or source.first) for i, t in enumerate(inside)) or inside[0].text[0].isdigit():
        return True
    head = tokens[_head(tokens, source)]
    lower = head.lower
    if lower in of("pronouns") or lower in of("relative") or lower.endswith(_HUMAN_ENDINGS):
        return True
    if any(lower in of(kind) for kind in ("people", "bodies", "speakers", "texts", "humans")):
        return True
    return source.first == 0 and inside[0].text[0].isupper() and inside[0].lower not in of("determiners")


def _head(tokens: Sequence[Token], source: Phrase) -> int:
    """The last token before the first preposition."""
    head = source.first
    while head + 1 < source.last and tokens[head + 1].lower not in of("prepositions"):
        head += 1
    return head


def _named(tokens: Sequence[Token], source: Phrase) -> bool:
    first, last = tokens[source.first], tokens[source.last - 1]
    return last.lower in of("personal") | of("relative") or last.text[0].isupper() or first.lower in of("determiners")


def _plural(tokens: Sequence[Token], source: Phrase) -> bool:
    """Whether the head of the phrase can take a plural verb."""
    head = _head(tokens, source)
    inside = {t.lower for t in tokens[source.first : source.last]}
    if tokens[head].lower in of("relative") or inside & of("plurals"):
        return True
    lower = tokens[head].lower
    return lower[0].isdigit() or (lower.endswith("s") and lower != "'s" and not lower.endswith("ss"))


def _complete(tokens: Sequence[Token], index: int, verb: Verb, content: Phrase) -> bool:
    """Whether a verb that may mean something else has a clause, a quote or a name beside it."""
    needs_clause = verb.lemma in words("attribution", "clausal")
    if not needs_clause and not (verb.lemma in words("attribution", "nouny") and verb.form in {"base", "s"}):
        return True
    if content.first < index:
        return True
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    follows = following.lower if following else ""
    if follows in {"that", ":", '"', "''", "how", "why", "what", "whether", "if"}:
        return True
    if follows[:1].isdigit() or follows in of("counting"):
        return True
    if needs_clause:
        return _clause_follows(tokens, index + 1)
    named = following is not None and following.text[0].isupper()
    return named or follows in of("personal") | of("determiners") | _particles().get(verb.lemma, frozenset())


def _clause_follows(tokens: Sequence[Token], first: int) -> bool:
    """Whether a subject and a verb follow: "believes the talks will fail"."""
    phrase = phrases.after(tokens, first)
    return phrase is not None and phrase.last < len(tokens) and phrases.verbal(tokens[phrase.last])


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


def _idiom(tokens: Sequence[Token], index: int) -> Iterator[_Found]:
    """A cue of several words, with its subject before it and what is said behind it."""
    for idiom in _idioms()[tokens[index].lower]:
        last = index + len(idiom.words)
        if last >= len(tokens) or any(tokens[index + i].lower not in w for i, w in enumerate(idiom.words)):
            continue
        source = phrases.subject(tokens, phrases.group(tokens, index).start)
        content = _until(tokens, last)
        if (
            source
            and content
            and _can_speak(tokens, source)
            and tokens[source.last - 1].lower not in of("first_person")
        ):
            cue = Phrase(index, last)
            yield _Found(idiom.kind, "idiom", phrases.bare(tokens, source), cue, content)
            return


def _noun(tokens: Sequence[Token], index: int, kind: str) -> Iterator[_Found]:
    """Somebody's claim, pledge or figure: "Kabul's *claim* that …", "a *statement* by the army that …"."""
    follows = tokens[index + 1].lower if index + 1 < len(tokens) else ""
    source, rest = None, index + 1
    if follows == "by" or (follows == "from" and tokens[index].lower not in of("counts")):
        source = phrases.after(tokens, index + 2)
        rest = source.last if source else rest
    elif follows in words("attribution", "noun_heads"):
        source = _possessor(tokens, index)
    if source is None:
        return
    content = _noun_content(tokens, rest)
    if content:
        yield _Found(kind, tokens[index].lower, phrases.bare(tokens, source), Phrase(index, index + 1), content)


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
    return _until(tokens[:last], first)


def _participial(tokens: Sequence[Token], index: int, verb: Verb) -> bool:
    """A bare participle as headlines have it: "Ice *blamed* for crash", "Soldier *hailed* as hero"."""
    if verb.form != "past" or index + 1 >= len(tokens):
        return False
    if tokens[index + 1].lower in {"as", "by"}:
        return verb.kind not in {"rejects", "denies"}
    return verb.kind in {"accuses", "praises", "condemns"} and tokens[index + 1].lower in of("prepositions") - {"at"}


def _by(tokens: Sequence[Token], index: int, verb: Verb) -> Iterator[_Found]:
    """The passive: "was first reported *by Example Wire*"."""
    if verb.form != "past" or index + 1 >= len(tokens) or tokens[index + 1].lower != "by":
        return
    source = phrases.after(tokens, index + 2)
    content = _back_to(tokens, index)
    if source and content:
        yield _Found(verb.kind, verb.lemma, phrases.bare(tokens, source), Phrase(index, index + 1), content)


def _inverted(tokens: Sequence[Token], index: int, verb: Verb) -> Phrase | None:
    """The speaker after the verb: "…," said the mayor."""
    if verb.form in {"base", "ing"} or verb.lemma not in words("attribution", "inverting"):
        return None
    before = tokens[index - 1].text if index else ""
    if before not in {",", '"', "''", ""}:
        return None
    phrase = phrases.after(tokens, index + 1)
    if phrase is None:
        return None
    if before in {'"', "''"}:
        return phrase
    following = tokens[phrase.last] if phrase.last < len(tokens) else None
    closed = (
        following is None
        or following.text in {".", ",", ";"}
        or following.lower in of("prepositions") | of("relative") | of("times")
    )
    return phrase if closed else None


def _subject(tokens: Sequence[Token], start: int, found: Sequence[_Found]) -> Phrase | None:
    """Whose saying it is; behind "and" that of the saying before."""
    last = phrases.before_time(tokens, start - 1)
    if last >= 0 and tokens[last].lower in of("conjunctions") | {"but"}:
        return _shared(tokens, last, found)
    return phrases.subject(tokens, start)


def _shared(tokens: Sequence[Token], last: int, found: Sequence[_Found]) -> Phrase | None:
    """The subject of a verb behind "and": that of the verb before."""
    if found and found[-1].source.last <= last:
        return found[-1].source
    return phrases.main_subject(tokens, last)


def _content(tokens: Sequence[Token], index: int, source: Phrase, inverted: bool) -> Phrase | None:
    """What is said: after the verb, or before it where nothing but an occasion follows."""
    after = source.last if inverted else index + 1
    if not inverted and tokens[index].lower in _TOLD:
        after = _past_listener(tokens, after)
    rest = _after_occasion(tokens, after)
    first = min(source.first, index)
    if rest >= len(tokens) or tokens[rest].text in {".", ";"} or inverted:
        return _back_to(tokens, first)
    if tokens[rest].text == "," and first > 1 and tokens[first - 1].text in {",", '"', "''"}:
        return _back_to(tokens, first) if _turns(tokens, rest + 1) else Phrase(0, _end(tokens))
    if tokens[rest].lower not in of("openers") and _is_preposed(tokens, source, first):
        return _back_to(tokens, first)
    return _until(tokens, rest)


def _is_preposed(tokens: Sequence[Token], source: Phrase, first: int) -> bool:
    """Whether what is said stands before the speaker: a clause or a quotation, set off by a mark."""
    if first < 2 or tokens[first - 1].text not in {",", '"', "''"} or tokens[source.first].lower in of("relative"):
        return False
    if tokens[first - 1].text != "," or tokens[first - 2].text in {'"', "''"}:
        return True
    return not _opens(tokens, first) and any(phrases.verbal(t) for t in tokens[: first - 1])


def _opens(tokens: Sequence[Token], first: int) -> bool:
    """Whether only an adverbial stands before the speaker: "In a message, the ministry spoke of …"."""
    if tokens[0].lower.endswith(("ing", "ed")):
        return True
    return tokens[0].lower in of("prepositions") | of("adverbs") | of("contrasts") | of("times")


def _turns(tokens: Sequence[Token], index: int) -> bool:
    """Whether something else begins there than the rest of what is said: "…," he said, adding …"."""
    if index >= len(tokens):
        return True
    cue = verbs().get(tokens[index].lower)
    return (cue is not None and cue.form == "ing") or tokens[index].lower in of("contrasts") | of("relative") | of(
        "prepositions"
    )


_TOLD = frozenset({"told", "tells", "tell", "telling"})


def _past_listener(tokens: Sequence[Token], index: int) -> int:
    """Skip the outlet or the reporters to whom it was told."""
    if index < len(tokens) and tokens[index].lower in {"him", "her", "them", "us", "me", "you"}:
        return index + 1
    listener = phrases.after(tokens, index)
    return listener.last if listener else index


def _end(tokens: Sequence[Token]) -> int:
    return len(tokens) - (tokens[-1].text == ".")


def _after_occasion(tokens: Sequence[Token], index: int) -> int:
    """Skip "on Monday", "in a statement", "late Tuesday" behind the verb."""
    while index < len(tokens):
        lower = tokens[index].lower
        if lower in of("times") or lower in of("adverbs"):
            index += 1
        elif lower in of("prepositions"):
            stop = _occasion_end(tokens, index)
            if stop is None:
                return index
            index = stop
        else:
            return index
    return index


def _occasion_end(tokens: Sequence[Token], index: int) -> int | None:
    for last in range(index + 1, min(index + 6, len(tokens))):
        lower = tokens[last].lower
        if lower in of("times") or lower in of("occasions"):
            return last + 1
        if not lower[0].isalnum() or lower in of("subordinators"):
            return None
    return None


def _participle(
    tokens: Sequence[Token], index: int, start: int, verb: Verb, found: Sequence[_Found]
) -> Iterator[_Found]:
    """ ", adding that …": said by whoever spoke before in the sentence, or by its subject."""
    content = _until(tokens, index + 1)
    source = _participle_subject(tokens, start, found) if start else None
    if content is None or source is None or tokens[source.last - 1].lower in of("first_person"):
        return
    if tokens[start - 1].lower in of("prepositions") or not _can_speak(tokens, source):
        return
    yield _Found(verb.kind, verb.lemma, phrases.bare(tokens, source), Phrase(index, index + 1), content)


def _participle_subject(tokens: Sequence[Token], index: int, found: Sequence[_Found]) -> Phrase | None:
    left = tokens[index - 1]
    if left.text not in {",", '"', "''", "-", "–", "—"} and left.lower not in of("conjunctions") | of(
        "prepositions"
    ) | of("subordinators"):
        direct = phrases.before(tokens, index - 1)
        if direct:
            return direct
    spoken = [f for f in found if f.lemma not in nouns()]
    return spoken[-1].source if spoken else phrases.main_subject(tokens, index)


_SHORTEST_QUOTE = 4
"""Words: shorter quotations are names and scare quotes."""


def _quotation(sentence: Sentence) -> Iterator[_Found]:
    """Quoted words that no cue introduces are their sentence's subject's."""
    tokens = sentence.tokens
    for start, end in sentence.field.quotes:
        if not sentence.start < start < sentence.end:
            continue
        inside = [i for i, t in enumerate(tokens) if start <= t.start < end]
        source = _quoted_by(tokens, inside[0]) if len(inside) > _SHORTEST_QUOTE + 2 else None
        if source and _can_speak(tokens, source) and tokens[source.first].lower not in of("first_person"):
            cue = Phrase(source.last, max(source.last + 1, inside[0]))
            yield _Found("says", "quote", phrases.bare(tokens, source), cue, Phrase(inside[0], inside[-1] + 1))
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


def _colon(sentence: Sentence, registry: Registry) -> Iterator[_Found]:
    """The speaker set off by a colon in a headline: "Police: two held", "Two held: police"."""
    tokens = sentence.tokens
    colons = [i for i, t in enumerate(tokens) if t.text == ":"]
    if len(colons) != 1 or not 0 < colons[0] < len(tokens) - 1:
        return
    at = colons[0]
    head, tail = Phrase(0, at), Phrase(at + 1, _end(tokens))
    if at <= _LABEL_LENGTH and _speaks(sentence, head, registry, leading=True):
        yield _Found("says", ":", head, Phrase(at, at + 1), tail)
    elif (
        sentence.where == "title"
        and len(tokens) - at <= _LABEL_LENGTH
        and _speaks(sentence, tail, registry, leading=False)
    ):
        yield _Found("says", ":", tail, Phrase(at, at + 1), head)


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
    """ "Lind: 'We hold'": a name, then words of its owner."""
    return any(t.text in {'"', "'", "''"} for t in sentence.tokens[phrase.last + 1 : phrase.last + 3])
