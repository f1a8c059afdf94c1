"""The schema in PostgreSQL, as named steps that each happen once and whole.

Never edit a step that was released: add one. The tables of the core (`core.view.Table`) are not here:
`store.postgres_tables` makes them from their declarations. Names sort as they do elsewhere (COLLATE "C").
"""

from __future__ import annotations

from monitor.errors import StoreError
from monitor.store.sql import Session

LOCK = "SELECT pg_advisory_xact_lock(hashtext(:work), 1953456755)"
"""Waits until no other transaction does this work; the number (`tocs`) keeps clear of other programs' locks."""

STEPS = {
    "inbox_outbox_turns": (
        """CREATE TABLE turns (source text COLLATE "C" PRIMARY KEY, enrolled boolean NOT NULL,
           due double precision NOT NULL, owner text, until double precision, fence integer NOT NULL DEFAULT 0)""",
        "CREATE INDEX turns_due ON turns (due, source) WHERE enrolled",
        """CREATE TABLE inbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item text NOT NULL,
           seen double precision NOT NULL, decided boolean NOT NULL DEFAULT FALSE, failed text NOT NULL DEFAULT '',
           body bytea NOT NULL)""",
        "CREATE INDEX inbox_item ON inbox (item)",
        "CREATE INDEX inbox_undecided ON inbox (seq) WHERE NOT decided",
        "CREATE INDEX inbox_failed ON inbox (seen) WHERE failed != ''",
        """CREATE TABLE outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE,
           chat bigint NOT NULL, state text NOT NULL, rank integer NOT NULL, created double precision NOT NULL,
           not_before double precision NOT NULL, owner text, until double precision, fence integer NOT NULL DEFAULT 0,
           body bytea NOT NULL)""",
        """CREATE INDEX outbox_unsettled ON outbox (chat, rank DESC, seq)
           WHERE state IN ('pending', 'sending', 'uncertain')""",
        "CREATE INDEX outbox_state ON outbox (state, seq)",
        "CREATE TABLE outbox_alerts (alert text, message text, PRIMARY KEY (alert, message))",
        """CREATE TABLE roles (name text PRIMARY KEY, owner text, until double precision, fence integer NOT NULL)""",
        "CREATE TABLE beats (loop text PRIMARY KEY, at double precision NOT NULL)",
    ),
}


def migrate(db: Session) -> None:
    """Bring a database up to date, within a transaction. Raises StoreError for one that a newer Tocsin wrote."""
    db.execute(LOCK, {"work": "schema"})
    db.execute("CREATE TABLE IF NOT EXISTS tocsin_steps (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
    done = steps(db)
    newer = [name for name in done if name not in STEPS]
    if newer:
        raise StoreError(
            f"the database was written by a newer Tocsin (step {newer[-1]!r}): upgrade, or use another database"
        )
    for name, statements in STEPS.items():
        if name not in done:
            for statement in statements:
                db.execute(statement, {})
            db.execute("INSERT INTO tocsin_steps (name) VALUES (:name)", {"name": name})


def steps(db: Session) -> list[str]:
    """What was done to this database so far, oldest first."""
    if db.execute("SELECT to_regclass('tocsin_steps')", {}).fetchone()[0] is None:
        return []
    return [name for (name,) in db.execute("SELECT name FROM tocsin_steps ORDER BY at, name", {}).fetchall()]
