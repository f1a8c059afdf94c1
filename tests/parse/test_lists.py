"""Finding feeds: on pages, and in the lists of other readers."""

import pytest
import yaml

from monitor.cli.sources.lists import entries
from monitor.core import opml
from monitor.core.parse import Job
from monitor.core.parse.discover import feeds
from monitor.errors import ParseError
from monitor.model import Source, SourceId, SourceKind

from .writing import AT

PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml" title="News" href="/rss">
<link rel="alternate" type="text/html" href="/amp"><link rel="stylesheet" href="/feed.css"></head>
<body><a href="/rss">RSS</a><a href="http://other.example/atom.xml">Atom</a><a href="/feedback">Write to us</a>
<a href="javascript:feed.xml">x</a></body></html>"""

LIST = b"""<opml version="1.0"><body><outline text="Wires"><outline type="rss" text="Example Wire"
xmlUrl="http://example.org/feed?x=1"/><outline text="Example Wire" xmlUrl="https://example.org/other"/>
<outline text="Bad" xmlUrl="file:///etc/passwd"/></outline></body></opml>"""


def test_a_page_names_its_feeds_declared_ones_first():
    found = feeds(Job(PAGE, AT, url="https://example.org/"))
    assert found == (("https://example.org/rss", "News"), ("http://other.example/atom.xml", "Atom"))


def test_opml_is_read_flat_and_only_for_what_can_be_fetched():
    assert opml.read(LIST) == (
        ("http://example.org/feed?x=1", "Example Wire"),
        ("https://example.org/other", "Example Wire"),
    )


def test_what_is_written_is_read_again():
    sources = [
        Source(SourceId("a"), "https://example.org/a?x=1&y=2", "A & B", "O", SourceKind.WIRE),
        Source(SourceId("p"), "https://example.org/page", "P", "O", SourceKind.OFFICIAL, format="page"),
    ]
    assert opml.read(opml.write(sources).encode()) == (("https://example.org/a?x=1&y=2", "A & B"),)


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<opml><unclosed>", b"<!DOCTYPE o [<!ENTITY a 'b'>]><opml/>"])
def test_what_is_no_list_is_an_error(body):
    with pytest.raises(ParseError):
        opml.read(body)


def test_imported_feeds_become_sources_with_names_of_their_own():
    sources = yaml.safe_load(entries(LIST))["sources"]
    assert [s["id"] for s in sources] == ["example-wire", "example-wire-2"]
    assert sources[0] == {
        "id": "example-wire",
        "url": "http://example.org/feed?x=1",
        "publisher": "Example Wire",
        "owner": "Example Wire",
        "kind": "independent",
    }
