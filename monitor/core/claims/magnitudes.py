"""How strong an earthquake was: "a magnitude 6.2 earthquake", "a 5.8-magnitude quake", "measuring 7.1"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon

_STRENGTH = re.compile(r"\d{1,2}(?:\.\d{1,2})?")
_STRONGEST = 10.0
"""No earthquake reaches it; a larger number is something else."""


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A strength, and the tokens `first` up to `last` that say so."""

    value: float
    first: int
    last: int


@cache
def _words(lang: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = lexicon("figures", lang)["magnitude"]
    return tuple(frozenset(data[k].split()) for k in ("names", "measures", "quakes"))  # type: ignore[return-value]


def quakes(lang: str = "en") -> frozenset[str]:
    """Words that a sentence about an earthquake holds one of."""
    return _words(lang)[2]


def magnitudes(tokens: Sequence[Token], lang: str = "en") -> Iterator[Magnitude]:
    """The magnitudes that a sentence about an earthquake names."""
    names, measures, quakes = _words(lang)
    lows = [t.lower for t in tokens]
    if not quakes.intersection(lows):
        return
    for i, low in enumerate(lows):
        if not _STRENGTH.fullmatch(low) or float(low) >= _STRONGEST:
            continue
        before, after = lows[max(0, i - 3) : i], lows[i + 1 : i + 4]
        named = bool(names.intersection(before)) or "magnitude" in after[:2]
        measured = "." in low and bool(measures.intersection(before[-1:])) and after[:1] != ["km"]
        if named or measured:
            start = i - next((k + 1 for k, b in enumerate(reversed(before)) if b in names), 0)
            yield Magnitude(float(low), start, i + 1)
