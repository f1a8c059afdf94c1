"""Same story? A learned decision over what an item and a story have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import fsum

from monitor.core.stories.candidates import Candidate
from monitor.core.stories.models import Trees, load
from monitor.core.stories.records import Story
from monitor.core.stories.vectors import Vector

FEATURES = (
    "average", "centroid", "nearest", "nearest_three",
    "cover", "shared_rarity", "usual", "specific_1", "specific_2", "specific",
    "items", "gap", "unseen", "rarity", "length",
    "lead_centroid", "lead_nearest", "lead_cover",
)  # fmt: skip
_LED = ("centroid", "nearest", "cover")
_CENTROID = FEATURES.index("centroid")
_SCORED = 3
"""The trees are asked about so many stories; the rest are there to be compared with."""
_FLOOR = 3600.0
"""Feeds are read minutes apart and stamped as they like: a shorter gap says nothing."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the probability that the item belongs to it."""

    candidate: Candidate
    probability: float


def scored(vector: Vector, now: float, found: list[Candidate], join: Trees | None = None) -> list[Scored]:
    """The candidates closest to the item with their probabilities by `join` (the shipped one), the likeliest first."""
    join = join or load(Trees, "join")
    rows = zip(found, features(vector, now, found), strict=True)
    closest = sorted(rows, key=lambda pair: -pair[1][_CENTROID])[:_SCORED]
    made = [Scored(candidate, join.probability(row)) for candidate, row in closest]
    return sorted(made, key=lambda s: -s.probability)


def features(vector: Vector, now: float, found: list[Candidate]) -> list[list[float]]:
    """One row in the order of `FEATURES` for each candidate."""
    itself = _itself(vector) if found else {}
    mass = fsum(vector.rarity.values()) or 1.0
    rows = [{**itself, **_together(vector, mass, c), **_nearness(now, c)} for c in found]
    for name in _LED:
        values = [row[name] for row in rows]
        ranked = [*sorted(values, reverse=True), 0.0]
        for row, value in zip(rows, values, strict=True):
            row[f"lead_{name}"] = value - ranked[value == ranked[0]]
    return [[row[name] for name in FEATURES] for row in rows]


def _nearness(now: float, candidate: Candidate) -> dict[str, float]:
    near = [n.likeness for n in candidate.neighbours[:3]]
    return {
        "nearest": near[0],
        "nearest_three": sum(near) / len(near),
        "items": math.log(candidate.story.items),
        "gap": silence(now, candidate.story),
    }


def silence(now: float, story: Story) -> float:
    """Hours since a story's last item, as a logarithm; not under one."""
    return math.log(max(_FLOOR, now - story.last) / 3600.0)


def _together(vector: Vector, mass: float, candidate: Candidate) -> dict[str, float]:
    """What item and story share; `mass` is the rarity of all terms of the item."""
    story, rarity, counts = candidate.story, vector.rarity, candidate.story.counts
    # The order of a set of words differs from process to process; fsum does not mind.
    shared = [(t, rarity[t], counts.get(t, 1)) for t in rarity.keys() & story.sums.keys()]
    dot = fsum([vector.weights[t] * story.sums[t] for t, _, _ in shared])
    common = fsum([r for _, r, _ in shared])
    # How much of a term's use so far was this story's: a name nobody else uses says most.
    specific = sorted([r if n >= (seen := vector.seen[t]) else r * (n / seen) for t, r, n in shared], reverse=True)
    return {
        "average": dot / story.items,
        "centroid": dot / math.sqrt(story.square or 1.0),
        "cover": common / mass,
        "shared_rarity": math.log1p(common),
        "usual": fsum([r * n for _, r, n in shared]) / story.items / mass,
        "specific_1": specific[0] if specific else 0.0,
        "specific_2": specific[1] if len(specific) > 1 else 0.0,
        "specific": fsum(specific) / mass,
    }


def _itself(vector: Vector) -> dict[str, float]:
    mass = fsum(vector.rarity.values())
    unseen = fsum([r for t, r in vector.rarity.items() if not vector.seen[t]])
    return {"unseen": unseen / (mass or 1.0), "rarity": math.log1p(mass), "length": math.log(len(vector.rarity) or 1)}
