"""The reading of one item: attributions, figures and events brought together as claims and statements."""

from __future__ import annotations

from monitor.core.claims.actors import Registry
from monitor.core.claims.attribution import Attribution, attributions
from monitor.core.claims.document import Document
from monitor.model import Item, Reading, Source, Statement


def read(item: Item, registry: Registry, source: Source | None = None) -> Reading:
    """All that an item's title and text claim, state and tell. `source` says whose voice an official feed is."""
    document = Document.of(item.title, item.text)
    said = attributions(document, registry)
    return Reading(statements=tuple(map(_statement, said)))


def _statement(said: Attribution) -> Statement:
    return Statement(said.span, said.claimant, said.via, said.kind)
