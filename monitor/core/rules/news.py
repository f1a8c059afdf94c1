"""What is new to one watch: the ledger is one for all, but a watch has judged only what its items told.

A figure that came first in an item that the watch does not follow is news to it when one of its own items tells it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from monitor.core.rules.state import HEARD, Heard
from monitor.core.rules.watch import Watch
from monitor.core.view import Draft
from monitor.model import ClaimId, Development, DevelopmentKind, WatchId

_BEARING_OUT = frozenset({DevelopmentKind.CORROBORATED, DevelopmentKind.CONFIRMED})


def news_to(watch: Watch, developments: Iterable[Development], draft: Draft, now: dt.datetime) -> list[Development]:
    """What the developments are to this watch; they are noted as heard by it.

    What is only retold is left out if it has heard it. What bears out a figure that it has never heard is that figure.
    """
    found: list[Development] = []
    for development in developments:
        told = _as_heard(watch, development, draft)
        for claim in development.made_by:
            draft.put(HEARD, Heard(_key(watch.id, claim), now.timestamp()))
        found += [told] if told else []
    return found


def _as_heard(watch: Watch, development: Development, draft: Draft) -> Development | None:
    if not development.known_as or has_heard(watch, development.known_as, draft):
        return None if development.retold else development
    if not development.retold:
        return _as_first(development) if _is_unasked(watch, development.kind) else development
    if development.answers and not has_heard(watch, development.answers, draft):
        return _as_first(development)
    return development


def _as_first(development: Development) -> Development:
    """Without what it stands against or bears out, which the watch never heard of."""
    kind = DevelopmentKind.ESCALATED if development.rung else DevelopmentKind.NEW_CLAIM
    return replace(development, kind=kind, previous=None, previous_object=None, other=None, answers=())


def _is_unasked(watch: Watch, kind: DevelopmentKind) -> bool:
    """Whether it bears out something and no rule of the watch tells that."""
    return kind in _BEARING_OUT and not any(rule.enabled and kind in rule.kinds for rule in watch.rules)


def has_heard(watch: Watch, claims: Iterable[ClaimId], draft: Draft) -> bool:
    """Whether any of the claims has been told to the watch, or been weighed by it."""
    return bool(draft.get_many(HEARD, [_key(watch.id, claim) for claim in claims]))


def _key(watch: WatchId, claim: ClaimId) -> str:
    return f"{watch}|{claim}"
