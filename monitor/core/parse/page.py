"""Pages without a feed: a CSS selector per field, and the public preview pages of Telegram channels."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.core.parse import sniff
from monitor.core.parse.clean import one_line, plain
from monitor.core.parse.document import Document, Job
from monitor.core.parse.entries import MAX_ENTRIES, Found, build
from monitor.errors import ParseError

_CHANNEL = (
    ("item", ".tgme_widget_message[data-post]"),
    ("text", ".tgme_widget_message_text.js-message_text"),
    ("link", "a.tgme_widget_message_date"),
    ("time", "a.tgme_widget_message_date time[datetime]"),
    ("forwarded", ".tgme_widget_message_forwarded_from_name"),
)
"""The page that Telegram serves at t.me/s/NAME; spokesmen publish there first."""
_ATTRIBUTES = {"link": ("href",), "time": ("datetime", "content", "title"), "id": ("id", "data-id", "data-post")}


def read_page(job: Job) -> Document:
    """Read a page by the selectors of its source; raises ParseError if `item` matches nothing.

    Selectors: `item`, and within it `title`, `text`, `link`, `time`, `id`. Without a `link` selector the item's first
    link counts (or the item itself if it is one); without `title`, that link's text.
    """
    page = _page(job)
    selectors = dict(job.selectors)
    if "item" not in selectors:
        raise ParseError("garbage", "a page source needs a selector for `item`")
    nodes = _all(page, selectors["item"])
    if not nodes:
        raise _no_match(job, f"nothing on the page matches {selectors['item']!r}: was it redesigned?")
    found = [_found(node, selectors) for node in nodes[:MAX_ENTRIES]]
    return Document(kind="page", entries=build(found, job, _language(page)), title=_title(page))


def read_channel(job: Job) -> Document:
    """Read the public preview of a Telegram channel; the newest message comes first."""
    page = _page(job)
    selectors = dict(_CHANNEL)
    nodes = _all(page, selectors["item"])
    if not nodes:
        raise _no_match(job, "no messages: the channel has no public preview")
    found = [_message(node, selectors) for node in reversed(nodes[-MAX_ENTRIES:])]
    return Document(kind="channel", entries=build(filter(_says_something, found), job), title=_title(page))


def _page(job: Job) -> LexborHTMLParser:
    text = sniff.decoded(job.body, job.content_type)
    if not text.strip():
        raise ParseError("empty", "the body is empty")
    return LexborHTMLParser(text)


def _no_match(job: Job, what: str) -> ParseError:
    error = sniff.refuse(job.body)
    return error if error.kind == "blocked" else ParseError("no_match", what)


def _found(node: LexborNode, selectors: dict[str, str]) -> Found:
    link = _one(node, selectors.get("link", "a[href]"))
    title = _one(node, selectors["title"]) if "title" in selectors else link or node
    return Found(
        guid=_value(node, selectors, "id"),
        link=_attribute(link, "link") or _attribute(node, "link"),
        title=_markup(title),
        content=_markup(_one(node, selectors["text"])) if "text" in selectors else "",
        published=_value(node, selectors, "time") or None,
    )


def _message(node: LexborNode, selectors: dict[str, str]) -> Found:
    text = _markup(_one(node, selectors["text"]))
    first, _, rest = plain(text).partition("\n")
    other = one_line(_markup(_one(node, selectors["forwarded"])))
    return Found(
        guid=node.attributes.get("data-post") or "",
        link=_attribute(_one(node, selectors["link"]), "link"),
        title=one_line(first) if rest and len(first) <= 200 else "",
        content=text,
        published=_value(node, selectors, "time") or None,
        source=other,
        marks=("forwarded",) if other else (),
    )


def _says_something(found: Found) -> bool:
    return bool(found.content.strip())


def _value(node: LexborNode, selectors: dict[str, str], name: str) -> str:
    part = _one(node, selectors[name]) if name in selectors else None
    return _attribute(part, name) or one_line(_markup(part))


def _one(node: LexborNode, selector: str) -> LexborNode | None:
    try:
        return node.css_first(selector)
    except (SelectolaxError, ValueError) as error:
        raise ParseError("garbage", f"{selector!r} is no CSS selector") from error


def _all(page: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return page.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise ParseError("garbage", f"{selector!r} is no CSS selector") from error


def _attribute(node: LexborNode | None, name: str) -> str:
    if node is None:
        return ""
    return next((value for key in _ATTRIBUTES[name] if (value := node.attributes.get(key))), "")


def _markup(node: LexborNode | None) -> str:
    return node.html or "" if node is not None else ""


def _title(page: LexborHTMLParser) -> str:
    node = page.css_first("title")
    return one_line(node.text()) if node is not None else ""


def _language(page: LexborHTMLParser) -> str:
    root = page.root
    return (root.attributes.get("lang") or "") if root is not None else ""
