"""Who says what: every attribution of a document with its speaker, its cue and what is said.

Found from cues (verbs, "according to", nouns such as "the claim that", colons of headlines) and the
noun phrases beside them; quotes may run over sentences. The speaker's words are those of the text; the
registry's actor is beside them, and never a more official one than the text names.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.cues import nouns
from monitor.core.claims.document import Document, Sentence
from monitor.core.claims.owners import Owners
from monitor.core.claims.saying import Saying
from monitor.core.claims.sayings import sayings
from monitor.core.claims.speakers import Speakers
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
    cited: Party | None = None
    """Whom the speaker cites for it: "Example Wire, *citing two officials*, reported that …".

    An outlet only passes on what they say; a body that citing somebody gives a figure vouches for it.
    """

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


def attributions(document: Document, registry: Registry, owners: Owners | None = None) -> tuple[Attribution, ...]:
    """All attributions, sentence by sentence; within one the widest, which may hold the others, first."""
    speakers = Speakers(registry, owners or Owners(document, registry))
    found: list[Attribution] = []
    for sentence in document.sentences:
        for one in sayings(sentence, registry):
            content = _stretched(document, sentence, one)
            if content:
                found.append(_attribution(speakers, sentence, one, content))
        speakers.remember(sentence)
    return tuple(found)


def _attribution(speakers: Speakers, sentence: Sentence, found: Saying, content: tuple[int, int]) -> Attribution:
    start, end = phrases.chars(sentence.tokens, found.source)
    speaker = speakers.resolved(sentence, found.source, heard=found.lemma not in nouns())
    return Attribution(
        sentence,
        found.kind,
        found.lemma,
        (start, end),
        phrases.chars(sentence.tokens, found.cue),
        content,
        Party(sentence.field.text[start:end], speaker.actor),
        speaker,
        speakers.party(sentence, found.via) if found.via else None,
        found.negated,
        speakers.party(sentence, found.cited) if found.cited and not speakers.vouches(speaker) else None,
    )


def _stretched(document: Document, sentence: Sentence, found: Saying) -> tuple[int, int] | None:
    """The characters of what is said, with the whole of every quotation that it touches."""
    field = sentence.field
    if found.content is not None:
        start, end = phrases.chars(sentence.tokens, found.content)
    else:
        beside = _beside(document, sentence)
        if beside is None:
            return None
        start, end = beside
    for opened, closed in field.quotes:
        if opened < start < closed and field.plain.count("\n\n", opened, start) == 0:
            start = opened
        if opened < end <= closed or (end <= opened < sentence.end and not field.plain[end:opened].strip(" .")):
            end = max(end, closed)
    return start, _quoted_on(document, sentence, end)


def _beside(document: Document, sentence: Sentence) -> tuple[int, int] | None:
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
        region = next((q for q in field.quotes if q[0] <= following.start < q[1]), None)
        if (
            following.field is not field
            or region is None
            or region[1] < following.end
            or "\n" in field.plain[end : following.start].strip(" .")
        ):
            break
        end = following.end
    return end
