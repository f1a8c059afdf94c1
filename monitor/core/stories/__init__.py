"""Which story an item belongs to, whether it repeats, and how much of it is new. Grouping only: nothing is withheld.

    vectors      an item as weighed terms, frequencies learned as items come
    candidates   earlier items that share rare terms, and their stories
    join         same story? (the low bar)
    repeats      says nothing that an earlier item did not? made from it? (the high bar)
    novelty      how much of it was not told before
    aliases      merged and split stories

All state lives in the tables of `records`; the same items in the same order give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.stories.aliases import added, merge, resolve, split, story_id
from monitor.core.stories.candidates import DAY, Candidate, Neighbour, keys, neighbours, stories_of
from monitor.core.stories.join import Scored, scored
from monitor.core.stories.novelty import how_new
from monitor.core.stories.records import SIGNATURES, STORIES, Signature, Story
from monitor.core.stories.repeats import repeat
from monitor.core.stories.models import Trees, load
from monitor.core.stories.vectors import Vector, count, vector
from monitor.core.view import Draft
from monitor.model import Item, Placement, StoryId

__all__ = ["compare", "merge", "place", "record", "resolve", "split"]

_FADES = 30 * DAY
"""A story without news for this long is over; what comes after is a story of its own, linked as later."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item beside everything that is like it, before anything is decided."""

    vector: Vector
    near: list[Neighbour]
    candidates: list[Candidate]


def place(item: Item, draft: Draft) -> Placement:
    """Group one item with what came before it, and record it. Items come in the order of their acceptance."""
    known = draft.get(SIGNATURES, item.id)
    seen = compare(item, draft)
    if known:
        return _again(item, known, seen, draft)
    best = chosen(item, seen)
    story = best.candidate.story if best else None
    found = repeat(seen.vector, seen.near)
    return Placement(
        record(item, seen, story, draft),
        new_story=best is None,
        repeat=found.of is not None,
        repeat_of=found.of,
        near_copy_of=found.copy,
        novelty=how_new(seen.vector, _time(item), seen.near, story),
        why="",
    )


def compare(item: Item, draft: Draft) -> Comparison:
    """The item as a vector, its neighbours and their stories; nothing is recorded."""
    v = vector(item, draft)
    near = [n for n in neighbours(v, _time(item), draft) if n.signature.item != item.id]
    return Comparison(v, near, stories_of(near, draft))


def record(item: Item, seen: Comparison, story: Story | None, draft: Draft) -> StoryId:
    """Put the item into a story, or into a new one; returns the story's id."""
    now = _time(item)
    story = story or Story(story_id(item.id), now, now)
    signature = _signature(item, seen.vector, story.id)
    draft.put(SIGNATURES, signature)
    draft.put(STORIES, added(story, signature))
    count(seen.vector, now, draft)
    return story.id


def _again(item: Item, known: Signature, seen: Comparison, draft: Draft) -> Placement:
    """A new version keeps its item's story; only what it says is looked at afresh."""
    story = resolve(known.story, draft)
    draft.put(SIGNATURES, _signature(item, seen.vector, story))
    old = Neighbour(known, 1.0)
    found = repeat(seen.vector, [old, *seen.near])
    return Placement(
        story,
        new_story=False,
        repeat=found.of is not None,
        repeat_of=found.of,
        near_copy_of=found.copy,
        novelty=how_new(seen.vector, _time(item), [old, *seen.near], draft.get(STORIES, story)),
        why=f"version {item.version} of an item known before; {found.why}",
    )


def still_open(item: Item, found: list[Candidate]) -> list[Candidate]:
    """The stories that have not faded by now."""
    return [c for c in found if _time(item) - c.story.last <= _FADES]


def chosen(item: Item, seen: Comparison) -> Scored | None:
    """The likeliest story that has not faded, if it is likely enough."""
    ranked = scored(seen.vector, _time(item), still_open(item, seen.candidates))
    return ranked[0] if ranked and ranked[0].probability >= load(Trees, "join").threshold else None


def _signature(item: Item, v: Vector, story: StoryId) -> Signature:
    weights = {t: round(x, 4) for t, x in v.weights.items()}
    return Signature(
        item.id, item.version, item.source, _time(item), story, item.title, v.text, weights, keys(v)
    )


def _time(item: Item) -> float:
    return item.seen.timestamp()
