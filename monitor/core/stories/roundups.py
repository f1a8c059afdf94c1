"""Round-ups and live blogs: items whose parts belong to several stories. They glue none of these together."""

from __future__ import annotations

import math
from collections import Counter

from monitor.core.stories.candidates import Candidate
from monitor.core.stories.vectors import Vector, terms
from monitor.model import StoryId

_STORIES = 3
"""So many stories make a round-up; an item about two of them is news about both."""
_MOST = 0.6
"""An item with more than this share of its parts in one story is an item of that story."""
_LIKE = 0.12
"""The cosine of a part to a story's profile from which on it mentions the story."""


def mentioned(vector: Vector, found: list[Candidate]) -> tuple[StoryId, ...]:
    """The stories that the parts of a round-up mention, most parts first; empty if it is none."""
    parts = [set(line.split()) for line in vector.text.split("\n")]
    if len(parts) < _STORIES or len(found) < _STORIES:
        return ()
    told = Counter(story for part in parts if (story := _mentions(part, vector, found)))
    spread = len(told) >= _STORIES and max(told.values()) <= _MOST * told.total()
    return tuple(story for story, _ in told.most_common()) if spread else ()


def _mentions(part: set[str], vector: Vector, found: list[Candidate]) -> StoryId | None:
    """The story that a part is most like, if it is like one at all."""
    weights = {t: vector.weights[t] for word in part for t in terms(word) if t in vector.weights}
    length = math.sqrt(sum([x * x for x in weights.values()]))
    if not length:
        return None
    like = [(_dot(weights, c) / length / math.sqrt(c.story.square or 1.0), c.story.id) for c in found]
    best, story = max(like)
    return story if best >= _LIKE else None


def _dot(weights: dict[str, float], candidate: Candidate) -> float:
    sums = candidate.story.sums
    return sum([x * sums[t] for t, x in weights.items() if t in sums])
