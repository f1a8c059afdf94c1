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
from monitor.core.stories.candidates import DAY, Candidate, Neighbour, candidates, keys, neighbours
from monitor.core.stories.join import Scored, scored
from monitor.core.stories.novelty import novelty
from monitor.core.stories.records import SIGNATURES, STORIES, Signature, Story
from monitor.core.stories.repeats import Repeat, repeat
from monitor.core.stories.trees import model
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
    ranked = scored(seen.vector, _time(item), seen.candidates)
    best = _chosen(item, ranked)
    story = record(item, seen, best.candidate.story if best else None, draft)
    found = repeat(item, seen.vector, seen.near)
    return _placement(story, best, ranked, found, seen)


def compare(item: Item, draft: Draft) -> Comparison:
    """The item as a vector, its neighbours and their stories; nothing is recorded."""
    v = vector(item, draft)
    near = [n for n in neighbours(v, _time(item), draft) if n.signature.item != item.id]
    return Comparison(v, near, candidates(near, draft))


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
    found = repeat(item, seen.vector, [old, *seen.near])
    return Placement(
        story,
        new_story=False,
        repeat=found.repeat,
        repeat_of=found.of,
        near_copy_of=found.copy,
        novelty=novelty(item, seen.vector, [old, *seen.near], draft.get(STORIES, story)),
        why=f"version {item.version} of an item known before; {found.why}",
    )


def _chosen(item: Item, ranked: list[Scored]) -> Scored | None:
    bar = model("join").threshold
    alive = [s for s in ranked if _time(item) - s.candidate.story.last <= _FADES]
    return alive[0] if alive and alive[0].probability >= bar else None


def _placement(story: StoryId, best: Scored | None, ranked: list[Scored], found: Repeat, seen: Comparison) -> Placement:
    return Placement(
        story,
        new_story=best is None,
        repeat=found.repeat,
        repeat_of=found.of,
        near_copy_of=found.copy,
        novelty=0.5,
        why="",
    )


def _signature(item: Item, v: Vector, story: StoryId) -> Signature:
    weights = {t: round(x, 4) for t, x in v.weights.items()}
    return Signature(
        item.id, item.version, item.source, _time(item), story, item.title, " ".join(v.words), weights, keys(v)
    )


def _time(item: Item) -> float:
    return item.seen.timestamp()
