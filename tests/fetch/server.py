"""A small HTTP server on loopback whose answers a test writes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from monitor.model import Source, SourceId, SourceKind

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
FEED = b"<rss version='2.0'><channel><title>t</title><item><title>x</title></item></channel></rss>"


@dataclass
class Server:
    """Paths → answers, and every request that came."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[web.Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def says(self, path: str, body: bytes = FEED, status: int = 200, **headers: str) -> None:
        """Answer a path like this from now on; `_` in header names stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=named)

        self.answers[path] = answer

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"

    def source(self, path: str, *, private: bool = True, host: str = "127.0.0.1", **more) -> Source:
        """A source at a path."""
        return Source(SourceId("s"), self.url(path, host), "E", "E", SourceKind.WIRE, allow_private=private, **more)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Count and answer."""
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return await self.answers[request.path](request)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def serving(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Server]:
    """A running server."""
    server = Server(port)
    runner = web.ServerRunner(web.Server(server.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


async def drip(request: web.Request) -> web.StreamResponse:
    """One byte every 50 ms, until the client has had enough."""
    response = web.StreamResponse()
    await response.prepare(request)
    while request.transport is not None and not request.transport.is_closing():
        await response.write(b"x")
        await asyncio.sleep(0.05)
    return response
