"""A parse worker: `python -m monitor.fetch.worker SECONDS MEGABYTES` reads jobs and writes results, framed, until EOF.

Nothing is caught here but ParseError: an unforeseen exception ends the worker, which is that document's failure.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from monitor.core.parse import Job, parse
from monitor.errors import ParseError
from monitor.fetch.frames import HEADER, Failure, Reply, Success, decode_job, encode

_MEGABYTE = 1 << 20
_STATM = Path("/proc/self/statm")
_GROWN = 200 * _MEGABYTE
"""A worker that keeps more than this (resident bytes) after a document asks to be replaced."""


def main() -> int:
    """Serve jobs from standard input until it ends."""
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    # Whatever a library prints must not get between the frames.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Ctrl-C ends the daemon, which ends its workers; fetching and deciding come before parsing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # When the daemon was killed there is nobody to answer: end at once, without a word.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.nice(5)
    _warm_up()
    _write(replies, b"")
    while (frame := _read(sys.stdin.buffer)) is not None:
        _limit(seconds, megabytes)
        _write(replies, encode(_answer(decode_job(frame))))
    return 0


def _answer(job: Job) -> Reply:
    try:
        return Success(parse(job))
    except ParseError as error:
        return Failure(error.kind, str(error))
    except MemoryError:
        return Failure("too_big", "the document needs more memory than a document may")


def _limit(seconds: float, megabytes: int) -> None:
    """Allow this much more memory and, in case the parent is gone, twice the processor time from here on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    _soft(resource.RLIMIT_CPU, int(spent + 2 * seconds) + 1)
    _soft(resource.RLIMIT_AS, _virtual() + megabytes * _MEGABYTE)


def _soft(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _virtual() -> int:
    return _pages(0)


def _resident() -> int:
    return _pages(1)


def _pages(column: int) -> int:
    """A figure of /proc/self/statm in bytes; 0 where there is no /proc (then memory is not measured)."""
    try:
        return int(_STATM.read_text("ascii").split()[column]) * resource.getpagesize()
    except OSError:
        return 0


def _read(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    length, _ = HEADER.unpack(header)
    frame = stream.read(length)
    return frame if len(frame) == length else None


def _write(stream: BinaryIO, frame: bytes) -> None:
    stream.write(HEADER.pack(len(frame), _resident() > _GROWN) + frame)
    stream.flush()


def _warm_up() -> None:
    """Load the parsers before the first document's time counts."""
    import dateparser  # noqa: F401
    import feedparser  # noqa: F401

    from monitor.core.parse import cap, feeds, jsonfeed, page, sitemap  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
