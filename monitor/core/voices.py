"""Whose voice a source is: which sides of which watches nobody speaks for once it falls silent."""

from __future__ import annotations

from collections.abc import Callable

from monitor.core.rules import Ruleset
from monitor.core.rules.match import speaks_for
from monitor.model import Source, SourceId


def silenced(source: Source, ruleset: Ruleset, heard: Callable[[SourceId], bool]) -> tuple[str, ...]:
    """The sides whose last voice a source is, as "SIDE in WATCH".

    A side's voices are the enabled sources whose `side` is one of its actors or a part of one; `heard` says whether
    another source can be read at present.
    """
    others = [s for s in ruleset.sources.values() if s.side and s.enabled and s.id != source.id]
    return tuple(
        f"{side} in {watch.name}"
        for watch in ruleset.watches
        for side, named in watch.sides.items()
        if speaks_for(source, named.actors, ruleset.registry)
        and not any(heard(other.id) for other in others if speaks_for(other, named.actors, ruleset.registry))
    )
