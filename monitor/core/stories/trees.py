"""A learned function of a few features: a sum of small decision trees, as `benchmarks/train_stories.py` writes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

Node = tuple[int, float, "Node", "Node"] | float
"""(feature, threshold, below or equal, above), or the value of a leaf."""


@dataclass(frozen=True, slots=True)
class Model:
    """Gradient-boosted trees with a logistic link (Friedman, 2001). `features` names the inputs in order."""

    features: tuple[str, ...]
    base: float
    trees: list
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """The model's probability, 0 to 1, for one row of features."""
        total = self.base
        for node in self.trees:
            while type(node) is list:
                node = node[2] if values[node[0]] <= node[1] else node[3]
            total += node
        return 1.0 / (1.0 + math.exp(-total))


@cache
def model(name: str) -> Model:
    """The model shipped as `weights/NAME.json`."""
    data = resources.files(__package__).joinpath("weights", f"{name}.json").read_bytes()
    return msgspec.json.decode(data, type=Model)
