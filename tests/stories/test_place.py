"""Same story, or another one."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.stories import place
from monitor.core.stories.records import FREQUENCIES, SIGNATURES, STORIES
from monitor.core.view import Draft
from monitor.store.memory import MemoryView
from tests.stories.conftest import Desk

FERRY = (
    "Ferry Meridian sinks off Lindos with 300 aboard",
    "The ferry Meridian sank off Lindos on Monday evening with about 300 people aboard, the coastguard said.",
)
RESCUE = (
    "Coastguard rescues 210 from sunken ferry Meridian",
    "Rescuers had picked up 210 people from the sea off Lindos by midnight after the Meridian went down.",
)
QUAKE = (
    "Magnitude 6.4 quake damages Varzan",
    "An earthquake of magnitude 6.4 damaged hundreds of houses in the mountain town of Varzan on Tuesday.",
)


def test_a_follow_up_joins_and_another_event_does_not(desk):
    ferry, quake, rescue = desk.place(*FERRY), desk.place(*QUAKE), desk.place(*RESCUE)
    assert ferry.new_story
    assert quake.new_story
    assert not rescue.new_story
    assert rescue.story == ferry.story != quake.story


def test_why_names_the_item_and_the_words(desk):
    desk.place(*FERRY, name="ferry")
    why = desk.place(*RESCUE).why
    assert "ferry" in why
    assert "meridian" in why


def test_why_names_the_beginnings_of_words_where_no_word_is_shared(desk):
    desk.place("Market wrap", name="wrap")
    assert "goes on with wrap (marke…;" in desk.place("Markets close lower").why


def test_everyday_items_stay_apart():
    desk = Desk()
    from tests.stories.conftest import EVERYDAY

    placed = [desk.place(title, text) for title, text in EVERYDAY]
    assert len({p.story for p in placed}) == len(EVERYDAY)
    assert all(p.new_story and p.novelty > 0.5 for p in placed)


def test_a_new_version_keeps_its_story_and_is_not_counted_again(desk):
    first = desk.place(*FERRY, name="ferry")
    before = desk.view.get(FREQUENCIES, "meridian")
    again = desk.place(FERRY[0], FERRY[1].replace("300", "320"), name="ferry", version=2)
    assert again.story == first.story
    assert not again.new_story
    assert "version 2" in again.why
    assert desk.view.get(FREQUENCIES, "meridian") == before
    assert desk.view.get(SIGNATURES, "ferry").version == 2


def test_a_new_version_that_copies_another_item_shares_its_origin(desk):
    desk.place(*FERRY, name="ferry")
    desk.place("Ticker: all that happens today", "To be filled.", name="ticker")
    filled = desk.place(*FERRY, name="ticker", version=2)
    assert filled.near_copy_of == "ferry"


def test_a_story_that_comes_back_after_weeks_is_linked_as_earlier(desk):
    old = desk.place(*FERRY)
    new = desk.place(
        "Ferry Meridian: captain of the ferry sunk off Lindos charged",
        "The captain of the ferry Meridian, which sank off Lindos, was charged on Friday, the coastguard said.",
        hours=24 * 45,
    )
    assert new.new_story
    assert new.story != old.story
    assert old.story in new.why
    assert desk.view.get(STORIES, new.story).earlier == old.story


def test_other_scripts_group_too(desk):
    strike, again = "قتلى في غارة على كابول وقندهار", "غارة علی کابول وقندهار: قتلی"
    one, two = desk.place(strike), desk.place(again)
    three = desk.place("\u5317\u4eac\u5730\u94c1\u65b0\u7ebf\u5f00\u901a")
    four = desk.place("\u5317\u4eac\u65b0\u5730\u94c1\u7ebf\u8def\u4eca\u5929\u5f00\u901a")
    assert one.story == two.story != three.story == four.story


def test_items_without_a_word_are_placed(desk):
    empty, marks = desk.place("", ""), desk.place("!!!", "\u2026")
    assert empty.new_story
    assert marks.new_story


def _records(view):
    return [view.latest(table, limit=10_000) for table in (SIGNATURES, STORIES, FREQUENCIES)]


def test_a_restart_loses_nothing(desk):
    """The tables hold all state: what a store writes as JSON and reads back gives the same answers."""
    desk.place(*FERRY)
    restarted = MemoryView()
    draft = Draft(restarted)
    for table in (SIGNATURES, STORIES, FREQUENCIES):
        for record in desk.view.latest(table, limit=10_000):
            draft.put(table, msgspec.json.decode(msgspec.json.encode(record), type=table.record))
    restarted.apply(draft.changes())
    other = Desk()
    other.view, other.now, other._made = restarted, desk.now, desk._made
    assert other.place(*RESCUE) == desk.place(*RESCUE)


WORDS = ["ferry", "harbour", "quake", "bridge", "strike", "council", "minister", "rescue", "vote", "storm", "12", "40"]
ITEMS = st.lists(st.tuples(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from("abcdefgh")), max_size=25)


@settings(max_examples=40, deadline=None)
@given(ITEMS)
def test_the_same_items_give_the_same_answers_without_looking_ahead(items):
    whole, part = Desk(), Desk()
    answers = [whole.place(" ".join(words), name=name) for words, name in items]
    half = len(items) // 2
    assert [part.place(" ".join(words), name=name) for words, name in items[:half]] == answers[:half]
    assert all(0.0 <= a.novelty <= 1.0 and a.why for a in answers)
    assert all(a.repeat == (a.repeat_of is not None) for a in answers)


def test_nothing_is_written_before_the_draft_is_applied(desk):
    from monitor.model import Item, ItemId, SourceId

    before = _records(desk.view)
    place(Item(ItemId("x"), SourceId("wire"), desk.now, *FERRY), Draft(desk.view))
    assert _records(desk.view) == before
