"""A story that has turned into another: its newest items agree among themselves, and no longer with what it was.

Its latest items are parted in two by bisecting k-means (Steinbach, Karypis, Kumar: A Comparison of Document Clustering
Techniques, 2000), begun from the earlier and the later half. They are two affairs if items of different parts are, on
average, less than two fifths as alike as those of the looser part, and either part hangs together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import mul

from monitor.core.stories.aliases import merged_into
from monitor.core.stories.records import SIGNATURES, Signature, Story
from monitor.core.view import Draft
from monitor.model import ItemId

_EVERY = 8
"""Looked at each time a story has got so many more items: an item's share of the work stays small and bounded."""
_LATEST = 32
_LEAST = 8
"""Fewer items make no affair: a few of any story are more like each other than like the rest."""
_ROUNDS = 6
_APART = 0.4
"""One half splits more, and rightly by the end; but what was answered before cannot be taken back."""
_TOGETHER = 0.2
"""The mean cosine within a part: looser ones fall apart by chance."""


def turned(story: Story, draft: Draft) -> tuple[ItemId, ...]:
    """The items that are another affair by now, the oldest first; empty if it is still one story."""
    if story.items % _EVERY or story.items < 2 * _LEAST:
        return ()
    latest = draft.find(SIGNATURES, "story", merged_into(story.id, draft), limit=_LATEST)
    items = [s for s in reversed(latest) if not s.round_up]
    later = _later_part([s.weights for s in items])
    moved = [s for s, is_later in zip(items, later, strict=True) if is_later]
    if min(len(moved), len(items) - len(moved)) < _LEAST or not _two(story, moved):
        return ()
    return tuple(s.item for s in moved)


def _later_part(items: Sequence[dict[str, float]]) -> list[bool]:
    """Which of these items, in order of time, are in the part that began later."""
    count = len(items)
    later = [2 * place >= count for place in range(count)]
    for _ in range(_ROUNDS):
        one = _unit(_sum(w for w, is_later in zip(items, later, strict=True) if not is_later))
        other = _unit(_sum(w for w, is_later in zip(items, later, strict=True) if is_later))
        apart = {t: other.get(t, 0.0) - one.get(t, 0.0) for t in one.keys() | other.keys()}
        closer = [sum(map(mul, w.values(), map(apart.__getitem__, w))) > 0 for w in items]
        if closer == later or not 0 < sum(closer) < count:
            break
        later = closer
    return [not is_later for is_later in later] if later and later[0] else later


def _two(story: Story, moved: Sequence[Signature]) -> bool:
    """Whether these items of a story and all its others are two affairs."""
    part, count, rest = _sum(s.weights for s in moved), len(moved), story.items - len(moved)
    core = {t: left for t, x in story.sums.items() if (left := x - part.get(t, 0.0)) > 0}
    looser = min(_likeness(part, count), _likeness(core, rest))
    return looser >= _TOGETHER and _dot(part, core) / (count * rest) <= _APART * looser


def _likeness(sums: dict[str, float], items: int) -> float:
    """The mean cosine between two of the items whose unit vectors add up to `sums`."""
    return (_dot(sums, sums) - items) / (items * (items - 1))


def _sum(vectors: Iterable[dict[str, float]]) -> dict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, x in vector.items():
            sums[term] += x
    return sums


def _unit(sums: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(_dot(sums, sums)) or 1.0
    return {term: x / length for term, x in sums.items()}


def _dot(a: dict[str, float], b: dict[str, float]) -> float:
    # In the order of a, which is that of its item's words: the same in every process.
    return sum([x * b[t] for t, x in a.items() if t in b])
