"""What a decision may ask and what it wants recorded: tables of records, a read-only View, a Draft.

The core names its tables here-abouts (`STORIES = Table(...)` beside the record's dataclass); a store
keeps any `Table` it is handed: key → record, with zero or more values an index. So the decider's state
can grow without a word of SQL outside the store, and a restart loses nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

IndexValue = str | int
R = TypeVar("R")


@dataclass(frozen=True)
class Table(Generic[R]):
    """A kind of record the decider keeps.

    `record` is a frozen dataclass that msgspec can encode; `key` gives its unique key; each index
    gives zero or more values to find it by; `time` (seconds since the epoch) orders and bounds
    what `find` returns.
    """

    name: str
    record: type[R]
    key: Callable[[R], str]
    time: Callable[[R], float]
    indexes: Mapping[str, Callable[[R], Iterable[IndexValue]]] = field(default_factory=dict)


class View(Protocol):
    """Read-only answers of the store, as of the decision's transaction."""

    def get(self, table: Table[R], key: str) -> R | None:
        """The record under `key`, or None."""
        ...

    def get_many(self, table: Table[R], keys: Iterable[str]) -> dict[str, R]:
        """The records there are under these keys, in one question."""
        ...

    def find(
        self,
        table: Table[R],
        index: str,
        values: Sequence[IndexValue],
        *,
        since: float | None = None,
        limit: int | None = None,
    ) -> list[R]:
        """Records whose `index` holds any of `values`, each once, newest first by `time`, ties by key."""
        ...

    def latest(self, table: Table[R], *, since: float | None = None, limit: int) -> list[R]:
        """The newest records of a table, newest first by `time`, ties by key."""
        ...


@dataclass(slots=True)
class Put(Generic[R]):
    """A record to write under its key, replacing what was there."""

    table: Table[R]
    record: R

    @property
    def key(self) -> str:
        """Under what it is kept."""
        return self.table.key(self.record)


@dataclass(slots=True)
class Drop(Generic[R]):
    """A key of which nothing is to be kept any more."""

    table: Table[R]
    key: str


Change = Put[Any] | Drop[Any]


class Draft:
    """A View that also remembers what is to be written, so that later questions see earlier answers.

    Decisions write only to a Draft; the store applies `changes()` in one transaction.
    """

    def __init__(self, base: View) -> None:
        self._base = base
        self._puts: dict[str, dict[str, Put[Any]]] = defaultdict(dict)

    def put(self, table: Table[R], record: R) -> None:
        """Note a record; a second one under the same key replaces the first."""
        self._puts[table.name][table.key(record)] = Put(table, record)

    def get(self, table: Table[R], key: str) -> R | None:
        """See `View.get`."""
        put = self._puts[table.name].get(key)
        return put.record if put else self._base.get(table, key)

    def get_many(self, table: Table[R], keys: Iterable[str]) -> dict[str, R]:
        """See `View.get_many`."""
        puts, keys = self._puts[table.name], list(keys)
        found = self._base.get_many(table, [k for k in keys if k not in puts])
        return found | {k: puts[k].record for k in keys if k in puts}

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
        wanted, of = set(values), table.indexes[index]
        own = [r for r in self._own(table, since) if not wanted.isdisjoint(of(r))]
        return self._merged(table, own, self._base.find(table, index, values, since=since, limit=limit), limit)

    def latest(self, table: Table[R], *, since: float | None = None, limit: int) -> list[R]:
        """See `View.latest`."""
        return self._merged(table, self._own(table, since), self._base.latest(table, since=since, limit=limit), limit)

    def changes(self) -> tuple[Put[Any], ...]:
        """Everything to be written, tables and records in the order they were first put."""
        return tuple(put for puts in self._puts.values() for put in puts.values())

    def _own(self, table: Table[R], since: float | None) -> list[R]:
        puts = self._puts.get(table.name, {}).values()
        return [p.record for p in puts if since is None or table.time(p.record) >= since]

    def _merged(self, table: Table[R], own: list[R], base: list[R], limit: int | None) -> list[R]:
        mine = self._puts.get(table.name, {})
        if not mine:
            return base
        rows = own + [r for r in base if table.key(r) not in mine]
        rows.sort(key=table.key)
        rows.sort(key=table.time, reverse=True)
        return rows[:limit]
