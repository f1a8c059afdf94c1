"""What is nothing new to the ledger may be news to whoever has not been told: known figures, marked as such.

The ledger is one for all; each watch follows items of its own. So a development names the claims that gave the same
before, and a figure that is only repeated makes a development too, for the watches that have met none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from monitor.core import quantities
from monitor.core.ledger import finding, likeness
from monitor.core.ledger.book import Entry, Figure
from monitor.core.ledger.telling import Told
from monitor.core.origins import PRESS
from monitor.model import Development, IncidentId, Stance


def is_worth_it(entry: Entry, told: Told) -> bool:
    """Whether the claim repeats the present figure of an entry, from an earlier item, in words strong enough to tell.

    What was withdrawn or has been replaced stays silent.
    """
    last, item = entry.figures[-1], told.by.item
    weak = told.voice.name == PRESS and (told.quantity.vague or told.claim.hedged)
    elsewhere = (last.item, last.version) != (item.id, item.version) or last.claim == told.id
    return not weak and not last.withdrawn and elsewhere and quantities.agree(last.quantity, told.quantity)


def known_before(development: Development, told: Told, own: Entry | None = None) -> Development:
    """The development with the claims that gave the same before; if that was its own voice, it is only retold."""
    given = list(_given(development.incident, told, own))
    since = min((f.seen for f in given), default=None)
    return replace(
        development,
        made_by=(own.figures[-1].claim,) if own else development.made_by,
        known_as=tuple(f.claim for f in given),
        known_since=None if since is None else dt.datetime.fromtimestamp(since, dt.UTC),
        retold=own is not None,
    )


def _given(incident: IncidentId | None, told: Told, own: Entry | None) -> Iterator[Figure]:
    """The figures of the same losses that say what the claim says, by whatever voice; of its own, no other number."""
    for entry in finding.of_incident(incident, told) if incident else ():
        if own and entry.id == own.id:
            figures = (f for f in entry.figures if f is entry.figures[-1] or _in_other_words(f, told))
            yield from (f for f in figures if f.claim != told.id)
        elif entry.stance is Stance.ASSERTS and likeness.like(told, entry) and likeness.same_place(told, entry):
            last = entry.figures[-1]
            if quantities.agree(last.quantity, told.quantity) and last.claim != told.id:
                yield last


def _in_other_words(figure: Figure, told: Told) -> bool:
    return quantities.same(figure.quantity, told.quantity) or likeness.wobble(figure.quantity, told.quantity)
