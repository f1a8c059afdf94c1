"""Read feed documents (RSS, Atom, RDF, JSON Feed, CAP, news sitemaps) and print one JSON object per entry.

A file that is no feed is told on standard error and makes the exit status 1; the others are still read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

from monitor.errors import ParseError, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="*", default=["-"], metavar="FILE", help="feed documents; - is standard input")
    parser.add_argument("--url", default="", help="address of the document, to resolve relative links")
    parser.add_argument("--content-type", default="", help="the Content-Type header that came with it")
    parser.add_argument("--at", default="", metavar="TIME", help="time of the fetch (ISO 8601; default: now)")
    parser.add_argument("--lang", default="", help="the source's language: which block of an alert in several is read")
    parser.add_argument("--format", default="feed", choices=("feed", "channel"), help="channel: a t.me/s/NAME page")


def run(args: argparse.Namespace) -> int:
    """Print the entries of every document, in document order."""
    from monitor.core.parse import Job, parse
    from monitor.core.parse.wire import line

    at, status = _time(args.at), 0
    asked = {"content_type": args.content_type, "url": args.url, "format": args.format, "language": args.lang}
    for name, body in _bodies(args.files):
        job = Job(body, at, **asked)
        try:
            document = parse(job)
        except ParseError as error:
            print(f"tocsin: {name}: {error} ({error.kind})", file=sys.stderr)
            status = 1
            continue
        for entry in document.entries:
            print(line(entry))
    return status


def _bodies(names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            yield name, sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            raise UsageError(f"{name}: {error.strerror}") from error


def _time(text: str) -> dt.datetime:
    if not text:
        from monitor import clock

        return clock.now()
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at {text!r}: not an ISO 8601 time") from error
    return time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)
