"""One GET over a guarded connection: an answer with its whole body, within limits, or a FetchError."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterable, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Self, cast

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor import __version__
from monitor.errors import FetchError
from monitor.fetch import body as bodies
from monitor.fetch import headers as meaning
from monitor.fetch.guard import AddressRefused
from monitor.fetch.transport import GuardedTransport

_REDIRECT = frozenset({301, 302, 303, 307, 308})
_ERROR_BODY = 65_536
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/cap+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)
_HEADERS = {"user-agent": f"tocsin/{__version__}", "accept": _ACCEPT, "accept-encoding": bodies.ACCEPTED}
_NOTHING = httpx.ByteStream(b"")
"""The body of a GET: without a stream httpx would look for one to make, and add headers that the connection adds."""
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")
"""A name as it is asked for (IDNA), or an address of either family."""
_USER = re.compile(r"//[^/]*@")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and the address to ask next if it is a redirect."""

    url: URL
    status: int
    headers: Mapping[str, str]
    """See `headers.together`."""
    seconds: float
    """How long it took."""
    ipv6: bool
    """Whether it came by IPv6."""
    body: bytes = b""
    """Decoded. Empty for redirects and 304, and for errors with a body that is too long or spoilt."""
    onward: URL | None = None


class Client:
    """Asks for all sources. Use as an async context manager.

    `resolver`: of names; c-ares if None, as the system's takes a thread for each name, and silent name servers would
    keep all of the few there are. `trust`: whose certificates are believed; those that come with httpx if None.
    """

    def __init__(
        self, max_bytes: int, connections: int, resolver: AbstractResolver | None, trust: ssl.SSLContext | None
    ) -> None:
        self._max_bytes, self._connections, self._resolver, self._trust = max_bytes, connections, resolver, trust
        self._transports: dict[tuple[bool, bool], GuardedTransport] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        trust = self._trust or httpx.create_ssl_context(trust_env=False)
        resolver = self._resolver
        if resolver is None:
            resolver = aiohttp.AsyncResolver()
            self._stack.push_async_callback(resolver.close)
        # Pools apart: a connection that a private source may use must never be handed to another.
        for private in (False, True):
            for ipv4 in (False, True):
                transport = GuardedTransport(trust, self._connections, resolver, private=private, ipv4=ipv4)
                self._transports[private, ipv4] = await self._stack.enter_async_context(transport)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def get(
        self, url: URL, headers: Mapping[str, str], seconds: float, *, private: bool = False, ipv4: bool = False
    ) -> Answer:
        """The answer of this address within so many seconds.

        `private`: it may be in a private network. `ipv4`: don't ask by IPv6. Raises FetchError.
        """
        start = asyncio.get_running_loop().time()
        try:
            # httpx's client would keep cookies, follow redirects and know passwords: not wanted, at twice the cost.
            request = httpx.Request("GET", str(url), headers=_sent(headers), stream=_NOTHING)
            async with asyncio.timeout(seconds):
                response = await self._transports[private, ipv4].handle_async_request(request)
                async with aclosing(response):
                    return await self._answer(url, response, start)
        except TimeoutError:
            raise FetchError("timeout", f"no whole answer from {url.host} in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
            raise _classified(error, url) from error

    async def _answer(self, url: URL, response: httpx.Response, start: float) -> Answer:
        status, headers = response.status_code, meaning.together(response.headers.raw)
        onward = address(headers["location"], url) if status in _REDIRECT and "location" in headers else None
        body = b"" if onward or status == 304 else await self._body(response, headers.get("content-encoding", ""))
        seconds = asyncio.get_running_loop().time() - start
        return Answer(url, status, headers, seconds, bool(response.extensions["ipv6"]), body, onward)

    async def _body(self, response: httpx.Response, encoding: str) -> bytes:
        good = response.status_code < 300
        # As it comes from the connection: httpx's own iteration cuts and joins it anew.
        chunks = cast("AsyncIterable[bytes]", response.stream)
        try:
            return await bodies.read(chunks, encoding, self._max_bytes if good else _ERROR_BODY)
        except FetchError:
            if good:
                raise
            return b""


def _sent(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """What is sent: a source's own headers instead of ours, and validators byte for byte as they came."""
    merged = {**_HEADERS, **{name.lower(): value for name, value in headers.items()}}
    return [(name.encode(), value.encode()) for name, value in merged.items()]


def address(text: str, base: URL | None = None) -> URL:
    """An address that may be asked, perhaps relative to another.

    Raises FetchError (`redirect`) for other schemes, and for hosts that are none or hidden behind a user's name.
    """
    try:
        url = base.join(URL(text)) if base else URL(text)
        _ = url.host  # decodes it, which fails where a name only looks like IDNA
    except ValueError as error:
        raise FetchError("redirect", f"no address: {_shown(text)!r}") from error
    hidden = url.raw_user is not None or url.raw_password is not None or "\\" in text
    if url.scheme not in {"http", "https"} or hidden or not _HOST.fullmatch(url.raw_host or ""):
        raise FetchError("redirect", f"only plain http and https addresses are fetched, not {_shown(text)!r}")
    return url.with_fragment(None)


def _shown(text: str) -> str:
    """The beginning of an address without what may be secret: a server may send back the key that it was asked with."""
    return _USER.sub("//…@", text.partition("?")[0])[:100]


def _classified(error: Exception, url: URL) -> FetchError:
    causes = list(_causes(error))
    found = {kind for cause in causes for kind, classes in _KINDS if isinstance(cause, classes)}
    kind = next((kind for kind, _ in _KINDS if kind in found), "network")
    refused = next((f"{c.address} is {c}" for c in causes if isinstance(c, AddressRefused)), "")
    return FetchError(kind, refused or f"{url.host}: {_WORDS.get(kind, type(causes[-1]).__name__)}")


_KINDS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("address", (AddressRefused,)),
    ("redirect", (httpx.InvalidURL, aiohttp.InvalidURL)),
    ("dns", (socket.gaierror, aiohttp.ClientConnectorDNSError)),
    ("tls", (ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError)),
    ("refused", (ConnectionRefusedError,)),
    ("timeout", (TimeoutError,)),
)
"""Kinds of failure, surest first, by what is found among an error's causes."""
_WORDS = {
    "redirect": "no address that can be asked",
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
