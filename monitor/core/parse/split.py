"""The short way: a well-formed feed cut into entries by a C parser, so that only unknown ones are read at length.

feedparser takes about 45 times as long as lxml for a document, and most polls bring no or a few new entries.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b

from lxml import etree

_PARENTS = ("{*}channel", "{*}feed", "{*}RDF", "{*}rss", "{*}items")
_NAMES = ("{*}guid", "{*}id", "{*}identifier", "{*}link")
_TRACKING = re.compile(r"[?&](?:utm_|at_|ns_|traffic_source|ref|source|src|from|cmp|rss)\w*=[^&]*")
"""Rougher than canonical addresses, and much cheaper: an entry too many that is read again does no harm."""
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_INHERITED = ("{http://www.w3.org/XML/1998/namespace}base", "{http://www.w3.org/XML/1998/namespace}lang")


@dataclass(frozen=True, slots=True)
class Split:
    """A document without its known entries, and a print of each entry that it had."""

    body: bytes
    """UTF-8, with a declaration that says so."""
    prints: tuple[str, ...]
    known: int
    truncated: bool
    root: etree._Element


def split(body: bytes, known: frozenset[str], limit: int) -> Split | None:
    """Leave out known entries and those beyond `limit`; None if the document must be read as a whole.

    That is: it is ill-formed, has a document type (entities), or is no feed. An entry that shares its guid or address
    with another one, or has neither, is never left out: its identity depends on the others.
    """
    root = tree(body)
    if root is None:
        return None
    found = [e for parent in root.iter(*_PARENTS) for e in parent.iterchildren("{*}item", "{*}entry")]
    context = repr(sorted(_context(root).items()))
    prints = [_print(e, context) for e in found]
    names = [_names(e) for e in found]
    shared = {name for name, count in Counter(n for ns in names for n in ns).items() if count > 1}
    skip = [p in known and bool(ns) and shared.isdisjoint(ns) for p, ns in zip(prints, names, strict=True)]
    for number, element in enumerate(found):
        if number >= limit or skip[number]:
            _remove(element)
    text = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Split(text, tuple(prints[:limit]), sum(skip[:limit]), len(found) > limit, root)


def tree(body: bytes) -> etree._Element | None:
    """The root element of a well-formed document without a document type; None for any other."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False, remove_pis=True)
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root


def local(element: etree._Element) -> str:
    """An element's name without its namespace, lower case; empty for comments and the like."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _context(root: etree._Element) -> dict[str, str]:
    """Attributes above the entries that change what they mean."""
    above = [root, *(child for child in root if local(child) == "channel")]
    return {f"{local(e)} {name}": e.get(name, "") for e in above for name in _INHERITED}


def _names(element: etree._Element) -> frozenset[str]:
    """What an entry's identity may hang on: its guid and its addresses, as far as they can agree with another's."""
    values = [element.get(_RDF_ABOUT, "")]
    values += [child.get("href") or child.text or "" for child in element.iterchildren(*_NAMES)]
    return frozenset(_name(value.strip()) for value in values if value.strip())


def _name(value: str) -> str:
    if value[:4].lower() != "http":
        return value
    return _TRACKING.sub("", value.partition("#")[0].partition(":")[2]).rstrip("/")


def _print(element: etree._Element, context: str) -> str:
    text = etree.tostring(element, encoding="utf-8", with_tail=False)
    return blake2b(context.encode() + text, digest_size=9).hexdigest()


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
