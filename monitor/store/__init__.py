"""What the daemon remembers: one Protocol, SQLite by default, memory for replays."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store.base import Store


@contextlib.contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store of a daemon that has run with these settings, to look into.

    Raises StoreError if there is none: looking must not make an empty one.
    """
    from monitor.errors import StoreError
    from monitor.store.sqlite import SqliteStore

    path = settings.database
    if not path.is_file():
        raise StoreError(f"{path}: no database; has `tocsin run` been started here? (TOCSIN_DATABASE names another)")
    store = SqliteStore(path, check=False)
    try:
        yield store
    finally:
        store.close()
