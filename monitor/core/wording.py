"""How a set of rules names things: watches, sides, actors, and the templates of their rules."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.core.render import Names

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset


@lru_cache(maxsize=2)
def names(ruleset: Ruleset) -> Names:
    """How the rules name watches, actors and sources, and in whose words their alerts are told."""
    sides = {
        watch.id: {actor: name for name, side in watch.sides.items() for actor in side.actors}
        for watch in ruleset.watches
    }
    templates = {
        (watch.id, rule.id): watch.templates[rule.template]
        for watch in ruleset.watches
        for rule in watch.rules
        if rule.template
    }
    return Names({watch.id: watch.name for watch in ruleset.watches}, ruleset.registry, sides, templates)
