"""When two figures are the same, agree, differ, or can't both be right.

A figure is an interval with a manner: at least N has no upper end, at most N no lower one, "dozens" is a
floor without a number, "about N" may be off by a tenth or so.
"""

from __future__ import annotations

from math import inf

from monitor.model import Quantity

CONTRADICTION = 2.0
"""From this ratio on, two figures for the same losses can't both be right."""

_EXACT_TOLERANCE = 0.05
_ROUGH_TOLERANCE = 0.15


def value(q: Quantity) -> float | None:
    """The number a figure is told by: its floor, else its ceiling; None for a claim without a figure."""
    return q.low if q.low is not None else q.high


def same(a: Quantity, b: Quantity) -> bool:
    """Whether two figures are the same number in other words ("70 or more", "at least 70", "70")."""
    if value(a) is None or value(b) is None:
        return value(a) is value(b) is None
    return value(a) == value(b) and a.vague == b.vague


def agree(a: Quantity, b: Quantity) -> bool:
    """Whether one account bears the other out: equal within a tolerance, wider where a figure is rough."""
    x, y = value(a), value(b)
    if x is None or y is None:
        return False
    rough = _ROUGH_TOLERANCE if a.approx or b.approx else _EXACT_TOLERANCE
    return abs(x - y) <= rough * max(x, y) or _inside(a, b) or _inside(b, a)


def fits(floor: Quantity, q: Quantity) -> bool:
    """Whether `q` is what a vague floor ("dozens") allows."""
    x, low = value(q), value(floor)
    return floor.vague and x is not None and low is not None and x >= low


def clash(a: Quantity, b: Quantity) -> bool:
    """Whether the figures are so far apart that both can't be right; floors and vague words never clash upwards."""
    x, y = value(a), value(b)
    if x is None or y is None or a.vague or b.vague:
        return False
    low, high = (a, b) if x <= y else (b, a)
    return max(x, y) >= CONTRADICTION * max(min(x, y), 0.5) and _ceiling(low) < (_floor(high))


def _inside(a: Quantity, b: Quantity) -> bool:
    """Whether `a` lies in a range with both ends."""
    x = value(a)
    return b.low is not None and b.high is not None and b.low < b.high and x is not None and b.low <= x <= b.high


def _floor(q: Quantity) -> float:
    return q.low if q.low is not None else 0.0


def _ceiling(q: Quantity) -> float:
    return q.high if q.high is not None else inf
