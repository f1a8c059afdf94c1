"""The store in a PostgreSQL database that many processes share: see `Store` for what each method promises.

Leases are compared with the database's clock alone, so machines whose clocks differ don't take each other's work;
rows are leased with FOR UPDATE SKIP LOCKED, so nobody waits for another's choice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from monitor.errors import StoreError
from monitor.settings import PostgresUrl
from monitor.store.postgres_connection import Connections
from monitor.store.postgres_schema import LOCK, STEPS, migrate, steps
from monitor.store.postgres_tables import PostgresTables
from monitor.store.sql import Session, SqlStore


class PostgresStore(SqlStore):
    """Raises StoreError at once if there is no such database, or a newer Tocsin wrote it.

    If to be `check`ed, it is brought up to date first; else it must be.
    """

    _now = "extract(epoch FROM clock_timestamp())"
    _skip = " FOR UPDATE SKIP LOCKED"
    _lock = " FOR UPDATE"

    def __init__(self, url: PostgresUrl, *, check: bool = True) -> None:
        connections = Connections(url)
        super().__init__(connections, PostgresTables(connections))
        try:
            if check:
                with self._writing("migrate") as db:
                    migrate(db)
            else:
                self._must_be_ours(url)
        except BaseException:
            connections.close()
            raise

    def _must_be_ours(self, url: PostgresUrl) -> None:
        with self._reading() as db:
            done = steps(db)
        if not done:
            raise StoreError(f"{url}: nothing of Tocsin's is there; has `tocsin run` been started on it?")
        if set(done) != set(STEPS):
            raise StoreError(f"{url}: written by another version of Tocsin; let `tocsin run` open it first")

    def _among(self, column: str, name: str) -> str:
        return f"({column} = ANY(:{name}))"

    def _list(self, values: Iterable[str | int]) -> object:
        return list(values)

    def _returned(self, db: Session, sql: str, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        return cast("list[Any]", db.executemany(sql, rows))

    def _alone(self, db: Session, work: str) -> None:
        db.execute(LOCK, {"work": work})


def is_new(url: PostgresUrl) -> bool:
    """Whether nothing of ours is in this database. Raises StoreError."""
    with _looking(url) as db:
        return not steps(db)


def troubles(url: PostgresUrl, now: dt.datetime) -> list[str]:
    """What of a server's settings is wrong for us, in words. Raises StoreError."""
    with _looking(url) as db:
        ahead = db.execute("SELECT extract(epoch FROM clock_timestamp())::float8 - :now", {"now": now.timestamp()})
        (seconds,) = ahead.fetchone() or (0.0,)
        found = [what for wrong, what in _WRONG if db.execute(f"SELECT {wrong}", {}).fetchone() == (True,)]
    if abs(seconds) > _APART:
        found.append(f"its clock and the one here are {abs(seconds):.0f} s apart")
    return found


_APART = 5.0
_WRONG = (
    ("current_setting('server_version_num')::int < 140000", "too old: PostgreSQL 14 or newer is needed"),
    ("pg_is_in_recovery()", "a standby, which can't be written to: target_session_attrs=read-write finds the other"),
    ("current_setting('server_encoding') <> 'UTF8'", "its encoding is not UTF8"),
    (
        "current_setting('synchronous_commit') = 'off'",
        "synchronous_commit is off: a power cut would lose what was sent",
    ),
    ("current_setting('fsync') = 'off'", "fsync is off: a power cut would ruin it"),
)


@contextlib.contextmanager
def _looking(url: PostgresUrl) -> Iterator[Session]:
    connections = Connections(url)
    try:
        with connections.reading() as db:
            yield db
    finally:
        connections.close()
