"""Items as JSON Lines in order of acceptance → story, repeat and novelty of each, one answer a line."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.core.stories import place
from monitor.core.view import Draft
from monitor.errors import UsageError
from monitor.model import Item, ItemId, Placement, SourceId
from monitor.store.memory import MemoryView

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", nargs="?", default="-", help="JSON Lines; - is standard input (the default)")


def run(args: argparse.Namespace) -> int:
    """Answer each item before the next one is read."""
    view, now = MemoryView(), _EPOCH
    for number, line in enumerate(_lines(args.file), start=1):
        if not line.strip():
            continue
        item = _item(line, number, now)
        now = item.seen
        draft = Draft(view)
        placement = place(item, draft)
        view.apply(draft.changes())
        print(json.dumps(_answer(item, placement), ensure_ascii=False), flush=True)
    return 0


def _lines(name: str) -> Iterator[str]:
    if name == "-":
        yield from sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8") as file:
            yield from file
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error


def _item(line: str, number: int, before: dt.datetime) -> Item:
    """An item without a time came when the one before it did."""
    try:
        row = json.loads(line)
        seen = row.get("seen") or row.get("published")
        at = dt.datetime.fromisoformat(seen) if seen else before
        return Item(
            id=ItemId(str(row["id"])),
            source=SourceId(row.get("source") or ""),
            seen=at if at.tzinfo else at.replace(tzinfo=dt.UTC),
            title=row.get("title") or "",
            text=row.get("text") or "",
            url=row.get("url") or "",
            lang=row.get("lang") or "en",
        )
    except (ValueError, KeyError, AttributeError) as error:
        raise UsageError(f"line {number} is no item: {error}") from error


def _answer(item: Item, placement: Placement) -> dict[str, Any]:
    return {
        "id": item.id,
        "story": placement.story,
        "new_story": placement.new_story,
        "repeat": placement.repeat,
        "repeat_of": placement.repeat_of,
        "novelty": round(placement.novelty, 4),
        "why": placement.why,
    }
