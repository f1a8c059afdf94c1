"""Real documents and the test documents of other parsers: all are read, none raises."""

import io
import json
import pathlib
import random
import tarfile
from collections import Counter

import feedparser
import pytest

from monitor.core.parse import Document
from monitor.core.parse.clean import one_line
from monitor.errors import ParseError

from .writing import read


def members(path: pathlib.Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {
            m.name.removeprefix("./").partition("/")[2]: archive.extractfile(m).read() for m in archive if m.isfile()
        }


@pytest.fixture(scope="module")
def documents(shared) -> dict[str, bytes]:
    files = members(shared / "data/feeds/documents.tar.xz")
    return {name: body for name, body in files.items() if not name.endswith(".jsonl")}


@pytest.fixture(scope="module")
def peers(shared) -> dict[str, bytes]:
    return members(shared / "data/feeds/peers.tar.xz")


def outcome(body: bytes) -> Document | str:
    try:
        return read(body)
    except ParseError as error:
        return error.kind


@pytest.mark.slow
def test_every_real_document_is_read(documents):
    errors = {name: out for name, body in documents.items() if isinstance(out := outcome(body), str)}
    assert errors == {}


def test_entries_agree_with_feedparser(documents):
    """Only repetitions and entries that say nothing are fewer than the library's."""
    fewer = 0
    for name, body in random.Random(7).sample(sorted(documents.items()), 40):
        document = outcome(body)
        theirs = len(feedparser.parse(io.BytesIO(body)).entries)
        if document.kind in {"rss", "atom", "rdf"} and "half_entry" not in document.marks:
            assert len(document.entries) <= theirs, name
            fewer += len(document.entries) < min(theirs, 500)
    assert fewer <= 3


def test_the_short_way_gives_the_same_items_as_the_whole_way(documents):
    for name, body in random.Random(11).sample(sorted(documents.items()), 50):
        whole = outcome(body)
        if not whole.prints:
            continue
        known = whole.prints[2:]
        short = read(body, known=known)
        assert short.known + len(short.entries) >= len(whole.entries), name
        assert set(short.entries) <= set(whole.entries), name
        assert set(whole.entries[:1]) <= set(short.entries), name


@pytest.mark.slow
def test_in_every_document_any_known_part_gives_the_same_items(documents, peers):
    draw, split = random.Random(3), 0
    for name, body in sorted({**documents, **peers}.items()):
        whole = outcome(body)
        if isinstance(whole, str) or not whole.prints:
            continue
        split += 1
        short = read(body, known=tuple(p for p in whole.prints if draw.random() < 0.7))
        assert set(short.entries) <= set(whole.entries), name
        assert short.known + len(short.entries) >= len(whole.entries), name
        assert (short.prints, short.title, short.kind) == (whole.prints, whole.title, whole.kind), name
    assert split > 500


def test_no_document_of_other_parsers_raises(peers):
    kinds = Counter(
        out if isinstance(out := outcome(body), str) else out.kind
        for name, body in peers.items()
        if not name.endswith(".index.jsonl")
    )
    assert kinds["rss"] > 200
    assert kinds["atom"] > 300
    assert kinds["cap"] > 15


def test_titles_agree_with_what_gofeed_expects(peers):
    compared = 0
    for name, body in peers.items():
        expected = peers.get(f"{name.removesuffix('.xml')}.json")
        if not name.startswith("gofeed/") or not name.endswith(".xml") or expected is None:
            continue
        feed = json.loads(expected)
        titles = [item.get("title", "") for item in feed.get("items") or feed.get("entries") or []]
        if titles and all(titles):
            compared += 1
            assert [e.title for e in read(body).entries] == list(map(one_line, titles)), name
    assert compared > 10


def test_every_alert_of_other_parsers_is_told_and_their_signatures_hold(peers):
    marks = Counter()
    for name, body in peers.items():
        if name.endswith(".cap") and b"<!DOCTYPE" not in body:
            (entry,) = read(body).entries
            marks.update(m for m in entry.marks if "sign" in m)
    assert marks.pop("cap:signed") >= 3
    assert set(marks) == {"cap:unsigned"}


def test_dates_agree_with_what_feed_rs_expects(peers):
    compared = 0
    for name, body in peers.items():
        snapshot = peers.get(f"{name.rpartition('.')[0]}.serde.json")
        if not name.startswith("feed-rs/") or snapshot is None or name.endswith(".serde.json"):
            continue
        entries = read(body).entries
        expected = json.loads(snapshot)["entries"]
        assert len(entries) == len(expected), name
        for ours, theirs in zip(entries, expected, strict=True):
            date = theirs.get("published") or theirs.get("updated")
            if date:
                compared += 1
                assert ours.published.isoformat()[:19] == date[:19], name
    assert compared > 60
