"""Weekdays, dates and nights against the item's own day."""

import datetime as dt

import pytest

from monitor.core.claims.days import Calendar, days
from monitor.core.claims.document import Document
from monitor.model import Day

FRIDAY = dt.date(2026, 2, 27)


def day(text: str, *, on: dt.date = FRIDAY, context: Day | None = None) -> tuple[str, str]:
    [m] = days(Document.of("", text).sentences[0].tokens, on, context)
    return m.day.first.isoformat(), m.day.last.isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("struck on Thursday", "2026-02-26", "2026-02-26"),
        ("struck early Friday", "2026-02-27", "2026-02-27"),
        ("struck last Friday", "2026-02-20", "2026-02-20"),
        ("struck before dawn on Sunday", "2026-02-22", "2026-02-22"),
        ("struck on Thursday and Friday", "2026-02-26", "2026-02-27"),
        ("struck overnight", "2026-02-26", "2026-02-27"),
        ("struck last night", "2026-02-26", "2026-02-27"),
        ("struck yesterday", "2026-02-26", "2026-02-26"),
        ("struck this morning", "2026-02-27", "2026-02-27"),
        ("struck two days ago", "2026-02-25", "2026-02-25"),
        ("struck on the night of 21-22 February", "2026-02-21", "2026-02-22"),
        ("struck on 21 and 22 February", "2026-02-21", "2026-02-22"),
        ("fled between 13 and 20 February", "2026-02-13", "2026-02-20"),
        ("struck on February 21", "2026-02-21", "2026-02-21"),
        ("struck on Feb. 21, 2026,", "2026-02-21", "2026-02-21"),
        ("struck on 30 December", "2025-12-30", "2025-12-30"),
        ("SAN SALVADOR, 18 NOV 89", "1989-11-18", "1989-11-18"),
        ("fought since Sunday", "2026-02-22", "2026-02-27"),
        ("fled last week", "2026-02-16", "2026-02-22"),
    ],
)
def test_words_for_days_are_resolved_against_the_items_day(text, first, last):
    assert day(text) == (first, last)


def test_the_previous_day_counts_from_the_day_named_before():
    thursday = Day(dt.date(2026, 2, 26), dt.date(2026, 2, 26))
    assert day("seized the previous day", context=thursday) == ("2026-02-25", "2026-02-25")


@pytest.mark.parametrize(
    "text", ["will open on Sunday", "must leave by Tuesday", "meets next Monday", "31 June", "in 2019"]
)
def test_days_to_come_and_impossible_dates_are_no_days(text):
    assert days(Document.of("", text).sentences[0].tokens, FRIDAY) == []


def calendar(text: str, title: str = "") -> tuple[Document, Calendar]:
    document = Document.of(title, text)
    return document, Calendar(document, FRIDAY)


def test_the_day_of_the_event_wins_over_the_day_of_speaking():
    document, c = calendar("The army on Monday denied that 80 fighters had died in Sunday's strikes.")
    assert c.day(document.sentences[0], 6, 8) == Day(dt.date(2026, 2, 22), dt.date(2026, 2, 22))


def test_a_sentence_without_a_day_takes_the_one_before_and_says_that_it_is_inferred():
    document, c = calendar("The fighting began on Sunday. At least 70 fighters died.")
    assert c.day(document.sentences[1], 0, 3) == Day(dt.date(2026, 2, 22), dt.date(2026, 2, 22), stated=False)


def test_a_headline_takes_the_day_of_the_opening():
    document, c = calendar("A ferry sank on Wednesday.", title="Ferry sinks, 17 missing")
    assert c.day(document.sentences[0], 3, 5).first == dt.date(2026, 2, 25)


def test_without_any_day_it_is_the_items_own():
    document, c = calendar("At least 70 fighters died.")
    assert c.day(document.sentences[0], 0, 3) == Day(FRIDAY, FRIDAY, stated=False)
