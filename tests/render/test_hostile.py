"""No feed text breaks a message, or becomes a mention, a command or a link of its own."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bot.answers import lines
from monitor.core import render
from monitor.core.markup import BREAK, clean, cut, html, stripped, units
from monitor.core.render import Names
from monitor.model import ChatId, Message, MessageId, Party, Place, Reason, RuleId, Severity, Subscriber, WatchId
from tests.telegram_peer.entities import parse

from .samples import AT, RIVAL, alert

OURS = {"bold", "italic", "text_link", "date_time", "blockquote"}
OUR_COMMANDS = {"/latest"}
NASTY = [
    "<b>",
    "</a>",
    "<a href='tg://resolve?domain=x'>",
    "&lt;script&gt;",
    "&#64;everyone",
    "@everyone",
    "@Bot_123",
    "＠everyone",
    "/start",
    " /stop@tocsin_bot",
    "//start",
    "tg://user?id=1",
    "https://evil.example/x?y=1",
    "evil.example",
    "www.evil.co.uk/path",
    "http:// evil .example",
    "mail@evil.example",
    "10.0.0.1",
    "#hashtag",
    "$USD",
    "\u202e gnp.exe",
    "\u2066x\u2069",
    "\x00\x07\x1b[31m",
    "a" + "\u0301" * 10_000,
    "\ud7ff\ue000",
    "🧑‍🚀" * 50,
    "🏴\U000e0067\U000e0062\U000e007f",
    "\n\n\n/start\n",
    "\u2028/start",
    "word\u200bjoin@er",
    "x" * 600,
    "آر‌او",
    "&",
    "<",
    ">",
    '"',
    "'",
]
hostile = st.lists(st.sampled_from(NASTY) | st.text(max_size=30), min_size=1, max_size=6).map("".join)


def made_of(one, two, three):
    claim = dataclasses.replace(
        RIVAL,
        claimant=Party(one),
        via=Party(two),
        other=Party(three),
        object=two,
        previous_object=one,
        place=Place(three),
        uncertain=one,
        span=dataclasses.replace(RIVAL.span, quote=two),
    )
    made = alert(claim, title=one, why=three, severity=Severity.CRITICAL)
    return dataclasses.replace(
        made, publisher=two, watch=WatchId(one), reasons=(Reason(RuleId(one), Severity.HIGH, two),)
    )


def words(text, entity):
    raw = text.encode("utf-16-le")
    return raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")


def pages(made):
    reader = Subscriber(ChatId(1), admin=True)
    for kind, attachment in (("alert", ""), ("alert", "chart"), ("correction", ""), ("digest", "")):
        message = Message(MessageId("m1"), ChatId(1), kind, (made.id,), AT, attachment=attachment, unconfirmed=1)
        yield render.message(message, [made, made] if kind == "digest" else [made], reader, Names())


@given(hostile, hostile, hostile)
@settings(max_examples=40, deadline=None)
def test_markup_always_parses_and_nothing_in_it_is_active_but_our_own(one, two, three):
    made = made_of(one, two, three)
    for page in pages(made):
        text, entities = parse(page.html, "HTML")
        assert {e["type"] for e in entities if words(text, e) not in OUR_COMMANDS} <= OURS
        assert {e["url"] for e in entities if e["type"] == "text_link"} <= {made.url}
        assert units(text) <= render.TEXT_LIMIT


@given(hostile, hostile, hostile)
@settings(max_examples=30, deadline=None)
def test_plain_words_hold_no_active_text_but_our_link(one, two, three):
    made = made_of(one, two, three)
    for page in pages(made):
        text, entities = parse(page.plain, None)
        assert {words(text, e) for e in entities} <= {made.url} | OUR_COMMANDS


@given(hostile)
def test_clean_text_is_one_line_without_controls_or_bidi_and_stays_so(text):
    once = clean(text)
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in once)
    assert not any(c in once for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert clean(once) == once


@given(st.text(max_size=300), st.integers(1, 100))
def test_cut_fits_and_begins_as_the_text_does(text, limit):
    short = cut(text, limit)
    assert units(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    "text", ["آر‌او", "Zoë", "中文", "São Tomé", "Ελλάδα", "नमस्ते", "1.5 million", "U.S. forces", "and/or"]
)
def test_honest_text_stays_as_it_is(text):
    assert clean(text).replace(BREAK, "") == text


def test_a_link_that_is_no_web_address_is_dropped_and_its_words_stay():
    for url in ("tg://resolve?domain=x", "javascript:alert(1)", "https://a b", "", "https://" + "x" * 2000):
        made = dataclasses.replace(alert(RIVAL), url=url)
        page = next(pages(made))
        assert "<a" not in page.html
        assert "Example Wire" in page.html


@given(hostile)
def test_the_plain_form_of_ready_markup_is_what_its_reader_would_see(text):
    shown = clean(text)
    markup = html(lines(shown), 4096)
    assert stripped(markup) == cut(shown, 4096)
