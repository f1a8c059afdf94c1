"""What the daemon remembers: one Protocol, SQLite by default, PostgreSQL for several machines, memory for replays."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from monitor.settings import PostgresUrl, Settings
    from monitor.store.base import Store


def make_store(settings: Settings, *, check: bool = True) -> Store:
    """The store that these settings name; if to be `check`ed, it is made where there is none, and brought up to date.

    Raises StoreError.
    """
    if isinstance(settings.database, pathlib.Path):
        from monitor.store.sqlite import SqliteStore

        return SqliteStore(settings.database, check=check)
    _require_psycopg()
    from monitor.store.postgres import PostgresStore

    return PostgresStore(settings.database, check=check)


@contextlib.contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store of a daemon that has run with these settings, to look into.

    Raises StoreError if there is none: looking must not make an empty one.
    """
    from monitor.errors import StoreError

    path = settings.database
    if isinstance(path, pathlib.Path) and not path.is_file():
        raise StoreError(f"{path}: no database; has `tocsin run` been started here? (TOCSIN_DATABASE names another)")
    store = make_store(settings, check=False)
    try:
        yield store
    finally:
        store.close()


def is_new(settings: Settings) -> bool:
    """Whether no daemon has run with these settings yet. Raises StoreError if the server can't be asked."""
    if isinstance(settings.database, pathlib.Path):
        return not settings.database.is_file()
    _require_psycopg()
    from monitor.store import postgres

    return postgres.is_new(settings.database)


def troubles(url: PostgresUrl, now: dt.datetime) -> list[str]:
    """What is wrong with a PostgreSQL server for our purposes, in words. Raises StoreError if it can't be asked."""
    _require_psycopg()
    from monitor.store import postgres

    return postgres.troubles(url, now)


def _require_psycopg() -> None:
    from monitor.errors import StoreError

    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StoreError(
            f"TOCSIN_DATABASE: PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]' ({error})"
        ) from None
