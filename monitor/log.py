"""Log lines for machines and people (logfmt, one a line, on standard error), without secrets.

httpx logs every request's address at INFO, and a Telegram address holds the bot's token: so those
loggers start at WARNING, and whatever still gets through is redacted in the finished line, traceback included.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import TextIO
from urllib.parse import quote

from logfmter import Logfmter

_CHATTY = ("httpx", "httpcore", "telegram", "aiohttp", "asyncio")
_TOKEN = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
_HIDDEN = "<secret>"


class Redacting(logging.Formatter):
    """Another formatter's lines, with every known secret and everything shaped like a bot token taken out."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = [form for secret in secrets if secret for form in (secret, quote(secret, safe=""))]

    def format(self, record: logging.LogRecord) -> str:
        """One line without secrets."""
        return self.clean(self._inner.format(record))

    def clean(self, line: str) -> str:
        """Any text without secrets."""
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, line)


def set_up(level: str = "INFO", secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Log to `stream` (standard error). Replaces what was set up before."""
    inner = Logfmter(
        keys=["at", "level", "logger"],
        mapping={"at": "asctime", "level": "levelname", "logger": "name"},
        datefmt="%Y-%m-%dT%H:%M:%SZ",
    )
    inner.converter = time.gmtime
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(inner, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of each tick that finds the last one still at work, or is cancelled at the end; ours log for themselves.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    sys.excepthook = _uncaught


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process goes through the same redaction."""
    logging.getLogger("monitor").critical("uncaught", exc_info=(kind, error, trace))
