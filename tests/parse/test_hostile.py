"""Bodies that are no feeds, and feeds that were made to hurt: an entry or a ParseError, nothing else, and soon."""

# ruff: noqa: E501 - markup stands as it comes

import datetime as dt
import re

import feedparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.core.parse import Document, Job, parse
from monitor.core.parse.entries import MAX_ENTRIES
from monitor.errors import ParseError

from .writing import AT, atom, cap, item, read, rss

HEAD, TAIL = b"<rss version='2.0'><channel><title>t</title>", b"</channel></rss>"


def outcome(body: bytes, **how) -> Document | str:
    """The document, or the kind of the error."""
    try:
        return read(body, **how)
    except ParseError as error:
        return error.kind


# --- no feeds ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("empty", b""),
        ("empty", b" \n\x00\x00"),
        ("html", b"<!DOCTYPE html><html><body>News</body></html>"),
        ("html", b"\n\n<html><head><link rel='alternate' href='/rss'></head></html>"),
        ("blocked", b"<html><head><title>Just a moment...</title></head><body></body></html>"),
        ("blocked", b"<html><body><h1>Access Denied</h1></body></html>"),
        ("garbage", b"it works"),
        ("garbage", b"\x89PNG\r\n\x1a\n\x00\x00\x00"),
        ("garbage", b"{}"),
        ("garbage", b'{"items": 7}'),
        ("garbage", b'{"items": [' + b"[" * 100_000),
        ("garbage", b"<?xml version='1.0'?><note>no feed</note>"),
        ("garbage", b"<sitemapindex><sitemap><loc>https://example.org/s.xml</loc></sitemap></sitemapindex>"),
    ],
)
def test_what_is_no_feed_is_a_classified_error(kind, body):
    assert outcome(body) == kind


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "file:///etc/passwd", "https://example.org/x"])
def test_a_body_that_is_a_path_or_address_is_not_opened(path, tmp_path):
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(item("secret")))
    # The library would open both, which is why it is only ever handed a stream.
    assert feedparser.parse(str(feed).encode()).entries
    assert outcome(str(feed).encode()) == "garbage"
    assert outcome(path.encode()) == "garbage"


# --- survivable --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n" + rss(item("T")),
        b"\xef\xbb\xbf" + rss(item("T")),
        rss(item("T")).decode().encode("utf-16"),
        rss(item("T")) + b"\x00\x00",
        rss(item("T")).replace(b"<title>T", b"<title>T\x00\x08"),
        rss(item("T")) + b"<!-- generated in 3 s -->",
        rss(item("T"), declaration='<?xml version="1.0" encoding="no-such-codec"?>'),
        rss(item("T"), declaration='<?xml version="1.0" encoding="hex"?>'),
        rss(item("T"), head="<title>Q&nbsp;&eacute;&undefined;</title>"),
        rss(item("T"), head="<title>A & B < C</title>"),
        re.sub(rb"(</?)(rss|channel|item|title)", rb"\1x:\2", rss(item("T"))),
        re.sub(rb"(</?)(channel|item|title)", rb"\1rss:\2", rss(item("T"))).replace(b"<?xml", b"<?xml?xml"),
    ],
    ids=[
        "blank",
        "bom",
        "utf16",
        "nul",
        "control",
        "comment",
        "codec",
        "codec-name",
        "entity",
        "ampersand",
        "prefix",
        "prefix-twice-declared",
    ],
)
def test_ill_formed_feeds_are_read(body):
    document = outcome(body)
    assert isinstance(document, Document)
    assert [e.title for e in document.entries] == ["T"]


@pytest.mark.parametrize("content_type", ["image/png", "text/html; charset=utf-16", "text/xml; charset=us-ascii", "x"])
def test_content_types_that_lie_are_overruled_by_the_bytes(content_type):
    document = read(rss(item("Zwölf Tote – „sagt“ er")), content_type=content_type)
    assert document.entries[0].title == "Zwölf Tote – „sagt“ er"


def test_header_charset_counts_where_the_bytes_say_nothing():
    body = rss(item("Zwölf"), declaration="").decode().encode("iso-8859-1")
    assert read(body, content_type="application/xml; charset=iso-8859-1").entries[0].title == "Zwölf"


def test_declared_encoding_is_used():
    body = rss(item("Привет"), declaration='<?xml version="1.0" encoding="koi8-r"?>').decode().encode("koi8-r")
    assert read(body).entries[0].title == "Привет"


def test_the_half_entry_of_a_truncated_document_is_left_out():
    whole = rss(item("One", "1"), item("Two", "2"), item("Ten soldiers died and five were wounded", "3"))
    document = read(whole[: whole.index(b"and five")])
    assert [e.title for e in document.entries] == ["One", "Two"]
    assert {"ill_formed", "half_entry"} <= set(document.marks)


def test_a_document_that_ends_in_its_only_entry_tells_nothing():
    whole = rss(item("Ten soldiers died and five were wounded", "1"))
    document = read(whole[: whole.index(b"and five")])
    assert (document.entries, "half_entry" in document.marks) == ((), True)


def test_a_document_that_ends_between_entries_keeps_them_all():
    whole = rss(item("One", "1"), item("Two", "2"))
    assert [e.title for e in read(whole[: -len("</channel></rss>")]).entries] == ["One", "Two"]


def test_entries_that_are_never_closed_are_read_while_their_document_is():
    body = HEAD + b"<item><title>A</title><item><title>B</title>" + TAIL
    assert [e.title for e in read(body).entries] == ["A", "B"]


def test_only_the_first_entries_of_a_huge_feed_are_read():
    for body in (
        rss(*(item(f"T{i}", str(i)) for i in range(2000))),
        rss(*(item(f"T{i} &", str(i)) for i in range(2000)))[:-9],
    ):
        document = read(body)
        assert (len(document.entries), document.entries[0].title[:2]) == (MAX_ENTRIES, "T0")
        assert "truncated" in document.marks


def test_one_poisonous_entry_does_not_stop_its_feed():
    poison = item("x", "p" * 50_000, "javascript:x", date="Fri, 99 Foo 99999 99:99:99 +9999", text="<b>" * 500)
    assert [e.title for e in read(rss(item("A"), poison, item("B"))).entries] == ["A", "x", "B"]


# --- entities and inclusions -------------------------------------------------------------


def entities(declarations: str, use: str) -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE rss [{declarations}]><rss version='2.0'><channel><item><title>x{use}</title></item></channel></rss>".encode()


LAUGHS = '<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {name} "{f"&{previous};" * 10}">' for previous, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "body",
    [
        entities(LAUGHS, "&i;"),
        entities(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000),
        entities('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
        entities('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;', ""),
        rss(
            '<item><title>x</title><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></item>'
        ),
    ],
    ids=["laughs", "quadratic", "external", "parameter", "xinclude"],
)
def test_entities_are_not_expanded_and_nothing_is_included(body):
    document = outcome(body)
    if isinstance(document, Document):
        told = "".join(e.title + e.text for e in document.entries)
        assert len(told) < 2000
        assert "root:" not in told


# --- floods ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        HEAD + b"<item " + b" ".join(b'a%d="1"' % i for i in range(20_000)) + b"><title>x</title></item>" + TAIL,
        HEAD + b"<item " + b" ".join(b'a%d="1"' % i for i in range(20_000)) + b"><title>x & y</title></item>" + TAIL,
        HEAD + b"<x>" * 200_000,
        HEAD + b"<link/>" * 200_000 + TAIL,
        HEAD + b"<item><title>x</title>" * 60_000 + TAIL,
    ],
    ids=["attributes", "attributes-ill-formed", "nesting", "elements", "unclosed"],
)
def test_floods_are_refused_before_they_cost_anything(body):
    assert outcome(body) == "too_big"


@pytest.mark.parametrize(
    "text",
    [
        b"<![CDATA[" + b'<a href="' * 100_000 + b"]]>",
        b"<![CDATA[" + b"<table><tr><td>" * 20_000 + b"]]>",
        b"&lt;b&gt;" * 50_000,
        b"<![CDATA[" + b'<p style="color:red;' * 40_000 + b"]]>",
        b"x" * 1_900_000,
        b" " * 1_900_000 + b"y",
        b"&lt;!--" * 50_000,
    ],
    ids=["links", "tables", "bold", "styles", "long", "spaces", "comments"],
)
def test_floods_inside_an_entry_are_cut(text):
    (entry,) = read(HEAD + b"<item><title>x</title><description>" + text + b"</description></item>" + TAIL).entries
    assert len(entry.text) <= 100_000


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (b"<ul>" + b"<li><a href='/x'>" * 50_000, {"format": "page", "selectors": (("item", "li"),)}),
        (b"<ul>" + b"<li><a href='/x'>T</a></li>" * 50_000, {"format": "page", "selectors": (("item", "li"),)}),
        (b"<div class='tgme_widget_message' data-post='x/1'>" * 20_000, {"format": "channel"}),
        (b'{"items":[' + b'{"title":"T","content_html":"<b><b>"},' * 30_000 + b"{}]}", {}),
        (b'{"items":[{"id":' + b"9" * 100_000 + b"}]}", {}),
        (cap(info="<info><area><polygon>" + "1.5,2.5 " * 200_000 + "</polygon></area></info>").encode(), {}),
        (cap(info="<info><event>x</event></info>" * 20_000).encode(), {}),
        (cap(references="o,a,2026-03-01 " * 50_000).encode(), {}),
        (b"<urlset>" + b"<url><loc>https://example.org/</loc><title>T</title></url>" * 20_000 + b"</urlset>", {}),
    ],
    ids=["nested-page", "long-page", "channel", "json", "number", "polygon", "languages", "references", "sitemap"],
)
def test_floods_of_other_formats_are_read_in_part_or_refused(body, how):
    document = outcome(body, **how)
    if isinstance(document, Document):
        assert len(document.entries) <= MAX_ENTRIES
        assert all(len(e.text) <= 100_000 for e in document.entries)


# --- anything at all ---------------------------------------------------------------------

OLDEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
SEEDS = [
    rss(item("T", "1", "https://example.org/1", date="Fri, 27 Feb 2026 12:38:00 +0500", text="<p>x</p>")),
    atom("<entry xml:lang='ps'><id>1</id><title type='html'>&lt;b&gt;</title><updated>2026-02-27</updated></entry>"),
    cap().encode(),
    b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"T","url":"/x"}]}',
    b"<urlset><url><loc>https://example.org/</loc><news><title>T</title></news></url></urlset>",
]


@st.composite
def mutants(draw) -> bytes:
    """A good document with pieces cut out, doubled, and replaced by noise."""
    body = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        noise = st.sampled_from(
            [
                b"",
                b"<",
                b">",
                b"&",
                b"]]>",
                b"<![CDATA[",
                b"\x00",
                b"\xff\xfe",
                b"<item>",
                b"</",
                b'"',
                bytes(body[start:end]) * 3,
            ]
        )
        body[start:end] = draw(noise)
    return bytes(body)


def check(body: bytes, form: str) -> None:
    """A document that keeps every promise, or a ParseError."""
    try:
        document = parse(Job(body, AT, url="https://example.org/", format=form, selectors=(("item", "a"),)))
    except ParseError:
        return
    for entry in document.entries:
        assert not {"\x00", "\ud800", "\u202e"} & set(entry.id + entry.title + entry.text + entry.url + document.title)
        assert entry.id
        assert entry.title
        assert entry.published is None or OLDEST <= entry.published <= AT + dt.timedelta(minutes=5)
        assert not entry.url or entry.url.startswith("https://")
    assert len({e.id for e in document.entries}) == len(document.entries)


def keeps_the_short_way(body: bytes) -> None:
    """With half of its entries known, a document gives no other entries, and misses none."""
    try:
        whole = read(body)
        short = read(body, known=whole.prints[::2])
    except ParseError:
        return
    assert set(short.entries) <= set(whole.entries)
    assert short.known + len(short.entries) >= len(whole.entries)
    assert short.prints == whole.prints


FORMS = st.sampled_from(["feed", "page", "channel", "cap", "article", "sitemap"])


@settings(max_examples=150, deadline=None)
@given(mutants(), FORMS)
@example(b"<rss version='2.0'><channel><item><guid isPermaLink='x'>", "feed")
@example(b"<rss version='2.0'><channel><title>\x00</title><item><title>T</title><guid>1\x002</guid></item>", "feed")
@example(b'{"title":"\\ud800","items":[{"id":"\\ud800","title":"T"}]}', "feed")
def test_whatever_comes_is_a_document_or_a_parse_error(body, form):
    check(body, form)
    keeps_the_short_way(body)


@pytest.mark.slow
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutants(), FORMS)
def test_ten_minutes_of_anything(body, form):
    check(body, form)
