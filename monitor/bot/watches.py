"""Finding a watch by what people type or press."""

from __future__ import annotations

from hashlib import blake2b

from monitor.bot.answers import Ask
from monitor.core.rules import Watch
from monitor.model import WatchId


def named(ask: Ask, words: str) -> Watch | None:
    """The watch of this number in /watches, this id, this name, or the only one whose name holds the words."""
    watches = ask.watches
    wanted = words.strip().casefold()
    if wanted.isdigit() and 1 <= int(wanted) <= len(watches):
        return watches[int(wanted) - 1]
    exact = [w for w in watches if wanted in {w.id.casefold(), w.name.casefold()}]
    partly = [w for w in watches if wanted and wanted in w.name.casefold()]
    found = exact or partly
    return found[0] if len(found) == 1 else None


def token(watch: WatchId) -> str:
    """A short stand-in for a watch in a button's 64 bytes."""
    return blake2b(watch.encode(), digest_size=5).hexdigest()


def by_token(ask: Ask, key: str) -> Watch | None:
    """The watch behind a button."""
    return next((watch for watch in ask.watches if token(watch.id) == key), None)
