"""What an operator sets right by hand: a claim that was read wrongly, a story that is two, or two that are one.

Each correction marks the records, says why, and reaches everybody who was told what is now known to be wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from monitor.core import audience, incidents, stories
from monitor.core.incidents import INCIDENTS, Incident
from monitor.core.ledger import LEDGER, Entry, Figure, join_incidents, rekeyed
from monitor.core.records import ALERTS
from monitor.core.stories import SIGNATURES, STORIES
from monitor.core.view import Draft
from monitor.errors import UsageError
from monitor.model import (
    Alert,
    AlertId,
    ClaimId,
    Development,
    DevelopmentKind,
    IncidentId,
    ItemId,
    Message,
    Outcome,
    Reason,
    RuleId,
    StoryId,
)

BY_HAND = RuleId("by-hand")
"""Stands for a rule in the reasons of alerts that an operator caused."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What a correction by hand did, in words, and what it sends. Records and alerts are in the draft."""

    what: tuple[str, ...]
    alerts: tuple[Alert, ...] = ()
    messages: tuple[Message, ...] = ()


def reject(claim: ClaimId, why: str, now: dt.datetime, draft: Draft) -> Mended:
    """Take a claim out of the ledger as if it had never been read; raises UsageError for an unknown one."""
    found = draft.find(LEDGER, "claim", [claim])
    if not found:
        raise UsageError(f"no claim {claim!r} in the ledger; `tocsin ledger` shows their ids")
    entry = found[0]
    figure = next(f for f in entry.figures if f.claim == claim)
    note = f"rejected by the desk: {why}"
    marked = tuple(replace(f, withdrawn=note) if f.claim == claim else f for f in entry.figures)
    draft.put(LEDGER, replace(entry, figures=marked))
    wrong = [a for a in _sent(draft, [figure.item]) if any(_tells(d, entry, figure) for d in a.developments)]
    alerts = tuple(_correction(a, lambda d: _tells(d, entry, figure), note, now) for a in wrong)
    what = (f"{claim} of {entry.claimant.text if entry.claimant else 'nobody named'} no longer counts",)
    return _recorded(alerts, now, draft, what)


def split(story: StoryId, items: Sequence[ItemId], now: dt.datetime, draft: Draft) -> Mended:
    """Move items out of a story into one of their own, with all that they claimed.

    Raises UsageError if the story is unknown or would keep nothing.
    """
    whole = stories.resolve(story, draft)
    new = stories.split(story, items, now.timestamp(), draft)
    if new == whole:
        raise UsageError(f"nothing to split: story {story!r} is unknown, has none of these items, or has no others")
    moved = {item for item in items if (kept := draft.get(SIGNATURES, item)) and kept.story == new}
    renamed: dict[IncidentId, IncidentId] = {}
    for entry in draft.find(LEDGER, "item", list(moved)):
        _split_entry(entry, moved, new, renamed, draft)
    note = "told apart by the desk: this is another affair"
    wrong = [a for a in _sent(draft, moved) if any(_compared(d) for d in a.developments)]
    alerts = tuple(_correction(a, _compared, note, now) for a in wrong)
    what = (f"{len(moved)} items are story {new} from now on", f"{len(renamed)} incidents were told apart")
    return _recorded(alerts, now, draft, what)


def merge(one: StoryId, other: StoryId, now: dt.datetime, draft: Draft) -> Mended:
    """Make two stories one, and those of their incidents that fit each other. Nothing that was sent is wrong by it.

    Raises UsageError if one of them is unknown.
    """
    names = [stories.merged_into(stories.resolve(s, draft), draft) for s in (one, other)]
    kept = stories.merge(one, other, now.timestamp(), draft)
    if draft.get(STORIES, kept) is None or stories.resolve(one, draft) != stories.resolve(other, draft):
        raise UsageError(f"nothing to merge: {one!r} or {other!r} is unknown")
    mine, theirs = (draft.find(INCIDENTS, "story", s) for s in names)
    pairs = [(a, b) for b in theirs for a in mine if a.id != b.id and not b.merged_into and _one_incident(a, b)]
    for a, b in pairs:
        join_incidents(a, b, draft)
    return Mended((f"the stories are {kept} from now on", f"{len(pairs)} incidents were joined"))


# --- the ledger --------------------------------------------------------------------------


def _split_entry(
    entry: Entry, moved: set[ItemId], story: StoryId, renamed: dict[IncidentId, IncidentId], draft: Draft
) -> None:
    """Leave the other items' figures where they are; give these a new incident of their own."""
    leaving = tuple(f for f in entry.figures if f.item in moved)
    staying = tuple(f for f in entry.figures if f.item not in moved)
    incident = renamed.setdefault(entry.incident, _apart(entry.incident, moved, story, draft))
    part = replace(entry, incident=incident, key=rekeyed(entry, incident), figures=leaving, stories=(story,))
    if staying:
        draft.put(LEDGER, replace(entry, figures=staying))
        part = replace(part, id=f"{entry.id}-{incident}")
    draft.put(LEDGER, part)


def _apart(incident: IncidentId, moved: set[ItemId], story: StoryId, draft: Draft) -> IncidentId:
    """A new incident with what the old one had, for the items that leave it."""
    digest = blake2b("\n".join([incident, *sorted(moved)]).encode(), digest_size=6).hexdigest()
    old = incidents.resolve(incident, draft)
    if old is None:
        return incident
    draft.put(INCIDENTS, replace(old, items=tuple(i for i in old.items if i not in moved)))
    new = replace(old, id=IncidentId(f"i-{digest}"), items=tuple(sorted(moved)), stories=(story,))
    draft.put(INCIDENTS, new)
    return new.id


def _one_incident(a: Incident, b: Incident) -> bool:
    return incidents.days_agree(a.day, b.day) and incidents.compatible(a.places, b.places) is not False


# --- what was sent -----------------------------------------------------------------------


def _sent(draft: Draft, items: Iterable[ItemId]) -> list[Alert]:
    found = draft.find(ALERTS, "item", list(items))
    return sorted((a for a in found if a.outcome is Outcome.SENT), key=lambda a: (a.at, a.id))


def _tells(development: Development, entry: Entry, figure: Figure) -> bool:
    """Whether a development told this figure of this claimant."""
    same = development.metric is entry.metric and development.quantity == figure.quantity
    return same and development.claimant == entry.claimant


def _compared(development: Development) -> bool:
    return development.previous is not None or bool(development.answers)


def _recorded(alerts: tuple[Alert, ...], now: dt.datetime, draft: Draft, what: tuple[str, ...]) -> Mended:
    for alert in alerts:
        draft.put(ALERTS, alert)
    messages = tuple(m for a in alerts for m in audience.audience(a, draft, now))
    return Mended((*what, f"{len(alerts)} alerts are corrected"), alerts, messages)


def _correction(alert: Alert, concerned: Callable[[Development], bool], note: str, now: dt.datetime) -> Alert:
    """An alert that takes back what of another was wrong; it reaches every chat that got the other."""
    digest = blake2b(f"{alert.id}\n{note}\n{now.isoformat()}".encode(), digest_size=8).hexdigest()
    wrong = tuple(
        replace(d, kind=DevelopmentKind.RETRACTED, previous=d.quantity, other=d.claimant, note=note)
        for d in alert.developments
        if concerned(d)
    )
    reason = Reason(BY_HAND, alert.severity, note)
    return replace(
        alert, id=AlertId(digest), at=now, why=note, reasons=(reason,), developments=wrong, corrects=(alert.id,)
    )
