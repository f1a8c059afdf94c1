"""Roles that a process holds while it goes on asking for them: see `Store.lease_role`."""

from __future__ import annotations

import datetime as dt
import threading

from monitor.clock import Clock
from monitor.store.base import Lease, Store


class Roles:
    """What `owner` has taken on, for `span` at a time. Each role is asked for by one thread at a time."""

    def __init__(self, store: Store, owner: str, clock: Clock, span: dt.timedelta) -> None:
        self._store, self._owner, self._clock, self._span = store, owner, clock, span
        self._held: dict[str, Lease | None] = {}
        self._released = False
        self._guard = threading.Lock()

    def hold(self, role: str, span: dt.timedelta | None = None) -> Lease | None:
        """The right to a role, for at least half of the span to come; None while somebody else has it.

        Renewed once half of it is over: each renewal waits for the disk. Also None once all were released: a thread
        that comes late must not take back what others wait for. Raises StoreError.
        """
        with self._guard:
            now, span = self._clock(), span or self._span
            held = self._held.get(role)
            if not self._released and (held is None or not now <= held.until - span / 2 <= now + span):
                held = self._held[role] = self._store.lease_role(role, self._owner, now, now + span)
            return held

    def forget(self, role: str) -> None:
        """Ask the store the next time: somebody else took the role over."""
        self._held.pop(role, None)

    def release(self) -> None:
        """Let others have every role at once, and take none again. Raises StoreError."""
        with self._guard:
            self._released, now = True, self._clock()
            for role, lease in [*self._held.items()]:
                if lease:
                    self._store.release(lease, now, now)
                self.forget(role)
