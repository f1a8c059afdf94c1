"""One saying within a sentence, in tokens: its speaker, its cue and what is said, and the parts to find them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.claims import phrases
from monitor.core.claims.cues import verbs
from monitor.core.claims.document import Token
from monitor.core.claims.phrases import Phrase, of


@dataclass(frozen=True, slots=True)
class Saying:
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


def until(tokens: Sequence[Token], first: int) -> Phrase | None:
    """What is said after the cue: to the end of the sentence, without the marks around it."""
    last = len(tokens)
    while first < last and tokens[first].text in {",", ":", "that", "-", "–", "—"}:
        first += 1
    while last > first and tokens[last - 1].text in {".", "!"}:
        last -= 1
    return Phrase(first, last) if first < last else None


def back_to(tokens: Sequence[Token], last: int) -> Phrase | None:
    """What was said before the cue: from the beginning of the sentence."""
    first = 0
    while last > first and tokens[last - 1].text in {",", "-", "–", "—", ":"}:
        last -= 1
    return Phrase(first, last) if first < last else None


def content_of(tokens: Sequence[Token], index: int, source: Phrase, inverted: bool) -> Phrase | None:
    """What is said: after the verb, or before it where nothing but an occasion follows."""
    after = source.last if inverted else index + 1
    if not inverted and tokens[index].lower in _TOLD:
        after = _past_listener(tokens, after)
    rest = _after_occasion(tokens, after)
    first = min(source.first, index)
    if rest >= len(tokens) or tokens[rest].text in {".", ";"} or inverted:
        return back_to(tokens, first)
    if tokens[rest].text == "," and first > 1 and tokens[first - 1].text in {",", '"', "''"}:
        return back_to(tokens, first) if _turns(tokens, rest + 1) else Phrase(0, end_of(tokens))
    if tokens[rest].text == "," and not _goes_on(tokens, rest + 1):
        return None
    if tokens[rest].lower not in of("openers") and _is_preposed(tokens, source, first):
        return back_to(tokens, first)
    return until(tokens, rest)


def _goes_on(tokens: Sequence[Token], index: int) -> bool:
    """Whether what is said follows a comma all the same: a quotation, or "said, *however*, that …"."""
    if index >= len(tokens):
        return False
    token = tokens[index]
    return token.text in {'"', "''"} or token.lower in of("adverbs") | of("prepositions") | of("contrasts")


def _is_preposed(tokens: Sequence[Token], source: Phrase, first: int) -> bool:
    """Whether what is said stands before the speaker: a clause or a quotation, set off by a mark."""
    if first < 2 or tokens[first - 1].text not in {",", '"', "''"} or tokens[source.first].lower in of("relative"):
        return False
    if tokens[first - 1].text != "," or tokens[first - 2].text in {'"', "''"}:
        return True
    return not _opens(tokens) and any(phrases.verbal(t) for t in tokens[: first - 1])


def _opens(tokens: Sequence[Token]) -> bool:
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


def end_of(tokens: Sequence[Token]) -> int:
    """The end of a sentence without its full stop."""
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


_HUMAN_ENDINGS = ("ers", "ors", "ists", "ians", "ants", "ents", "women", "men", "man", "woman")


def can_speak(tokens: Sequence[Token], source: Phrase, *, surely: bool = False) -> bool:
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
    head = tokens[head_of(tokens, source)]
    lower = head.lower
    if lower in of("pronouns") or lower in of("relative") or lower.endswith(_HUMAN_ENDINGS):
        return True
    if any(lower in of(kind) for kind in ("people", "bodies", "speakers", "texts", "humans")):
        return True
    return source.first == 0 and inside[0].text[0].isupper() and inside[0].lower not in of("determiners")


def head_of(tokens: Sequence[Token], source: Phrase) -> int:
    """The last token before the first preposition."""
    head = source.first
    while head + 1 < source.last and tokens[head + 1].lower not in of("prepositions"):
        head += 1
    return head
