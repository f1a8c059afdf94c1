"""Read items as JSON Lines and print what each of them claims, states and tells.

In, one object a line: id, title, text, published, lang. Out, one object a line: id, claims, statements,
events, notices. Names are those of the bundled registry of actors.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any, TextIO

from monitor.errors import UsageError
from monitor.model import Claim, Day, Event, Item, ItemId, Party, Place, Reading, SourceId, Span, Statement

_EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", nargs="?", default="-", help="JSON Lines of items; - is standard input")


def run(args: argparse.Namespace) -> int:
    """Print one line for each item."""
    from monitor.core.claims import read
    from monitor.core.claims.actors import Registry

    registry = Registry.base()
    with _opened(args.file) as lines:
        for item in _items(lines):
            print(json.dumps({"id": item.id, **plain(read(item, registry))}, ensure_ascii=False), flush=True)
    return 0


def plain(reading: Reading) -> dict[str, Any]:
    """A reading as the filter table of the design prints it."""
    return {
        "claims": [_claim(c) for c in reading.claims],
        "statements": [_statement(s) for s in reading.statements],
        "events": [_event(e) for e in reading.events],
        "notices": list(reading.notices),
    }


def _opened(file: str) -> TextIO:
    try:
        return sys.stdin if file == "-" else open(file, encoding="utf-8")  # noqa: PTH123 (closed by the caller)
    except OSError as error:
        raise UsageError(f"can't read {file}: {error.strerror}") from error


def _items(lines: TextIO) -> Iterator[Item]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield _item(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"line {number} is no item: {error}") from error


def _item(row: dict[str, Any]) -> Item:
    published = _time(row.get("published"))
    return Item(
        ItemId(str(row["id"])),
        SourceId(row.get("source") or ""),
        _time(row.get("seen")) or published or _EPOCH,
        row.get("title") or "",
        row.get("text") or "",
        row.get("url") or "",
        published,
        lang=row.get("lang") or "en",
    )


def _time(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    time = dt.datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)


def _claim(claim: Claim) -> dict[str, Any]:
    quantity = claim.quantity
    return {
        "claimant": _party(claim.claimant),
        "via": _party(claim.via),
        "stance": claim.stance.value,
        "hedged": claim.hedged,
        "metric": _value(claim.metric),
        "object": claim.object,
        "object_class": _value(claim.object_class),
        "side": claim.side,
        "low": _number(quantity.low),
        "high": _number(quantity.high),
        "approx": quantity.approx,
        "total": quantity.total,
        "was": _number(quantity.was),
        "part": claim.part,
        "place": _place(claim.place),
        "day": _day(claim.day),
        **_span(claim.span),
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "claimant": _party(statement.claimant),
        "via": _party(statement.via),
        "kind": statement.kind,
        **_span(statement.span),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "class": event.event_class,
        "mode": event.mode,
        "actor": _party(event.actor),
        "target": _party(event.target),
        "place": _place(event.place),
        "day": _day(event.day),
        "claimant": _party(event.claimant),
        "denied": event.denied,
        "past": event.past,
        **_span(event.span),
    }


def _span(span: Span) -> dict[str, Any]:
    return {"quote": span.quote, "in": span.where, "start": span.start, "end": span.end}


def _party(party: Party | None) -> dict[str, Any] | None:
    return dataclasses.asdict(party) if party else None


def _value(member: Enum | None) -> str | None:
    return member.value if member else None


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _place(place: Place | None) -> str | None:
    return ", ".join(reversed(place.path)) or place.text if place else None


def _day(day: Day | None) -> str | None:
    if day is None:
        return None
    return day.first.isoformat() if day.first == day.last else f"{day.first.isoformat()}/{day.last.isoformat()}"
