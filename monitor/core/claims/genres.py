"""What an item is as a whole: a kill notice, a correction, an opinion, an explainer, an anniversary, a round-up."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from monitor.core.claims.document import Document
from monitor.core.claims.lexicons import lexicon
from monitor.core.claims.modality import is_retrospective

_GENRES = ("kill", "correction", "opinion", "explainer", "anniversary", "roundup")
_OPENING = 2
"""Sentences of the text in which a notice says what it is."""
_CHRONICLE = 3
"""Days set off by colons from which on a text retells them."""


def notices(document: Document, on: dt.date | None, lang: str = "en") -> tuple[str, ...]:
    """The genres that fit, in a fixed order; none for plain news."""
    title = document.title.lower
    opening = " ".join(s.lower for s in document.inside("text")[:_OPENING])
    found = [g for g in _GENRES if _fits(g, "title", title, lang) or _fits(g, "opening", opening, lang)]
    if not found and is_retrospective(document, on, lang):
        found.append("anniversary")
    if "roundup" not in found and len(_weekday(lang).findall(document.text.lower)) >= _CHRONICLE:
        found.append("roundup")
    return tuple(found)


def is_correction(document: Document, lang: str = "en") -> bool:
    """Whether a text says that an earlier one was wrong."""
    opening = " ".join(s.lower for s in document.inside("text")[:_OPENING])
    title = document.title.lower
    return _fits("correction", "title", title, lang) or _fits("correction", "opening", opening, lang)


def _fits(genre: str, where: str, text: str, lang: str) -> bool:
    pattern = _pattern(genre, where, lang)
    return pattern is not None and bool(pattern.search(text))


@cache
def _pattern(genre: str, where: str, lang: str) -> re.Pattern[str] | None:
    written = lexicon("genres", lang)[genre][where]
    return re.compile(written) if written else None


@cache
def _weekday(lang: str) -> re.Pattern[str]:
    return re.compile(lexicon("genres", lang)["weekday"])
