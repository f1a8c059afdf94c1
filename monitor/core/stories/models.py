"""Small learned functions of a few features, as `benchmarks/train_stories.py` writes them to `weights/`."""

from __future__ import annotations

import math
import struct
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, TypeVar

import msgspec

Tree = Any
"""The value of a leaf, or [feature, threshold, tree up to it, tree above it]."""


@dataclass(frozen=True)
class Trees:
    """Gradient-boosted trees with a logistic link (Friedman: Greedy Function Approximation, 2001)."""

    features: tuple[str, ...]
    base: float
    trees: tuple[Tree, ...]
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """0 to 1, for values in the order of `features`."""
        return _logistic(self.base + self._forest.sum(values))

    @cached_property
    def _forest(self) -> _Forest:
        return _Forest(self.trees)


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


class _Forest:
    """All trees at once: each feature rules out leaves of every tree by one look-up, and the first leaf left answers.

    QuickScorer (Lucchese et al.: A Fast Algorithm to Rank Documents with Additive Ensembles of Regression Trees, 2015):
    a test that fails rules out the leaves on its left, so the leaf that is reached is the leftmost that no failing test
    ruled out. Ten times fewer steps than walking from node to node, and the same sum to the last digit.
    """

    def __init__(self, trees: Sequence[Tree]) -> None:
        tests: dict[int, list[tuple[float, int]]] = {}
        self._leaves = [_Leaves() for _ in trees]
        room = next(bits for bits in _ROOMS if bits >= max(map(_size, trees), default=0))
        for place, (tree, leaves) in enumerate(zip(trees, self._leaves, strict=True)):
            _planted(tree, leaves, place * room, tests)
        self._packed = struct.Struct(f"<{len(trees)}{_ROOMS[room]}")
        self._all = (1 << room * len(trees)) - 1
        self._tests = [(feature, *_ruled_out(found, self._all)) for feature, found in tests.items()]

    def sum(self, values: Sequence[float]) -> float:
        """The sum of the trees' leaves, in the order of the trees."""
        left = self._all
        for feature, thresholds, kept in self._tests:
            left &= kept[bisect_left(thresholds, values[feature])]
        each = self._packed.unpack(left.to_bytes(self._packed.size, "little"))
        return sum(map(dict.__getitem__, self._leaves, each))


_ROOMS = {8: "B", 16: "H", 32: "I", 64: "Q"}
"""Bits for the leaves of one tree, and how `struct` calls so many."""


class _Leaves(dict[int, float]):
    """The value of the first leaf that is left, by the bits of all that are."""

    def __init__(self) -> None:
        super().__init__()
        self.values_in_order: list[float] = []

    def __missing__(self, left: int) -> float:
        value = self[left] = self.values_in_order[(left & -left).bit_length() - 1]
        return value


def _size(tree: Tree) -> int:
    return _size(tree[2]) + _size(tree[3]) if type(tree) is list else 1


def _planted(tree: Tree, leaves: _Leaves, shift: int, tests: dict[int, list[tuple[float, int]]]) -> None:
    """Number a tree's leaves from the left, and note which of them each of its tests rules out when it fails."""
    if type(tree) is not list:
        leaves.values_in_order.append(float(tree))
        return
    feature, threshold, low, high = tree
    first = len(leaves.values_in_order)
    _planted(low, leaves, shift, tests)
    size = len(leaves.values_in_order) - first
    tests.setdefault(feature, []).append((threshold, (1 << size) - 1 << first + shift))
    _planted(high, leaves, shift, tests)


def _ruled_out(tests: list[tuple[float, int]], everything: int) -> tuple[list[float], list[int]]:
    """Thresholds in order, and for each number of them that a value exceeds the leaves it leaves."""
    kept = [everything]
    for _, out in sorted(tests):
        kept.append(kept[-1] & ~out)
    return sorted(threshold for threshold, _ in tests), kept


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, x))))
