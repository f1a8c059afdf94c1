"""Which story an item belongs to, whether it repeats, and how much of it is new. Grouping only: nothing is withheld.

    vectors      an item as weighed terms, frequencies learned as items come
    candidates   earlier items that share rare terms, and their stories
    join         same story? (the low bar)
    firsts       the first word of a story?
    roundups     items that mention several stories
    repeats      says nothing that an earlier item did not? made from it? (the high bar)
    differences  what two alike texts say differently
    novelty      how much of it was not told before
    turns        a story that has turned into another
    aliases      merged and split stories

All state lives in the tables of `records`; the same items in the same order give the same answers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from monitor.core.stories.aliases import added, merge, merged_into, names_of, resolve, split, story_id
from monitor.core.stories.candidates import DAY, Candidate, Neighbour, keys, neighbours, stories_of
from monitor.core.stories.firsts import BAR, first_word
from monitor.core.stories.join import Scored, scored
from monitor.core.stories.models import Trees, load
from monitor.core.stories.novelty import how_new
from monitor.core.stories.records import SIGNATURES, STORIES, Signature, Story
from monitor.core.stories.repeats import repeat
from monitor.core.stories.roundups import mentioned
from monitor.core.stories.turns import turned
from monitor.core.stories.vectors import Vector, cosine, count, vector
from monitor.core.view import Draft
from monitor.model import Item, Placement, StoryId

__all__ = [
    "SIGNATURES",
    "STORIES",
    "chosen",
    "compare",
    "merge",
    "merged_into",
    "names_of",
    "place",
    "record",
    "resolve",
    "split",
    "still_open",
]

_FADES = 30 * DAY
"""A story without news for this long is over; what comes after is a story of its own, linked to the earlier one."""
_LIKE, _LIKE_LONG, _LONG = 0.06, 0.17, 25
"""The least cosine to a story's nearest item: in more than `_LONG` words common ones add up by chance."""
_BESIDE = 0.25
"""The least share of the likeness to the nearest item of all: what is nearly a copy of one item belongs there."""
_ONE = 0.8
"""An item that belongs this likely to a second story too shows that both are one, if their profiles agree."""
_AGREE = 0.4


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item beside everything that is like it, before anything is decided."""

    vector: Vector
    near: list[Neighbour]
    candidates: list[Candidate]


def place(item: Item, draft: Draft) -> Placement:
    """Group one item with what came before it, and record it. Items come in the order of their acceptance."""
    known, seen = draft.get(SIGNATURES, item.id), compare(item, draft)
    if known:
        return _again(item, known, seen, draft)
    ranked = rank(item, seen)
    best = _likely(ranked)
    mentions = mentioned(seen.vector, seen.candidates)
    if mentions:
        return _placement(seen, _round_up(item, seen, best, mentions, draft), mentions)
    begun = best.candidate.story if best else _begun(item, seen)
    chance = 0.0 if best and begun.announced else _first_word(item, seen, begun, ranked)
    announces = chance >= BAR
    story = record(item, seen, replace(begun, announced=announces or (best is not None and begun.announced)), draft)
    why = _beside(best, seen, "goes on with") if best else _why_alone(begun, ranked, draft, chance)
    if best:
        story, more = _settled(_united(ranked, item, draft) or story, item, draft)
        why += f"{', the first of it that says enough' if announces else ''}{more}"
    return _placement(seen, Placement(story, new_story=announces and not best, announces=announces, why=why))


def _first_word(item: Item, seen: Comparison, story: Story, ranked: list[Scored]) -> float:
    """The chance that the item is the first word of its story, whose other items were too vague if it has any."""
    if story.earlier and not story.items:
        return 1.0  # what takes up a faded story is news even if it says nothing else
    near = [n for n in seen.near if n.signature.story != story.id]
    return first_word(seen.vector, _time(item), near, [s for s in ranked if s.candidate.story.id != story.id])


def compare(item: Item, draft: Draft) -> Comparison:
    """The item as a vector, its neighbours and their stories; nothing is recorded."""
    v = vector(item, draft)
    near = [n for n in neighbours(v, _time(item), draft) if n.signature.item != item.id]
    return Comparison(v, near, stories_of(near, draft))


def rank(item: Item, seen: Comparison, join: Trees | None = None) -> list[Scored]:
    """The stories that have not faded and have an item like this one, the likeliest (by `join`, if given) first."""
    ranked = scored(seen.vector, _time(item), still_open(item, seen.candidates), join)
    nearest = max((s.candidate.neighbours[0].likeness for s in ranked), default=0.0)
    least = max(_LIKE_LONG if len(seen.vector.words) > _LONG else _LIKE, _BESIDE * nearest)
    return [s for s in ranked if s.candidate.neighbours[0].likeness >= least]


def chosen(item: Item, seen: Comparison) -> Scored | None:
    """The likeliest story that has not faded, if it is likely enough."""
    return _likely(rank(item, seen))


def _likely(ranked: list[Scored]) -> Scored | None:
    return ranked[0] if ranked and ranked[0].probability >= _bar() else None


def still_open(item: Item, found: list[Candidate]) -> list[Candidate]:
    """The stories that have not faded by now."""
    return [c for c in found if _time(item) - c.story.last <= _FADES]


def record(item: Item, seen: Comparison, story: Story | None, draft: Draft) -> StoryId:
    """Put the item into a story, or into a new one; returns the story's id."""
    story = story or _of_its_own(item)
    new = signature(item, seen.vector, story.id)
    draft.put(SIGNATURES, new)
    draft.put(STORIES, added(story, new))
    count(item, seen.vector, draft)
    return story.id


def _round_up(
    item: Item, seen: Comparison, best: Scored | None, mentions: tuple[StoryId, ...], draft: Draft
) -> Placement:
    """Note a round-up under its main story, or by itself: no profile learns from it, and it is nobody's first word."""
    story = best.candidate.story if best else _of_its_own(item)
    if not best:
        draft.put(STORIES, story)
    draft.put(SIGNATURES, replace(signature(item, seen.vector, story.id), round_up=True))
    count(item, seen.vector, draft)
    where = _beside(best, seen, "kept with") if best else "kept by itself"
    return Placement(story.id, new_story=False, why=f"a round-up of {len(mentions)} stories, {where}")


def _again(item: Item, known: Signature, seen: Comparison, draft: Draft) -> Placement:
    """A new version keeps its item's story; only what it says is looked at afresh."""
    story = resolve(known.story, draft)
    draft.put(SIGNATURES, replace(signature(item, seen.vector, story), round_up=known.round_up))
    before = Neighbour(known, cosine(seen.vector.weights, known.weights))
    beside = replace(seen, near=sorted([before, *seen.near], key=lambda n: n.likeness, reverse=True))
    why = f"version {item.version} of an item that belongs here"
    return _placement(beside, Placement(story, new_story=False, why=why), mentioned(seen.vector, seen.candidates))


def _placement(seen: Comparison, placed: Placement, mentions: tuple[StoryId, ...] = ()) -> Placement:
    """`placed`, and what the item says beside its neighbours."""
    found = repeat(seen.vector, seen.near)
    return replace(
        placed,
        repeat=found.of is not None,
        repeat_of=found.of,
        near_copy_of=found.copy,
        novelty=how_new(seen.vector, seen.near),
        why=f"{placed.why}; {found.why}",
        mentions=mentions,
    )


def _begun(item: Item, seen: Comparison) -> Story:
    """A new story, linked to a faded one that it would have joined."""
    new = _of_its_own(item)
    faded = [c for c in seen.candidates if _time(item) - c.story.last > _FADES]
    taken_up = _likely(scored(seen.vector, _time(item), faded))
    return replace(new, earlier=taken_up.candidate.story.id) if taken_up else new


def _of_its_own(item: Item) -> Story:
    return Story(story_id(item.id), _time(item), _time(item))


def _united(ranked: list[Scored], item: Item, draft: Draft) -> StoryId | None:
    """The two likeliest stories made one, if the item belongs to both."""
    if len(ranked) < 2 or ranked[1].probability < _ONE:
        return None
    a, b = (scored.candidate.story for scored in ranked[:2])
    agree = cosine(a.sums, b.sums) / ((a.square * b.square) ** 0.5 or 1.0)
    return merge(a.id, b.id, _time(item), draft) if agree >= _AGREE else None


def _settled(story: StoryId, item: Item, draft: Draft) -> tuple[StoryId, str]:
    """Where the item is after a story that has turned into another was split, and what to say of it."""
    profile = draft.get(STORIES, story)
    moved = turned(profile, draft) if profile else ()
    if not moved:
        return story, ""
    new = split(story, moved, _time(item), draft, turned=True)
    why = f"; {story} has turned into another: {len(moved)} items, from {moved[0]} on, are {new} by now"
    return new if item.id in moved else story, why


def _beside(best: Scored, seen: Comparison, how: str) -> str:
    nearest = best.candidate.neighbours[0].signature
    shared = seen.vector.weights.keys() & nearest.weights
    told = {t for t in shared if not t.startswith("^")} or shared
    words = sorted(told, key=lambda t: (-seen.vector.rarity[t], t))[:5]
    said = ", ".join(f"{w[1:]}…" if w.startswith("^") else w for w in words)
    return f"{how} {nearest.item} ({said}; {best.probability:.2f}, bar {_bar():.2f})"


def _why_alone(begun: Story, ranked: list[Scored], draft: Draft, chance: float) -> str:
    vague = f"by itself, but too vague to be told as a new story ({chance:.2f}, bar {BAR:.2f})"
    alone = "a story of its own" if chance >= BAR else vague
    if begun.earlier and (faded := draft.get(STORIES, begun.earlier)):
        day = dt.datetime.fromtimestamp(faded.last, dt.UTC).date()
        return f"{alone}; takes up {begun.earlier}, silent since {day}"
    if not ranked:
        return f"{alone}: nothing alike before"
    nearest = ranked[0].candidate.neighbours[0].signature.item
    return f"{alone}: the likeliest was that of {nearest} ({ranked[0].probability:.2f}, bar {_bar():.2f})"


def signature(item: Item, v: Vector, story: StoryId) -> Signature:
    """What is remembered of the item."""
    weights = {t: round(x, 4) for t, x in v.weights.items()}
    return Signature(item.id, item.version, item.source, _time(item), story, item.title, v.text, weights, keys(v))


def _bar() -> float:
    return float(load(Trees, "join").threshold)


def _time(item: Item) -> float:
    return item.seen.timestamp()
