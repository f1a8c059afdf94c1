"""One polite, bounded HTTP request: conditions, redirects, deadline, size, address guard."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Self

from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor import clock
from monitor.core.parse import sniff
from monitor.core.schedule import WHOLE_READ, Pace, Validators
from monitor.errors import FetchError
from monitor.fetch import headers as meaning
from monitor.fetch.client import Answer, Client, address
from monitor.fetch.hosts import Hosts, Turns
from monitor.model import Source

MAX_REDIRECTS = 5
_PERMANENT = frozenset({301, 308})
_BY_FAMILY = frozenset({403, 451})
"""Refusals that may hold for one family of addresses alone."""
_MANY = 10_000


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
    """`downgraded` (https → http)."""


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
        connections: int = 1000,
        others: Turns | None = None,
        resolver: AbstractResolver | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Times in seconds: `deadline` for a whole request, redirects included; `pause` between two requests to a host;
        `patience` to wait for a host that is busy before giving up with the kind `busy`. `others`: see `Hosts`.
        `resolver`, `trust`: see `Client`.
        """  # noqa: D205
        self._now, self._deadline = now, deadline
        self._hosts = Hosts(pause, patience, others)
        self._client = Client(max_bytes, connections, resolver, trust)
        self._by_ipv4: set[str] = set()
        """Hosts that refuse by IPv6 what they allow by IPv4."""

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.__aexit__()

    async def fetch(self, source: Source, validators: Validators, *, url: str = "") -> Fetched:
        """Poll one source (at `url` instead of its own address if given).

        Raises FetchError; its kinds: `dns`, `refused`, `timeout`, `tls`, `network`, `address` (the guard), `redirect`,
        `too_big`, `encoding`, `blocked`, `gone`, `rate_limited`, `busy`, `http_4xx`, `http_5xx`.
        """
        now = self._now()
        start = address(url or source.url)
        usable = validators if validators.read and now - validators.read < WHOLE_READ else Validators()
        hops = await self._hops(start, source, usable)
        last = hops[-1]
        self._refuse(last, now, conditional=str(last.url) == usable.url)
        body, new = _news(last, usable, now)
        return Fetched(
            url=str(last.url),
            status=last.status,
            body=body,
            validators=new,
            content_type=last.headers.get("content-type", ""),
            pace=meaning.pace(last.headers, now),
            moved=_moved(start, hops),
            marks=("downgraded",) if _downgraded(start, hops) else (),
        )

    async def page(self, url: str, source: Source) -> tuple[str, bytes, str]:
        """Get an address that a source links to: where it is in the end, its body and its content type.

        Under all limits of `fetch`, and its errors; the source's own headers go to its own host only.
        """
        hops = await self._hops(_like_source(address(url), source), source, Validators())
        self._refuse(hops[-1], self._now(), conditional=False)
        return str(hops[-1].url), hops[-1].body, hops[-1].headers.get("content-type", "")

    async def _hops(self, url: URL, source: Source, validators: Validators) -> list[Answer]:
        """Follow redirects; all share one deadline."""
        left, hops = self._deadline, list[Answer]()
        while len(hops) <= MAX_REDIRECTS:
            hop = await self._ask(url, _request_headers(url, source, validators), source, left)
            hops.append(hop)
            if hop.onward is None:
                return hops
            url, left = hop.onward, left - hop.seconds
        raise FetchError("redirect", f"over {MAX_REDIRECTS} redirects")

    async def _ask(self, url: URL, headers: Mapping[str, str], source: Source, seconds: float) -> Answer:
        """Ask once, or again by IPv4 where that is refused by IPv6: some block lists know one family alone."""
        host = url.raw_host or ""
        try:
            answer = await self._in_turn(url, headers, source, seconds, ipv4=host in self._by_ipv4)
        except FetchError:
            self._by_ipv4.discard(host)
            raise
        if answer.status not in _BY_FAMILY:
            return answer
        if not answer.ipv6:
            self._by_ipv4.discard(host)  # by now it may be the other way round
            return answer
        with contextlib.suppress(FetchError):  # without an IPv4 address the refusal stands
            again = await self._in_turn(url, headers, source, seconds - answer.seconds, ipv4=True)
            if again.status not in _BY_FAMILY and len(self._by_ipv4) < _MANY:
                self._by_ipv4.add(host)
            return replace(again, seconds=answer.seconds + again.seconds)
        return answer

    async def _in_turn(
        self, url: URL, headers: Mapping[str, str], source: Source, seconds: float, *, ipv4: bool
    ) -> Answer:
        async with self._hosts.turn(url.raw_host or ""):
            return await self._client.get(url, headers, seconds, private=source.allow_private, ipv4=ipv4)

    def _refuse(self, hop: Answer, now: dt.datetime, *, conditional: bool) -> None:
        """Raise FetchError for an answer that is neither a body nor a 304 to a question about changes."""
        status, host = hop.status, hop.url.host
        if 200 <= status < 300 or (status == 304 and conditional):
            return
        wait = meaning.retry_after(hop.headers, now)
        challenged = "cf-mitigated" in hop.headers or sniff.refuse(hop.body).kind == "blocked"
        if challenged and status in {401, 403, 429, 503}:
            raise FetchError("blocked", f"{host} keeps robots out (status {status})", wait)
        kinds = {410: "gone", 429: "rate_limited", 304: "network"}
        raise FetchError(kinds.get(status, f"http_{status // 100}xx"), f"{host} answered {status}", wait)


def _like_source(url: URL, source: Source) -> URL:
    """Items have canonical addresses, which are https; a source that is asked over http may know nothing else."""
    own = URL(source.url)
    same = (url.raw_host, url.explicit_port) == (own.raw_host, own.explicit_port)
    return url.with_scheme(own.scheme) if same else url


def _request_headers(url: URL, source: Source, validators: Validators) -> dict[str, str]:
    headers: dict[str, str] = {}
    if _origin(url) == _origin(URL(source.url)):
        headers.update(source.headers)
    if str(url) == validators.url:
        headers.update({"If-None-Match": validators.etag} if validators.etag else {})
        headers.update({"If-Modified-Since": validators.modified} if validators.modified else {})
    return headers


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.raw_host, url.port


def _news(hop: Answer, old: Validators, now: dt.datetime) -> tuple[bytes | None, Validators]:
    """Body and validators after an answer: no body if it is the one that is known."""
    etag, modified = meaning.validators(hop.headers)
    if hop.status == 304:
        return None, replace(old, etag=etag or old.etag, modified=modified or old.modified)
    digest = sha256(hop.body).hexdigest()
    same_address = str(hop.url) == old.url
    new = Validators(
        url=str(hop.url),
        etag=etag,
        modified=modified,
        body=digest,
        prints=old.prints if same_address else (),
        read=old.read if same_address else now,
    )
    return None if same_address and digest == old.body else hop.body, new


def _moved(start: URL, hops: Sequence[Answer]) -> str:
    """Where permanent redirects alone lead; a step to https at the same place counts as one."""
    asked = [start, *(hop.url for hop in hops[1:])]
    steps = zip(hops[:-1], asked[:-1], asked[1:], strict=True)
    permanent = all(hop.status in _PERMANENT or _upgrade(here, there) for hop, here, there in steps)
    return str(hops[-1].url) if len(hops) > 1 and permanent else ""


def _upgrade(here: URL, there: URL) -> bool:
    return here.scheme == "http" and there == here.with_scheme("https").with_port(None)


def _downgraded(start: URL, hops: Sequence[Answer]) -> bool:
    return start.scheme == "https" and hops[-1].url.scheme == "http"
