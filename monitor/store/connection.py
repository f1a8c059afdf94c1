"""SQLite connections: one a thread, durable where it matters, errors as StoreError."""

from __future__ import annotations

import contextlib
import pathlib
import sqlite3
import threading
from collections.abc import Iterator

from monitor.errors import StoreError
from monitor.failpoints import reach

SCHEMA = 1
"""The number of steps in `store.migrations`, noted in a database that has taken them all."""
_PATIENCE = 30.0
"""Seconds to wait for another writer before `StoreError`."""


class Connections:
    """Connections to one database file; if `check`ed, it is looked over and brought up to date first.

    WAL lets readers go on beside the one writer; synchronous=FULL because what was accepted
    or sent must survive a power cut. NORMAL may lose the last commits, and none that a later FULL one
    came after (it writes the same log to the disk; see SQLite's pragma docs).
    """

    def __init__(self, path: pathlib.Path, *, check: bool) -> None:
        self._path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        with self.errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            if check:
                self._check()
                self._migrate()
            elif self._version() != SCHEMA:
                raise StoreError(f"{path}: written by another version of Tocsin; let `tocsin run` open it first")

    @property
    def here(self) -> sqlite3.Connection:
        """The calling thread's connection."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = self._open()
        return db

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The calling thread's connection, for one question."""
        with self.errors():
            yield self.here

    @contextlib.contextmanager
    def writing(self, name: str, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """See `Engine.writing`. Holds the write lock from its start, so that what it reads stays true."""
        # Threads of this process take turns here: SQLite's own waiting sleeps, and is not fair.
        with self._turn, self.errors():
            db = self.here
            db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                reach(f"{name}.before")
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        reach(f"{name}.after")

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """SQLite's errors as ours."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path}: {error}{_advice(error)}") from error

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for db in self._all:
                db.close()
            self._all.clear()
        self._local = threading.local()

    def _open(self) -> sqlite3.Connection:
        # Closed by `close` from another thread, used by its own thread only.
        db = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        with self._guard:
            self._all.append(db)
        db.execute("PRAGMA journal_mode = WAL")
        return db

    def _check(self) -> None:
        found = self.here.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{self._path}: the database is damaged ({found}){_REPLACE}")

    def _migrate(self) -> None:
        # Imported here because looking in is done often, and the library takes longer to load than to work.
        from sqlite_utils import Database

        from monitor.store.migrations import migrate

        migrate(Database(self.here))
        if self._version() != SCHEMA:
            self.here.execute(f"PRAGMA user_version = {SCHEMA}")

    def _version(self) -> int:
        return int(self.here.execute("PRAGMA user_version").fetchone()[0])


_REPLACE = "; move it away and put the newest backup in its place"


def _advice(error: Exception) -> str:
    words = str(error)
    if "malformed" in words or "not a database" in words:
        return _REPLACE
    if "locked" in words:
        return f": another process has held it for {_PATIENCE:.0f} s"
    return ""
