"""Small learned functions of a few features, as `benchmarks/train_stories.py` writes them to `weights/`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import msgspec

Tree = Any
"""The value of a leaf, or [feature, threshold, tree up to it, tree above it]: plain lists are read the fastest."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Gradient-boosted trees with a logistic link (Friedman: Greedy Function Approximation, 2001)."""

    features: tuple[str, ...]
    base: float
    trees: tuple[Tree, ...]
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


def _leaf(tree: Tree, values: Sequence[float]) -> float:
    while type(tree) is list:
        tree = tree[2] if values[tree[0]] <= tree[1] else tree[3]
    return float(tree)


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, x))))
