"""An item as the matcher reads it: one padded line of normalised tokens, and the way back to its characters.

Tokens are joined by single spaces, so that a phrase ` durand line ` is found with both of its word borders in one
pass (the borders are Unicode's). Places in the item are worked out only for what matched.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Literal

from monitor.core.text import normalise
from monitor.model import Item, Span

Where = Literal["title", "text"]
Field = Literal["title", "lede", "text"]

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u200c\u200d\u00ad"
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(
    rf"[{_ALONE}]|(?:(?<!['’ʼ])|(?![sS](?![\w{_MARKS}])))(?:(?![{_ALONE}])\w)(?:(?![{_ALONE}])[\w{_MARKS}])*"
)
_ASCII_WORD = re.compile(r"(?<!['])\w+|(?<=['])(?!s\b)\w+", re.ASCII | re.IGNORECASE)
"""Words; the possessive `s` is none. A character of Chinese, Japanese or Korean is a word of its own."""
_LEDE = 400
_BREAK = " \n "


def words_of(text: str) -> list[str]:
    """The normalised tokens of a text, one for each match of the word pattern."""
    if text.isascii():
        if text.isalpha():
            return [text.lower()]
        return _ASCII_WORD.findall(text.lower())
    return [_folded(w) for w in _WORD.findall(text)]


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else normalise(word).replace(" ", "") or "\ufffd"


class Page:
    """One item, normalised once for all watches."""

    __slots__ = ("__dict__", "item", "line", "text_at")

    def __init__(self, item: Item) -> None:
        self.item = item
        title = " ".join(words_of(item.title))
        self.text_at = len(title) + len(_BREAK)
        self.line = f" {title}{_BREAK}{' '.join(words_of(item.text))} "

    def span(self, start: int, end: int) -> Span:
        """The item's own words for characters `start` to `end` of the line (its spaces aside)."""
        where, first, last = self._tokens(start, end)
        spans = self._spans[where]
        begin, stop = spans[first][0], spans[last][1]
        source = self.item.title if where == "title" else self.item.text
        return Span(source[begin:stop], where, begin, stop)

    def index(self, start: int) -> int:
        """The number of the token that begins at `start` of the line: for distances in words."""
        return bisect_right(self._starts, start) - 1

    def within(self, start: int, fields: frozenset[str]) -> bool:
        """Whether a place of the line belongs to one of the fields: title, lede, text."""
        if start < self.text_at:
            return "title" in fields
        return "text" in fields or ("lede" in fields and start < self.text_at + _LEDE)

    @cached_property
    def _starts(self) -> list[int]:
        return [m.start() for m in re.finditer(r"[^ \n]+", self.line)]

    @cached_property
    def _spans(self) -> dict[Where, list[tuple[int, int]]]:
        return {"title": _word_spans(self.item.title), "text": _word_spans(self.item.text)}

    def _tokens(self, start: int, end: int) -> tuple[Where, int, int]:
        first, last = self.index(start), self.index(end - 1)
        titles = len(self._spans["title"])
        return ("title", first, last) if first < titles else ("text", first - titles, last - titles)


def _word_spans(text: str) -> list[tuple[int, int]]:
    pattern = _ASCII_WORD if text.isascii() else _WORD
    return [m.span() for m in pattern.finditer(text)]
