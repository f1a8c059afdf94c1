"""Every format gives the same entries: plain text, canonical addresses, times in UTC."""

# ruff: noqa: E501 - markup stands as it comes

import datetime as dt
import json

import pytest

from monitor.errors import ParseError

from .writing import atom, cap, item, read, rss

LATER = dt.datetime(2026, 2, 27, 7, 38, tzinfo=dt.UTC)


def test_rss_item_becomes_an_entry():
    body = rss(
        item(
            "Border &amp; battle",
            "id-1",
            "/news/1?utm_source=rss",
            date="Fri, 27 Feb 2026 12:38:00 +0500",
            text="<p>Ten soldiers died.</p><p>Said the army.</p>",
        ),
        head="<title>Example Post</title><language>en-GB</language><ttl>15</ttl>",
    )
    document = read(body)
    (entry,) = document.entries
    assert (document.kind, document.title, document.ttl) == ("rss", "Example Post", 900.0)
    assert entry.title == "Border & battle"
    assert entry.text == "Ten soldiers died.\nSaid the army."
    assert entry.url == "https://example.org/news/1"
    assert (entry.id, entry.published, entry.lang) == ("id-1", LATER, "en")


def test_atom_entry_takes_its_update_for_its_publication_if_it_has_no_other():
    body = atom(
        "<entry><id>tag:example.org,2026:1</id><title type='html'>A &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; claim</title>"
        "<link rel='self' href='https://example.org/self'/><link href='https://example.org/1'/>"
        "<updated>2026-02-27T07:38:00Z</updated><summary>Short.</summary></entry>"
    )
    (entry,) = read(body).entries
    assert (entry.title, entry.url, entry.id) == ("A bold claim", "https://example.org/1", "tag:example.org,2026:1")
    assert entry.published == entry.updated == LATER


def test_atom_xhtml_content_is_read_as_text():
    body = atom(
        "<entry><id>1</id><title>T</title><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        "<p>One.</p><script>alert(1)</script><p>Two.</p></div></content></entry>"
    )
    assert read(body).entries[0].text == "One.\nTwo."


def test_rdf_reads_its_dublin_core_date():
    body = (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://example.org/"><title>E</title></channel>'
        '<item rdf:about="https://example.org/1"><title>T</title><link>https://example.org/1</link>'
        "<dc:date>2026-02-27T07:38:00Z</dc:date></item></rdf:RDF>"
    )
    document = read(body)
    assert document.kind == "rdf"
    assert document.entries[0].published == LATER


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed(version):
    body = {
        "version": f"https://jsonfeed.org/version/{version}",
        "title": "Example",
        "language": "de",
        "items": [
            {
                "id": 17,
                "url": "https://example.org/1",
                "title": "Titel",
                "content_html": "<p>Zehn Tote.</p>",
                "date_published": "2026-02-27T12:38:00+05:00",
                "authors": [{"name": "dpa"}],
            },
            "no object",
        ],
    }
    document = read(json.dumps(body))
    (entry,) = document.entries
    assert (document.kind, entry.id, entry.text, entry.published) == ("json", "17", "Zehn Tote.", LATER)
    assert (entry.lang, entry.origin) == ("de", "dpa")


def test_summary_is_kept_where_the_content_does_not_begin_with_it():
    same = item("A", "1", text="Ten died […]", extra="<content:encoded>Ten died on Friday.</content:encoded>")
    other = item("B", "2", text="Officials: ten died.", extra="<content:encoded>A long report.</content:encoded>")
    one, two = read(rss(same, other)).entries
    assert one.text == "Ten died on Friday."
    assert two.text == "Officials: ten died.\nA long report."


def test_title_is_taken_from_the_text_and_from_the_address_last():
    first, second = read(rss(item(guid="1", text="Ten died.\nMore."), item(link="https://example.org/x"))).entries
    assert (first.title, second.title) == ("Ten died.", "https://example.org/x")


def test_relative_links_resolve_against_xml_base_then_the_feed_address():
    inner = "<entry xml:base='https://other.example/a/'><id>1</id><title>T</title><link href='b'/></entry>"
    outer = "<entry><id>2</id><title>T</title><link href='/c'/></entry>"
    assert [e.url for e in read(atom(inner, outer)).entries] == ["https://other.example/a/b", "https://example.org/c"]


def test_skip_hours_and_days():
    hours = "<skipHours><hour>1</hour><hour>24</hour><hour>x</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    document = read(rss(item("A"), head=f"<title>T</title>{hours}"))
    assert (document.skip_hours, document.skip_days) == ((0, 1), (6,))


def test_syndication_period():
    head = "<title>T</title><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert read(rss(item("A"), head=head)).ttl == 900.0


def test_empty_feed_is_a_feed_without_entries():
    assert read(rss()).entries == ()


# --- CAP ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_bare_cap_alert(version):
    document = read(cap(version=version))
    (entry,) = document.entries
    assert document.kind == "cap"
    assert entry.title == "River over its banks"
    assert entry.text == "The river rose by two metres.\nLeave the valley.\nArea: Lower valley"
    assert entry.published == dt.datetime(2026, 3, 1, 5, tzinfo=dt.UTC)
    assert {"cap:Actual", "cap:Alert", "cap:severity=Severe", "cap:urgency=Immediate"} <= set(entry.marks)


def test_cap_wrapped_in_edxl():
    body = (
        '<d:EDXLDistribution xmlns:d="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><d:contentObject><d:xmlContent>'
        f"<d:embeddedXMLContent>{cap('A1')}</d:embeddedXMLContent><d:embeddedXMLContent>{cap('A2')}"
        "</d:embeddedXMLContent></d:xmlContent></d:contentObject></d:EDXLDistribution>"
    )
    assert [e.id for e in read(body).entries] == ["A1", "A2"]


def test_cap_inside_a_feed_entry_is_read_as_the_alert():
    body = atom(f"<entry><id>x</id><title>T</title><content type='text/xml'>{cap('A1')}</content></entry>")
    (entry,) = read(body).entries
    assert (entry.id, entry.title) == ("A1", "River over its banks")


def test_cap_update_and_cancel_name_what_they_replace_earliest_first():
    references = "o@example.org,A2,2026-03-01T09:00:00+05:00 o@example.org,A1,2026-03-01T08:00:00+05:00"
    (entry,) = read(cap("A3", kind="Cancel", references=references)).entries
    assert entry.replaces == ("A1", "A2")
    assert entry.title == "Cancelled: River over its banks"


def test_cap_prefers_its_english_block_and_says_when_it_has_expired():
    infos = (
        "<info><language>ps</language><event>سیلاب</event><headline>سیلاب</headline></info>"
        "<info><language>en-GB</language><event>Flood</event><expires>2026-02-01T00:00:00+00:00</expires></info>"
    )
    (entry,) = read(cap(info=infos)).entries
    assert (entry.title, "cap:expired" in entry.marks) == ("Flood", True)


@pytest.mark.parametrize(("language", "title"), [("ps", "سیلاب"), ("en", "Flood"), ("", "Flood"), ("de", "Flood")])
def test_cap_is_read_in_the_language_of_its_source(language, title):
    infos = (
        "<info><language>en-GB</language><event>Flood</event></info>"
        "<info><language>ps-AF</language><event>سیلاب</event></info>"
    )
    assert read(cap(info=infos), language=language).entries[0].title == title


def test_cap_without_a_language_is_american_english():
    assert read(cap(info="<info><event>Flood</event></info>")).entries[0].lang == "en"


def test_cap_references_may_lack_a_date_and_name_times_in_any_zone():
    references = (
        "o@example.org,A2,2026-03-01T09:00:00+05:00 o@example.org,A1,2026-03-01T03:00:00+00:00 o@example.org,A0"
    )
    assert read(cap("A3", kind="Update", references=references)).entries[0].replaces == ("A0", "A1", "A2")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier></alert>',
            "without sender, sent",
        ),
        ('<alert xmlns="urn:example"><identifier>1</identifier></alert>', "namespace"),
        (f"<!DOCTYPE alert [<!ENTITY x 'y'>]>{cap()}", "document type"),
        (cap()[:-9], "well-formed"),
    ],
)
def test_cap_that_is_none_is_an_error_that_says_why(body, told):
    with pytest.raises(ParseError, match=told) as caught:
        read(body)
    assert caught.value.kind == "garbage"


def test_cap_alerts_beside_a_broken_one_are_read_and_the_loss_is_told():
    broken = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier></alert>'
    document = read(
        f'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">{cap()}{broken}</EDXLDistribution>'
    )
    assert ([e.id for e in document.entries], document.marks) == (["A1"], ("incomplete_alert",))


def test_an_index_of_alerts_says_which_are_tests():
    names = 'xmlns:cap="urn:oasis:names:tc:emergency:cap:1.1"'
    entries = [
        f"<entry {names}><id>{status}</id><title>Flood</title><cap:status>{status}</cap:status></entry>"
        for status in ("Actual", "Exercise", "test")
    ]
    marks = {e.id: e.marks for e in read(atom(*entries)).entries}
    assert marks == {"Actual": (), "Exercise": ("cap:Exercise",), "test": ("cap:Test",)}


# --- without a feed ----------------------------------------------------------------------


def test_news_sitemap_gives_articles_newest_first():
    def url(number: int, day: int, title: str) -> str:
        news = f"<n:news><n:publication><n:name>E</n:name><n:language>en</n:language></n:publication><n:title>{title}"
        date = f"</n:title><n:publication_date>2026-02-{day:02}</n:publication_date></n:news>"
        return f"<url><loc>https://example.org/{number}</loc>{news}{date}</url>"

    body = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{url(1, 3, "Old")}{url(2, 9, "New")}'
        "<url><loc>https://example.org/about</loc></url></urlset>"
    )
    document = read(body)
    assert document.kind == "sitemap"
    assert [(e.title, e.id, e.lang) for e in document.entries] == [
        ("New", "https://example.org/2", "en"),
        ("Old", "https://example.org/1", "en"),
    ]


CHANNEL = """<!doctype html><html><head><title>Spokesman – Telegram</title></head><body>
<div class="tgme_widget_message js-widget_message" data-post="spokesman/41">
 <div class="tgme_widget_message_text js-message_text">Statement on Friday:<br/>Ten outposts were taken.</div>
 <a class="tgme_widget_message_date" href="https://t.me/spokesman/41"><time datetime="2026-02-27T12:38:00+05:00">x</time></a>
</div>
<div class="tgme_widget_message js-widget_message" data-post="spokesman/42"><a class="tgme_widget_message_photo"></a></div>
<div class="tgme_widget_message js-widget_message" data-post="spokesman/43">
 <div class="tgme_widget_message_text js-message_text">The gates are closed.</div>
 <a class="tgme_widget_message_date" href="https://t.me/spokesman/43"><time datetime="2026-02-28T00:00:00+00:00">x</time></a>
</div></body></html>"""


def test_public_channel_page_gives_its_messages_newest_first():
    document = read(CHANNEL, format="channel", url="https://t.me/s/spokesman")
    newest, oldest = document.entries
    assert (newest.id, newest.title, newest.url) == (
        "spokesman/43",
        "The gates are closed.",
        "https://t.me/spokesman/43",
    )
    assert oldest.title == "Statement on Friday:"
    assert oldest.text == "Statement on Friday:\nTen outposts were taken."
    assert oldest.published == LATER


def test_a_forwarded_message_is_marked_and_credits_an_agency():
    forwarded = '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/x"><span>Reuters</span></a>'
    text = '<div class="tgme_widget_message_text js-message_text">The gates'
    body = CHANNEL.replace(text, forwarded + text)
    newest, oldest = read(body, format="channel").entries
    assert (newest.origin, newest.marks) == ("Reuters", ("forwarded",))
    assert (oldest.origin, oldest.marks) == (None, ())


def test_channel_without_a_preview_is_an_error():
    with pytest.raises(ParseError, match="public preview"):
        read("<html><body>Contact @spokesman</body></html>", format="channel")


PAGE = """<html lang="en"><body><ul>
<li class="r"><a href="/press/7">Statement seven</a><span class="d">27 February 2026, 07:38</span><p>Body seven.</p></li>
<li class="r"><a href="/press/6">Statement six</a><span class="d">yesterday</span><p>Body six.</p></li></ul></body></html>"""


def test_page_is_read_by_the_selectors_of_its_source():
    selectors = (("item", "li.r"), ("time", ".d"), ("text", "p"))
    first, second = read(PAGE, format="page", selectors=selectors).entries
    assert (first.title, first.url, first.text, first.published) == (
        "Statement seven",
        "https://example.org/press/7",
        "Body seven.",
        LATER,
    )
    assert second.published is None


def test_page_items_may_be_the_links_themselves():
    entries = read(PAGE, format="page", selectors=(("item", "a[href^='/press/']"),)).entries
    assert (entries[0].title, entries[0].url) == ("Statement seven", "https://example.org/press/7")


@pytest.mark.parametrize(
    ("selectors", "kind"), [((("item", ".gone"),), "no_match"), ((("item", "li["),), "garbage"), ((), "garbage")]
)
def test_page_that_the_selectors_do_not_fit_is_an_error(selectors, kind):
    with pytest.raises(ParseError) as caught:
        read(PAGE, format="page", selectors=selectors)
    assert caught.value.kind == kind
