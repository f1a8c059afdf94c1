"""Who says what: every attribution of a document with its speaker, its cue and what is said.

Found from cues (verbs, "according to", nouns such as "the claim that", colons of headlines) and the
noun phrases beside them; quotes may run over sentences. The speaker's words are those of the text; the
registry's actor is beside them, and never a more official one than the text names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.cues import Verb, verbs
from monitor.core.claims.document import Document, Sentence, Token
from monitor.core.claims.phrases import Phrase, of
from monitor.model import Party, Span


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
    content: Phrase
    via: Phrase | None = None
    negated: bool = False


def attributions(document: Document, registry: Registry) -> tuple[Attribution, ...]:
    """All attributions, in order of the text."""
    speakers = _Speakers(registry)
    found: list[Attribution] = []
    for sentence in document.sentences:
        inside = [speakers.named(sentence, f) for f in _in_sentence(sentence)]
        speakers.remember(sentence)
        found += inside
    return tuple(found)


class _Speakers:
    """Resolves names and pronouns as the reading goes on."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._last: dict[str, Party] = {}

    def named(self, sentence: Sentence, found: _Found) -> Attribution:
        start, end = _chars(sentence.tokens, found.source)
        written = Party(sentence.field.text[start:end], None)
        speaker = self._resolved(sentence, found.source, written)
        return Attribution(
            sentence,
            found.kind,
            found.lemma,
            (start, end),
            _chars(sentence.tokens, found.cue),
            _chars(sentence.tokens, found.content),
            replace(written, actor=speaker.actor),
            speaker,
            self._party(sentence, found.via) if found.via else None,
            found.negated,
        )

    def remember(self, sentence: Sentence) -> None:
        """Later sentences' pronouns may mean somebody named here."""

    def _party(self, sentence: Sentence, phrase: Phrase) -> Party:
        start, end = _chars(sentence.tokens, phrase)
        text = sentence.field.text[start:end]
        return Party(text, self._registry.resolve(text))

    def _resolved(self, sentence: Sentence, phrase: Phrase, written: Party) -> Party:
        lower = written.text.lower()
        if lower in of("personal") or lower in of("relative"):
            return self._last.get("they" if lower in {"they", "we"} else "one", written)
        party = Party(written.text, self._registry.resolve(written.text))
        self._last["one"] = self._last["they"] = party
        return party


def _chars(tokens: Sequence[Token], phrase: Phrase) -> tuple[int, int]:
    return tokens[phrase.first].start, tokens[phrase.last - 1].end


def _in_sentence(sentence: Sentence) -> list[_Found]:
    tokens = sentence.tokens
    found: list[_Found] = []
    for index, token in enumerate(tokens):
        if token.lower == "according" and index + 1 < len(tokens) and tokens[index + 1].lower == "to":
            found += _according(tokens, index)
            continue
        verb = verbs().get(token.lower)
        if verb:
            found += _verb(tokens, index, verb, found)
    found += _colon(sentence)
    return found


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


def _verb(tokens: Sequence[Token], index: int, verb: Verb, before: list[_Found]) -> Iterator[_Found]:
    lead = _lead(tokens, index)
    if lead is None:
        return
    start, negated, passive = lead
    if passive:
        return
    if verb.form == "ing":
        yield from _participle(tokens, index, verb, before)
        return
    cue = Phrase(index, index + 1)
    inverted = _inverted(tokens, index, verb)
    source = inverted or _subject(tokens, start)
    if source is None:
        return
    content = _content(tokens, index, source, inverted is not None)
    if content is None:
        return
    via = None
    yield _Found(verb.kind, verb.lemma, phrases.bare(tokens, source), cue, content, via, negated)


def _lead(tokens: Sequence[Token], index: int) -> tuple[int, bool, bool] | None:
    """Where the verb group begins, whether it is negated, whether passive; None for an infinitive."""
    start, negated = index, False
    auxiliary = ""
    while start > 0:
        lower = tokens[start - 1].lower
        if lower in of("auxiliaries"):
            auxiliary = auxiliary or lower
        elif not (lower in of("adverbs") or (lower.endswith("ly") and len(lower) > 4)):
            break
        negated = negated or lower in of("negations")
        start -= 1
    if start > 0 and tokens[start - 1].lower == "to":
        return None
    passive = (
        auxiliary in {"was", "were", "is", "are", "been", "be", "being"} and verbs()[tokens[index].lower].form == "past"
    )
    return start, negated, passive


_INVERTING = frozenset({"says", "admits", "warns", "thinks"})


def _inverted(tokens: Sequence[Token], index: int, verb: Verb) -> Phrase | None:
    """The speaker after the verb: "…," said the mayor."""
    if verb.kind not in _INVERTING or verb.form == "base":
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


def _subject(tokens: Sequence[Token], start: int) -> Phrase | None:
    """The noun phrase that the verb group at `start` belongs to."""
    last = start - 1
    if last < 0:
        return None
    if tokens[last].lower in of("relative"):
        return Phrase(last, last + 1)
    if tokens[last].text == ",":
        comma = _earlier_comma(tokens, last)
        return phrases.before(tokens, comma - 1) if comma else None
    return phrases.before(tokens, last)


def _earlier_comma(tokens: Sequence[Token], last: int) -> int | None:
    """The comma that opens the apposition closed at `last`."""
    for index in range(last - 1, max(0, last - 25), -1):
        if tokens[index].text in {'"', "''", ";", ":"}:
            return None
        if tokens[index].text == ",":
            return index
    return None


def _content(tokens: Sequence[Token], index: int, source: Phrase, inverted: bool) -> Phrase | None:
    """What is said: after the verb, or before it where nothing but an occasion follows."""
    after = source.last if inverted else index + 1
    rest = _after_occasion(tokens, after)
    if rest >= len(tokens) or tokens[rest].text in {".", ";"} or inverted:
        first = min(source.first, index)
        return _back_to(tokens, first)
    if tokens[rest].text == "," and source.first > 0 and tokens[source.first - 1].text in {",", '"', "''"}:
        return Phrase(0, _end(tokens))
    return _until(tokens, rest)


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


def _participle(tokens: Sequence[Token], index: int, verb: Verb, found: list[_Found]) -> Iterator[_Found]:
    """ ", adding that …": said by whoever spoke before in the sentence, or by its subject."""
    content = _until(tokens, index + 1)
    if content is None or index == 0:
        return
    source = found[-1].source if found else phrases.after(tokens, 0)
    if source is None or source.last > index:
        return
    yield _Found(verb.kind, verb.lemma, phrases.bare(tokens, source), Phrase(index, index + 1), content)


def _colon(sentence: Sentence) -> Iterator[_Found]:
    return iter(())
