"""Recorded items or documents → the alerts they would have caused, one JSON object a line.

PATH is a file of items as JSON Lines (as `tocsin parse` writes them, with `source` and `seen`), a recorded feed
document, or a folder of either (`index.jsonl` may tell each document's `file`, `captured` and `series`; else the
time stands in its name, as 20260226T140500Z, and its folder names the source). Without PATH: the store's own history.
A known id with other words is a new version. A source's first document is learned from and causes no alert.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import heapq
import json
import sys
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.check import loaded
from monitor.errors import ParseError, UsageError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset
    from monitor.model import Item
    from monitor.replaying import Recording

SINCE = "30d, 12h, 2026-03-02 or 2026-03-02T14:05+05:00"
"""What `--since` takes: a length of time before the last item, a date, a time."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", type=Path, help="items, documents or folders of them")
    parser.add_argument("--rules", type=Path, metavar="DIR", help="rule files (default: the configured ones)")
    older = "learn from what is older, print only alerts from then on"
    parser.add_argument("--since", metavar="TIME", help=f"{older}: {SINCE}")
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help='other rules: print what only one of both tells ("in")'
    )


def run(args: argparse.Namespace) -> int:
    """Replay and print; the counts go to standard error."""
    items = list(recorded(args.paths))
    since = since_of(args.since, items[-1].seen) if args.since is not None and items else None
    mine = list(_lines(items, loaded(args.rules), since))
    lines = mine if args.against is None else _differences(mine, list(_lines(items, loaded(args.against), since)))
    for row in lines:
        print(json.dumps(row, ensure_ascii=False))
    sent = sum(row["outcome"] == "sent" for row in lines)
    print(f"{len(items)} items, {len(lines)} alerts, {sent} of them sent", file=sys.stderr)
    return 0


def _lines(items: Iterable[Item], ruleset: Ruleset, since: dt.datetime | None) -> Iterator[dict[str, Any]]:
    from monitor.replaying import line, replay

    for decision in replay(items, ruleset):
        for alert in decision.alerts:
            if since is None or alert.at >= since:
                yield line(alert)


def _differences(mine: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alerts that only one of two rule sets causes, in order of time."""
    ours, others = ({json.dumps(row, sort_keys=True) for row in rows} for rows in (mine, theirs))
    marked = [row | {"in": "rules"} for row in mine if json.dumps(row, sort_keys=True) not in others]
    marked += [row | {"in": "against"} for row in theirs if json.dumps(row, sort_keys=True) not in ours]
    return sorted(marked, key=lambda row: (row["at"], row["item"]))


def since_of(text: str, last: dt.datetime) -> dt.datetime:
    """The time that `--since` names, given that of the last item. Raises UsageError."""
    from monitor.core.rules.form import seconds
    from monitor.replaying import time_of

    with contextlib.suppress(ValueError):
        return last - dt.timedelta(seconds=seconds(text))
    with contextlib.suppress(UsageError):
        if (time := time_of(text)) is not None:
            return time
    raise UsageError(f"--since {text!r} is no time; write {SINCE}; without a zone it is UTC")


# --- what is replayed --------------------------------------------------------------------


def recorded(paths: list[Path]) -> Iterator[Item]:
    """All items of all paths in order of acceptance, versions numbered."""
    from monitor.replaying import from_documents, versions

    if not paths:
        yield from _history()
        return
    files = [f for path in paths for f in _files(path)]
    rows = sorted((i for f in files if f.suffix == ".jsonl" for i in _rows(f)), key=attrgetter("seen"))
    recordings = sorted((r for f in files if f.suffix != ".jsonl" for r in [_recording(f)]), key=attrgetter("at"))
    yield from heapq.merge(versions(rows), from_documents(recordings, _refused), key=attrgetter("seen"))


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise UsageError(f"no such file or folder: {path}")
    if path.is_file():
        yield path
    else:
        yield from sorted(f for f in path.rglob("*") if f.is_file() and f.name != "index.jsonl")


def _rows(file: Path) -> Iterator[Item]:
    from monitor.replaying import item_of

    with file.open(encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                try:
                    yield item_of(json.loads(text))
                except (ValueError, UsageError) as error:
                    raise UsageError(f"{file}:{number}: {error}") from error


def _recording(file: Path) -> Recording:
    from monitor.replaying import Recording, stamped

    told = _index(file.parent).get(file.name) or _index(file.parent.parent).get(f"{file.parent.name}/{file.name}") or {}
    at = stamped(str(told.get("captured") or file.name))
    if at is None:
        raise UsageError(f"{file}: no time in its name (as 20260226T140500Z) nor in an index.jsonl")
    return Recording(
        str(told.get("series") or file.parent.name), at, file.read_bytes(), str(told.get("source_url") or "")
    )


_INDEXES: dict[Path, dict[str, dict[str, Any]]] = {}


def _index(folder: Path) -> dict[str, dict[str, Any]]:
    """The folder's index.jsonl by file name; read once."""
    if folder not in _INDEXES:
        file = folder / "index.jsonl"
        rows = (
            [json.loads(text) for text in file.read_text("utf-8").splitlines() if text.strip()] if file.exists() else []
        )
        _INDEXES[folder] = {str(row["file"]): row for row in rows if "file" in row}
    return _INDEXES[folder]


def _refused(recording: Recording, error: ParseError) -> None:
    print(f"tocsin: {recording.source} at {recording.at:%Y-%m-%d %H:%M}: {error}", file=sys.stderr)


def _history() -> Iterator[Item]:
    from monitor.settings import Settings
    from monitor.store import open_store

    with open_store(Settings.read()) as store:
        yield from store.history()
