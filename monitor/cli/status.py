"""Queues, the last decisions, and what can't be seen at present."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from monitor.cli.check import counted
from monitor.store.base import Store


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--last", type=int, default=5, metavar="N", help="how many decisions to show (5)")


def run(args: argparse.Namespace) -> int:
    """0 if everything is seen and delivered; 1 if something is broken or was given up."""
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        troubles = [*_unwell(store), *_unseen(store), *_undelivered(store)]
        print("\n".join([*_queues(store), *_decisions(store, args.last), *troubles]))
    return 1 if troubles else 0


def _queues(store: Store) -> Iterator[str]:
    counts = store.counts()
    yield f"inbox     {counts.undecided} waiting, {counts.decided} decided, {counts.failed} passed by"
    states = ", ".join(f"{n} {state}" for state, n in sorted(counts.messages.items())) or "empty"
    yield f"outbox    {states}"
    turns = store.turns()
    yield f"sources   {len(turns)}, {sum(t.owner is not None for t in turns)} being polled"


def _decisions(store: Store, last: int) -> Iterator[str]:
    from monitor.core.records import DECISIONS

    for record in store.view().latest(DECISIONS, limit=last):
        kinds = ", ".join(d.kind for d in record.developments) or "nothing new"
        yield f"decided   {record.at:%d %b %H:%M:%S} {record.item}: {kinds}"


def _unwell(store: Store) -> Iterator[str]:
    from monitor import clock
    from monitor.cli.health import ailing

    yield from (f"daemon    {line}" for line in ailing(store.beats(), clock.now()))


def _unseen(store: Store) -> Iterator[str]:
    from monitor.store.base import SOURCES

    view = store.view()
    for turn in store.turns():
        state = view.get(SOURCES, turn.source)
        if state and state.failing_since:
            since = f"{state.failing_since:%d %b %H:%M}"
            tries = counted(state.failures, "try", "tries")
            yield f"unseen    {turn.source} since {since} ({tries}): {state.what or state.error}"


def _undelivered(store: Store) -> Iterator[str]:
    from monitor.model import MessageState

    for message in store.messages([MessageState.DEAD, MessageState.UNCERTAIN], limit=20):
        tries = counted(message.attempts, "try", "tries")
        yield f"{message.state:9} {message.id} to {message.chat}, {tries}: {message.error}"
