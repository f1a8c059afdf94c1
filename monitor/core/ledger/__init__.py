"""The ledger: what has been claimed so far, by whom, through time, and what an item changes in it.

A claim is compared only with its like: the same incident, metric, losing side, kind of people or things,
part or total. Within that, one voice revises itself; another voice's own account corroborates, rivals or
contradicts. Nothing is added up, averaged or overwritten. A figure that its voice has given before is
nothing new, however late or often it is printed.

    taking       what the item says → claims, each with its voice and scene
    finding      known already? which incident?
    likeness     what may be compared
    assertions · answers · withdrawals → developments
    book         the records
"""

from __future__ import annotations

from monitor.core.ledger import answers, assertions, taking, withdrawals
from monitor.core.ledger.book import LEDGER, Entry, Figure, join_incidents, rekeyed
from monitor.core.ledger.telling import Telling, Told
from monitor.model import Development, Reading, Stance

__all__ = ["LEDGER", "Entry", "Figure", "Telling", "Told", "join_incidents", "record", "rekeyed"]


_NOTHING_NEW = {"opinion", "explainer", "anniversary"}
"""Notices of items that retell or judge: they develop nothing."""


def record(by: Telling, reading: Reading) -> tuple[Development, ...]:
    """What the item's claims change, recorded in the draft; in the order of its text, title last."""
    if by.notices & _NOTHING_NEW:
        return ()
    told = [taking.told_of(c, n, reading, by) for n, c in enumerate(taking.distinct(reading.claims))]
    told = [t for t in told if not taking.still_asserted(t, told) and not taking.only_quoted(t, told)]
    taking.open_incidents(reading, by)
    if "kill" in by.notices:
        return tuple(withdrawals.withdrawn_by(by, told))
    return tuple(d for t in told for d in _take(t))


def _take(told: Told) -> list[Development]:
    match told.claim.stance:
        case Stance.ASSERTS:
            return assertions.asserted(told)
        case Stance.CONFIRMS:
            return answers.confirmed(told)
        case Stance.DENIES | Stance.DISPUTES:
            return answers.answered(told)
        case Stance.RETRACTS:
            return withdrawals.withdrawn_by(told.by, [told])
