"""Small learned functions of a few features, as `benchmarks/train_stories.py` writes them to `weights/`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeVar

import msgspec


@dataclass(frozen=True, slots=True)
class Node:
    """A leaf with a value, or a question: the feature's value at most `threshold`?"""

    value: float = 0.0
    feature: int = -1
    threshold: float = 0.0
    low: Node | None = None
    high: Node | None = None


@dataclass(frozen=True, slots=True)
class Trees:
    """Gradient-boosted trees with a logistic link (Friedman: Greedy Function Approximation, 2001)."""

    features: tuple[str, ...]
    base: float
    trees: tuple[Node, ...]
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """0 to 1, for values in the order of `features`."""
        return _logistic(self.base + sum(_leaf(tree, values) for tree in self.trees))


@dataclass(frozen=True, slots=True)
class Linear:
    """Logistic regression."""

    features: tuple[str, ...]
    base: float
    weights: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        """0 to 1, for values in the order of `features`."""
        return _logistic(self.base + sum(w * x for w, x in zip(self.weights, values, strict=True)))


M = TypeVar("M", Trees, Linear)


@cache
def load(kind: type[M], name: str) -> M:
    """The model shipped as `weights/NAME.json`."""
    data = resources.files(__package__).joinpath("weights", f"{name}.json").read_bytes()
    return msgspec.json.decode(data, type=kind)


def _leaf(node: Node, values: Sequence[float]) -> float:
    while node.low and node.high:
        node = node.low if values[node.feature] <= node.threshold else node.high
    return node.value


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, x))))
