"""Is an item the first word of a story? Grouping and telling are two decisions.

The bar that groups best leaves many a vague headline by itself. Such an item begins a group of its own, but nothing in
it says that the affair is new: the story is announced with the first of its items that says enough.
"""

from __future__ import annotations

import math
from math import fsum

from monitor.core.stories.candidates import Neighbour
from monitor.core.stories.join import Scored, silence
from monitor.core.stories.models import Linear, load
from monitor.core.stories.vectors import Vector

FEATURES = ("likeliest", "silence", "rarity", "nearest")
BAR = 0.4
"""An item announces its story from this probability on."""
_LEAST = 0.002
"""Probabilities are taken for no less and no more than this from certain."""


def first_word(vector: Vector, now: float, near: list[Neighbour], ranked: list[Scored]) -> float:
    """How likely (0 to 1) nobody told of an affair before an item that is in none of the `ranked` stories."""
    return load(Linear, "first").probability(features(vector, now, near, ranked)) if near else 1.0


def features(vector: Vector, now: float, near: list[Neighbour], ranked: list[Scored]) -> list[float]:
    """One value in the order of `FEATURES` each.

    The log-odds of the likeliest story, and how long it was silent (log hours); how much the item says in rare words;
    the cosine to the item nearest to it.
    """
    likeliest = ranked[0].probability if ranked else 0.0
    return [
        _log_odds(likeliest),
        silence(now, ranked[0].candidate.story) if ranked else 0.0,
        math.log1p(fsum(vector.rarity.values())),
        near[0].likeness if near else 0.0,
    ]


def _log_odds(chance: float) -> float:
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance))
