"""Lists of feeds as other readers exchange them (OPML 2.0, http://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from monitor.core.parse.clean import absolute_url, one_line
from monitor.core.parse.split import local, tree
from monitor.errors import ParseError
from monitor.model import Source


def read(body: bytes) -> tuple[tuple[str, str], ...]:
    """Addresses and titles of the feeds in a list, each once; raises ParseError if it is none."""
    root = tree(body)
    if root is None or local(root) != "opml":
        raise ParseError("garbage", "no OPML document")
    outlines = (o for o in root.iter() if local(o) == "outline")
    found = {absolute_url(o.get("xmlUrl", "")): o.get("title") or o.get("text") or "" for o in outlines}
    return tuple((url, one_line(title)) for url, title in found.items() if url)


def write(sources: Iterable[Source]) -> str:
    """The feeds among the sources as a list; pages and channels are no feeds."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Tocsin"
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.format in {"feed", "cap"}:
            etree.SubElement(body, "outline", type="rss", text=source.publisher, xmlUrl=source.url)
    return str(etree.tostring(root, pretty_print=True, encoding="unicode"))
