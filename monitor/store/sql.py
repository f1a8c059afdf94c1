"""What every SQL database has in common: see `Store` for what each method promises.

The questions are the same for all; the few words that differ are class attributes. Values are named parameters
(`:name`). Where several processes write, they take rows in one order (a source's turn, a message or a role first,
then records by table and key, then the inbox, then new messages) and pass by what others hold: so no two ever wait
for each other.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import msgspec

from monitor.core.view import Change, Put, Table, View
from monitor.errors import StaleLease
from monitor.model import ChatId, Item, ItemId, Message, MessageId, MessageState, SourceId
from monitor.store.base import Counts, Decided, Entry, Lease, Turn, Undecided, Waiting, rank

R = TypeVar("R")
_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}
_making = threading.Lock()


def decoder(record: type[R]) -> msgspec.json.Decoder[R]:
    """The decoder of one record type, made once."""
    made = _decoders.get(record)
    if made is None:
        # msgspec shares what it knows of a class before it knows all: a thread that makes another decoder with that
        # class meanwhile, and uses it, crashes the process.
        with _making:
            made = _decoders.setdefault(record, msgspec.json.Decoder(record))
    return made


encode = msgspec.json.Encoder().encode
_item = decoder(Item).decode
_message = decoder(Message).decode
_PAGE = 500


class Cursor(Protocol):
    """What a statement brought."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401 - rows are what was asked for
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...


class Session(Protocol):
    """A connection: `sqlite3.Connection` is one."""

    def execute(self, sql: str, parameters: Mapping[str, Any] = ..., /) -> Cursor:
        """One statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any]], /) -> object:
        """One statement for each of these."""
        ...


class Engine(Protocol):
    """Connections to one database. Both contexts raise StoreError for whatever the database refuses."""

    def reading(self) -> AbstractContextManager[Session]:
        """For questions."""
        ...

    def writing(self, name: str, *, durable: bool = True) -> AbstractContextManager[Session]:
        """One transaction. `name` makes the failpoints `NAME.before` (its commit) and `NAME.after`.

        What need not be `durable` may be lost when the server loses its power, but not if anything that was
        written later is there: a right is safe with whatever was done by it.
        """
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class Tables(View, Protocol):
    """The View over a database, and the writing of changes inside a transaction of the store's."""

    def prepare(self, tables: Iterable[Table[Any]]) -> None:
        """Make what is missing of these tables. Not inside a transaction."""
        ...

    def write(self, db: Session, changes: Iterable[Change]) -> None:
        """Make the last change under each key. Inside a transaction; the tables must be prepared."""
        ...

    def prune(self, db: Session, table: Table[Any], before: float) -> int:
        """Delete records older than `before`; returns how many. Inside a transaction."""
        ...


class SqlStore:
    """A store in an SQL database, used from many threads. The words below are the dialect."""

    _now = ":now"
    """What leases are compared with: the time handed in, or the database's own."""
    _skip = ""
    """Takes the chosen rows at once, but for those that another process is at."""
    _lock = ""
    """Takes the chosen rows, waiting for whoever is at them."""
    _unsettled_rows = "outbox"
    """The outbox, to be read by its index of unsettled messages."""

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self._engine, self._tables = engine, tables
        self._reading, self._writing = engine.reading, engine.writing
        self._free = f"(owner IS NULL OR until <= {self._now})"

    def _among(self, column: str, name: str) -> str:
        """The words for: the column is one of the values of this parameter."""
        raise NotImplementedError

    def _list(self, values: Iterable[str | int]) -> object:
        """Values as a parameter for `_among`."""
        raise NotImplementedError

    def _returned(self, db: Session, sql: str, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """What one statement for each of these returns, all together."""
        return [one for row in rows for one in db.execute(sql, row).fetchall()]

    def _alone(self, db: Session, work: str) -> None:
        """Wait until no other process is in a transaction that does this work."""

    # --- tables ---

    def view(self) -> View:
        """See `Store.view`."""
        return self._tables

    def apply(
        self, changes: Iterable[Change] = (), messages: Iterable[Message] = (), lease: Lease | None = None
    ) -> None:
        """See `Store.apply`."""
        changes = self._prepared(changes)
        with self._writing("apply") as db:
            if lease:
                self._must_be(db, lease)
            self._tables.write(db, changes)
            self._enqueue(db, messages)

    def prune(self, tables: Iterable[Table[Any]], before: dt.datetime) -> int:
        """See `Store.prune`."""
        tables, limit = list(tables), {"before": before.timestamp()}
        self._tables.prepare(tables)
        with self._writing("prune") as db:
            gone = sum(self._tables.prune(db, table, before.timestamp()) for table in tables)
            for table, old in _SETTLED.items():
                question = f"DELETE FROM {table} WHERE seq IN (SELECT seq FROM {table} WHERE {old}{self._skip})"
                gone += db.execute(question, limit).rowcount
            db.execute("DELETE FROM outbox_alerts WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE id = message)")
            db.execute(
                f"DELETE FROM roles WHERE name IN (SELECT name FROM roles WHERE until < :before{self._skip})", limit
            )
        return gone

    # --- poll ---

    def enroll(self, sources: Mapping[SourceId, dt.datetime]) -> None:
        """See `Store.enroll`."""
        with self._writing("enroll") as db:
            self._alone(db, "enroll")
            db.execute("UPDATE turns SET enrolled = FALSE")
            db.executemany(
                """INSERT INTO turns (source, enrolled, due) VALUES (:source, TRUE, :due)
                   ON CONFLICT (source) DO UPDATE SET enrolled = TRUE""",
                [{"source": source, "due": due.timestamp()} for source, due in sources.items()],
            )

    def lease_sources(
        self, owner: str, now: dt.datetime, until: dt.datetime, limit: int, but: Collection[SourceId] = ()
    ) -> list[Lease]:
        """See `Store.lease_sources`."""
        with self._writing("lease_sources", durable=False) as db:
            rows = db.execute(
                f"""WITH chosen AS MATERIALIZED (
                      SELECT source FROM turns WHERE enrolled AND due <= :now AND {self._free}
                        AND NOT {self._among("source", "but")}
                      ORDER BY due, source LIMIT :limit{self._skip})
                    UPDATE turns SET owner = :owner, until = {self._now} + :span, fence = fence + 1
                    WHERE source IN (SELECT source FROM chosen) RETURNING due, source, fence""",
                {**_term(owner, now, until), "limit": limit, "but": self._list(but)},
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
        changes, told = self._prepared(puts), list(messages)
        # That nothing was new may be forgotten: the source is asked once more.
        with self._writing("accept", durable=bool(items or told)) as db:
            ended = db.execute(
                f"UPDATE turns SET due = :due, owner = NULL, until = NULL WHERE source = :name AND {_HELD}",
                {"due": due.timestamp(), **_held(lease)},
            )
            _must(ended.rowcount, lease)
            self._tables.write(db, changes)
            if items:
                # Numbers are given in the order of the commits, so that whoever has read up to one has missed none.
                self._alone(db, "inbox")
            db.executemany(
                "INSERT INTO inbox (item, seen, body) VALUES (:item, :seen, :body)",
                [{"item": item.id, "seen": item.seen.timestamp(), "body": encode(item)} for item in items],
            )
            self._enqueue(db, told)

    def hasten(self, source: SourceId, due: dt.datetime) -> None:
        """See `Store.hasten`."""
        with self._writing("hasten") as db:
            db.execute(
                "UPDATE turns SET due = :due WHERE source = :source AND due > :due",
                {"due": due.timestamp(), "source": source},
            )

    def turns(self) -> list[Turn]:
        """See `Store.turns`."""
        with self._reading() as db:
            rows = db.execute("SELECT source, due, owner, until FROM turns WHERE enrolled ORDER BY source").fetchall()
        return [Turn(source, _time(due), owner, until and _time(until)) for source, due, owner, until in rows]

    # --- decide ---

    def lease_role(self, role: str, owner: str, now: dt.datetime, until: dt.datetime) -> Lease | None:
        """See `Store.lease_role`."""
        with self._writing("lease_role", durable=False) as db:
            row = db.execute(
                f"""INSERT INTO roles (name, owner, until, fence) VALUES (:name, :owner, {self._now} + :span, 1)
                    ON CONFLICT (name) DO UPDATE SET until = excluded.until, owner = excluded.owner,
                      fence = roles.fence + CASE WHEN roles.owner = excluded.owner THEN 0 ELSE 1 END
                    WHERE roles.owner IS NULL OR roles.owner = excluded.owner OR roles.until <= {self._now}
                    RETURNING fence""",
                {"name": role, **_term(owner, now, until)},
            ).fetchone()
        return Lease(role, owner, row[0], until) if row else None

    def release(self, lease: Lease, now: dt.datetime, until: dt.datetime) -> None:
        """See `Store.release`."""
        with self._writing("release", durable=False) as db:
            db.execute(
                f"UPDATE roles SET until = {self._now} + :span WHERE name = :name AND {_HELD}",
                {**_held(lease), **_term(lease.owner, now, until)},
            )

    def entries(self, item: ItemId) -> list[Entry]:
        """See `Store.entries`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT seq, body, decided, failed FROM inbox WHERE item = :item ORDER BY seq", {"item": item}
            ).fetchall()
        return [Entry(seq, _item(body), bool(decided), failed) for seq, body, decided, failed in rows]

    def undecided(self, limit: int) -> list[Undecided]:
        """See `Store.undecided`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT seq, body FROM inbox WHERE NOT decided ORDER BY seq LIMIT :limit", {"limit": limit}
            ).fetchall()
        return [Undecided(seq, _item(body)) for seq, body in rows]

    def commit(self, lease: Lease, decided: Sequence[Decided]) -> None:
        """See `Store.commit`."""
        puts = self._prepared(put for one in decided for put in one.puts)
        with self._writing("decide") as db:
            self._must_be(db, lease)
            self._tables.write(db, puts)
            for failed in {one.failed for one in decided}:
                settled = self._list(one.seq for one in decided if one.seq is not None and one.failed == failed)
                db.execute(
                    f"UPDATE inbox SET decided = TRUE, failed = :failed WHERE {self._among('seq', 'settled')}",
                    {"failed": failed, "settled": settled},
                )
            self._enqueue(db, (message for one in decided for message in one.messages))

    def retry_failed(self, since: dt.datetime) -> int:
        """See `Store.retry_failed`."""
        with self._writing("retry_failed") as db:
            return db.execute(
                "UPDATE inbox SET decided = FALSE, failed = '' WHERE failed != '' AND seen >= :since",
                {"since": since.timestamp()},
            ).rowcount

    def history(self, since: dt.datetime | None = None) -> Iterator[Item]:
        """See `Store.history`."""
        seq, floor = 0, since.timestamp() if since else float("-inf")
        while True:
            with self._reading() as db:
                rows = db.execute(
                    "SELECT seq, body FROM inbox WHERE seq > :seq AND seen >= :floor ORDER BY seq LIMIT :page",
                    {"seq": seq, "floor": floor, "page": _PAGE},
                ).fetchall()
            yield from (_item(body) for _, body in rows)
            if len(rows) < _PAGE:
                return
            seq = rows[-1][0]

    # --- deliver ---

    def waiting(self, now: dt.datetime, limit: int) -> list[Message]:
        """See `Store.waiting`."""
        question = _HEADS.format(queue=f"{self._unsettled_rows} WHERE {_UNSETTLED}", free=self._free)
        with self._reading() as db:
            rows = db.execute(question, {"now": now.timestamp(), "limit": limit}).fetchall()
        return [_message(body) for (body,) in rows]

    def lease_messages(
        self, owner: str, now: dt.datetime, until: dt.datetime, keys: Iterable[MessageId]
    ) -> list[Waiting]:
        """See `Store.lease_messages`."""
        question = f"""
            WITH chosen AS MATERIALIZED (
              SELECT seq FROM outbox
              WHERE id = :id AND {_UNSETTLED} AND not_before <= :now AND {self._free}{self._skip})
            UPDATE outbox SET owner = :owner, until = {self._now} + :span, fence = fence + 1
            WHERE seq IN (SELECT seq FROM chosen) RETURNING id, fence, body"""
        term = _term(owner, now, until)
        with self._writing("lease_messages", durable=False) as db:
            rows = [db.execute(question, {"id": key, **term}).fetchone() for key in keys]
        return [Waiting(Lease(row[0], owner, row[1], until), _message(row[2])) for row in rows if row]

    def hold(self, lease: Lease, message: Message) -> None:
        """See `Store.hold`."""
        with self._writing("sending") as db:
            _must(_update(db, lease, message), lease)

    def settle(
        self, lease: Lease, message: Message, puts: Iterable[Put[Any]] = (), messages: Iterable[Message] = ()
    ) -> None:
        """See `Store.settle`."""
        changes = self._prepared(puts)
        with self._writing("settle") as db:
            before = db.execute(f"SELECT chat FROM outbox WHERE id = :name{self._lock}", _held(lease)).fetchone()
            _must(_update(db, lease, message), lease)
            db.execute("UPDATE outbox SET owner = NULL, until = NULL WHERE id = :name", _held(lease))
            if before[0] != message.chat:
                _readdress(db, before[0], message.chat)
            self._tables.write(db, changes)
            self._enqueue(db, messages)

    def message(self, key: MessageId) -> Message | None:
        """See `Store.message`."""
        with self._reading() as db:
            row = db.execute("SELECT body FROM outbox WHERE id = :id", {"id": key}).fetchone()
        return _message(row[0]) if row else None

    def messages(self, states: Sequence[MessageState], limit: int = 100) -> list[Message]:
        """See `Store.messages`."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT body FROM outbox WHERE {self._among('state', 'states')} ORDER BY seq DESC LIMIT :limit",
                {"states": self._list(state.value for state in states), "limit": limit},
            ).fetchall()
        return [_message(body) for (body,) in rows]

    def messages_of(self, alert: str) -> list[Message]:
        """See `Store.messages_of`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT body FROM outbox_alerts JOIN outbox ON id = message WHERE alert = :alert ORDER BY seq",
                {"alert": alert},
            ).fetchall()
        return [_message(body) for (body,) in rows]

    # --- the whole ---

    def recover(self, owner: str) -> None:
        """See `Store.recover`."""
        with self._writing("recover") as db:
            self._alone(db, "enroll")
            for table in ("turns", "outbox", "roles"):
                db.execute(f"UPDATE {table} SET owner = NULL, until = NULL WHERE owner = :owner", {"owner": owner})

    def beat(self, loop: str, now: dt.datetime) -> None:
        """See `Store.beat`."""
        with self._writing("beat", durable=False) as db:
            db.execute(
                "INSERT INTO beats (loop, at) VALUES (:loop, :at) ON CONFLICT (loop) DO UPDATE SET at = excluded.at",
                {"loop": loop, "at": now.timestamp()},
            )

    def beats(self) -> dict[str, dt.datetime]:
        """See `Store.beats`."""
        with self._reading() as db:
            return {loop: _time(at) for loop, at in db.execute("SELECT loop, at FROM beats").fetchall()}

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
        self._engine.close()

    def _prepared(self, changes: Iterable[Change]) -> list[Change]:
        # Tables are made before the transaction: one that is rolled back must not leave us believing in them.
        changes = list(changes)
        self._tables.prepare({change.table.name: change.table for change in changes}.values())
        return changes

    def _enqueue(self, db: Session, messages: Iterable[Message]) -> None:
        once: dict[MessageId, Message] = {}
        for message in messages:
            once.setdefault(message.id, message)
        new = [_message(body) for (body,) in self._returned(db, _NEW, map(_columns, once.values()))]
        db.executemany(
            "INSERT INTO outbox_alerts (alert, message) VALUES (:alert, :message) ON CONFLICT DO NOTHING",
            [{"alert": alert, "message": message.id} for message in new for alert in message.alerts],
        )

    def _must_be(self, db: Session, lease: Lease) -> None:
        """Raise StaleLease unless this role is still held; whoever wants to take it over waits for this transaction."""
        held = db.execute(f"SELECT 1 FROM roles WHERE name = :name AND {_HELD}{self._lock}", _held(lease)).fetchone()
        _must(bool(held), lease)


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _term(owner: str, now: dt.datetime, until: dt.datetime) -> dict[str, Any]:
    """A new lease. Its length counts, so that another clock may stand elsewhere."""
    return {"owner": owner, "now": now.timestamp(), "span": until.timestamp() - now.timestamp()}


_HELD = "owner = :holder AND fence = :fence"


def _held(lease: Lease) -> dict[str, Any]:
    return {"name": lease.name, "holder": lease.owner, "fence": lease.fence}


def _must(held: int, lease: Lease) -> None:
    if not held:
        raise StaleLease(f"{lease.owner} lost its lease on {lease.name}: somebody else took over")


def _columns(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "chat": message.chat,
        "state": message.state.value,
        "rank": rank(message),
        "created": message.created.timestamp(),
        "not_before": message.not_before.timestamp() if message.not_before else float("-inf"),
        "body": encode(message),
    }


_NEW = """
    INSERT INTO outbox (id, chat, state, rank, created, not_before, body)
    VALUES (:id, :chat, :state, :rank, :created, :not_before, :body) ON CONFLICT (id) DO NOTHING RETURNING body
"""
_SETTLED = {"inbox": "decided AND seen < :before", "outbox": "state IN ('sent', 'dead') AND created < :before"}
_UNSETTLED = "state IN ('pending', 'sending', 'uncertain')"
_REPEATED_LATER = "(state = 'uncertain' AND not_before > :now)"
# Jumps from chat to chat along the index of unsettled messages: the length of a chat's queue costs nothing.
_HEADS = f"""
    WITH RECURSIVE chats (chat) AS (
        SELECT chat FROM (SELECT chat FROM {{queue}} ORDER BY chat LIMIT 1) AS first
        UNION ALL
        SELECT (SELECT chat FROM {{queue}} AND chat > chats.chat ORDER BY chat LIMIT 1) FROM chats
        WHERE chat IS NOT NULL
    ), heads (seq, chat) AS MATERIALIZED (
        SELECT (SELECT seq FROM {{queue}} AND chat = chats.chat AND NOT {_REPEATED_LATER}
                ORDER BY rank DESC, seq LIMIT 1), chat
        FROM chats WHERE chat IS NOT NULL
    )
    SELECT body FROM heads JOIN outbox USING (seq) WHERE not_before <= :now AND {{free}}
    AND (rank > 0 OR NOT EXISTS (SELECT 1 FROM {{queue}} AND chat = heads.chat AND {_REPEATED_LATER}))
    ORDER BY rank DESC, seq LIMIT :limit
"""
_SET = "chat = :chat, state = :state, rank = :rank, not_before = :not_before, body = :body"


def _rewrite(db: Session, message: Message) -> None:
    db.execute(f"UPDATE outbox SET {_SET} WHERE id = :id", _columns(message))


def _readdress(db: Session, old: ChatId, new: ChatId) -> None:
    rows = db.execute(f"SELECT body FROM outbox WHERE chat = :chat AND {_UNSETTLED} ORDER BY seq", {"chat": old})
    for (body,) in rows.fetchall():
        _rewrite(db, replace(_message(body), chat=new))


def _update(db: Session, lease: Lease, message: Message) -> int:
    written = db.execute(f"UPDATE outbox SET {_SET} WHERE id = :id AND {_HELD}", {**_columns(message), **_held(lease)})
    return written.rowcount
