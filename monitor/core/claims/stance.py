"""What a speaker does with what is told: asserts, denies, disputes, confirms or retracts it, surely or not."""

from __future__ import annotations

import re
from functools import cache

from monitor.core.claims.attribution import Attribution
from monitor.core.claims.document import Sentence
from monitor.core.claims.figures import Figure
from monitor.core.claims.lexicons import lexicon
from monitor.core.claims.numbers import numbers
from monitor.model import Quantity, Stance

OPPOSING = frozenset({"denies", "rejects", "retracts"})
"""Kinds of saying that are about somebody else's claim, or take back an own one."""

SILENT = frozenset({"condemns", "praises", "supports", "calls_for", "plans", "apologises"})
"""Kinds that answer something told by others without vouching for it."""

_CONFIRMING = frozenset({"confirm", "admit", "acknowledge", "concede", "verify", "recognize", "recognise", "confess"})


def of(figure: Figure | None, said: Attribution | None) -> Stance:
    """The stance of a claim made of a figure, a saying, or both."""
    if said is not None and said.kind in OPPOSING:
        return _opposing(said)
    if figure is not None and (figure.negated or _said_to_be_false(figure, said)):
        return Stance.DENIES
    return Stance.CONFIRMS if said is not None and said.lemma in _CONFIRMING else Stance.ASSERTS


def _said_to_be_false(figure: Figure, said: Attribution | None) -> bool:
    """Whether the words around a figure say that it is not so: "there is no evidence that 50 were killed"."""
    if said is None:
        return debunked(figure.span.quote)
    start, end = said.content
    return debunked(said.sentence.field.lower[start : min(end, figure.span.end)])


def _opposing(said: Attribution) -> Stance:
    if said.kind == "retracts":
        return Stance.RETRACTS
    if said.kind == "denies":
        return Stance.DENIES
    return Stance.DISPUTES if is_dispute(said) else Stance.DENIES


def is_dispute(said: Attribution) -> bool:
    """Whether a denial leaves open that something happened."""
    return of_figures(said) or said.lemma in {"dispute", "question", "challenge"}


def of_figures(said: Attribution) -> bool:
    """Whether a denial is aimed at a number rather than at what happened."""
    return aims_at_figures(said.sentence, *said.content)


def aims_at_figures(sentence: Sentence, start: int, end: int) -> bool:
    """Whether what is denied, characters `start` to `end` of the sentence's field, is a number."""
    return bool(_pattern("figures").search(sentence.field.lower[start : min(end, start + _AIM)]))


def figure_of(said: Attribution) -> Quantity:
    """The number that a denial aims at: "the figure *of 16* is false"; empty where it names none."""
    return figure_in(said.sentence, *said.content)


def figure_in(sentence: Sentence, start: int, end: int) -> Quantity:
    """The number that is named as a figure between two characters of the sentence's field."""
    tokens = sentence.tokens
    aims = (n for n in numbers(tokens) if n.first > 1 and tokens[n.first - 1].lower == "of" and n.kind == "figure")
    aimed = (
        n for n in aims if start <= tokens[n.at].start < end and _pattern("figures").search(tokens[n.first - 2].lower)
    )
    return next((n.quantity for n in aimed), Quantity())


_AIM = 120
"""Characters after a denial in which it must be said that it is about a number."""


def hedged(figure: Figure, said: Attribution | None) -> bool:
    """Whether the text leaves open if it is so: "reportedly", "alleged", "if confirmed", "may have"."""
    if figure.hedged or (said is not None and said.lemma == "allege"):
        return True
    return bool(_pattern("hedges").search(figure.span.quote.lower()))


def debunked(text: str) -> bool:
    """Whether a sentence says of some claim that it is not so: "There is no evidence that …"."""
    lowered = text.lower()
    return bool(_pattern("debunks").search(lowered)) and not _pattern("undebunks").search(lowered)


def of_headline(headline: Sentence) -> tuple[Stance, bool] | None:
    """Stance, and whether hedged, of a headline that negates, doubts or only supposes; None for a plain one."""
    lowered = headline.lower
    if debunked(lowered) or _pattern("negations").search(lowered):
        return Stance.DENIES, False
    if "?" in lowered or _pattern("suppositions").search(lowered) or _pattern("hedges").search(lowered):
        return Stance.ASSERTS, True
    return None


_BARE = frozenset({"negations"})


@cache
def _pattern(key: str) -> re.Pattern[str]:
    """The expressions under `key`, as whole words unless they say themselves where they stand."""
    words = re.sub(r"\|\s+", "|", str(lexicon("stance")[key]).strip())
    return re.compile(words if key in _BARE else rf"(?<!\w)(?:{words})(?!\w)")
