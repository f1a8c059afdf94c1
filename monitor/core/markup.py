"""A message as blocks of lines, before any markup: text is cleaned and cut here, so tags always close.

Feed text passes `clean`, which leaves no control or bidi character in it, and nothing that a chat client
would turn into a mention, a command, a tag or a link of its own.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Literal

BREAK = "\u2060"
"""WORD JOINER: invisible, without width, and the end of any mention, command or address."""
ELLIPSIS = "…"
MARKS = 2
"""Combining marks kept in a row; scripts in use need no more on one letter."""

_JOINERS = {"\u200c", "\u200d"}
"""Persian, Pashto and Urdu are misspelt without them."""

_ACTIVE = re.compile(
    r"[@#$](?=\w)"  # mentions, tags, e-mail
    r"|(?<![\w/])/(?=\w)"  # commands
    r"|:(?=//)"  # addresses with a scheme
    r"|(?<=\w)\.(?=[^\W\d_]{2})"  # and without one
    r"|(?<=\d)\.(?=\d{1,3}\.\d{1,3}\.\d)"  # addresses of machines
)


def clean(text: str, limit: int | None = None) -> str:
    """Feed text as one line that displays as it reads and does nothing; at most `limit` UTF-16 units."""
    visible = _without_controls(unicodedata.normalize("NFC", text))
    line = " ".join(visible.split())
    return cut(_ACTIVE.sub(lambda found: found.group() + BREAK, line), limit)


def shown(text: str) -> str:
    """Words of our own or of an editor's, as written but for what can't be seen."""
    return _without_controls(unicodedata.normalize("NFC", text))


def active(text: str) -> list[int]:
    """The places in a text behind which a client would begin a mention, a command, a tag or a link of its own."""
    return [found.end() for found in _ACTIVE.finditer(text)]


def cut(text: str, limit: int | None) -> str:
    """The text, or as much of its beginning as fits with an ellipsis, ending at a word if one ends nearby."""
    if limit is None or units(text) <= limit:
        return text
    kept, room = 0, limit - units(ELLIPSIS)
    for char in text:
        room -= units(char)
        if room < 0:
            break
        kept += 1
    head = text[:kept]
    space = head.rfind(" ")
    return (head[:space] if space > kept * 0.7 else head).rstrip(" ,;:–-" + BREAK) + ELLIPSIS


def units(text: str) -> int:
    """Length in UTF-16 code units, never less than in characters: safe however a channel counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def _without_controls(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif char in _JOINERS:
            kept.extend(char * (kept[-1:] != [char]))
        elif category not in {"Cf", "Cs", "Co", "Cn"} and marks <= MARKS:
            kept.append(char)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class Text:
    """Words, already cleaned if they came from a feed."""

    text: str
    style: Literal["", "b", "i", "code"] = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A linked word; `url` is dropped unless it is http(s) and of a bearable length."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Time:
    """A moment, shown in the reader's own time zone where the client can (`<tg-time>`)."""

    at: dt.datetime
    form: Literal["t", "d", "dt"] = "dt"


Inline = Text | Link | Time
Line = tuple[Inline, ...]

ESSENTIAL = 9
"""The weight of blocks that are never left out: who, how many, and the link."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stay together. The lightest are shortened, then left out, where there is no room."""

    lines: tuple[Line, ...]
    weight: int = 5
    quote: bool = False
    gap: bool = False
    """An empty line before it."""


def html(blocks: Sequence[Block], limit: int) -> str:
    """Telegram's HTML, at most `limit` UTF-16 units once it is parsed."""
    return _joined(_fitted(blocks, limit, _visible), _tagged, lambda t: f"<blockquote>{t}</blockquote>")


def plain(blocks: Sequence[Block], limit: int) -> str:
    """The same without markup, addresses written out."""
    return _joined(_fitted(blocks, limit, _written), _written, lambda t: t)


def stripped(markup: str) -> str:
    """HTML made here, as plain text: addresses written out, all tags gone."""
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 \1", markup)
    return unescape(re.sub(r"<[^<>]*>", "", linked))


def _fitted(blocks: Sequence[Block], limit: int, form: Callable[[Inline], str]) -> list[Block]:
    left = list(blocks)
    while (over := units(_joined(left, form, lambda t: t)) - limit) > 0:
        lightest = min(range(len(left)), key=lambda i: (left[i].weight, -i))
        shorter = _shortened(left[lightest], over)
        if shorter is None:
            del left[lightest]
        else:
            left[lightest] = shorter
    return left


def _shortened(block: Block, over: int) -> Block | None:
    """The block with its last words cut by `over`; None if too little would remain of it to be worth a line."""
    if not block.lines or not block.lines[-1] or not isinstance(block.lines[-1][-1], Text):
        return None
    last = block.lines[-1][-1]
    room = units(last.text) - over
    if room < 60:
        return None
    line = (*block.lines[-1][:-1], replace(last, text=cut(last.text, room)))
    return replace(block, lines=(*block.lines[:-1], line))


def _joined(blocks: Sequence[Block], form: Callable[[Inline], str], quoted: Callable[[str], str]) -> str:
    out = ""
    for block in blocks:
        body = "\n".join("".join(map(form, line)) for line in block.lines)
        out += ("\n\n" if block.gap else "\n") * bool(out) + (quoted(body) if block.quote else body)
    return out


def _visible(part: Inline) -> str:
    return _moment(part) if isinstance(part, Time) else part.text


def _written(part: Inline) -> str:
    if isinstance(part, Link) and _safe(part.url):
        return f"{part.text} {part.url}"
    return _visible(part)


def _tagged(part: Inline) -> str:
    words = escape(_visible(part), quote=False)
    if isinstance(part, Link):
        return f'<a href="{escape(part.url)}">{words}</a>' if _safe(part.url) else words
    if isinstance(part, Time):
        return f'<tg-time unix="{int(part.at.timestamp())}" format="{part.form}">{words}</tg-time>'
    return f"<{part.style}>{words}</{part.style}>" if part.style and words else words


def _safe(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s\x00-\x1f\"<>]{3,1000}", url) is not None


def _moment(time: Time) -> str:
    at = time.at.astimezone(dt.UTC)
    day, clock = f"{at.day} {at:%b}", f"{at:%H:%M} UTC"
    return {"t": clock, "d": day, "dt": f"{day}, {clock}"}[time.form]
