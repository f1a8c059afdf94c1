"""Entries as the JSON Lines that `tocsin parse` writes and the other filters read."""

from __future__ import annotations

import msgspec

from monitor.model import Entry


def line(entry: Entry) -> str:
    """One JSON object: `id, url, title, text, published, updated, lang, origin, marks, replaces`.

    Unknown times, languages and origins are null.
    """
    fields = msgspec.to_builtins(entry)
    fields["lang"] = entry.lang or None
    return msgspec.json.encode(fields).decode()
