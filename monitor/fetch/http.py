"""One polite, bounded HTTP request: conditions, redirects, deadline, size, address guard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor import clock
from monitor.core.schedule import Pace, Validators
from monitor.model import Source


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response worth reading, or the word that nothing changed."""

    url: str
    """The address that answered in the end."""
    status: int
    body: bytes | None
    """Decoded bytes; None when nothing changed (304, or the same bytes as last time)."""
    content_type: str
    validators: Validators
    """To be committed with the items; `prints` are those of the last document until a new one is parsed."""
    pace: Pace = field(default_factory=Pace)
    moved: str = ""
    """Where an unbroken chain of permanent redirects leads, if the source is answered elsewhere."""
    marks: tuple[str, ...] = ()
    """`downgraded` (https → http), …"""


class Fetcher:
    """Fetches sources over one shared client. Use as an async context manager."""

    def __init__(
        self,
        *,
        now: Callable[[], dt.datetime] = clock.now,
        deadline: float = 30.0,
        max_bytes: int = 2_000_000,
        pause: float = 1.0,
        patience: float = 30.0,
    ) -> None:
        """`deadline`: seconds for a whole request; `pause`: seconds between two requests to a host;
        `patience`: seconds to wait for a host that is busy before giving up with the kind `busy`.
        """  # noqa: D205

    async def fetch(self, source: Source, validators: Validators, *, url: str = "") -> Fetched:
        """Poll one source (at `url` instead of its own address if given).

        Raises FetchError; its kinds: `dns`, `refused`, `timeout`, `tls`, `network`, `address` (the guard), `redirect`,
        `too_big`, `encoding`, `blocked`, `gone`, `rate_limited`, `busy`, `http_4xx`, `http_5xx`.
        """
        raise NotImplementedError
