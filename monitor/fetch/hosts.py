"""One request in flight a host, with a pause between two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from monitor.errors import FetchError

_MANY = 50_000


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    waiting: int = 0


class Turns(Protocol):
    """Turns at hosts among processes."""

    def turn(self, host: str, patience: float) -> AbstractAsyncContextManager[None]:
        """Wait until no other process asks this host; raises FetchError (`busy`) after `patience` seconds."""
        ...


class Hosts:
    """Whose turn it is at each host. Belongs to one event loop. `others`: processes that ask the same hosts."""

    def __init__(self, pause: float, patience: float, others: Turns | None = None) -> None:
        self._pause, self._patience, self._others = pause, patience, others
        self._slots: dict[str, _Slot] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host to be free; raises FetchError (`busy`) after `patience` seconds.

        At once where so many wait that their pauses alone take longer: a crowd at one host must not keep all hands.
        """
        loop = asyncio.get_running_loop()
        slot = self._slot(host, loop.time())
        if slot.waiting * self._pause >= self._patience:
            raise _busy(host)
        slot.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await slot.lock.acquire()
        except TimeoutError:
            raise _busy(host) from None
        finally:
            slot.waiting -= 1
        try:
            if (left := slot.free_at - loop.time()) > 0:
                await asyncio.sleep(left)
            async with self._others.turn(host, self._patience) if self._others else nullcontext():
                yield
        finally:
            slot.free_at = loop.time() + self._pause
            slot.lock.release()

    def _slot(self, host: str, now: float) -> _Slot:
        if len(self._slots) > _MANY:
            self._slots = {h: s for h, s in self._slots.items() if s.waiting or s.lock.locked() or s.free_at > now}
        return self._slots.setdefault(host, _Slot())


def _busy(host: str) -> FetchError:
    return FetchError("busy", f"{host} is busy with other requests of ours")
