"""Any `Table` of the core in SQLite: one table of records, one side table an index.

`t_NAME (key, time, body)` holds the records as JSON; `t_NAME__INDEX (value, time, key)` what finds
them. Both are made when a Table is first met; an index that a later version adds is filled then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from monitor.core.view import Change, IndexValue, Put, Table
from monitor.store.connection import Connections
from monitor.store.sql import Session, decoder, encode

R = TypeVar("R")


class SqliteTables:
    """The View over a database, and the writing of puts inside a transaction of the store's."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._known: set[str] = set()

    def get(self, table: Table[R], key: str) -> R | None:
        """See `View.get`."""
        self.prepare((table,))
        with self._connections.reading() as db:
            row = db.execute(f'SELECT body FROM "t_{table.name}" WHERE key = :key', {"key": key}).fetchone()
        return decoder(table.record).decode(row[0]) if row else None

    def get_many(self, table: Table[R], keys: Iterable[str]) -> dict[str, R]:
        """See `View.get_many`."""
        self.prepare((table,))
        question = f'SELECT key, body FROM "t_{table.name}" WHERE key IN (SELECT value FROM json_each(:keys))'
        decode = decoder(table.record).decode
        with self._connections.reading() as db:
            return {
                key: decode(body)
                for key, body in db.execute(question, {"keys": encode(list(keys)).decode()}).fetchall()
            }

    def find(
        self,
        table: Table[R],
        index: str,
        values: Sequence[IndexValue],
        *,
        since: float | None = None,
        limit: int | None = None,
    ) -> list[R]:
        """See `View.find`."""
        self.prepare((table,))
        wanted = encode([_stored(v) for v in values]).decode()
        # The keys first and then the records in order of their keys: beside a join, that halves the cost.
        question = f"""SELECT body FROM "t_{table.name}" WHERE key IN (
            SELECT key FROM "t_{table.name}__{index}"
            WHERE value IN (SELECT value FROM json_each(:wanted)) AND time >= :since
            GROUP BY time, key ORDER BY time DESC, key LIMIT :limit
            ) ORDER BY time DESC, key"""
        return self._records(
            table, question, {"wanted": wanted, "since": floor(since), "limit": -1 if limit is None else limit}
        )

    def latest(self, table: Table[R], *, since: float | None = None, limit: int) -> list[R]:
        """See `View.latest`."""
        self.prepare((table,))
        question = f'SELECT body FROM "t_{table.name}" WHERE time >= :since ORDER BY time DESC, key LIMIT :limit'
        return self._records(table, question, {"since": floor(since), "limit": limit})

    def prepare(self, tables: Iterable[Table[Any]]) -> None:
        """Make what is missing of these tables. Not inside a transaction."""
        for table in tables:
            if table.name not in self._known:
                if self._missing(table):
                    with self._connections.writing("prepare") as db:
                        _create(db, table)
                self._known.add(table.name)

    def write(self, db: Session, changes: Iterable[Change]) -> None:
        """Make the last change under each key. Inside a transaction; the tables must be prepared."""
        last = {(change.table.name, change.key): change for change in changes}
        for (_, key), change in last.items():
            # What no index has to forget is written over: half the work, and most records are of this kind.
            if change.table.indexes or not isinstance(change, Put):
                _erase(db, change.table, key)
            if isinstance(change, Put):
                _write(db, change.table, key, change.record)

    def prune(self, db: Session, table: Table[Any], before: float) -> int:
        """Delete records older than `before`. Inside a transaction."""
        old = db.execute(f'SELECT key FROM "t_{table.name}" WHERE time < :before', {"before": before}).fetchall()
        for (key,) in old:
            _erase(db, table, key)
        return len(old)

    def _records(self, table: Table[R], question: str, parameters: Mapping[str, Any]) -> list[R]:
        decode = decoder(table.record).decode
        with self._connections.reading() as db:
            return [decode(body) for (body,) in db.execute(question, parameters).fetchall()]

    def _missing(self, table: Table[Any]) -> bool:
        names = {f"t_{table.name}", *(f"t_{table.name}__{index}" for index in table.indexes)}
        with self._connections.reading() as db:
            present = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
        return not names <= present


def _create(db: Session, table: Table[Any]) -> None:
    name = f"t_{table.name}"
    db.execute(f'CREATE TABLE IF NOT EXISTS "{name}" (key TEXT PRIMARY KEY, time REAL NOT NULL, body BLOB NOT NULL)')
    db.execute(f'CREATE INDEX IF NOT EXISTS "{name}_time" ON "{name}" (time DESC, key)')
    for index in table.indexes:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = :name", {"name": f"{name}__{index}"}).fetchone():
            # No type for value: 1 and '1' are different values.
            db.execute(
                f'CREATE TABLE "{name}__{index}" (value, time REAL, key TEXT, PRIMARY KEY (value, time, key))'
                " WITHOUT ROWID"
            )
            _fill(db, table, index)


def _fill(db: Session, table: Table[Any], index: str) -> None:
    decode = decoder(table.record).decode
    for key, body in db.execute(f'SELECT key, body FROM "t_{table.name}"').fetchall():
        _index(db, table, index, key, decode(body))


def _write(db: Session, table: Table[Any], key: str, record: Any) -> None:  # noqa: ANN401 - the table knows its type
    db.execute(
        f'INSERT INTO "t_{table.name}" (key, time, body) VALUES (:key, :time, :body)'
        " ON CONFLICT (key) DO UPDATE SET time = excluded.time, body = excluded.body",
        {"key": key, "time": table.time(record), "body": encode(record)},
    )
    for index in table.indexes:
        _index(db, table, index, key, record)


def _index(db: Session, table: Table[Any], index: str, key: str, record: Any) -> None:  # noqa: ANN401 - as above
    time = table.time(record)
    db.executemany(
        f'INSERT OR IGNORE INTO "t_{table.name}__{index}" (value, time, key) VALUES (:value, :time, :key)',
        [{"value": _stored(value), "time": time, "key": key} for value in table.indexes[index](record)],
    )


def _erase(db: Session, table: Table[Any], key: str) -> None:
    row = db.execute(f'DELETE FROM "t_{table.name}" WHERE key = :key RETURNING body', {"key": key}).fetchone()
    if row is None:
        return
    record = decoder(table.record).decode(row[0])
    time = table.time(record)
    for index, of in table.indexes.items():
        db.executemany(
            f'DELETE FROM "t_{table.name}__{index}" WHERE value = :value AND time = :time AND key = :key',
            [{"value": _stored(value), "time": time, "key": key} for value in of(record)],
        )


def _stored(value: IndexValue) -> IndexValue:
    """SQLite's integers have 64 bits with a sign; larger ones are kept as words."""
    return value if isinstance(value, str) or -(2**63) <= value < 2**63 else f"#{value}"


def floor(since: float | None) -> float:
    """The earliest time wanted."""
    return float("-inf") if since is None else since
