"""Hostile markup → plain text and safe links.

Nothing here shows markup on: titles and texts leave as plain text, links as http addresses or not at all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.core.text import canonical_url

MAX_URL = 2048
MAX_MARKUP = 400_000
"""Characters of one entry's markup that are read; a long article has under 60,000."""
MAX_TEXT = 100_000
MAX_TITLE = 1_000

# C0 and C1 controls, bidi controls and marks, zero-width space, soft hyphen, BOM, tag characters, surrogates. The
# zero-width (non-)joiners stay: Persian and Pashto spelling needs them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKUP = re.compile(r"<(?:/?[a-zA-Z]|!--)[^<]*?>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure"  # noqa: SIM905
    " footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
_SILENT = frozenset(
    "script style noscript template iframe object embed svg math head title select button textarea video audio"  # noqa: SIM905
    " canvas form".split()
)
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINES = re.compile(r" ?\n\s*")


def plain(value: str) -> str:
    """Markup, or text that may be markup, as plain text: one line a block, single spaces, nothing unprintable.

    Text that was escaped twice (`&amp;lt;b&amp;gt;`) is unwrapped twice: feeds do that, people never mean it.
    """
    text = value[:MAX_MARKUP]
    for _ in range(3):
        if not _MARKUP.search(text):
            break
        text = _text_of(text)
    return tidy(text)[:MAX_TEXT]


def one_line(value: str) -> str:
    """`plain`, in one line of at most `MAX_TITLE` characters: for titles and names."""
    return " ".join(plain(value).split())[:MAX_TITLE].rstrip()


def tidy(text: str) -> str:
    """Text without unprintable characters, superfluous spaces and empty lines."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def safe_url(link: str, base: str = "") -> str:
    """The canonical http address that a link leads to; empty if it is none, too long, or hides its host."""
    return canonical_url(absolute_url(link, base))


def absolute_url(link: str, base: str = "") -> str:
    """The http address that a link leads to as it is written, to be fetched; empty as in `safe_url`."""
    link = _UNWANTED.sub("", html.unescape(link)).strip()
    if not link or len(link) > MAX_URL:
        return ""
    try:
        absolute = urljoin(base, link)
        parts = urlsplit(absolute)
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "\\" in absolute:
        return ""
    return absolute


def _text_of(markup: str) -> str:
    if "<" not in markup:
        return html.unescape(markup)
    body = LexborHTMLParser(f"<!doctype html><body>{markup}").body
    return "".join(_pieces(body)) if body else ""


def _pieces(root: LexborNode) -> Iterator[str]:
    """The texts below a node in order, a newline at each border of a block. A loop: nesting may be hostile."""
    top = root.mem_id  # comparing nodes themselves compares their markup
    node, down = root.child, True
    while node is not None:
        if down and node.is_text_node:
            yield (node.text_content or "").replace("\n", " ")
        elif node.tag in _BLOCKS:
            yield "\n"
        if down and node.tag not in _SILENT and node.child is not None:
            node = node.child
        elif node.next is not None:
            node, down = node.next, True
        else:
            parent = node.parent
            node, down = (None if parent is None or parent.mem_id == top else parent), False
