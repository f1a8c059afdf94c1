"""What has been claimed, by whom, through time: one table for each thing that was counted.

NAME is a watch, a story or an incident. Of every claimant it shows each figure with its time, how many outlets and
origins carried it, the exact words, and the claim's id (for `tocsin claim reject`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.core.incidents import Incident
    from monitor.core.ledger import Entry, Figure
    from monitor.core.view import View

_ALERTS = 5000
"""How many of a watch's newest alerts are looked through for its incidents."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME", help="a watch, a story or an incident")
    parser.add_argument("--json", action="store_true", help="one JSON object a figure instead of tables")


def run(args: argparse.Namespace) -> int:
    """0 if anything has been claimed there, else 1."""
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        view = store.view()
        entries = entries_of(args.name, view)
        lines = list(rows(entries) if args.json else table(entries, view))
    if not lines:
        print(f"tocsin: nothing has been claimed under {args.name!r}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def entries_of(name: str, view: View) -> list[Entry]:
    """Everything claimed in a watch's, a story's or one incident, oldest incident first."""
    from monitor.core.ledger import LEDGER
    from monitor.core.records import ALERTS
    from monitor.core.stories import names_of, resolve
    from monitor.model import StoryId

    told = view.find(ALERTS, "watch", [name], limit=_ALERTS)
    incidents = {d.incident for a in told for d in a.developments if d.incident} | {name}
    found = {e.id: e for e in view.find(LEDGER, "incident", sorted(incidents))}
    found |= {e.id: e for e in view.find(LEDGER, "story", names_of(resolve(StoryId(name), view), view))}
    return sorted(found.values(), key=lambda e: (e.incident, e.key, e.figures[0].seen, e.id))


def table(entries: list[Entry], view: View) -> Iterator[str]:
    """The lines for people."""
    from monitor.core.incidents import INCIDENTS

    for incident, of_incident in groupby(entries, key=lambda e: e.incident):
        yield _incident(view.get(INCIDENTS, incident), incident)
        for key, of_key in groupby(of_incident, key=lambda e: e.key):
            yield f"  {_thing(key)}"
            for entry in of_key:
                yield from _entry(entry)


def rows(entries: list[Entry]) -> Iterator[str]:
    """One JSON object a figure."""
    return (json.dumps(_row(e, f), ensure_ascii=False) for e in entries for f in e.figures)


def _row(entry: Entry, figure: Figure) -> dict[str, Any]:
    return {
        "claim": figure.claim,
        "key": entry.key,
        "incident": entry.incident,
        "claimant": entry.claimant.text if entry.claimant else None,
        "stance": entry.stance,
        "metric": entry.metric,
        "side": entry.side,
        "object": entry.object,
        "low": figure.quantity.low,
        "high": figure.quantity.high,
        "total": entry.total,
        "seen": _time(figure.seen),
        "item": figure.item,
        "outlets": list(figure.outlets),
        "origins": list(figure.origins),
        "quote": figure.span.quote,
        "withdrawn": figure.withdrawn or None,
    }


def _incident(incident: Incident | None, name: str) -> str:
    if incident is None:
        return f"incident {name}"
    day = incident.day
    when = "" if day is None else f"{day.first}" if day.first == day.last else f"{day.first} to {day.last}"
    where = "; ".join(", ".join(reversed(path)) for path in incident.places)
    between = " and ".join(incident.parties)
    return f"incident {name}: " + " | ".join(filter(None, (when, where, between, ", ".join(incident.modes))))


def _thing(key: str) -> str:
    """A ledger key in words: what is counted, whose, part or total."""
    _, metric, side, kind, whole = (*key.split("/"), "", "", "", "")[:5]
    words = [metric or "no figure", kind, f"of {side}" if side else "", "" if whole == "whole" else f"({whole})"]
    return " ".join(filter(None, words))


def _entry(entry: Entry) -> Iterator[str]:
    who = entry.claimant.text if entry.claimant else "nobody named"
    yield f"    {who} {entry.stance}"
    for figure in entry.figures:
        yield from _figure(entry, figure)


def _figure(entry: Entry, figure: Figure) -> Iterator[str]:
    from monitor.cli.check import counted as number_of
    from monitor.core.phrases import counted

    what = counted(figure.quantity, entry.object, entry.metric) or "no figure"
    via = f" via {figure.via.text}" if figure.via else ""
    carried = f"{number_of(len(figure.outlets), 'outlet')}, {number_of(len(figure.origins), 'origin')}"
    yield f"      {_time(figure.seen)}  {what}{via}  ({carried})  {figure.claim}"
    yield f"        “{figure.span.quote}”"
    if figure.withdrawn:
        yield f"        no longer counts: {figure.withdrawn}"


def _time(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%d %H:%M}"
