"""A View over plain dicts: for replays, filters and tests. Nothing is written to disk."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from monitor.core.view import IndexValue, Put, Table

R = TypeVar("R")
_Order = tuple[float, str]


class _Rows:
    """One table: records by key, their order by time, and an inverted index for each declared one."""

    def __init__(self) -> None:
        self.records: dict[str, Any] = {}
        self.order: list[_Order] = []
        self.indexes: dict[str, dict[IndexValue, set[str]]] = defaultdict(lambda: defaultdict(set))


class MemoryView:
    """Tables in memory; `apply` writes what a Draft holds."""

    def __init__(self) -> None:
        self._tables: dict[str, _Rows] = defaultdict(_Rows)

    def get(self, table: Table[R], key: str) -> R | None:
        """See `View.get`."""
        record: R | None = self._tables[table.name].records.get(key)
        return record

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
        rows = self._tables[table.name]
        held = rows.indexes[index]
        keys = set().union(*(held.get(v, ()) for v in values))
        found = [rows.records[k] for k in keys]
        if since is not None:
            found = [r for r in found if table.time(r) >= since]
        found.sort(key=table.key)
        found.sort(key=table.time, reverse=True)
        return found[:limit]

    def latest(self, table: Table[R], *, since: float | None = None, limit: int) -> list[R]:
        """See `View.latest`."""
        rows = self._tables[table.name]
        found: list[R] = []
        for minus_time, key in rows.order:
            if len(found) >= limit or (since is not None and -minus_time < since):
                break
            found.append(rows.records[key])
        return found

    def apply(self, puts: Iterable[Put[Any]]) -> None:
        """Write every put, replacing records with the same key."""
        for put in puts:
            self._put(put.table, put.record)

    def _put(self, table: Table[Any], record: Any) -> None:  # noqa: ANN401 - the table knows its type
        rows, key = self._tables[table.name], table.key(record)
        old = rows.records.get(key)
        if old is not None:
            rows.order.remove((-table.time(old), key))
            for name, of in table.indexes.items():
                for value in of(old):
                    rows.indexes[name][value].discard(key)
        rows.records[key] = record
        insort(rows.order, (-table.time(record), key))
        for name, of in table.indexes.items():
            for value in of(record):
                rows.indexes[name][value].add(key)
