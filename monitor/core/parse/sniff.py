"""What a body is, judged by its bytes: servers' content types lie too often."""

from __future__ import annotations

import re
from typing import Literal

from lxml import etree

from monitor.errors import ParseError

Looks = Literal["xml", "json", "html", "unknown"]

_HEAD = 4096
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_XML_ROOT = re.compile(
    rb"<(?:\w+:)?(?:rss|feed|rdf|channel|alert|edxldistribution|urlset|sitemapindex)[\s>:/]", re.IGNORECASE
)
_HTML_ROOT = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_BLOCK_PAGE = re.compile(
    rb"just a moment\.\.\.|cf-chl|cf-browser-verification|challenge-platform|attention required! \| cloudflare"
    rb"|g-recaptcha|h-captcha|_incapsula_resource|captcha-delivery|ddos-guard|access denied|request blocked"
    rb"|are you a (?:ro)?bot|verify(?:ing)? you are (?:a )?human|unusual traffic|px-captcha"
    rb"|enable javascript and cookies",
    re.IGNORECASE,
)
_LONGEST_BLOCK_PAGE = 150_000
_LONGEST_TAG = 20_000
_HUGE_TAG = re.compile(rb"<[A-Za-z][^<>]{%d}" % _LONGEST_TAG)
_NESTED_ENTITY = re.compile(rb"<!ENTITY\s+\S{1,100}\s+[\"'][^\"'<>]{0,2000}&\w{1,100};")
_MOST_ATTRIBUTES = 500
_MOST_ELEMENTS = 60_000
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})")


def looks(body: bytes) -> Looks:
    """What the beginning of a body looks like."""
    head = _unbommed(body)[:_HEAD].lstrip()
    if head[:1] in {b"{", b"["}:
        return "json"
    if _XML_ROOT.search(head):
        return "xml"
    if _HTML_ROOT.search(head):
        return "html"
    return "xml" if head.startswith(b"<?xml") or _XML_ROOT.search(body[:65_536]) else "unknown"


def refuse(body: bytes) -> ParseError:
    """The error for a body that is no feed: `empty`, `blocked`, `html` or `garbage`."""
    if not body.strip(b"\x00 \t\r\n"):
        return ParseError("empty", "the body is empty")
    if is_block_page(body):
        return ParseError("blocked", "a page that keeps robots out instead of a feed")
    if _HTML_ROOT.search(body[:_HEAD]):
        return ParseError("html", "a web page instead of a feed")
    return ParseError("garbage", "no feed of any known kind")


def is_block_page(body: bytes) -> bool:
    """Whether a body is the page of a bot wall: short, and in the words of one."""
    short = len(body) < _LONGEST_BLOCK_PAGE
    return short and bool(_HTML_ROOT.search(body[:_HEAD])) and bool(_BLOCK_PAGE.search(body))


def scan(body: bytes) -> None:
    """Raise ParseError for what keeps feedparser busy for seconds however short the document is.

    Its handlers take time quadratic in the attributes of an element and in the depth of ill-formed nesting.
    """
    outside = _without_cdata(body)
    if _HUGE_TAG.search(outside):
        raise ParseError("too_big", f"an element with over {_LONGEST_TAG} bytes of attributes")
    if _NESTED_ENTITY.search(outside):
        raise ParseError("too_big", "entities made of entities")
    if outside.count(b"<") > 2 * _MOST_ELEMENTS:
        raise ParseError("too_big", f"over {_MOST_ELEMENTS} elements")


def _without_cdata(body: bytes) -> bytes:
    first, *others = body.split(b"<![CDATA[")
    return first + b"".join(part.partition(b"]]>")[2] for part in others)


def scan_tree(root: etree._Element) -> None:
    """`scan` for a document that lxml could read."""
    for count, element in enumerate(root.iter()):
        if count > _MOST_ELEMENTS:
            raise ParseError("too_big", f"over {_MOST_ELEMENTS} elements")
        if len(element.attrib) > _MOST_ATTRIBUTES:
            raise ParseError("too_big", f"an element with over {_MOST_ATTRIBUTES} attributes")


def charset(body: bytes, content_type: str) -> str | None:
    """The encoding to tell the parser: the header's only where the bytes themselves say nothing."""
    if any(body.startswith(bom) for bom, _ in _BOMS) or _DECLARED.match(body.lstrip()[:200]):
        return None
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        match = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
        return match[1] if match else None
    return "utf-8"


def decoded(body: bytes, content_type: str = "") -> str:
    """Text of a body that is no XML (JSON, HTML): by its byte order mark, its header, else UTF-8. Never fails."""
    name = next((name for bom, name in _BOMS if body.startswith(bom)), charset(body, content_type) or "utf-8")
    try:
        return body.decode(name, "replace").removeprefix("\ufeff")
    except LookupError:
        return body.decode("utf-8", "replace")


def _unbommed(body: bytes) -> bytes:
    """The first bytes as ASCII-compatible ones, also of UTF-16."""
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in body[:4]:
        return body[: 2 * _HEAD].replace(b"\x00", b"").lstrip(b"\xff\xfe")
    return body.removeprefix(b"\xef\xbb\xbf")
