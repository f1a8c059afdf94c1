"""The store in one SQLite file: see `Store` for what each method promises."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from monitor.core.view import Change, Put, Table, View
from monitor.errors import StaleLease
from monitor.model import ChatId, Item, ItemId, Message, MessageId, MessageState, SourceId
from monitor.store.base import Counts, Decided, Entry, Lease, Turn, Undecided, Waiting, rank
from monitor.store.connection import Connections
from monitor.store.tables import SqliteTables, decoder

_encode = msgspec.json.Encoder().encode
_item = decoder(Item).decode
_message = decoder(Message).decode
_PAGE = 500


class SqliteStore:
    """One file, many threads. Raises StoreError at once if the file is too new, or (if `check`ed) damaged."""

    def __init__(self, path: pathlib.Path, *, check: bool = True) -> None:
        self._connections = Connections(path, check=check)
        self._tables = SqliteTables(self._connections)
        self._reading = self._connections.reading
        self._writing = self._connections.writing

    # --- tables ---

    def view(self) -> View:
        """See `Store.view`."""
        return self._tables

    def apply(self, changes: Iterable[Change] = (), messages: Iterable[Message] = ()) -> None:
        """See `Store.apply`."""
        changes = self._prepared(changes)
        with self._writing("apply") as db:
            self._tables.write(db, changes)
            _enqueue(db, messages)

    def prune(self, tables: Iterable[Table[Any]], before: dt.datetime) -> int:
        """See `Store.prune`."""
        tables, limit = list(tables), before.timestamp()
        self._tables.prepare(tables)
        with self._writing("prune") as db:
            gone = sum(self._tables.prune(db, table, limit) for table in tables)
            gone += db.execute("DELETE FROM inbox WHERE decided AND seen < ?", (limit,)).rowcount
            gone += db.execute("DELETE FROM outbox WHERE state IN ('sent', 'dead') AND created < ?", (limit,)).rowcount
            db.execute("DELETE FROM outbox_alerts WHERE message NOT IN (SELECT id FROM outbox)")
        return gone

    # --- poll ---

    def enroll(self, sources: Mapping[SourceId, dt.datetime]) -> None:
        """See `Store.enroll`."""
        with self._writing("enroll") as db:
            db.execute("UPDATE turns SET enrolled = 0")
            db.executemany(
                """INSERT INTO turns (source, enrolled, due) VALUES (?, 1, ?)
                   ON CONFLICT (source) DO UPDATE SET enrolled = 1""",
                [(source, due.timestamp()) for source, due in sources.items()],
            )

    def lease_sources(
        self, owner: str, now: dt.datetime, until: dt.datetime, limit: int, but: Collection[SourceId] = ()
    ) -> list[Lease]:
        """See `Store.lease_sources`."""
        with self._writing("lease_sources") as db:
            rows = db.execute(
                """UPDATE turns SET owner = :owner, until = :until, fence = fence + 1 WHERE source IN (
                     SELECT source FROM turns WHERE enrolled AND due <= :now AND (owner IS NULL OR until <= :now)
                       AND source NOT IN (SELECT value FROM json_each(:but))
                     ORDER BY due, source LIMIT :limit) RETURNING due, source, fence""",
                {
                    "owner": owner,
                    "now": now.timestamp(),
                    "until": until.timestamp(),
                    "limit": limit,
                    "but": json.dumps(list(but)),
                },
            ).fetchall()
        return [Lease(source, owner, fence, until) for _, source, fence in sorted(rows)]

    def accept(
        self,
        lease: Lease,
        items: Sequence[Item],
        puts: Iterable[Put[Any]],
        due: dt.datetime,
        messages: Iterable[Message] = (),
    ) -> None:
        """See `Store.accept`."""
        changes = self._prepared(puts)
        with self._writing("accept") as db:
            ended = db.execute(
                "UPDATE turns SET due = ?, owner = NULL, until = NULL WHERE source = ? AND owner = ? AND fence = ?",
                (due.timestamp(), lease.name, lease.owner, lease.fence),
            )
            _must_hold(ended, lease)
            self._tables.write(db, changes)
            db.executemany(
                "INSERT INTO inbox (item, seen, body) VALUES (?, ?, ?)",
                [(item.id, item.seen.timestamp(), _encode(item)) for item in items],
            )
            _enqueue(db, messages)

    def hasten(self, source: SourceId, due: dt.datetime) -> None:
        """See `Store.hasten`."""
        with self._writing("hasten") as db:
            db.execute("UPDATE turns SET due = min(due, ?) WHERE source = ?", (due.timestamp(), source))

    def turns(self) -> list[Turn]:
        """See `Store.turns`."""
        with self._reading() as db:
            rows = db.execute("SELECT source, due, owner, until FROM turns WHERE enrolled ORDER BY source").fetchall()
        return [Turn(source, _time(due), owner, until and _time(until)) for source, due, owner, until in rows]

    # --- decide ---

    def lease_decider(self, owner: str, now: dt.datetime, until: dt.datetime) -> Lease | None:
        """See `Store.lease_decider`."""
        with self._writing("lease_decider") as db:
            row = db.execute(
                """INSERT INTO roles (name, owner, until, fence) VALUES ('decider', :owner, :until, 1)
                   ON CONFLICT (name) DO UPDATE SET until = :until, owner = :owner,
                     fence = fence + (owner IS NOT :owner)
                   WHERE owner IS NULL OR owner = :owner OR until <= :now RETURNING fence""",
                {"owner": owner, "until": until.timestamp(), "now": now.timestamp()},
            ).fetchone()
        return Lease("decider", owner, row[0], until) if row else None

    def entries(self, item: ItemId) -> list[Entry]:
        """See `Store.entries`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT seq, body, decided, failed FROM inbox WHERE item = ? ORDER BY seq", (item,)
            ).fetchall()
        return [Entry(seq, _item(body), bool(decided), failed) for seq, body, decided, failed in rows]

    def undecided(self, limit: int) -> list[Undecided]:
        """See `Store.undecided`."""
        with self._reading() as db:
            rows = db.execute("SELECT seq, body FROM inbox WHERE NOT decided ORDER BY seq LIMIT ?", (limit,)).fetchall()
        return [Undecided(seq, _item(body)) for seq, body in rows]

    def commit(self, lease: Lease, decided: Sequence[Decided]) -> None:
        """See `Store.commit`."""
        puts = self._prepared(put for one in decided for put in one.puts)
        with self._writing("decide") as db:
            # A write, so that a fence that moves later waits for this transaction.
            held = db.execute(
                "UPDATE roles SET until = max(until, ?) WHERE name = ? AND owner = ? AND fence = ?",
                (lease.until.timestamp(), lease.name, lease.owner, lease.fence),
            )
            _must_hold(held, lease)
            self._tables.write(db, puts)
            for one in decided:
                _enqueue(db, one.messages)
            db.executemany(
                "UPDATE inbox SET decided = 1, failed = ? WHERE seq = ?", [(one.failed, one.seq) for one in decided]
            )

    def retry_failed(self, since: dt.datetime) -> int:
        """See `Store.retry_failed`."""
        with self._writing("retry_failed") as db:
            back = db.execute(
                "UPDATE inbox SET decided = 0, failed = '' WHERE failed != '' AND seen >= ?", (since.timestamp(),)
            )
            return back.rowcount

    def history(self, since: dt.datetime | None = None) -> Iterator[Item]:
        """See `Store.history`."""
        seq, floor = 0, since.timestamp() if since else float("-inf")
        while True:
            with self._reading() as db:
                rows = db.execute(
                    "SELECT seq, body FROM inbox WHERE seq > ? AND seen >= ? ORDER BY seq LIMIT ?", (seq, floor, _PAGE)
                ).fetchall()
            yield from (_item(body) for _, body in rows)
            if len(rows) < _PAGE:
                return
            seq = rows[-1][0]

    # --- deliver ---

    def waiting(self, now: dt.datetime, limit: int) -> list[Message]:
        """See `Store.waiting`."""
        with self._reading() as db:
            rows = db.execute(
                _HEADS,
                {"now": now.timestamp(), "limit": limit},
            ).fetchall()
        return [_message(body) for (body,) in rows]

    def lease_messages(
        self, owner: str, now: dt.datetime, until: dt.datetime, keys: Iterable[MessageId]
    ) -> list[Waiting]:
        """See `Store.lease_messages`."""
        times = {"owner": owner, "now": now.timestamp(), "until": until.timestamp()}
        with self._writing("lease_messages") as db:
            rows = [
                db.execute(
                    f"""UPDATE outbox SET owner = :owner, until = :until, fence = fence + 1
                        WHERE id = :id AND {_UNSETTLED} AND {_FREE} RETURNING id, fence, body""",  # noqa: S608
                    {"id": key, **times},
                ).fetchone()
                for key in keys
            ]
        return [Waiting(Lease(row[0], owner, row[1], until), _message(row[2])) for row in rows if row]

    def hold(self, lease: Lease, message: Message) -> None:
        """See `Store.hold`."""
        with self._writing("sending") as db:
            _must_hold(_update(db, lease, message), lease)

    def settle(
        self, lease: Lease, message: Message, puts: Iterable[Put[Any]] = (), messages: Iterable[Message] = ()
    ) -> None:
        """See `Store.settle`."""
        changes = self._prepared(puts)
        with self._writing("settle") as db:
            before = db.execute("SELECT chat FROM outbox WHERE id = ?", (lease.name,)).fetchone()
            _must_hold(_update(db, lease, message), lease)
            db.execute("UPDATE outbox SET owner = NULL, until = NULL WHERE id = ?", (lease.name,))
            if before != (message.chat,):
                _readdress(db, before[0], message.chat)
            self._tables.write(db, changes)
            _enqueue(db, messages)

    def message(self, key: MessageId) -> Message | None:
        """See `Store.message`."""
        with self._reading() as db:
            row = db.execute("SELECT body FROM outbox WHERE id = ?", (key,)).fetchone()
        return _message(row[0]) if row else None

    def messages(self, states: Sequence[MessageState], limit: int = 100) -> list[Message]:
        """See `Store.messages`."""
        marks = ", ".join("?" * len(states))
        with self._reading() as db:
            rows = db.execute(
                f"SELECT body FROM outbox WHERE state IN ({marks}) ORDER BY seq DESC LIMIT ?",  # noqa: S608 - marks only
                (*states, limit),
            ).fetchall()
        return [_message(body) for (body,) in rows]

    def messages_of(self, alert: str) -> list[Message]:
        """See `Store.messages_of`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT body FROM outbox_alerts JOIN outbox ON id = message WHERE alert = ? ORDER BY seq", (alert,)
            ).fetchall()
        return [_message(body) for (body,) in rows]

    # --- the whole ---

    def recover(self, owner: str) -> None:
        """See `Store.recover`."""
        with self._writing("recover") as db:
            for table in ("turns", "outbox", "roles"):
                db.execute(f"UPDATE {table} SET owner = NULL, until = NULL WHERE owner = ?", (owner,))  # noqa: S608

    def beat(self, loop: str, now: dt.datetime) -> None:
        """See `Store.beat`."""
        with self._writing("beat") as db:
            db.execute("INSERT OR REPLACE INTO beats (loop, at) VALUES (?, ?)", (loop, now.timestamp()))

    def beats(self) -> dict[str, dt.datetime]:
        """See `Store.beats`."""
        with self._reading() as db:
            return {loop: _time(at) for loop, at in db.execute("SELECT loop, at FROM beats")}

    def counts(self) -> Counts:
        """See `Store.counts`."""
        with self._reading() as db:
            (waiting,) = db.execute("SELECT count(*) FROM inbox WHERE NOT decided").fetchone()
            decided, failed = db.execute(
                "SELECT count(*), count(nullif(failed, '')) FROM inbox WHERE decided"
            ).fetchone()
            states = db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall()
        return Counts(waiting, decided, failed, {MessageState(state): count for state, count in states})

    def close(self) -> None:
        """See `Store.close`."""
        self._connections.close()

    def _prepared(self, changes: Iterable[Change]) -> list[Change]:
        # Tables are made before the transaction: one that is rolled back must not leave us believing in them.
        changes = list(changes)
        self._tables.prepare({change.table.name: change.table for change in changes}.values())
        return changes


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _must_hold(written: sqlite3.Cursor, lease: Lease) -> None:
    if not written.rowcount:
        raise StaleLease(f"{lease.owner} lost its lease on {lease.name}: somebody else took over")


def _columns(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "chat": message.chat,
        "state": message.state.value,
        "rank": rank(message),
        "created": message.created.timestamp(),
        "not_before": message.not_before.timestamp() if message.not_before else float("-inf"),
        "body": _encode(message),
    }


def _enqueue(db: sqlite3.Connection, messages: Iterable[Message]) -> None:
    for message in messages:
        new = db.execute(
            """INSERT INTO outbox (id, chat, state, rank, created, not_before, body)
               VALUES (:id, :chat, :state, :rank, :created, :not_before, :body) ON CONFLICT (id) DO NOTHING""",
            _columns(message),
        )
        if new.rowcount:
            db.executemany(
                "INSERT OR IGNORE INTO outbox_alerts (alert, message) VALUES (?, ?)",
                [(alert, message.id) for alert in message.alerts],
            )


_UNSETTLED = "state IN ('pending', 'sending', 'uncertain')"
_FREE = "not_before <= :now AND (owner IS NULL OR until <= :now)"
_REPEATED_LATER = "(state = 'uncertain' AND not_before > :now)"
# Jumps from chat to chat along the index of unsettled messages: the length of a chat's queue costs nothing.
_QUEUE = f"outbox INDEXED BY outbox_unsettled WHERE {_UNSETTLED}"
_HEADS = f"""
    WITH RECURSIVE chats (chat) AS (
        SELECT * FROM (SELECT chat FROM {_QUEUE} ORDER BY chat LIMIT 1)
        UNION ALL
        SELECT (SELECT chat FROM {_QUEUE} AND chat > chats.chat ORDER BY chat LIMIT 1) FROM chats WHERE chat IS NOT NULL
    ), heads (seq, chat) AS MATERIALIZED (
        SELECT (SELECT seq FROM {_QUEUE} AND chat = chats.chat AND NOT {_REPEATED_LATER}
                ORDER BY rank DESC, seq LIMIT 1), chat
        FROM chats WHERE chat IS NOT NULL
    )
    SELECT body FROM heads JOIN outbox USING (seq) WHERE {_FREE} AND (rank > 0 OR NOT EXISTS (
        SELECT 1 FROM {_QUEUE} AND chat = heads.chat AND {_REPEATED_LATER}
    )) ORDER BY rank DESC, seq LIMIT :limit
"""  # noqa: S608 - constants
_SET = "chat = :chat, state = :state, rank = :rank, not_before = :not_before, body = :body"


def _rewrite(db: sqlite3.Connection, message: Message) -> None:
    db.execute(f"UPDATE outbox SET {_SET} WHERE id = :id", _columns(message))  # noqa: S608 - a constant


def _readdress(db: sqlite3.Connection, old: ChatId, new: ChatId) -> None:
    rows = db.execute(f"SELECT body FROM outbox WHERE chat = ? AND {_UNSETTLED}", (old,)).fetchall()  # noqa: S608 - a constant
    for (body,) in rows:
        _rewrite(db, replace(_message(body), chat=new))


def _update(db: sqlite3.Connection, lease: Lease, message: Message) -> sqlite3.Cursor:
    return db.execute(
        f"UPDATE outbox SET {_SET} WHERE id = :id AND owner = :owner AND fence = :fence",  # noqa: S608 - a constant
        {**_columns(message), "owner": lease.owner, "fence": lease.fence},
    )
