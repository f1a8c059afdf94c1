"""The records of the ledger: what one voice claims under one key, through time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from monitor.core import incidents, quantities
from monitor.core.incidents import Incident, Scene
from monitor.core.origins import Voice
from monitor.core.view import Draft, Table
from monitor.model import (
    ActorId,
    ClaimId,
    IncidentId,
    ItemId,
    Metric,
    ObjectClass,
    Party,
    Quantity,
    Span,
    Stance,
    StoryId,
)

MEMORY = dt.timedelta(days=45)
"""How far back a figure is recognised."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one voice, and where it stood. `stands` is empty, or says why it no longer counts."""

    claim: ClaimId
    quantity: Quantity
    seen: float
    published: float
    item: ItemId
    version: int
    span: Span
    via: Party | None = None
    outlets: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    hedged: bool = False
    told: bool = True
    """Whether it made a development: small steps are measured from the last figure that did."""
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one voice claims under one key, through time. The last figure is the present one."""

    id: str
    key: str
    incident: IncidentId
    voice: Voice
    claimant: Party | None
    stance: Stance
    metric: Metric | None
    side: ActorId | None
    object: str | None
    object_class: ObjectClass | None
    part: bool
    total: bool
    scene: Scene
    figures: tuple[Figure, ...]
    stories: tuple[StoryId, ...] = ()

    @property
    def quantity(self) -> Quantity:
        """The present figure."""
        return self.figures[-1].quantity

    @property
    def standing(self) -> bool:
        """Whether the present figure has not been withdrawn."""
        return not self.figures[-1].withdrawn


def kind_of(metric: Metric | None) -> Metric | None:
    """The metric under which two are one: whom one side arrests, the other calls captured."""
    return Metric.CAPTURED if metric is Metric.ARRESTED else metric


def figure_key(metric: Metric | None, quantity: Quantity) -> str:
    """The index value under which a number of a metric is found."""
    number = quantities.value(quantity)
    return f"{kind_of(metric)}|{'' if number is None else f'{number:g}'}"


def voice_key(voice: Voice, metric: Metric | None) -> str:
    """One value for all namings of a voice: its party or, without one, its office or what sort of person it is."""
    return f"{kind_of(metric)}|{voice.party or voice.office or 'person'}"


LEDGER: Table[Entry] = Table(
    "ledger",
    Entry,
    key=lambda r: r.id,
    time=lambda r: r.figures[-1].seen,
    indexes={
        "incident": lambda r: (r.incident,),
        "figure": lambda r: {figure_key(r.metric, f.quantity) for f in r.figures},
        "story": lambda r: r.stories,
        "item": lambda r: {f.item for f in r.figures},
        "claim": lambda r: {f.claim for f in r.figures},
        "origin": lambda r: {o for f in r.figures for o in f.origins},
        "voice": lambda r: (voice_key(r.voice, r.metric),),
        "total": lambda r: (f"{kind_of(r.metric)}",) if r.total else (),
    },
)


def origins(entry: Entry) -> set[str]:
    """Whose copies have carried the entry."""
    return {o for f in entry.figures for o in f.origins}


def join_incidents(a: Incident, b: Incident, draft: Draft) -> None:
    """Make two incidents one: the older keeps its id, the younger's entries move to it."""
    kept, gone = sorted((a, b), key=lambda i: (i.opened, i.id))
    draft.put(incidents.INCIDENTS, replace(gone, merged_into=kept.id))
    draft.put(incidents.INCIDENTS, incidents.joined(kept, gone))
    for entry in draft.find(LEDGER, "incident", [gone.id]):
        draft.put(LEDGER, replace(entry, incident=kept.id, key=rekeyed(entry, kept.id)))


def rekeyed(entry: Entry, incident: IncidentId) -> str:
    """The entry's ledger key in another incident."""
    return "/".join([incident, *entry.key.split("/")[1:]])
