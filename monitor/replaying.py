"""Recorded items and documents, run through the decision as if they arrived: without network, disk or clock.

The same recording and rules give the same lines, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitor.core import decide as deciding
from monitor.core import intake
from monitor.core.parse import Job, parse
from monitor.core.records import Decision
from monitor.core.rules import Ruleset
from monitor.core.view import Draft, Put
from monitor.errors import ParseError, UsageError
from monitor.model import Alert, Development, Item, ItemId, Party, Source, SourceId, SourceKind
from monitor.store.memory import MemoryView

_STAMP = re.compile(r"\d{8}T\d{6}Z")


def replay(items: Iterable[Item], ruleset: Ruleset, view: MemoryView | None = None) -> Iterator[Decision]:
    """The decision on every item, in order; `view` keeps what was learned (a fresh one by default)."""
    view = view or MemoryView()
    for item in items:
        draft = Draft(view)
        decision = deciding.decide(item, draft, ruleset)
        view.apply(draft.changes())
        yield decision


def versions(items: Iterable[Item]) -> Iterator[Item]:
    """Number the versions: a known id with other words is the next version, with the same words it is nothing."""
    known: dict[ItemId, Item] = {}
    for item in items:
        last = known.get(item.id)
        if last is not None and (last.title, last.text) == (item.title, item.text):
            continue
        known[item.id] = replace(item, version=last.version + 1) if last else item
        yield known[item.id]


@dataclass(frozen=True, slots=True)
class Recording:
    """A feed document as it was captured at a time, from the source of that id."""

    source: str
    at: dt.datetime
    body: bytes
    url: str = ""


def from_documents(
    recordings: Iterable[Recording], refused: Callable[[Recording, ParseError], None], view: MemoryView | None = None
) -> Iterator[Item]:
    """The items that polling the recorded documents would have brought, in order; `refused` hears of bad ones."""
    view = view or MemoryView()
    contacted: set[str] = set()
    for recording in recordings:
        source = Source(SourceId(recording.source), recording.url, recording.source, recording.source, SourceKind.WIRE)
        try:
            document = parse(Job(recording.body, recording.at, url=recording.url))
        except ParseError as error:
            refused(recording, error)
            continue
        known = view.find(intake.SEEN, "key", intake.keys(document, source))
        result = intake.sort(document, known, source, now=recording.at, first=recording.source not in contacted)
        contacted.add(recording.source)
        view.apply(Put(intake.SEEN, seen) for seen in result.seen)
        yield from result.items


def stamped(text: str) -> dt.datetime | None:
    """The UTC time in a file's name (20260226T140500Z) or in ISO 8601; None where there is none."""
    match = _STAMP.search(text)
    if match:
        return dt.datetime.strptime(match.group(), "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    try:
        return time_of(text)
    except UsageError:
        return None


def item_of(row: Mapping[str, Any]) -> Item:
    """An item from one line of JSON, as `tocsin parse` writes it, with `source` and `seen`.

    Raises UsageError for a line without id or without any time.
    """
    if not isinstance(row.get("id"), str) or not row["id"]:
        raise UsageError(f"an item needs an id: {str(dict(row))[:80]}")
    published, updated = time_of(row.get("published")), time_of(row.get("updated"))
    seen = time_of(row.get("seen")) or published or updated
    if seen is None:
        raise UsageError(f"item {row['id']} has neither `seen` nor `published`")
    return Item(
        ItemId(row["id"]),
        SourceId(row.get("source") or "unknown"),
        seen,
        row.get("title") or "",
        row.get("text") or "",
        row.get("url") or "",
        published,
        updated,
        row.get("lang") or "en",
        row.get("origin") or None,
        marks=tuple(row.get("marks") or ()),
    )


def line(alert: Alert) -> dict[str, Any]:
    """An alert as one line of `tocsin replay`. Times are ISO 8601 in UTC."""
    return {
        "item": alert.item,
        "seen": _written(alert.seen),
        "at": _written(alert.at),
        "watch": alert.watch,
        "story": alert.story,
        "severity": alert.severity,
        "outcome": alert.outcome,
        "why": alert.why,
        "developments": [_development(d) for d in alert.developments],
    }


def _development(d: Development) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": d.kind,
        "claimant": _party(d.claimant),
        "metric": d.metric,
        "low": d.quantity.low,
        "high": d.quantity.high,
        "object": d.object,
        "side": d.side,
        "quote": d.span.quote if d.span else None,
    }
    more = {"rung": d.rung, "other": _party(d.other), "uncertain": d.uncertain, "note": d.note or None}
    return told | {k: v for k, v in more.items() if v is not None}


def _party(party: Party | None) -> dict[str, Any] | None:
    return {"text": party.text, "actor": party.actor} if party else None


def time_of(text: object) -> dt.datetime | None:
    """An ISO 8601 time in UTC; a time without a zone is taken to be UTC."""
    if not isinstance(text, str) or not text:
        return None
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"not a time: {text!r}") from error
    return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _written(time: dt.datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None
