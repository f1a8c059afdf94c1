"""The short way gives the same items as the whole way."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.core.parse import Document

from .writing import atom, item, read, rss


def in_two_polls(first: bytes, second: bytes, **how) -> tuple[Document, Document, Document]:
    """The first document, the second with the first known, and the second as a whole."""
    before = read(first, **how)
    return before, read(second, known=before.prints, **how), read(second, **how)


def new_to(before: Document, after: Document) -> list:
    return [entry for entry in after.entries if entry not in before.entries]


def test_known_entries_are_left_out_and_counted():
    old = [item(f"T{i}", str(i)) for i in range(5)]
    before, short, whole = in_two_polls(rss(*old), rss(item("New", "n"), *old))
    assert [e.title for e in short.entries] == ["New"]
    assert short.known == 5
    assert short.prints == whole.prints
    assert (short.title, short.kind) == (whole.title, whole.kind)
    assert list(short.entries) == new_to(before, whole)


def test_a_changed_entry_is_read_again():
    _, short, _ = in_two_polls(rss(item("A", "1"), item("B", "2")), rss(item("A", "1", text="more"), item("B", "2")))
    assert [e.text for e in short.entries] == ["more"]


def test_nothing_new_is_a_document_without_entries():
    body = rss(item("A", "1"))
    _, short, _ = in_two_polls(body, body.replace(b"</channel>", b"<ttl>9</ttl></channel>"))
    assert (short.entries, short.known) == ((), 1)


def test_a_date_of_the_document_changes_no_entry():
    first, second = (
        rss(item("A", "1"), head=f"<title>E</title><lastBuildDate>Sun, 01 Mar 2026 12:0{minute}:00 GMT</lastBuildDate>")
        for minute in (1, 2)
    )
    _, short, _ = in_two_polls(first, second)
    assert (short.entries, short.known) == ((), 1)


def test_entries_whose_identity_depends_on_others_are_always_read():
    shared = [item(f"T{i}", "1", f"https://example.org/{i}") for i in range(3)]
    before, short, whole = in_two_polls(rss(*shared[1:]), rss(*shared))
    assert short.entries == whole.entries
    assert short.known == 0
    assert before.entries[0].id == "https://example.org/1"


def test_what_stands_above_the_entries_is_part_of_them():
    entry = "<entry><id>1</id><title>T</title><link href='a'/></entry>"
    one = atom(entry)
    other = one.replace(b"<feed", b"<feed xml:base='https://other.example/'")
    _, short, whole = in_two_polls(one, other)
    assert short.entries == whole.entries
    assert whole.entries[0].url == "https://other.example/a"


def test_ill_formed_documents_are_read_as_a_whole():
    body = rss(item("A", "1"), item("B", "2")).replace(b"<title>B", b"<title>B & C")
    before, short, whole = in_two_polls(body, body)
    assert before.prints == ()
    assert short == whole


ENTRIES = st.builds(
    lambda title, guid, link, day, text: item(
        title, guid, link and f"https://example.org/{link}", date=day and f"2026-02-{day:02}", text=text
    ),
    st.text(st.characters(exclude_categories=["C"]), max_size=20),
    st.sampled_from(["", "1", "2", "3", "https://example.org/1#1", "https://example.org/1#2"]),
    st.sampled_from(["", "a", "b", "c?utm_source=x", "c"]),
    st.one_of(st.just(0), st.integers(1, 28)),
    st.text("ab <&;é\n", max_size=20),
)


@settings(max_examples=30, deadline=None)
@example(["<item><title>0</title></item>", "<item><title>0</title><link>https://example.org/a</link></item>"], [], 2)
@given(st.lists(ENTRIES, max_size=6), st.lists(ENTRIES, max_size=6), st.integers(0, 6))
def test_the_short_way_tells_all_that_is_new_and_nothing_else(old, new, kept):
    before, short, whole = in_two_polls(rss(*old), rss(*new, *old[:kept]))
    told = {(e.title, e.text, e.url) for e in before.entries}
    new_to_us = {e for e in whole.entries if (e.title, e.text, e.url) not in told}
    assert new_to_us <= set(short.entries) <= set(whole.entries)
    assert short.known + len(short.entries) >= len(whole.entries)
    assert replace(short, entries=(), known=0) == replace(whole, entries=(), known=0)


MISLEADING = {
    "cdata": item("A", "1", extra="<x><![CDATA[</item><item>]]></x>"),
    "whole item in cdata": item("A", "1", extra="<x><![CDATA[<item><guid>9</guid></item>]]></x>"),
    "comment": f"<!-- {item('Gone', '0')} -->{item('A', '1')}",
    "prefix": f'<r:item xmlns:r="http://purl.org/rss/1.0/"><r:title>A</r:title></r:item>{item("B", "1")}',
    "empty tag": f"<item/>{item('A', '1')}",
    "inner item": item("A", "1", extra="<x><item><title>T</title></item></x>"),
    "wide end": item("A", "1").replace("</item>", "</item\n >"),
    "instruction": f"<?x <item> ?>{item('A', '1')}",
}


@pytest.mark.parametrize("entries", MISLEADING.values(), ids=MISLEADING)
def test_letters_of_tags_that_are_none_mislead_nobody(entries):
    before, short, whole = in_two_polls(rss(entries), rss(item("New", "n"), entries))
    assert set(new_to(before, whole)) <= set(short.entries) <= set(whole.entries)
    assert "New" in [e.title for e in short.entries]
    assert short.known + len(short.entries) >= len(whole.entries)


def test_entries_beside_and_inside_a_channel_keep_their_own_prints():
    def rdf(*titles: str) -> bytes:
        inside, *beside = [item(title, title) for title in titles]
        names = 'xmlns="http://purl.org/rss/1.0/" xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        last = beside.pop()
        return f"<r:RDF {names}>{''.join(beside)}<channel>{inside}</channel>{last}</r:RDF>".encode()

    _, short, _ = in_two_polls(rdf("A", "B", "C"), rdf("A", "N", "B", "C"))
    assert [e.title for e in short.entries] == ["N"]
    assert short.known == 3


def test_prints_without_names_are_read_again():
    body = rss(item("A", "1"), item("B", "2"))
    old = tuple(print_[:18] for print_ in read(body).prints)
    assert len(read(body, known=old).entries) == 2


def test_a_caption_is_not_the_text_but_the_description_of_a_film_is():
    media = '<m:{0} xmlns:m="http://search.yahoo.com/mrss/"><m:description>{1}</m:description></m:{0}>'
    photo = item("A", "1", text="Ten soldiers died.", extra=media.format("content", "Boxing robots"))
    film = item("B", "2", extra=media.format("group", "The minister speaks."))
    assert [e.text for e in read(rss(photo, film)).entries] == ["Ten soldiers died.", "The minister speaks."]
