"""OPML lists in and out."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from monitor.core import opml
from monitor.errors import UsageError


def run(args: argparse.Namespace) -> int:
    """Write a list, or entries for sources.yaml, to standard output."""
    if args.action == "export":
        from monitor import rulefiles
        from monitor.core.rules import load
        from monitor.settings import Settings

        print(opml.write(load(rulefiles.read(Settings.read().rules)).sources.values()), end="")
        return 0
    print(entries(_body(args.file)), end="")
    return 0


def entries(body: bytes) -> str:
    """Entries for sources.yaml of the feeds in an OPML document; owner and kind are for a person to mend."""
    import yaml

    found: dict[str, dict[str, str]] = {}
    for url, title in opml.read(body):
        host = urlsplit(url).hostname or "feed"
        name = _unused(_slug(title) or _slug(host), found)
        found[name] = {
            "id": name,
            "url": url,
            "publisher": title or host,
            "owner": title or host,
            "kind": "independent",
        }
    text: str = yaml.safe_dump({"sources": list(found.values())}, sort_keys=False, allow_unicode=True)
    return "# Mend `owner` (whose voice it is), `kind`, and `side` where it is a party's.\n" + text


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")


def _unused(name: str, taken: dict[str, dict[str, str]]) -> str:
    number = 2
    candidate = name
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


def _body(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error
