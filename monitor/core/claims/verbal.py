"""Sayings by their verbs: active, inverted, participle and passive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from monitor.core.claims import phrases
from monitor.core.claims.cues import Verb, nouns
from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.phrases import Group, Phrase, of
from monitor.core.claims.saying import Saying, back_to, can_speak, content_of, head_of, until


def by_verb(tokens: Sequence[Token], index: int, verb: Verb, before: Sequence[Saying]) -> Iterator[Saying]:
    """What the cue verb at `index` attributes; `before` are the sentence's sayings so far."""
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
    tokens: Sequence[Token], index: int, verb: Verb, group: Group, before: Sequence[Saying]
) -> Iterator[Saying]:
    inverted = _inverted(tokens, index, verb)
    source = inverted or _subject(tokens, group.start, before)
    if source is None or not _agrees(tokens, source, verb, group):
        return
    if not group.auxiliary and not inverted and _participial(tokens, index, verb):
        yield from _by(tokens, index, verb)
        return
    if not inverted and source.first > 1 and tokens[source.first - 1].lower in {"in", "on", "at", "with", "from"}:
        return
    if not can_speak(tokens, source, surely=verb.kind == "says" and verb.form == "past"):
        return
    content = _in_clause(tokens, index, source, content_of(tokens, index, source, inverted is not None))
    content = _last_conjunct(tokens, source, content)
    if content is None:
        passive = list(_by(tokens, index, verb))
        cue = Phrase(index, index + 1)
        yield from passive or [Saying(verb.kind, verb.lemma, phrases.bare(tokens, source), cue, None)]
    elif _complete(tokens, index, verb, content):
        cue = Phrase(index, index + 1)
        kind = "says" if verb.lemma == "correct" and _measures(tokens, index) else verb.kind
        found = Saying(kind, verb.lemma, phrases.bare(tokens, source), cue, content, None, group.negated)
        yield _dismissive(tokens, found)


_MODAL = frozenset(
    {
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "shall",
        "should",
        "must",
        "didn't",
        "don't",
        "doesn't",
        "won't",
        "wouldn't",
    }
)


def _is_verb(tokens: Sequence[Token], index: int, group: Group) -> bool:
    """Whether a cue word is a verb here, and no infinitive, noun or name."""
    left = tokens[group.start - 1].lower if group.start else ""
    determined = left in of("determiners") - of("pronouns") and not group.auxiliary
    return group.auxiliary != "to" and not determined and not phrases.is_name(tokens, index)


def _particle_fits(tokens: Sequence[Token], index: int, verb: Verb) -> bool:
    if verb.lemma in words("attribution", "measuring"):
        following = [t.lower for t in tokens[index + 1 : index + 5]]
        mended = verb.lemma == "correct" and any(t in _EARLIER for t in following)
        return mended or any(t in of("counts") for t in following)
    if verb.lemma == "claim" and any(t.lower in words("figures", "losing") for t in tokens[index + 1 : index + 7]):
        return False
    if verb.lemma in words("attribution", "texts_only") | {"read", "admit"} and _counts(tokens, index + 1):
        return False
    wanted = _particles().get(verb.lemma)
    if wanted is None or "*" in wanted:
        return True
    return index + 1 < len(tokens) and tokens[index + 1].lower in wanted


def _measures(tokens: Sequence[Token], index: int) -> bool:
    """As in "corrects *the number* of dead to 24": a new figure, nothing that is taken back."""
    return any(t.lower in of("counts") for t in tokens[index + 1 : index + 4])


def _counts(tokens: Sequence[Token], index: int) -> bool:
    """Whether a figure begins there."""
    index += index < len(tokens) and tokens[index].lower in {"the", "all", "its", "their"}
    token = tokens[index] if index < len(tokens) else None
    return token is not None and (token.text[0].isdigit() or token.lower in of("counting"))


def _in_clause(tokens: Sequence[Token], index: int, source: Phrase, content: Phrase | None) -> Phrase | None:
    """What is said within a relative clause ends with it: "the camp, which the army says was shelled, on Monday"."""
    first = source.first
    while first > 0 and tokens[first - 1].lower in of("determiners") | of("adverbs"):
        first -= 1
    inside = first > 0 and tokens[first - 1].lower in of("relative")
    if content is None or content.first < index or not inside:
        return content
    end = next((i for i in range(content.first + 1, content.last) if tokens[i].text == ","), content.last)
    return Phrase(content.first, end)


def _last_conjunct(tokens: Sequence[Token], source: Phrase, content: Phrase | None) -> Phrase | None:
    """As in "said that it fired *and that the ship sank*, which Kyiv denied": what "which" is about."""
    if content is None or content.last > source.first or tokens[source.first - 1].lower != "which":
        return content
    that = next((i for i in range(content.last - 1, content.first, -1) if tokens[i].lower == "that"), None)
    joined = that is not None and tokens[that - 1].lower in of("conjunctions") | of("contrasts")
    return Phrase(that + 1, content.last) if joined and that is not None else content


_OBJECTS = frozenset({"it", "them", "this", "that", "these", "those"})
_EARLIER = frozenset({"earlier", "previous", "initial"})
_DISMISSAL_LENGTH = 14


"""Words of "the figure of 200 dead wildly exaggerated"."""


def _dismissive(tokens: Sequence[Token], found: Saying) -> Saying:
    """As in "Called the figure exaggerated", "a claim the army called baseless": a rejection of what it is about."""
    if found.lemma not in words("attribution", "calling") or found.content is None:
        return found
    end = min(found.content.last, found.content.first + _DISMISSAL_LENGTH)
    if not {t.lower for t in tokens[found.content.first : end]} & words("attribution", "dismissals"):
        return found
    after = found.content.last - found.content.first > 3 or tokens[found.content.first].lower in _OBJECTS
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


def _named(tokens: Sequence[Token], source: Phrase) -> bool:
    first, last = tokens[source.first], tokens[source.last - 1]
    return last.lower in of("personal") | of("relative") or last.text[0].isupper() or first.lower in of("determiners")


def _plural(tokens: Sequence[Token], source: Phrase) -> bool:
    """Whether the head of the phrase can take a plural verb."""
    head = head_of(tokens, source)
    inside = {t.lower for t in tokens[source.first : source.last]}
    if tokens[head].lower in of("relative") or inside & of("plurals"):
        return True
    lower = tokens[head].lower
    return lower[0].isdigit() or (lower.endswith("s") and lower != "'s" and not lower.endswith("ss"))


def _complete(tokens: Sequence[Token], index: int, verb: Verb, content: Phrase) -> bool:
    """Whether a verb that may mean something else has a clause, a quote or a name beside it."""
    needs_clause = verb.lemma in words("attribution", "clausal")
    ambiguous = verb.lemma in words("attribution", "nouny") and verb.form in {"base", "s"}
    if content.first < index or not (needs_clause or ambiguous):
        return True
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    follows = following.lower if following else ""
    if follows in of("openers"):
        return follows != ":" or verb.kind == "says"
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


def _participial(tokens: Sequence[Token], index: int, verb: Verb) -> bool:
    """A bare participle as headlines have it: "Ice *blamed* for crash", "Soldier *hailed* as hero"."""
    if verb.form != "past" or index + 1 >= len(tokens) or _is_means(tokens, index + 1):
        return False
    if tokens[index + 1].lower in {"as", "by"}:
        return verb.kind not in {"rejects", "denies"}
    return verb.kind in {"accuses", "praises", "condemns"} and tokens[index + 1].lower in of("prepositions") - {"at"}


def _by(tokens: Sequence[Token], index: int, verb: Verb) -> Iterator[Saying]:
    """The passive: "was first reported *by Example Wire*"."""
    if (
        verb.form != "past"
        or index + 1 >= len(tokens)
        or tokens[index + 1].lower != "by"
        or _is_means(tokens, index + 1)
    ):
        return
    source = phrases.after(tokens, index + 2)
    content = back_to(tokens, index)
    if source and content:
        yield Saying(verb.kind, verb.lemma, phrases.bare(tokens, source), Phrase(index, index + 1), content)


def _is_means(tokens: Sequence[Token], index: int) -> bool:
    """As in "said *by telephone*": how it was said, not by whom."""
    ahead = [t.lower for t in tokens[index + 1 : index + 3]]
    return tokens[index].lower == "by" and any(w in of("occasions") for w in ahead)


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


def _subject(tokens: Sequence[Token], start: int, found: Sequence[Saying]) -> Phrase | None:
    """Whose saying it is; behind "and" that of the saying before."""
    last = phrases.before_time(tokens, start - 1)
    if last >= 0 and tokens[last].lower in of("conjunctions") | {"but"}:
        return _shared(tokens, last, found)
    return phrases.subject(tokens, start)


def _shared(tokens: Sequence[Token], last: int, found: Sequence[Saying]) -> Phrase | None:
    """The subject of a verb behind "and": that of the verb before."""
    spoken = [f for f in found if f.lemma not in nouns() and f.source.last <= last]
    return spoken[-1].source if spoken else phrases.main_subject(tokens, last)


def _participle(
    tokens: Sequence[Token], index: int, start: int, verb: Verb, found: Sequence[Saying]
) -> Iterator[Saying]:
    """As in ", adding that …": said by whoever spoke before in the sentence, or by its subject."""
    if verb.lemma in words("attribution", "measuring") and verb.lemma != "correct":
        return  # "…, raising the toll to 22" is told by whoever tells the rest
    content = until(tokens, index + 1)
    source = _participle_subject(tokens, start, found) if start else None
    if content is None or source is None or tokens[source.last - 1].lower in of("first_person"):
        return
    if tokens[start - 1].lower in of("prepositions") or not can_speak(tokens, source):
        return
    yield Saying(verb.kind, verb.lemma, phrases.bare(tokens, source), Phrase(index, index + 1), content)


def _participle_subject(tokens: Sequence[Token], index: int, found: Sequence[Saying]) -> Phrase | None:
    left = tokens[index - 1]
    if left.text not in {",", '"', "''", "-", "–", "—"} and left.lower not in of("conjunctions") | of(
        "prepositions"
    ) | of("subordinators"):
        direct = phrases.before(tokens, index - 1)
        if direct:
            return direct
    spoken = [f for f in found if f.lemma not in nouns()]
    return spoken[-1].source if spoken else phrases.main_subject(tokens, index)
