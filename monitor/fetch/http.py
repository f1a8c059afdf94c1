"""One polite, bounded HTTP request: conditions, redirects, deadline, size, address guard."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Self

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from monitor import __version__, clock
from monitor.core.parse import sniff
from monitor.core.schedule import WHOLE_READ, Pace, Validators
from monitor.errors import FetchError
from monitor.fetch import body as bodies
from monitor.fetch import headers as meaning
from monitor.fetch.guard import AddressInfo, AddressRefused, any_socket, public_socket
from monitor.fetch.hosts import Hosts, Turns
from monitor.model import Source

MAX_REDIRECTS = 5
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ERROR_BODY = 65_536
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/cap+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)


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


@dataclass(frozen=True, slots=True)
class _Hop:
    """One answer, and the address to ask next if it is a redirect."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes
    onward: httpx.URL | None = None


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
        `resolver`: the system's if None. Of a name's addresses one of the other family is tried after 0.25 s without a
        connection (RFC 8305). `trust`: whose certificates are believed; those that come with httpx if None.
        """  # noqa: D205
        self._resolver, self._trust = resolver, trust
        self._now, self._deadline, self._max_bytes, self._connections = now, deadline, max_bytes, connections
        self._hosts = Hosts(pause, patience, others)
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        context = self._trust or httpx.create_ssl_context(trust_env=False)
        # Two pools: a connection that a private source may use must never be handed to another.
        for private, make in ((False, public_socket), (True, any_socket)):
            client = _client(context, make, self._connections, self._resolver)
            self._clients[private] = await self._stack.enter_async_context(client)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def fetch(self, source: Source, validators: Validators, *, url: str = "") -> Fetched:
        """Poll one source (at `url` instead of its own address if given).

        Raises FetchError; its kinds: `dns`, `refused`, `timeout`, `tls`, `network`, `address` (the guard), `redirect`,
        `too_big`, `encoding`, `blocked`, `gone`, `rate_limited`, `busy`, `http_4xx`, `http_5xx`.
        """
        now = self._now()
        start = _address(url or source.url)
        usable = validators if validators.read and now - validators.read < WHOLE_READ else Validators()
        hops = [hop async for hop in self._hops(start, source, usable)]
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
        hops = [hop async for hop in self._hops(_like_source(_address(url), source), source, Validators())]
        self._refuse(hops[-1], self._now(), conditional=False)
        return str(hops[-1].url), hops[-1].body, hops[-1].headers.get("content-type", "")

    async def _hops(self, url: httpx.URL, source: Source, validators: Validators) -> AsyncIterator[_Hop]:
        """Follow redirects; each hop takes its turn at its host, all share one deadline."""
        loop = asyncio.get_running_loop()
        left = self._deadline
        for _ in range(MAX_REDIRECTS + 1):
            async with self._hosts.turn(url.host):
                started = loop.time()
                hop = await self._ask(url, _request_headers(url, source, validators), source, left)
                left -= loop.time() - started
            yield hop
            if hop.onward is None:
                return
            url = hop.onward
        raise FetchError("redirect", f"over {MAX_REDIRECTS} redirects")

    async def _ask(self, url: httpx.URL, headers: dict[str, str], source: Source, seconds: float) -> _Hop:
        client = self._clients[source.allow_private]
        try:
            async with asyncio.timeout(seconds), client.stream("GET", url, headers=headers) as response:
                return await self._hop(url, response)
        except TimeoutError:
            raise FetchError("timeout", f"no whole answer from {url.host} within {self._deadline:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
            raise _classified(error, url) from error

    async def _hop(self, url: httpx.URL, response: httpx.Response) -> _Hop:
        status, headers = response.status_code, response.headers
        if status in _REDIRECT and "location" in headers:
            return _Hop(url, status, headers, b"", _address(str(url.join(headers["location"]))))
        if status == 304:
            return _Hop(url, status, headers, b"")
        limit = self._max_bytes if status < 300 else _ERROR_BODY
        try:
            body = await bodies.read(response.aiter_raw(), headers.get("content-encoding", ""), limit)
        except FetchError:
            if status < 300:
                raise
            body = b""
        return _Hop(url, status, headers, body)

    def _refuse(self, hop: _Hop, now: dt.datetime, *, conditional: bool) -> None:
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


def _client(
    context: ssl.SSLContext,
    make_socket: Callable[[AddressInfo], socket.socket],
    connections: int,
    resolver: AbstractResolver | None,
) -> httpx.AsyncClient:
    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=context,
            socket_factory=make_socket,
            resolver=resolver,
            limit=connections,
            ttl_dns_cache=60,
            # Only for redirects and articles: the next poll of a host is a minute away at least.
            keepalive_timeout=5,
            happy_eyeballs_delay=0.25,
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    return httpx.AsyncClient(
        transport=AiohttpTransport(client=session, verify=context),
        headers={"User-Agent": f"tocsin/{__version__}", "Accept": _ACCEPT, "Accept-Encoding": bodies.ACCEPTED},
        timeout=httpx.Timeout(20.0, connect=10.0),
        follow_redirects=False,
        trust_env=False,
    )


def _address(text: str) -> httpx.URL:
    """An address that may be asked; raises FetchError (`redirect`) for other schemes, and for hidden hosts."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("redirect", f"no address: {text[:100]!r}") from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or "\\" in text:
        raise FetchError("redirect", f"only plain http and https addresses are fetched, not {text[:100]!r}")
    return url.copy_with(fragment=None)


def _like_source(url: httpx.URL, source: Source) -> httpx.URL:
    """Items have canonical addresses, which are https; a source that is asked over http may know nothing else."""
    own = httpx.URL(source.url)
    return url.copy_with(scheme=own.scheme) if (url.host, url.port) == (own.host, own.port) else url


def _request_headers(url: httpx.URL, source: Source, validators: Validators) -> dict[str, str]:
    headers: dict[str, str] = {}
    if _origin(url) == _origin(httpx.URL(source.url)):
        headers.update(source.headers)
    if str(url) == validators.url:
        headers.update({"If-None-Match": validators.etag} if validators.etag else {})
        headers.update({"If-Modified-Since": validators.modified} if validators.modified else {})
    return headers


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _news(hop: _Hop, old: Validators, now: dt.datetime) -> tuple[bytes | None, Validators]:
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


def _moved(start: httpx.URL, hops: list[_Hop]) -> str:
    """Where permanent redirects alone lead; a step to https at the same place counts as one."""
    asked = [start, *(hop.url for hop in hops[1:])]
    steps = zip(hops[:-1], asked[:-1], asked[1:], strict=True)
    permanent = all(hop.status in _PERMANENT or _upgrade(here, there) for hop, here, there in steps)
    return str(hops[-1].url) if len(hops) > 1 and permanent else ""


def _upgrade(here: httpx.URL, there: httpx.URL) -> bool:
    return here.scheme == "http" and there == here.copy_with(scheme="https", port=None)


def _downgraded(start: httpx.URL, hops: list[_Hop]) -> bool:
    return start.scheme == "https" and hops[-1].url.scheme == "http"


def _classified(error: Exception, url: httpx.URL) -> FetchError:
    causes = list(_causes(error))
    found = {kind for cause in causes for kind, classes in _KINDS if isinstance(cause, classes)}
    kind = next((kind for kind, _ in _KINDS if kind in found), "network")
    refused = next((str(c) for c in causes if isinstance(c, AddressRefused)), "")
    return FetchError(kind, refused or f"{url.host}: {_WORDS.get(kind, type(causes[-1]).__name__)}")


_KINDS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("address", (AddressRefused,)),
    ("dns", (socket.gaierror, aiohttp.ClientConnectorDNSError)),
    ("tls", (ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError)),
    ("refused", (ConnectionRefusedError,)),
    ("timeout", (TimeoutError, aiohttp.ServerTimeoutError, httpx.ReadTimeout)),
)
"""Kinds of failure, surest first, by what is found among an error's causes."""
_WORDS = {
    "dns": "the name can't be resolved",
    "tls": "no trusted TLS connection",
    "refused": "connection refused",
    "timeout": "no answer in time",
}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all that is behind it."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        this = todo.pop(0)
        if this is None or id(this) in seen:
            continue
        seen.add(id(this))
        yield this
        inner = this.exceptions if isinstance(this, BaseExceptionGroup) else ()
        todo += [this.__cause__, this.__context__, getattr(this, "os_error", None), *inner]
