"""Dates, credits, identities, plain text, links, languages: what every format shares."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.parse import clean, dates, lang, origin

from .writing import AT, item, read, rss

FRIDAY = dt.datetime(2026, 2, 27, 7, 38, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 2, 27, tzinfo=dt.UTC)


# --- dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Fri, 27 Feb 2026 12:38:00 +0500", FRIDAY),
        ("Fri, 27 Feb 2026 07:38:00 GMT", FRIDAY),
        ("Fri, 27 Feb 2026 02:38:00 EST", FRIDAY),
        ("Thurs, 27 Feb 2026 07:38:00 GMT", FRIDAY),
        ("27 Feb 2026 07:38 +0000", FRIDAY),
        ("2026-02-27T12:38:00+05:00", FRIDAY),
        ("2026-02-27T07:38:00Z", FRIDAY),
        ("2026-02-27 07:38:00", FRIDAY),
        ("2026-02-27", MIDNIGHT),
        ("Friday, February 27, 2026 - 07:38", FRIDAY),
        ("February 27, 2026 7:38 AM", FRIDAY),
        ("27 février 2026 07:38", FRIDAY),
        ("27 فروری 2026", MIDNIGHT),
        ("Fri, 27 Feb 2026 07:38:00 +9999", FRIDAY),
        ("yesterday", None),
        ("2 hours ago", None),
        ("07:38", None),
        ("February 2026", None),
        ("Fri, 27 Feb 99999 07:38:00 GMT", None),
        ("99999-99-99", None),
        ("not a date at all", None),
        ("", None),
        ("1" * 500, None),
    ],
)
def test_dates_are_read_or_unknown(text, when):
    assert dates.parse(text, AT) == when


@given(st.text(max_size=60))
def test_no_date_ever_raises_or_becomes_now(text):
    assert dates.parse(text, AT) != AT


def test_a_missing_date_stays_unknown():
    (entry,) = read(rss(item("T"))).entries
    assert (entry.published, entry.updated) == (None, None)


def test_future_dates_are_clamped_and_marked():
    soon, far = read(
        rss(item("A", date="Sun, 01 Mar 2026 12:04:00 GMT"), item("B", date="Mon, 01 Mar 2027 12:00:00 GMT"))
    ).entries
    assert (soon.published, soon.marks) == (AT + dt.timedelta(minutes=4), ("no_id",))
    assert (far.published, "future_date" in far.marks) == (AT, True)


def test_unset_dates_are_unknown_and_marked():
    (entry,) = read(rss(item("A", date="Thu, 01 Jan 1970 00:00:00 GMT"))).entries
    assert (entry.published, "odd_date" in entry.marks) == (None, True)


# --- credits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agency", "parts"),
    [
        ("Reuters", {"text": "KABUL, Feb 27 (Reuters) - Ten soldiers died."}),
        ("Reuters", {"text": "LONDON, April 15 (Reuters Breakingviews) - In fashion, ten."}),
        ("AFP", {"text": "ISLAMABAD (AFP): Ten soldiers died."}),
        ("AFP", {"text": "Islamabad (AFP) – Ten soldiers died."}),
        ("AP", {"text": "KABUL, Afghanistan (AP) — Ten soldiers died."}),
        ("AFP", {"text": "AFP — Ten soldiers died."}),
        ("Mehr", {"text": "TEHRAN, Feb. 27 (MNA) – Ten soldiers died."}),
        ("AFP", {"text": "Ten soldiers died, he said. (AFP)"}),
        ("AP", {"text": "Ten soldiers died, he said. – AP"}),
        ("Reuters", {"text": "Ten soldiers died.\nSource: Reuters"}),
        ("PTI", {"text": "Ten soldiers died.\n(With inputs from PTI)"}),
        ("Reuters", {"text": "Ten died.\n(Reporting by A. Writer in Kabul; Editing by B. Editor)"}),
        ("AP", {"byline": "The Associated Press"}),
        ("Reuters", {"byline": "REUTERS"}),
        ("AP", {"byline": "By A. WRITER, Associated Press"}),
        ("AFP", {"byline": "AFP and our own correspondent"}),
        ("Reuters", {"source": "Reuters"}),
        ("Reuters", {"title": "Ten soldiers died - Reuters"}),
        ("AP", {"title": "Ten soldiers died, via AP"}),
        ("Reuters", {"text": "كابول (رويترز) - قتل عشرة جنود."}),
        ("AFP", {"text": "دس فوجی ہلاک ہوئے۔ (اے ایف پی)"}),
        ("APP", {"text": "اسلام آباد (اے پی پی): دس فوجی ہلاک ہوئے۔"}),
        ("TASS", {"text": "Десять человек погибли. (ТАСС)"}),
        (None, {"text": "مقتل عشرة جنود في مدينة باختر القديمة"}),
        (None, {"text": "A spokesman told AFP that ten soldiers died."}),
        (None, {"text": "Ten soldiers died, a spokesman told Reuters on Friday."}),
        (None, {"text": "The Armed Forces of the Philippines (AFP) said ten died."}),
        (None, {"title": "Earthquake near Arquata del Tronto (AP)"}),
        (None, {"byline": "Sana Khan"}),
        (None, {"text": "", "title": "Reuters building evacuated"}),
    ],
)
def test_only_credits_name_an_origin(agency, parts):
    fields = {"title": "Ten soldiers died", "text": "", **parts}
    assert origin.credited(**fields) == agency


# --- identity ----------------------------------------------------------------------------


def ids(*items):
    return [e.id for e in read(rss(*items)).entries]


def test_identity_is_guid_then_address_then_title_and_date():
    guid, url, title = ids(
        item("A", "g-1", "https://example.org/a"), item("B", "", "https://example.org/b"), item("C", date="27 Feb 2026")
    )
    assert (guid, url) == ("g-1", "https://example.org/b")
    assert len(title) == 24


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a#1", "https://example.org/a#2"),
        ("http://example.org/a", "https://example.org/a"),
        ("https://example.org/a?utm_source=x", "https://example.org/a"),
        (" g-1 ", "g-1"),
    ],
)
def test_guids_lose_what_changes_between_deliveries(one, other):
    assert ids(item("A", one)) == ids(item("A", other))


def test_a_fragment_that_is_no_counter_is_kept():
    assert len(set(ids(item("A", "https://example.org/log#v1.2"), item("B", "https://example.org/log#v1.3")))) == 2


def test_one_guid_for_all_identifies_none():
    entries = read(rss(item("A", "1", "https://example.org/a"), item("B", "1", "https://example.org/b"))).entries
    assert [e.id for e in entries] == ["https://example.org/a", "https://example.org/b"]
    assert all("shared_id" in e.marks for e in entries)


def test_one_address_for_all_identifies_none():
    assert len(set(ids(item("A", "", "https://example.org/"), item("B", "", "https://example.org/")))) == 2


def test_exact_repetitions_are_dropped():
    assert ids(item("A", "1", "https://example.org/a"), item("A", "1", "https://example.org/a")) == ["1"]


def test_endless_ids_are_hashed_and_endless_links_dropped():
    (entry,) = read(rss(item("A", "g" * 100_000, "https://example.org/" + "a" * 3000))).entries
    assert (len(entry.id), entry.url) == (24, "")


def test_a_guid_that_is_an_address_is_the_link():
    assert read(rss(item("A", "https://example.org/1?utm_source=x"))).entries[0].url == "https://example.org/1"


def test_a_link_repeated_as_guid_is_a_link():
    assert read(rss(item("A", "/news/1", "/news/1"))).entries[0].url == "https://example.org/news/1"


def test_a_guid_that_is_no_address_is_no_link():
    assert read(rss(item("A", "1"))).entries[0].url == ""


# --- plain text and links ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("AT&amp;T &lt;b&gt;x&lt;/b&gt;", "AT&T x"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>one<p>two", "one\ntwo"),
        ("one<br><br>two", "one\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>three", "one\ntwo\nthree"),
        ("<table><tr><td>one</td><td>two</td></table>", "one\ntwo"),
        ("<style>p{}</style><script>x()</script>text<!-- no -->", "text"),
        ("10,000&nbsp;people", "10,000 people"),
        ("<b>un", "un"),
        ("ا\u200cب", "ا\u200cب"),
        ("nul\x00 \u202ebidi\u2066 zero\u200bwidth\ufeff", "nul bidi zerowidth"),
    ],
)
def test_markup_becomes_plain_text(markup, text):
    assert clean.plain(markup) == text


@given(st.text(alphabet=st.sampled_from(list("<>&;/ab\"'=!-# \n\x00\u202e")), max_size=300))
def test_plain_text_is_clean_whatever_came(markup):
    text = clean.plain(markup)
    assert not {"\x00", "\u202e", "\r", "\xa0"} & set(text)
    assert text == text.strip()


def test_deep_nesting_is_read_without_recursion():
    assert clean.plain("<div>" * 20_000 + "x") == "x"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "tg://resolve?domain=x",
        "data:text/html,x",
        "ftp://example.org/x",
        "https://user@evil.example/",
        "https://trusted.example\\@evil.example/",
        "http://",
        "https://example.org/" + "x" * 3000,
    ],
)
def test_dangerous_links_are_dropped_and_their_story_kept(link):
    (entry,) = read(rss(item("A", "1", link))).entries
    assert (entry.url, entry.title) == ("", "A")
    assert "dropped_link" in entry.marks


def test_a_broken_address_is_no_link():
    assert clean.safe_url("https://[::1") == ""


def test_wordpress_footers_are_cut_off():
    text = '<p>Ten died.</p><p>The post <a href="x">T</a> appeared first on <a href="y">Example</a>.</p>'
    assert read(rss(item("A", text=text))).entries[0].text == "Ten died."


# --- language ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Ten soldiers died", ("en-US",), "en"),
        ("Zehn Soldaten starben", ("de", "en"), "de"),
        ("دس فوجی ہلاک ہوئے", ("en-US", "ur"), "ur"),
        ("دس فوجی ہلاک ہوئے", ("en-US",), "ur"),
        ("لس پوځیان ووژل شول", ("en-US",), "ps"),
        ("ده سرباز کشته شدند و پنج نفر زخمی", ("en",), "fa"),
        ("قتل عشرة جنود", ("en",), "ar"),
        ("ده سرباز کشته شدند", ("fa-AF",), "prs"),
        ("10", (), ""),
        ("Ten soldiers died", ("eng",), "en"),
        ("لس پوځیان", ("pus",), "ps"),
        ("सेना ने कहा", ("en",), "hi"),
        ("सेना ने कहा", ("ne",), "ne"),
        ("সেনাবাহিনী", ("en-US",), "bn"),
        ("Армия сообщила о десяти погибших, пишет BBC", ("ru-RU",), "ru"),
        ("Армия объявила: выведены", ("en",), "ru"),
        ("Армія повідомила", ("en",), "uk"),
        ("BBC 太阳能飞机 Solar Impulse-2", ("zh-CN",), "zh"),
        ("太阳能飞机", ("en",), "zh"),
        ("日本の原発", ("en",), "ja"),
        ("대통령", (), "ko"),
        ("“Ten” soldiers – died", ("ru",), ""),
        ("Հայաստան", ("hy",), "hy"),
    ],
)
def test_a_declared_language_counts_only_if_the_script_agrees(text, declared, language):
    assert lang.settle(text, *declared) == language
