"""The database's schema, as named steps that each happen once and whole.

Never edit a step that was released: add one. The tables of the core (`core.view.Table`) are not here:
`store.tables` makes them from their declarations.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from monitor.errors import StoreError

migrations = Migrations("tocsin")


@migrations()
def inbox_outbox_turns(db: Database) -> None:
    """Whose turn it is to be polled, what waits to be decided, what waits to be sent."""
    for statement in _FIRST:
        db.execute(statement)


_FIRST = (
    """CREATE TABLE turns (source TEXT PRIMARY KEY, enrolled INTEGER NOT NULL, due REAL NOT NULL,
       owner TEXT, until REAL, fence INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
    "CREATE INDEX turns_due ON turns (due) WHERE enrolled",
    # AUTOINCREMENT: a number is never given twice, also not after pruning.
    """CREATE TABLE inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL, seen REAL NOT NULL,
       decided INTEGER NOT NULL DEFAULT 0, failed TEXT NOT NULL DEFAULT '', body BLOB NOT NULL)""",
    "CREATE INDEX inbox_item ON inbox (item)",
    "CREATE INDEX inbox_undecided ON inbox (seq) WHERE NOT decided",
    "CREATE INDEX inbox_failed ON inbox (seen) WHERE failed != ''",
    """CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, chat INTEGER NOT NULL,
       state TEXT NOT NULL, rank INTEGER NOT NULL, created REAL NOT NULL, not_before REAL NOT NULL,
       owner TEXT, until REAL, fence INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL)""",
    """CREATE INDEX outbox_unsettled ON outbox (chat, rank DESC, seq)
       WHERE state IN ('pending', 'sending', 'uncertain')""",
    "CREATE INDEX outbox_state ON outbox (state, seq)",
    "CREATE TABLE outbox_alerts (alert TEXT, message TEXT, PRIMARY KEY (alert, message)) WITHOUT ROWID",
    "CREATE TABLE roles (name TEXT PRIMARY KEY, owner TEXT, until REAL, fence INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE beats (loop TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",
)


def migrate(db: Database) -> None:
    """Bring a database up to date. Raises StoreError for one that a newer Tocsin wrote."""
    known = {step.name for step in migrations.pending(Database(memory=True))}
    newer = [step.name for step in migrations.applied(db) if step.name not in known]
    if newer:
        raise StoreError(
            f"the database was written by a newer Tocsin (step {newer[-1]!r}): upgrade, or use another file"
        )
    if migrations.pending(db):
        migrations.apply(db)
