"""A story that turns into another is split where it turned; one that goes on is not."""

from monitor.core.stories import merge, resolve
from monitor.core.stories.aliases import merged_into, names_of
from monitor.core.stories.records import SIGNATURES, STORIES, Signature, Story
from monitor.core.stories.turns import turned
from monitor.core.view import Draft
from monitor.store.memory import MemoryView

FERRY = [
    "Ferry Meridian sinks off Lindos",
    "Coastguard searches for the ferry Meridian off Lindos",
    "Divers reach the sunken ferry Meridian off Lindos",
    "Captain of the ferry Meridian questioned in Lindos",
    "Owners of the ferry Meridian deny it was overloaded off Lindos",
    "Lindos buries passengers of the ferry Meridian",
    "Minister visits Lindos after ferry Meridian sank",
    "Ferry Meridian off Lindos carried too many, inquiry says",
    "Second day of search for ferry Meridian off Lindos",
    "Lindos harbour shut as ferry Meridian is raised",
]
QUAKE = [
    "Magnitude 6.4 quake strikes Varzan",
    "Varzan quake brings down hundreds of houses",
    "Aftershock of the quake shakes Varzan again",
    "Tents reach Varzan after the quake",
    "Varzan quake cuts road and power",
    "Rescuers dig on in Varzan after the quake",
    "Schools of Varzan closed after the quake",
    "Quake in Varzan: aid flown in",
    "Varzan counts damage of the quake",
]


def _glued(desk):
    """Two affairs told as one story, and what came of the last of its items."""
    ferry = [desk.place(title) for title in FERRY]
    quake = [desk.place(title, name=f"q{n}") for n, title in enumerate(QUAKE)]
    assert len({p.story for p in ferry}) == len({p.story for p in quake}) == 1
    draft = desk.draft()
    whole = merge(ferry[0].story, quake[0].story, desk.now.timestamp(), draft)
    desk.apply(draft)
    more = (desk.place(f"{title} on Sunday", name=f"more{n}") for n, title in enumerate(QUAKE))
    return whole, next(p for p in more if "turned" in p.why)


def test_what_turned_is_a_story_of_its_own(desk):
    whole, placed = _glued(desk)
    assert placed.story != whole
    assert not placed.new_story
    assert f"{whole} has turned into another" in placed.why
    assert placed.story in placed.why
    assert {resolve(desk.view.get(SIGNATURES, f"q{n}").story, desk.view) for n in range(9)} == {placed.story}
    old, new = desk.view.get(STORIES, whole), desk.view.get(STORIES, placed.story)
    assert old.items == len(FERRY)
    assert old.last < new.first
    assert new.of == whole
    assert desk.place("Varzan quake: more tents arrive").story == placed.story
    assert desk.place("Ferry Meridian: wreck towed from Lindos").story == whole


def test_all_names_of_what_turned(desk):
    whole, placed = _glued(desk)
    before = merged_into(whole, desk.view)
    assert len(before) == 2
    assert names_of(placed.story, desk.view) == [placed.story, *before]
    assert names_of(whole, desk.view) == before


def test_one_affair_is_not_split(desk):
    placed = [desk.place(title) for title in (*FERRY, *(f"{title} on Sunday" for title in FERRY))]
    assert {p.story for p in placed} == {placed[0].story}
    assert not any("turned" in p.why for p in placed)


def _story(view, *items):
    """A story of these items, as unit vectors, an hour apart."""
    draft, sums = Draft(view), {}
    for number, weights in enumerate(items):
        draft.put(SIGNATURES, Signature(f"i{number}", 1, "s", number * 3600.0, "x", "", "", weights, ()))
        for term, x in weights.items():
            sums[term] = sums.get(term, 0.0) + x
    square = sum(x * x for x in sums.values())
    view.apply(draft.changes())
    return Story("x", 0.0, 0.0, len(items), sums, {}, square)


def _item(affair, number):
    return {affair: 0.6, f"{affair}{number % 3}": 0.64, f"only{affair}{number}": 0.48}


def test_the_later_part_is_told_in_order_and_only_if_it_is_large_enough():
    view = MemoryView()
    eight = _story(view, *(_item("a", n) for n in range(16)), *(_item("b", n) for n in range(8)))
    assert turned(eight, Draft(view)) == tuple(f"i{n}" for n in range(16, 24))
    view = MemoryView()
    six = _story(view, *(_item("a", n) for n in range(18)), *(_item("b", n) for n in range(6)))
    assert turned(six, Draft(view)) == ()


def test_parts_that_have_half_in_common_are_one_story():
    view = MemoryView()
    both = [{"both": 0.6, **{t: x * 0.8 for t, x in _item("ab"[n // 12], n).items()}} for n in range(24)]
    assert turned(_story(view, *both), Draft(view)) == ()
