"""Requests of httpx over connections of aiohttp: these are cheaper, and show the address really connected to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Self

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection
from yarl import URL

from monitor.fetch.guard import AddressInfo, any_socket, public_socket

_TIMES = aiohttp.ClientTimeout(total=None, connect=20.0, sock_connect=10.0, sock_read=20.0)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to public addresses, or to any if `private`; by IPv4 alone if `ipv4`.

    Of a name's addresses one of the other family is tried after 0.25 s without a connection (RFC 8305). Raises errors
    of aiohttp, OSError and ValueError. The extension `ipv6` of a response says whether it came by IPv6.
    """

    def __init__(
        self,
        trust: ssl.SSLContext,
        connections: int,
        resolver: AbstractResolver,
        *,
        private: bool = False,
        ipv4: bool = False,
    ) -> None:
        self._trust, self._connections, self._resolver = trust, connections, resolver
        self._socket: Callable[[AddressInfo], socket.socket] = any_socket if private else public_socket
        self._family = socket.AF_INET if ipv4 else socket.AF_UNSPEC
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = self._opened()
        return self

    async def aclose(self) -> None:
        """See `httpx.AsyncBaseTransport.aclose`."""
        if self._session:
            await self._session.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.AsyncBaseTransport.handle_async_request`; the caller sets the deadline."""
        if self._session is None:
            raise RuntimeError("a transport is used as an async context manager")
        response = await self._session.request(
            request.method, URL(str(request.url)), headers=request.headers.multi_items(), allow_redirects=False
        )
        by_ipv6 = isinstance(response, _Response) and response.ipv6
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=_Body(response), extensions={"ipv6": by_ipv6}
        )

    def _opened(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=self._trust,
            family=self._family,
            socket_factory=self._socket,
            resolver=self._resolver,
            limit=self._connections,
            ttl_dns_cache=60,
            # Only for redirects and articles: the next poll of a host is a minute away at least.
            keepalive_timeout=5,
            happy_eyeballs_delay=0.25,
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=_TIMES,
            response_class=_Response,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )


class _Response(aiohttp.ClientResponse):
    """A response that knows how it came: a short one has let go of its connection once it is there."""

    ipv6 = False

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """See `ClientResponse.start`."""
        used = connection.transport.get_extra_info("socket") if connection.transport else None
        self.ipv6 = used is not None and used.family == socket.AF_INET6
        return await super().start(connection)


class _Body(httpx.AsyncByteStream):
    """The bytes as they arrive; closing it lets go of the connection."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.content.iter_any():
            yield chunk

    async def aclose(self) -> None:
        # A body that was not read to its end closes the connection: the rest of it must not be waited for.
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()
