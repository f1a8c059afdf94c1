"""What a speaker does with what is told: asserts, denies, disputes, confirms or retracts it, surely or not."""

from __future__ import annotations

import re
from functools import cache

from monitor.core.claims.attribution import Attribution
from monitor.core.claims.figures import Figure
from monitor.core.claims.lexicons import lexicon
from monitor.model import Stance

OPPOSING = frozenset({"denies", "rejects", "retracts"})
"""Kinds of saying that are about somebody else's claim, or take back an own one."""

SILENT = frozenset({"condemns", "praises", "supports", "calls_for", "plans", "apologises"})
"""Kinds that answer something told by others without vouching for it."""

_CONFIRMING = frozenset({"confirm", "admit", "acknowledge", "concede", "verify", "recognize", "recognise", "confess"})


def of(figure: Figure | None, said: Attribution | None) -> Stance:
    """The stance of a claim made of a figure, a saying, or both."""
    if said is not None and said.kind in OPPOSING:
        return _opposing(said)
    if figure is not None and figure.negated:
        return Stance.DENIES
    return Stance.CONFIRMS if said is not None and said.lemma in _CONFIRMING else Stance.ASSERTS


def _opposing(said: Attribution) -> Stance:
    if said.kind == "retracts":
        return Stance.RETRACTS
    if said.kind == "denies":
        return Stance.DENIES
    return Stance.DISPUTES if of_figures(said) or said.lemma in {"dispute", "question", "challenge"} else Stance.DENIES


def of_figures(said: Attribution) -> bool:
    """Whether a denial is aimed at a number rather than at what happened."""
    start, end = said.content
    return bool(_figure_words().search(said.sentence.field.lower[start : min(end, start + 120)]))


def hedged(figure: Figure, said: Attribution | None) -> bool:
    """Whether the text leaves open if it is so: "reportedly", "alleged", "if confirmed", "may have"."""
    if figure.hedged or (said is not None and said.lemma in {"allege"}):
        return True
    return bool(_hedges().search(figure.span.quote.lower()))


@cache
def _figure_words() -> re.Pattern[str]:
    return _any("figures")


@cache
def _hedges() -> re.Pattern[str]:
    return _any("hedges")


def _any(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(lexicon('stance')[key])})\b")
