"""The short way: a feed cut into entries by its bytes, so that only unknown ones are read at length.

feedparser takes about 45 times as long as lxml for a document, lxml longer than a search for the borders of the
entries, and most polls bring no or a few new entries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from lxml import etree

_PARENTS = frozenset({"channel", "feed", "rdf", "rss", "items"})
_NAMES = ("{*}guid", "{*}id", "{*}identifier", "{*}link")
_TRACKING = re.compile(r"[?&](?:utm_|at_|ns_|traffic_source|ref|source|src|from|cmp|rss)\w*=[^&]*")
"""Rougher than canonical addresses, and much cheaper: an entry too many that is read again does no harm."""
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_UNREAD = (
    "{*}category",
    "{*}enclosure",
    "{*}comments",
    "{http://purl.org/dc/elements/1.1/}subject",
    "{http://purl.org/rss/1.0/modules/slash/}*",
    "{http://wellformedweb.org/CommentAPI/}*",
)
"""Children of entries that nobody here reads: often half of them, and feedparser takes its time for each."""
_MEDIA = "{http://search.yahoo.com/mrss/}"
_TEXTS = ("{*}description", "{*}summary", "{*}content", "{*}encoded")
_UNREAD_ABOVE = tuple(
    f"{{*}}{name}"
    for name in (
        *(
            "category",
            "cloud",
            "copyright",
            "description",
            "docs",
            "generator",
            "icon",
            "image",
            "lastBuildDate",
            "logo",
        ),
        *("managingEditor", "pubDate", "rights", "subtitle", "textInput", "textinput", "updated", "webMaster"),
    )
)
"""Children of the document itself that nobody reads."""

_BORDER = re.compile(rb"<(/?)(?:item|entry)[\s>/]")
_ABOVE = re.compile(rb"<(?:\?xml|(?:[\w.-]+:)?(?:rss|feed|rdf|channel))\s[^>]*>", re.IGNORECASE)
_DIGEST, _NAME = 18, 6
"""Characters of a print for the bytes of an entry, and for each of its names after that."""

_Piece = tuple[int, int]
"""Where an entry begins and ends among the bytes of its document."""


@dataclass(frozen=True, slots=True)
class Split:
    """A document without its known entries, and a print of each entry that it had."""

    root: etree._Element
    truncated: bool
    prints: tuple[str, ...] = ()
    """Digests of an entry's bytes and of its names; without names if it has none or another entry shares one."""
    known: int = 0

    @property
    def body(self) -> bytes:
        """The document in UTF-8, with a declaration that says so."""
        text: bytes = etree.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return text


def split(body: bytes, known: Collection[str], limit: int) -> Split | None:
    """Leave out known entries and those beyond `limit`; None if the document must be read as a whole.

    That is: it is ill-formed, has a document type (entities), or is no feed. An entry that shares its guid or address
    with another one, or has neither, is never left out: its identity depends on the others.
    """
    pieces = _pieces(body)
    if not pieces:
        return _unprinted(body, limit)
    digests = _digests(body, pieces[:limit])
    named = {print_[:_DIGEST]: print_ for print_ in known if len(print_) > _DIGEST}
    cut = _Cut(body, pieces, digests)
    result, shared = cut.without([named.get(digest, "") for digest in digests])
    if shared:
        result, _ = cut.without(["" if digest in shared else named.get(digest, "") for digest in digests])
    return result or _unprinted(body, limit)


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


# --- by bytes ----------------------------------------------------------------------------


def _pieces(body: bytes) -> list[_Piece]:
    """Where each entry seems to stand; nothing where one seems to hold another.

    The letters may also stand in a comment or in CDATA. Then there are more pieces than the C parser finds entries.
    """
    borders = list(_BORDER.finditer(body))
    if len(borders) % 2 or any(bool(border[1]) is not bool(at % 2) for at, border in enumerate(borders)):
        return []
    ends = [body.find(b">", border.end() - 1) + 1 for border in borders[1::2]]
    return list(zip([border.start() for border in borders[::2]], ends, strict=True)) if all(ends) else []


def _digests(body: bytes, pieces: Sequence[_Piece]) -> list[str]:
    """One of each piece, together with the tags above the entries: they change what these mean."""
    above = blake2b(b"".join(_ABOVE.findall(body[: pieces[0][0]])), digest_size=_DIGEST // 2)
    return [_digest(above.copy(), body[start:end]) for start, end in pieces]


def _digest(digest: blake2b, data: bytes) -> str:
    digest.update(data)
    return digest.hexdigest()


def _without(body: bytes, pieces: Iterable[_Piece]) -> bytes:
    parts, at = [], 0
    for start, end in pieces:
        parts.append(body[at:start])
        at = end
    return b"".join((*parts, body[at:]))


# --- by elements -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document that can be read without some of its entries."""

    body: bytes
    pieces: Sequence[_Piece]
    digests: Sequence[str]
    """Of those pieces that are within the limit."""

    def without(self, skip: Sequence[str]) -> tuple[Split | None, frozenset[str]]:
        """Leave out the entries whose print is in `skip`; also, digests of those that had to be read after all.

        None if what is left is ill-formed, or has other entries than its bytes told.
        """
        gone = [piece for piece, print_ in zip(self.pieces, skip, strict=False) if print_]
        beyond = self.pieces[len(self.digests) :]
        root = tree(_without(self.body, (*gone, *beyond)))
        entries = _entries(root) if root is not None else []
        if root is None or len(entries) != len(skip) - len(gone):
            return None, frozenset()
        fresh = map(_names, entries)
        names = [_printed_names(print_) if print_ else next(fresh) for print_ in skip]
        shared = {name for name, count in Counter(n for ns in names for n in ns).items() if count > 1}
        alone = [ns if shared.isdisjoint(ns) else frozenset() for ns in names]
        again = [d for d, print_, ns in zip(self.digests, skip, alone, strict=True) if print_ and not ns]
        prints = tuple("".join((d, *sorted(ns))) for d, ns in zip(self.digests, alone, strict=True))
        return Split(root, bool(beyond), prints, len(gone)), frozenset(again)


def _unprinted(body: bytes, limit: int) -> Split | None:
    """A document whose bytes don't tell its entries."""
    root = tree(body)
    if root is None:
        return None
    entries = _entries(root)
    for entry in entries[limit:]:
        _remove(entry)
    return Split(root, len(entries) > limit)


def _entries(root: etree._Element) -> list[etree._Element]:
    """Entries in document order, without the children that nobody reads."""
    entries = [
        e for e in root.iter("{*}item", "{*}entry") if (above := e.getparent()) is not None and local(above) in _PARENTS
    ]
    unread = [child for entry in entries for child in _unread(entry)]
    above = (e for e in (root, *root.iterchildren("{*}channel")) if local(e) in _PARENTS)
    for child in (*unread, *(child for parent in above for child in parent.iterchildren(*_UNREAD_ABOVE))):
        _remove(child)
    return entries


def _unread(entry: etree._Element) -> list[etree._Element]:
    """What nobody reads of an entry.

    The description of a film is all its text; that of a picture is a caption, which feedparser takes for the text.
    """
    texts = (text for text in entry.iterchildren(*_TEXTS) if not str(text.tag).startswith(_MEDIA))
    media = (f"{_MEDIA}*",) if any(text.text or len(text) for text in texts) else ()
    return list(entry.iterchildren(*_UNREAD, *media))


def _names(element: etree._Element) -> frozenset[str]:
    """Digests of what an entry's identity may hang on: its guid and its addresses, as far as others' can agree."""
    values = [element.get(_RDF_ABOUT, "")]
    values += [child.get("href") or child.text or "" for child in element.iterchildren(*_NAMES)]
    return frozenset(_name(value.strip()) for value in values if value.strip())


def _name(value: str) -> str:
    if value[:4].lower() == "http":
        value = _TRACKING.sub("", value.partition("#")[0].partition(":")[2]).rstrip("/")
    return blake2b(value.encode("utf-8", "replace"), digest_size=_NAME // 2).hexdigest()


def _printed_names(print_: str) -> frozenset[str]:
    return frozenset(print_[at : at + _NAME] for at in range(_DIGEST, len(print_), _NAME))


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
