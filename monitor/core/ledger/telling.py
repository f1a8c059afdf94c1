"""The item at hand and the claims it tells, each with its voice and scene."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.core.incidents import Scene
from monitor.core.ledger.book import Entry
from monitor.core.origins import Actors, Voice
from monitor.core.view import Draft
from monitor.model import Claim, ClaimId, Item, Metric, Placement, Quantity, Source


@dataclass(frozen=True)
class Telling:
    """The item that tells the claims; `origin` is whose copy it is, `notices` what it is as a whole."""

    item: Item
    source: Source
    origin: str
    placement: Placement
    notices: frozenset[str]
    actors: Actors
    draft: Draft
    answered: dict[tuple[str, Metric | None], Entry] = field(default_factory=dict, compare=False, repr=False)
    """What a voice denied or disputed in this item: the figure that it then gives is its own for the same."""


@dataclass(frozen=True)
class Told:
    """One claim of the item at hand: its voice, its scene, its id."""

    claim: Claim
    voice: Voice
    scene: Scene
    id: ClaimId
    ordinal: int
    by: Telling = field(repr=False)
    guessed: bool = False
    """The metric is that of a loss in the words of a denial, not of a figure that was read."""

    @property
    def quantity(self) -> Quantity:
        """The figure."""
        return self.claim.quantity


def published(item: Item) -> float:
    """When the item was published, else accepted, in seconds."""
    return (item.published or item.seen).timestamp()
