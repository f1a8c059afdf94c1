"""The store in one SQLite file: see `Store` for what each method promises."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterable

from monitor.store.connection import Connections
from monitor.store.sql import SqlStore
from monitor.store.tables import SqliteTables


class SqliteStore(SqlStore):
    """One file, many threads. Raises StoreError at once if the file is too new, or (if `check`ed) damaged."""

    _unsettled_rows = "outbox INDEXED BY outbox_unsettled"

    def __init__(self, path: pathlib.Path, *, check: bool = True) -> None:
        connections = Connections(path, check=check)
        super().__init__(connections, SqliteTables(connections))

    def _among(self, column: str, name: str) -> str:
        return f"({column} IN (SELECT value FROM json_each(:{name})))"

    def _list(self, values: Iterable[str | int]) -> object:
        return json.dumps(list(values))
