"""An item's title and text as sentences and tokens with exact character offsets.

Everything here is cheap (one regular expression for tokens, one for ends of sentences), because every
item of every source passes it. Offsets always count characters of the item's own `title` or `text`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from monitor.core.claims.lexicons import words
from monitor.model import Span

Where = Literal["title", "text"]

# One character for one character, so that offsets in the plain form are offsets in the original.
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‛": "'", "´": "'", "`": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": " ", "\t": " ",
        "İ": "I",
    }
)  # fmt: skip

_TOKEN = re.compile(
    r"""
      (?:[A-Za-z]\.){2,}                          # U.S., a.m.
    | \d+(?:[.,]\d+)*                             # 3,000  4.5  13
    | [^\W\d_]\w*(?:-\w+|'(?!s\b)[^\W\d_]+)*      # Al-Shabaab  F-16  don't  twenty-four
    | 's\b | '' | \S
    """,
    re.VERBOSE,
)

_END = re.compile(r"""[.!?…]+["')\]]*(?=\s|$)|\n\s*""")

_QUOTE = re.compile("[“”„«»\"]|''|\n\\s*\n|\n")

_LONGEST = 1200
"""Characters: prose has no longer sentences."""

_WRAPPED_WIDTH = 90
"""Characters: a text none of whose lines is longer was wrapped by hand, so its single newlines are spaces."""


class Token(NamedTuple):
    """One word, number or mark; `text` is plain (straight quotes), `start` and `end` count in its field.

    `lower` of the country "US" is "u.s.", so that nobody takes it for the pronoun.
    """

    text: str
    lower: str
    start: int
    end: int


@dataclass(frozen=True)
class Field:
    """The title or the text. `plain` and `lower` have the same length as `text`, character by character."""

    where: Where
    text: str

    @cached_property
    def plain(self) -> str:
        """The text with typographic quotes, hyphens and spaces made plain, length unchanged."""
        return self.text.translate(_PLAIN)

    @cached_property
    def lower(self) -> str:
        """The plain text in lower case, length unchanged."""
        lowered = self.plain.lower()
        return lowered if len(lowered) == len(self.text) else "".join(c.lower()[:1] or c for c in self.plain)

    @cached_property
    def quotes(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every quotation, its marks included; one left open ends with its paragraph."""
        return tuple(_quotations(self.text))

    def quoted(self, offset: int) -> bool:
        """Whether a character lies within a quotation."""
        at = bisect_left(self.quotes, (offset,)) - 1
        return at >= 0 and self.quotes[at][0] < offset < self.quotes[at][1]

    @cached_property
    def shouting(self) -> bool:
        """Whether the field is written in capitals throughout, so that case tells nothing."""
        return self.plain == self.plain.upper() and self.lower != self.plain


@dataclass(frozen=True)
class Sentence:
    """One sentence (or headline): characters `start` to `end` of its field.

    `index` counts through the document, `paragraph` through the field's paragraphs.
    """

    field: Field
    index: int
    start: int
    end: int
    paragraph: int = 0

    @property
    def where(self) -> Where:
        """`title` or `text`."""
        return self.field.where

    @cached_property
    def text(self) -> str:
        """The sentence as written."""
        return self.field.text[self.start : self.end]

    @cached_property
    def plain(self) -> str:
        """The sentence with plain quotes; its offsets count from `start`."""
        return self.field.plain[self.start : self.end]

    @cached_property
    def lower(self) -> str:
        """The plain sentence in lower case; its offsets count from `start`."""
        return self.field.lower[self.start : self.end]

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The sentence's tokens, in order; offsets count in the field."""
        lower, base = self.lower, self.start
        found = [
            Token(m.group(), lower[m.start() : m.end()], base + m.start(), base + m.end())
            for m in _TOKEN.finditer(self.plain)
        ]
        if "US" in self.plain and not self.field.shouting:
            found = [t._replace(lower="u.s.") if t.text == "US" else t for t in found]
        return tuple(found)

    def span(self, start: int | None = None, end: int | None = None) -> Span:
        """The exact words between two offsets of the field; the whole sentence by default."""
        first, last = self.start if start is None else start, self.end if end is None else end
        return Span(self.field.text[first:last], self.where, first, last)


@dataclass(frozen=True)
class Document:
    """Title and text, split into sentences. Title sentences come first."""

    title: Field
    text: Field
    sentences: tuple[Sentence, ...]

    @classmethod
    def of(cls, title: str, text: str) -> Document:
        """Split an item's title and text."""
        fields = Field("title", title), Field("text", text)
        return cls(*fields, tuple(_numbered(fields)))

    def field(self, where: Where) -> Field:
        """The field of that name."""
        return self.title if where == "title" else self.text

    def inside(self, where: Where) -> tuple[Sentence, ...]:
        """The sentences of one field."""
        return tuple(s for s in self.sentences if s.where == where)

    def at(self, where: Where, offset: int) -> Sentence | None:
        """The sentence that holds a character of a field, if any."""
        return next((s for s in self.sentences if s.where == where and s.start <= offset < s.end), None)


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    opened: int | None = None
    for m in _QUOTE.finditer(text):
        mark = m.group()
        if mark[0] == "\n":
            if opened is not None and len(mark) > 1:
                yield opened, m.start()
                opened = None
        elif opened is None:
            opened = m.start() if mark != "”" else None
        elif mark not in "“„«":
            yield opened, m.end()
            opened = None
    if opened is not None:
        yield opened, len(text)


def _numbered(fields: tuple[Field, Field]) -> Iterator[Sentence]:
    index = 0
    for field in fields:
        for start, end, paragraph in _pieces(field):
            yield Sentence(field, index, start, end, paragraph)
            index += 1


def _pieces(field: Field) -> Iterator[tuple[int, int, int]]:
    """(start, end, paragraph) of every sentence, without surrounding spaces."""
    start, paragraph = 0, 0
    wrapped = max(map(len, field.plain.split("\n")), default=0) <= _WRAPPED_WIDTH
    for m in _END.finditer(field.plain):
        newline = m.group()[0] == "\n"
        if not (_breaks(m.group(), wrapped) if newline else _ends(field, m)):
            continue
        yield from _bounded(field.plain, start, m.end(), paragraph)
        start, paragraph = m.end(), paragraph + newline
    yield from _bounded(field.plain, start, len(field.plain), paragraph)


def _bounded(plain: str, start: int, end: int, paragraph: int) -> Iterator[tuple[int, int, int]]:
    """Cut what is too long for a sentence at a space, so that no list or prank costs more than its length."""
    while end - start > _LONGEST:
        space = plain.rfind(" ", start + 1, start + _LONGEST)
        if space < 0:
            break
        yield from _trimmed(plain, start, space, paragraph)
        start = space
    yield from _trimmed(plain, start, end, paragraph)


def _trimmed(plain: str, start: int, end: int, paragraph: int) -> Iterator[tuple[int, int, int]]:
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end, paragraph


def _breaks(gap: str, wrapped: bool) -> bool:
    return not wrapped or "\n" in gap[1:]


def _ends(field: Field, mark: re.Match[str]) -> bool:
    """Whether a full stop, with what follows it, ends a sentence."""
    rest = field.plain[mark.end() : mark.end() + 40].lstrip()
    if not rest or (rest[0].islower() and not field.shouting):
        return not rest
    if mark.group()[0] != "." or len(mark.group().rstrip("\"')]")) > 1:
        return True
    word = _last_word(field.plain, mark.start())
    if word.lower() in words("sentences", "abbreviations") or (len(word) == 1 and word.isupper() and word != "I"):
        return False
    if "." in word:
        return re.split(r"\W", rest.lstrip("\"'([").lower(), maxsplit=1)[0] in words("sentences", "starters")
    return True


def _last_word(plain: str, end: int) -> str:
    start = end
    while start > 0 and (plain[start - 1].isalnum() or plain[start - 1] == "."):
        start -= 1
    return plain[start:end]
