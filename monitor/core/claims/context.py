"""Where a sentence takes from what it does not say itself."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.core.claims.document import Document, Sentence

_BACK = 8
"""Sentences after which a place or a day named before is no longer meant."""


def nearest(document: Document, s: Sentence) -> Iterator[Sentence]:
    """The sentences that set the scene for one, the nearest first: those before it, then the headline.

    A headline takes from the text's first sentence what it leaves out.
    """
    if s.where == "title":
        yield from document.inside("text")[:1]
        return
    first = max(0, s.index - _BACK)
    yield from (b for b in reversed(document.sentences[first : s.index]) if b.where == "text")
    yield from document.inside("title")
