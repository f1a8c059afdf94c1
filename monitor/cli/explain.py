"""Why an item or alert was, or was not, sent: every step with its recorded reason.

ID is that of an item, an alert or a message, or an item's address.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from monitor.cli.check import counted
from monitor.core import reach
from monitor.core.records import ALERTS, DECISIONS, ITEMS, DecisionRecord, Verdict
from monitor.core.text import canonical_url
from monitor.model import Alert, Development, ItemId, Message, MessageId, Quantity
from monitor.store.base import Entry, Store


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help="an item, an alert, a message, or an item's address")


def run(args: argparse.Namespace) -> int:
    """0 if the id is known, else 1."""
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        lines = list(explain(store, args.id))
    if not lines:
        print(f"tocsin: nothing here has the id or address {args.id!r}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def explain(store: Store, key: str) -> Iterator[str]:
    """The lines about whatever has this id; none if nothing has it."""
    if alert := store.view().get(ALERTS, key):
        yield from _alert(store, alert)
    elif message := store.message(MessageId(key)):
        yield from _message(message)
        for name in message.alerts:
            if carried := store.view().get(ALERTS, name):
                yield from _indented(_alert(store, carried))
    else:
        yield from _items(store, key)


def _items(store: Store, key: str) -> Iterator[str]:
    at_address = [item.id for item in store.view().find(ITEMS, "url", [key, canonical_url(key)])]
    for item in at_address or [ItemId(key)]:
        entries = store.entries(item)
        for entry in entries:
            yield from _entry(entry)
            yield from _indented(_decision(store, entry))
        if entries:
            yield from _by_now(store, entries[-1])
            yield from _alerts(store, item)


def _alerts(store: Store, item: ItemId) -> Iterator[str]:
    """Also those that were held at the decision and came later."""
    alerts = store.view().find(ALERTS, "item", [item])
    for alert in reversed(alerts):
        yield from _alert(store, alert)
    if not alerts:
        yield "no alert"


def _entry(entry: Entry) -> Iterator[str]:
    item = entry.item
    what = "baseline, " if item.baseline else ""
    yield f"item {item.id} version {item.version} of {item.source}, {what}accepted {item.seen:%Y-%m-%d %H:%M:%S} UTC"
    yield f"  {item.title}"
    if not entry.decided:
        yield f"  waits in the inbox at {entry.seq}"
    elif entry.failed:
        yield f"  passed by, undecidable: {entry.failed}"


def _decision(store: Store, entry: Entry) -> Iterator[str]:
    record = store.view().get(DECISIONS, f"{entry.item.id}#{entry.item.version}")
    if record is not None:
        yield from _record(record)


def _by_now(store: Store, entry: Entry) -> Iterator[str]:
    """Where its story is, if that was merged or has turned into another since."""
    from monitor.core.stories import SIGNATURES, resolve

    view = store.view()
    record = view.get(DECISIONS, f"{entry.item.id}#{entry.item.version}")
    signature = view.get(SIGNATURES, entry.item.id)
    story = resolve(signature.story, view) if signature else None
    if record and story and story != record.placement.story:
        yield f"its story is {story} by now"


def _record(record: DecisionRecord) -> Iterator[str]:
    placement = record.placement
    repeat = f", repeats {placement.repeat_of}" if placement.repeat else ""
    new = "new story" if placement.new_story else "story"
    yield f"{new} {placement.story}{repeat}: {placement.why}"
    if placement.mentions:
        yield f"mentions stories {', '.join(placement.mentions)}"
    reading = record.reading
    yield f"read {len(reading.claims)} claims, {len(reading.statements)} statements, {len(reading.events)} events"
    yield from (_development(d) for d in record.developments)
    for verdict in record.verdicts:
        yield from _verdict(verdict)
    # A decision records the watches that looked closer; the rest did not need to.
    yield f"{'any other' if record.verdicts else 'every'} watch: none of its words is in the item"


def _development(development: Development) -> str:
    who = development.claimant.text if development.claimant else "nobody named"
    what = " ".join(str(w) for w in (development.metric, development.object, development.rung) if w)
    quote = f" “{development.span.quote}”" if development.span else ""
    return f"{development.kind}: {who}, {what} {_figure(development.quantity)}{quote}"


def _figure(quantity: Quantity) -> str:
    low, high = (None if n is None else f"{n:g}" for n in (quantity.low, quantity.high))
    return (low or "") if low == high else f"{low or ''}–{high or ''}"


def _verdict(verdict: Verdict) -> Iterator[str]:
    outcome = f"{verdict.outcome} ({verdict.severity})" if verdict.outcome else "no alert"
    yield f"watch {verdict.watch}: {outcome}, {verdict.why}"
    yield from _indented(verdict.clauses)
    yield from _indented(f"nearly, {miss.rule}: {miss.why}" for miss in verdict.missed)


def _alert(store: Store, alert: Alert) -> Iterator[str]:
    yield f"alert {alert.id} of {alert.watch}, {alert.severity}, {alert.outcome}: {alert.why}"
    yield from (f"  rule {r.rule} ({r.severity}): {r.why}" for r in alert.reasons)
    for message in store.messages_of(alert.id):
        yield from _indented(_message(message))
    for chat, why in reach.reached(store.view(), alert.id).withheld:
        yield f"  not told to chat {chat}: {why}"


def _message(message: Message) -> Iterator[str]:
    error = f": {message.error}" if message.error else ""
    repeat = f", {message.unconfirmed} of them never confirmed" if message.unconfirmed else ""
    tries = counted(message.attempts, "try", "tries")
    yield f"message {message.id} to chat {message.chat}, {message.state} after {tries}{repeat}{error}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
