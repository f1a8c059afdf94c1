"""Which earlier items, and which of their stories, an item is to be compared with: those that share rare terms."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from monitor.core.stories.aliases import resolve_all
from monitor.core.stories.records import SIGNATURES, STORIES, Signature, Story
from monitor.core.stories.vectors import Vector, cosine
from monitor.core.view import Draft
from monitor.model import StoryId

DAY = 86_400.0
MEMORY = 180 * DAY
"""How far back an item is compared, in seconds."""
_KEYS = 24
_TOO_COMMON = 2_000
"""A term of so many items finds nothing in particular: it is not indexed."""
_BUDGET = 384
"""About how many postings one item may read, rarest terms first: so the cost stays the same as the store grows."""
_STRETCHED = 1_000
"""For a second term the budget is stretched to this: one alone may find only what is not meant."""
_NEIGHBOURS = 64
_STORIES = 6


class Neighbour(NamedTuple):
    """An earlier item with shared rare terms, and the cosine to it."""

    signature: Signature
    likeness: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that an item may belong to, with those of its items that are near, the nearest first."""

    story: Story
    neighbours: tuple[Neighbour, ...]


def keys(vector: Vector) -> tuple[str, ...]:
    """The rarest terms of an item, rarest first."""
    return tuple([k for k in vector.telling if vector.seen[k] < _TOO_COMMON][:_KEYS])


def neighbours(vector: Vector, now: float, draft: Draft) -> list[Neighbour]:
    """Earlier items that share rare terms, the most alike first."""
    found = draft.find(SIGNATURES, "key", _affordable(vector), since=now - MEMORY, limit=_NEIGHBOURS)
    alike = [Neighbour(s, cosine(vector.weights, s.weights)) for s in found]
    return sorted(alike, key=_likeness, reverse=True)  # the newest first among equals, as they were found


_likeness = attrgetter("likeness")


def stories_of(near: list[Neighbour], draft: Draft) -> list[Candidate]:
    """The stories of the nearest items, in order of their nearest item; round-ups show the way to none."""
    near = [n for n in near if not n.signature.round_up]
    told = resolve_all(dict.fromkeys(n.signature.story for n in near), draft)
    by_story: dict[StoryId, list[Neighbour]] = {}
    for neighbour in near:
        by_story.setdefault(told[neighbour.signature.story], []).append(neighbour)
    closest = dict(list(by_story.items())[:_STORIES])
    found = draft.get_many(STORIES, closest)
    return [Candidate(found[story], tuple(group)) for story, group in closest.items() if story in found]


def _affordable(vector: Vector) -> list[str]:
    known = [k for k in vector.telling if vector.seen[k]]
    postings, chosen = 0, list[str]()
    for key in known[:_KEYS]:
        postings += vector.seen[key]
        if chosen and postings > (_BUDGET if len(chosen) > 1 else _STRETCHED):
            break
        chosen.append(key)
    return chosen
