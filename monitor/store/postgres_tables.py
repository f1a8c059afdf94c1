"""Any `Table` of the core in PostgreSQL: one table of records, an array with a GIN index for each declared index.

`t_NAME (key, time, body, i_INDEX…)` holds the records as JSON and what finds them. A table is made when it is first
met; an index that a later version adds is filled then. The arrays are of text: the extension `intarray` takes the
operators of those of numbers over, and their index is then read no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from monitor.core.view import Change, IndexValue, Put, Table
from monitor.store.postgres_connection import Connections
from monitor.store.postgres_schema import LOCK
from monitor.store.sql import Session, decoder, encode
from monitor.store.tables import floor

R = TypeVar("R")
_LONG = 400
"""Characters of a key or value from which on its digest stands for it: an index takes no more than 2,700 bytes."""


class PostgresTables:
    """See `Tables`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._known: set[str] = set()

    def get(self, table: Table[R], key: str) -> R | None:
        """See `View.get`."""
        found = self._records(table, f'SELECT body FROM "t_{table.name}" WHERE key = :key', {"key": _key(key)})
        return found[0] if found else None

    def get_many(self, table: Table[R], keys: Iterable[str]) -> dict[str, R]:
        """See `View.get_many`."""
        question = f'SELECT body FROM "t_{table.name}" WHERE key = ANY(:keys)'
        found = self._records(table, question, {"keys": [_key(key) for key in keys]})
        return {table.key(record): record for record in found}

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
        question = f"""SELECT body FROM "t_{table.name}" WHERE "i_{index}" && :wanted::text[] AND time >= :since
                       ORDER BY time DESC, key LIMIT :limit"""
        return self._records(
            table, question, {"wanted": [_value(v) for v in values], "since": floor(since), "limit": limit}
        )

    def latest(self, table: Table[R], *, since: float | None = None, limit: int) -> list[R]:
        """See `View.latest`."""
        question = f'SELECT body FROM "t_{table.name}" WHERE time >= :since ORDER BY time DESC, key LIMIT :limit'
        return self._records(table, question, {"since": floor(since), "limit": limit})

    def prepare(self, tables: Iterable[Table[Any]]) -> None:
        """See `Tables.prepare`."""
        for table in tables:
            if table.name not in self._known:
                self._make(table)
                self._known.add(table.name)

    def write(self, db: Session, changes: Iterable[Change]) -> None:
        """See `Tables.write`. In one order, so that no two transactions wait for each other."""
        last = {(change.table.name, change.key): change for change in changes}
        puts: dict[str, list[Put[Any]]] = {}
        for (name, _), change in sorted(last.items(), key=lambda pair: pair[0]):
            if isinstance(change, Put):
                puts.setdefault(name, []).append(change)
            else:
                db.execute(f'DELETE FROM "t_{name}" WHERE key = :key', {"key": _key(change.key)})
        for same in puts.values():
            db.executemany(_upsert(same[0].table), [_row(put.table, put.record) for put in same])

    def prune(self, db: Session, table: Table[Any], before: float) -> int:
        """See `Tables.prune`. What is just being written is not old, or goes the next time."""
        name = f'"t_{table.name}"'
        old = f"SELECT key FROM {name} WHERE time < :before FOR UPDATE SKIP LOCKED"
        return db.execute(f"DELETE FROM {name} WHERE key IN ({old})", {"before": before}).rowcount

    def _records(self, table: Table[R], question: str, parameters: Mapping[str, Any]) -> list[R]:
        self.prepare((table,))
        decode = decoder(table.record).decode
        with self._connections.reading() as db:
            return [decode(body) for (body,) in db.execute(question, parameters).fetchall()]

    def _make(self, table: Table[Any]) -> None:
        with self._connections.reading() as db:
            if _missing(db, table) == []:
                return
        with self._connections.writing("prepare") as db:
            db.execute(LOCK, {"work": "schema"})
            _create(db, table)


def _missing(db: Session, table: Table[Any]) -> list[str] | None:
    """The indexes that are not there yet; None if nothing of the table is."""
    there = db.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:name) AND NOT attisdropped",
        {"name": f'"t_{table.name}"'},
    ).fetchall()
    columns = {name for (name,) in there}
    return [index for index in table.indexes if f"i_{index}" not in columns] if columns else None


def _create(db: Session, table: Table[Any]) -> None:
    name, missing = f"t_{table.name}", _missing(db, table)
    if missing is None:
        db.execute(
            f"""CREATE TABLE "{name}" (key text COLLATE "C" PRIMARY KEY, time double precision NOT NULL,
                body bytea NOT NULL)""",
            {},
        )
        db.execute(f'CREATE INDEX "{name}_time" ON "{name}" (time DESC, key)', {})
    added = list(table.indexes) if missing is None else missing
    for index in added:
        db.execute(f"""ALTER TABLE "{name}" ADD COLUMN "i_{index}" text[] NOT NULL DEFAULT '{{}}'""", {})
    if missing:
        rows = db.execute(f'SELECT body FROM "{name}"', {}).fetchall()
        decode = decoder(table.record).decode
        db.executemany(_upsert(table), [_row(table, decode(body)) for (body,) in rows])
    for index in added:
        # Without a list of what is pending: it would be read through by every question.
        db.execute(f'CREATE INDEX "{name}__{index}" ON "{name}" USING gin ("i_{index}") WITH (fastupdate = off)', {})


def _upsert(table: Table[Any]) -> str:
    columns = ["time", "body", *(f"i_{index}" for index in table.indexes)]
    return f"""INSERT INTO "t_{table.name}" (key, {", ".join(f'"{c}"' for c in columns)})
               VALUES (:key, {", ".join(f":{c}" for c in columns)})
               ON CONFLICT (key) DO UPDATE SET {", ".join(f'"{c}" = excluded."{c}"' for c in columns)}"""


def _row(table: Table[Any], record: Any) -> dict[str, Any]:  # noqa: ANN401 - the table knows its type
    found = {f"i_{index}": sorted({_value(v) for v in of(record)}) for index, of in table.indexes.items()}
    return {"key": _key(table.key(record)), "time": table.time(record), "body": encode(record), **found}


def _value(value: IndexValue) -> str:
    """1 and '1' are different values."""
    return f"#{value}" if isinstance(value, int) else f"={_key(value)}"


def _key(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…{hashlib.sha256(text.encode()).hexdigest()}"
