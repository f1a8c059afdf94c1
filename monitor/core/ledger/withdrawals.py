"""What is taken back: by the wire that reported it, or by the voice that claimed it. Late copies stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from monitor.core import quantities
from monitor.core.ledger import book, finding, likeness, writing
from monitor.core.ledger.book import LEDGER, Entry
from monitor.core.ledger.telling import Telling, Told
from monitor.core.origins import PRESS, same_voice
from monitor.core.stories.aliases import names_of
from monitor.model import Development, DevelopmentKind, Party, Stance


def withdrawn_by(by: Telling, told: list[Told]) -> list[Development]:
    """A wire takes its report back, or a voice its claim: what came from it no longer stands, copies included."""
    named = [t for t in told if t.claim.metric is not None]
    if named:
        return [d for t in named for d in _take_back(t)]
    entries = [e for e in _last_report(by) if not told or any(_may_mean(t, e) for t in told)]
    return [_retraction(_withdrawn(e, by), by, None) for e in entries]


def _may_mean(told: Told, entry: Entry) -> bool:
    """Whether who takes something back may mean the entry: an outlet its report, anybody else only their own word."""
    return told.voice.name == PRESS or same_voice(told.voice, entry.voice) or "kill" in told.by.notices


def _take_back(told: Told) -> Iterator[Development]:
    """The claims with that figure that came from the withdrawing wire, or by the withdrawing voice."""
    by = told.by
    mine = [e for e in finding.by_figure(told) if by.origin in book.origins(e) or same_voice(e.voice, told.voice)]
    mine = [e for e in mine if e.standing and e.stance is Stance.ASSERTS]
    # A notice names less than the report did: its own figure is enough if no side of it fits.
    hit = [e for e in mine if likeness.sides_agree(told.claim.side, e.side)] or mine
    for entry in hit:
        if quantities.same(entry.quantity, told.quantity):
            yield _retraction(_withdrawn(entry, by), by, told)
    if not hit:
        _withdrawn(_never_seen(told), by)


def _last_report(by: Telling) -> list[Entry]:
    """What the withdrawing wire's last report in this story claimed: a notice without a figure means that one."""
    story = by.draft.find(LEDGER, "story", names_of(by.placement.story, by.draft))
    mine = [e for e in story if e.standing and by.origin in e.figures[-1].origins]
    last = max((e.figures[-1] for e in mine), key=lambda f: (f.seen, f.item), default=None)
    return [e for e in mine if last and e.figures[-1].item == last.item]


def _never_seen(told: Told) -> Entry:
    """A claim that is withdrawn before it was seen: kept, so that late copies find it withdrawn."""
    place = finding.assign(told)
    return writing.put(replace(told, claim=replace(told.claim, stance=Stance.ASSERTS)), place.incident, None)


def _withdrawn(entry: Entry, by: Telling) -> Entry:
    why = f"withdrawn by {by.source.publisher}"
    marked = replace(entry, figures=(*entry.figures[:-1], replace(entry.figures[-1], withdrawn=why)))
    by.draft.put(LEDGER, marked)
    return marked


def _retraction(entry: Entry, by: Telling, told: Told | None) -> Development:
    last = entry.figures[-1]
    span = told.claim.span if told else last.span
    return Development(
        DevelopmentKind.RETRACTED,
        incident=entry.incident,
        key=entry.key,
        claimant=entry.claimant,
        via=Party(by.source.publisher),
        metric=entry.metric,
        object=entry.object,
        object_class=entry.object_class,
        side=entry.side,
        quantity=last.quantity,
        span=span,
        day=entry.scene.day,
        previous=last.quantity,
        other=entry.claimant,
        counts=writing.counts([entry]),
        answers=(last.claim,),
        actors=tuple(sorted(entry.scene.parties | ({entry.side} if entry.side else set()))),
        note=last.withdrawn,
        stance=Stance.RETRACTS,
    )
