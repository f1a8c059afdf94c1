"""One request in flight a host, over all processes that share a store."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from monitor.clock import Clock
from monitor.errors import FetchError, StoreError
from monitor.pipeline import Aside
from monitor.store.base import Lease, Store

log = logging.getLogger(__name__)
_AGAIN = 0.25
"""Seconds until a host that another machine is at is asked for again."""
_TURN = dt.timedelta(seconds=60)
"""Twice what a whole request may take."""


class Everywhere:
    """One request in flight a host over all machines that share a store, with `pause` seconds between two.

    After a `turn` without a word from whoever is at it a host is free again.
    """

    def __init__(self, store: Store, owner: str, clock: Clock, pause: float = 1.0, turn: dt.timedelta = _TURN) -> None:
        self._store, self._owner, self._clock, self._turn = store, owner, clock, turn
        self._pause = dt.timedelta(seconds=pause)
        self._aside = Aside(ThreadPoolExecutor(2, "hosts"))

    @contextlib.asynccontextmanager
    async def turn(self, host: str, patience: float) -> AsyncIterator[None]:
        """See `monitor.fetch.hosts.Turns`."""
        try:
            async with asyncio.timeout(patience):
                lease = await self._lease(host)
        except TimeoutError:
            raise FetchError("busy", f"{host} is busy with requests of our other machines") from None
        try:
            yield
        finally:
            await self._leave(lease)

    async def _lease(self, host: str) -> Lease:
        while True:
            now = self._clock()
            lease = await self._aside(self._store.lease_role, f"host {host}", self._owner, now, now + self._turn)
            if lease is not None:
                return lease
            await asyncio.sleep(_AGAIN)

    async def _leave(self, lease: Lease) -> None:
        now = self._clock()
        try:
            await self._aside(self._store.release, lease, now, now + self._pause)
        except StoreError as error:
            log.warning("a host stays ours until the lease runs out: %s", error, extra={"host": lease.name})
