"""PostgreSQL connections: one a thread, made anew when one is lost, errors as StoreError without the password.

No pool: a pool waits longer and longer before it tries again, and the loops that use this try every second.
"""

from __future__ import annotations

import contextlib
import functools
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import StrDumper

from monitor.errors import StoreError
from monitor.failpoints import reach
from monitor.settings import PostgresUrl

_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "tocsin",
}
"""Seconds (the last: milliseconds) until a silent server counts as lost. The address may say otherwise."""
_SESSION = """
    SELECT set_config('lock_timeout', '30s', FALSE),
           set_config('idle_in_transaction_session_timeout', '15s', FALSE),
           set_config('plan_cache_mode', 'force_custom_plan', FALSE)
"""
"""A process that stands still in a transaction must not hold up the others. Plans are made for the values asked for:
whether an index of the newest or of the words is the better one depends on how common the words are."""
_NAME = re.compile(r"(?<!:):([a-z_]+)")


class Session:
    """A psycopg connection that takes parameters as `:name`.

    Never in pipeline mode, which psycopg's own `executemany` uses: in the middle of a pipeline the server does not
    count a client that stands still as idle, and would wait for it for ever.
    """

    def __init__(self, db: psycopg.Connection) -> None:
        self._db = db

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> psycopg.Cursor:
        """One statement."""
        return self._db.execute(_translated(sql), parameters or {})

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """One statement for each of these, rows to insert many at a time; what they return, all together."""
        returned, rows = list[Any](), list(rows)
        at_once = _AT_ONCE if _TUPLE.search(sql) else 1
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            numbered = {f"{name}_{n}": value for n, row in enumerate(some) for name, value in row.items()}
            done = self._db.execute(_many(sql, len(some)), numbered) if at_once > 1 else self.execute(sql, some[0])
            returned += done.fetchall() if done.description else []
        return returned


_AT_ONCE = 500
_TUPLE = re.compile(r"(?<=VALUES )\([^()]*\)")


@functools.lru_cache(1000)
def _translated(sql: str) -> bytes:
    return _NAME.sub(r"%(\1)s", sql).encode()


@functools.lru_cache(1000)
def _many(sql: str, count: int) -> bytes:
    """The statement with so many tuples of values instead of one; names get the number of their row."""
    return _TUPLE.sub(lambda one: ", ".join(_NAME.sub(rf"%(\1_{n})s", one[0]) for n in range(count)), sql).encode()


class _Text(StrDumper):
    """PostgreSQL's text holds every character but one."""

    def dump(self, obj: str) -> Any:  # noqa: ANN401 - as its base
        return super().dump(obj.replace("\0", "\ufffd"))


class Connections:
    """Connections to one database. Raises StoreError if the address is none."""

    def __init__(self, url: PostgresUrl) -> None:
        self._url = url
        self._local = threading.local()
        self._all: set[psycopg.Connection] = set()
        self._guard = threading.Lock()
        with self.errors():
            self._settings = _CONNECT | conninfo_to_dict(url.text)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """The calling thread's connection, for questions that each see all that is committed by then."""
        with self.errors():
            yield Session(self._here())

    @contextlib.contextmanager
    def writing(self, name: str, *, durable: bool = True) -> Iterator[Session]:
        """See `Engine.writing`."""
        with self.errors():
            db = self._here()
            with db.transaction():
                if not durable:
                    db.execute("SET LOCAL synchronous_commit = off")
                yield Session(db)
                reach(f"{name}.before")
        reach(f"{name}.after")

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """The database's errors as ours."""
        try:
            yield
        except psycopg.Error as error:
            self._drop_lost()
            # Without its cause: that one may quote the address.
            raise StoreError(f"{self._url}: {self._url.without_secrets(_words(error))}") from None

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for db in self._all:
                db.close()
            self._all.clear()
        self._local = threading.local()

    def _here(self) -> psycopg.Connection:
        db: psycopg.Connection | None = getattr(self._local, "db", None)
        if db is None or db.closed:
            db = self._local.db = self._open()
        return db

    def _open(self) -> psycopg.Connection:
        db = psycopg.connect(**self._settings, autocommit=True)
        db.adapters.register_dumper(str, _Text)
        db.execute(_SESSION)
        with self._guard:
            self._all.add(db)
        return db

    def _drop_lost(self) -> None:
        """Forget what broke, so that the next question opens a connection anew."""
        with self._guard:
            self._all = {db for db in self._all if not db.closed}


def _words(error: psycopg.Error) -> str:
    """One line; a lost connection comes with several."""
    return " ".join(str(error).split()) or type(error).__name__
