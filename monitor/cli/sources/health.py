"""How every source fares: last success, rhythm, failures, next poll."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.cli.check import counted
from monitor.core.schedule import SourceState, is_bad, is_plain, is_stale, per_day
from monitor.model import Source


@dataclass(frozen=True, slots=True)
class Health:
    """One line of the table. `state`: `ok`, `new`, `failing`, `bad`, `parked`, `stale`."""

    source: Source
    seen: SourceState | None
    state: str


def run(args: argparse.Namespace) -> int:
    """Print a line for every configured source; 1 if one is bad, parked or stale."""
    from monitor import clock

    now = clock.now()
    rows = list(_rows(now))
    for row in rows:
        print(json.dumps(_fields(row, now)) if args.json else _line(row, now))
    return 1 if any(row.state in {"bad", "parked", "stale"} for row in rows) else 0


def judge(seen: SourceState | None, now: dt.datetime) -> str:
    """The state of a source in one word."""
    if seen is None or seen.polled is None:
        return "new"
    if seen.parked:
        return "parked"
    if seen.failures:
        return "bad" if is_bad(seen, now) else "failing"
    return "stale" if is_stale(seen, now) else "ok"


def _rows(now: dt.datetime) -> Iterator[Health]:
    from monitor import rulefiles
    from monitor.core.rules import load
    from monitor.settings import Settings
    from monitor.store import open_store
    from monitor.store.base import SOURCES

    settings = Settings.read()
    sources = load(rulefiles.read(settings.rules)).sources
    with open_store(settings) as store:
        view = store.view()
        for source in sources.values():
            seen = view.get(SOURCES, source.id)
            yield Health(source, seen, judge(seen, now) if source.enabled else "off")


def _line(row: Health, now: dt.datetime) -> str:
    seen = row.seen
    if seen is None or seen.polled is None:
        return f"{row.state:8}{row.source.id:24}"
    success = _ago(seen.succeeded, now) if seen.succeeded else "never"
    tries = counted(seen.failures, "try", "tries")
    trouble = seen.parked or (f"{seen.error}: {seen.what} ({tries})" if seen.failures else "")
    rhythm = f"{per_day(seen):6.1f}/day, every {_span(seen.interval)}, next {seen.due:%H:%M}"
    trouble = trouble or ("over plain http" if is_plain(seen, row.source) else "")
    newest = f"newest {_ago(seen.newest, now)}" if seen.newest else "nothing yet"
    return f"{row.state:8}{row.source.id:24}read {success}, {newest}, {rhythm}  {trouble}".rstrip()


def _ago(then: dt.datetime, now: dt.datetime) -> str:
    # What the daemon has just written may lie a moment ahead of our own look at the clock.
    return f"{_span(max(0.0, (now - then).total_seconds()))} ago"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 72 * 60 else f"{minutes / 1440:.0f} d"


def _fields(row: Health, now: dt.datetime) -> dict[str, object]:
    seen = row.seen
    fields: dict[str, object] = {"id": row.source.id, "publisher": row.source.publisher, "state": row.state}
    if seen is not None:
        times = {n: getattr(seen, n) for n in ("due", "polled", "succeeded", "newest", "failing_since")}
        fields |= {name: time.isoformat() if time else None for name, time in times.items()}
        fields |= {"per_day": round(per_day(seen), 2), "interval": seen.interval, "failures": seen.failures}
        silent = (now - seen.newest).total_seconds() if seen.newest else None
        fields |= {"silent": silent and round(silent), "stale": is_stale(seen, now)}
        fields |= {"plain": is_plain(seen, row.source)}
        fields |= {"error": seen.error or None, "what": seen.what or None, "parked": seen.parked or None}
    return fields
