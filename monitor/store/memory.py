"""The store in plain dicts: for replays, filters and tests. Nothing is written to disk."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, TypeVar

from monitor.core.view import Change, IndexValue, Put, Table, View
from monitor.errors import StaleLease
from monitor.model import ChatId, Item, ItemId, Message, MessageId, MessageState, SourceId
from monitor.store.base import Counts, Decided, Entry, Lease, Turn, Undecided, Waiting, rank

R = TypeVar("R")
_Order = tuple[float, str]


class _Rows:
    """One table: records by key, their order by time, and an inverted index for each declared one."""

    def __init__(self, table: Table[Any]) -> None:
        self.records: dict[str, Any] = {}
        self._table = table
        self._order: list[_Order] = []
        self._moved: dict[str, float | None] = {}
        self._indexes: dict[str, defaultdict[IndexValue, dict[str, float]]]
        self._indexes = {name: defaultdict(dict) for name in table.indexes}

    def order(self) -> list[_Order]:
        """All keys, newest first. Kept up when it is asked for: most tables are only asked for keys."""
        for key, before in self._moved.items():
            if before is not None:
                del self._order[bisect_left(self._order, (before, key))]
            if key in self.records:
                insort(self._order, (-self._table.time(self.records[key]), key))
        self._moved.clear()
        return self._order

    def among(self, index: str, values: Iterable[IndexValue], since: float | None) -> list[str]:
        """The keys that an index has under any of these values, newest first."""
        found, held = dict[str, float](), self._indexes[index]
        for value in values:
            found.update(held.get(value, {}))
        keys = sorted(sorted(found), key=found.__getitem__)
        return keys if since is None else keys[: bisect_right(keys, -since, key=found.__getitem__)]

    def put(self, record: Any) -> None:  # noqa: ANN401 - the table knows its type
        key = self._table.key(record)
        self._leave(key)
        self.records[key] = record
        for name, of in self._table.indexes.items():
            held, place = self._indexes[name], -self._table.time(record)
            for value in of(record):
                held[value][key] = place

    def drop(self, key: str) -> None:
        self._leave(key)
        self.records.pop(key, None)

    def _leave(self, key: str) -> None:
        """Take what is kept under a key out of the indexes, and out of the order when that is asked for."""
        old = self.records.get(key)
        if key not in self._moved:
            self._moved[key] = None if old is None else -self._table.time(old)
        if old is not None:
            for name, of in self._table.indexes.items():
                for value in of(old):
                    self._indexes[name][value].pop(key, None)


class MemoryView:
    """Tables in memory; `apply` writes what a Draft holds."""

    def __init__(self) -> None:
        self._tables: dict[str, _Rows] = {}
        self._lock = threading.RLock()

    def get(self, table: Table[R], key: str) -> R | None:
        """See `View.get`."""
        with self._lock:
            record: R | None = self._rows(table).records.get(key)
        return record

    def get_many(self, table: Table[R], keys: Iterable[str]) -> dict[str, R]:
        """See `View.get_many`."""
        with self._lock:
            records = self._rows(table).records
            return {key: records[key] for key in keys if key in records}

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
        with self._lock:
            rows = self._rows(table)
            return [rows.records[key] for key in rows.among(index, values, since)[:limit]]

    def latest(self, table: Table[R], *, since: float | None = None, limit: int) -> list[R]:
        """See `View.latest`."""
        with self._lock:
            rows = self._rows(table)
            order = rows.order()
            end = len(order) if since is None else bisect_right(order, -since, key=itemgetter(0))
            return [rows.records[key] for _, key in order[: min(end, limit)]]

    def apply(self, changes: Iterable[Change]) -> None:
        """Write every put, replacing records with the same key, and forget what is dropped."""
        with self._lock:
            for change in changes:
                if isinstance(change, Put):
                    self._rows(change.table).put(change.record)
                else:
                    self._rows(change.table).drop(change.key)

    def forget(self, table: Table[Any], before: float) -> int:
        """Delete records older than `before` (seconds since the epoch); returns how many."""
        with self._lock:
            rows = self._rows(table)
            old = [key for minus_time, key in rows.order() if -minus_time < before]
            for key in old:
                rows.drop(key)
        return len(old)

    def _rows(self, table: Table[Any]) -> _Rows:
        rows = self._tables.get(table.name)
        return rows or self._tables.setdefault(table.name, _Rows(table))


_UNSETTLED = frozenset({MessageState.PENDING, MessageState.SENDING, MessageState.UNCERTAIN})


@dataclass
class _Held:
    """Who holds something, and how often it changed hands."""

    owner: str | None = None
    until: dt.datetime | None = None
    fence: int = 0

    def free(self, now: dt.datetime) -> bool:
        return self.owner is None or self.until is None or self.until <= now

    def take(self, name: str, owner: str, until: dt.datetime) -> Lease:
        self.owner, self.until, self.fence = owner, until, self.fence + 1
        return Lease(name, owner, self.fence, until)

    def end(self) -> None:
        self.owner = self.until = None

    def must_be(self, lease: Lease) -> None:
        if (self.owner, self.fence) != (lease.owner, lease.fence):
            raise StaleLease(f"{lease.owner} lost its lease on {lease.name}: somebody else took over")


@dataclass
class _Turn:
    due: dt.datetime
    enrolled: bool = True
    held: _Held = field(default_factory=_Held)


@dataclass
class _Entry:
    item: Item
    decided: bool = False
    failed: str = ""

    def settle(self, failed: str) -> None:
        self.decided, self.failed = True, failed


@dataclass
class _Row:
    seq: int
    message: Message
    held: _Held = field(default_factory=_Held)

    @property
    def place(self) -> tuple[int, int]:
        return -rank(self.message), self.seq

    @property
    def unsettled(self) -> bool:
        return self.message.state in _UNSETTLED

    def repeated_later(self, now: dt.datetime) -> bool:
        """Whether it may have arrived and is to be sent again, but not yet."""
        later = self.message.not_before is not None and self.message.not_before > now
        return self.message.state is MessageState.UNCERTAIN and later

    def free(self, now: dt.datetime) -> bool:
        due = self.message.not_before is None or self.message.not_before <= now
        return self.unsettled and due and self.held.free(now)


class MemoryStore:
    """One lock around everything: whatever happens under it happens whole."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._view = MemoryView()
        self._turns: dict[SourceId, _Turn] = {}
        self._inbox: dict[int, _Entry] = {}
        self._places = itertools.count(1)
        self._rows = itertools.count(1)
        self._outbox: dict[MessageId, _Row] = {}
        self._roles: defaultdict[str, _Held] = defaultdict(_Held)
        self._beats: dict[str, dt.datetime] = {}

    # --- tables ---

    def view(self) -> View:
        """See `Store.view`."""
        return self._view

    def apply(
        self, changes: Iterable[Change] = (), messages: Iterable[Message] = (), lease: Lease | None = None
    ) -> None:
        """See `Store.apply`."""
        with self._lock:
            if lease:
                self._roles[lease.name].must_be(lease)
            self._view.apply(changes)
            self._enqueue(messages)

    def prune(self, tables: Iterable[Table[Any]], before: dt.datetime) -> int:
        """See `Store.prune`."""
        with self._lock:
            gone = sum(self._view.forget(table, before.timestamp()) for table in tables)
            entries = [seq for seq, e in self._inbox.items() if e.decided and e.item.seen < before]
            rows = [key for key, r in self._outbox.items() if not r.unsettled and r.message.created < before]
            for seq in entries:
                del self._inbox[seq]
            for key in rows:
                del self._outbox[key]
            for role in [name for name, held in self._roles.items() if held.until and held.until < before]:
                del self._roles[role]
            return gone + len(entries) + len(rows)

    # --- poll ---

    def enroll(self, sources: Mapping[SourceId, dt.datetime]) -> None:
        """See `Store.enroll`."""
        with self._lock:
            for turn in self._turns.values():
                turn.enrolled = False
            for source, due in sources.items():
                self._turns.setdefault(source, _Turn(due)).enrolled = True

    def lease_sources(
        self, owner: str, now: dt.datetime, until: dt.datetime, limit: int, but: Collection[SourceId] = ()
    ) -> list[Lease]:
        """See `Store.lease_sources`."""
        with self._lock:
            due = sorted(
                (turn.due, source)
                for source, turn in self._turns.items()
                if turn.enrolled and turn.due <= now and turn.held.free(now) and source not in but
            )
            return [self._turns[source].held.take(source, owner, until) for _, source in due[:limit]]

    def accept(
        self,
        lease: Lease,
        items: Sequence[Item],
        puts: Iterable[Put[Any]],
        due: dt.datetime,
        messages: Iterable[Message] = (),
    ) -> None:
        """See `Store.accept`."""
        with self._lock:
            turn = self._turns[SourceId(lease.name)]
            turn.held.must_be(lease)
            self._view.apply(puts)
            for item in items:
                self._inbox[next(self._places)] = _Entry(item)
            self._enqueue(messages)
            turn.due = due
            turn.held.end()

    def hasten(self, source: SourceId, due: dt.datetime) -> None:
        """See `Store.hasten`."""
        with self._lock:
            if turn := self._turns.get(source):
                turn.due = min(turn.due, due)

    def turns(self) -> list[Turn]:
        """See `Store.turns`."""
        with self._lock:
            return [
                Turn(source, turn.due, turn.held.owner, turn.held.until)
                for source, turn in sorted(self._turns.items())
                if turn.enrolled
            ]

    # --- decide ---

    def lease_role(self, role: str, owner: str, now: dt.datetime, until: dt.datetime) -> Lease | None:
        """See `Store.lease_role`."""
        with self._lock:
            held = self._roles[role]
            if held.owner == owner:
                held.until = until
                return Lease(role, owner, held.fence, until)
            return held.take(role, owner, until) if held.free(now) else None

    def release(self, lease: Lease, now: dt.datetime, until: dt.datetime) -> None:  # noqa: ARG002 - its clock is the caller's
        """See `Store.release`."""
        with self._lock:
            held = self._roles[lease.name]
            if (held.owner, held.fence) == (lease.owner, lease.fence):
                held.until = until

    def entries(self, item: ItemId) -> list[Entry]:
        """See `Store.entries`."""
        with self._lock:
            found = [(seq, e) for seq, e in self._inbox.items() if e.item.id == item]
            return [Entry(seq, e.item, e.decided, e.failed) for seq, e in found]

    def undecided(self, limit: int) -> list[Undecided]:
        """See `Store.undecided`."""
        with self._lock:
            entries = (Undecided(seq, e.item) for seq, e in self._inbox.items() if not e.decided)
            return list(itertools.islice(entries, limit))

    def commit(self, lease: Lease, decided: Sequence[Decided]) -> None:
        """See `Store.commit`."""
        with self._lock:
            self._roles[lease.name].must_be(lease)
            for one in decided:
                self._view.apply(one.puts)
                self._enqueue(one.messages)
                if one.seq is not None:
                    self._inbox[one.seq].settle(one.failed)

    def retry_failed(self, since: dt.datetime) -> int:
        """See `Store.retry_failed`."""
        with self._lock:
            back = [e for e in self._inbox.values() if e.failed and e.item.seen >= since]
            for entry in back:
                entry.decided, entry.failed = False, ""
            return len(back)

    def history(self, since: dt.datetime | None = None) -> Iterator[Item]:
        """See `Store.history`."""
        with self._lock:
            items = [e.item for e in self._inbox.values()]
        return (item for item in items if since is None or item.seen >= since)

    # --- deliver ---

    def waiting(self, now: dt.datetime, limit: int) -> list[Message]:
        """See `Store.waiting`."""
        with self._lock:
            heads: dict[ChatId, _Row] = {}
            repeated = {row.message.chat for row in self._outbox.values() if row.repeated_later(now)}
            for row in self._outbox.values():
                chat, last = row.message.chat, rank(row.message) == 0 and row.message.chat in repeated
                if row.unsettled and not row.repeated_later(now) and not last:
                    heads[chat] = min(heads.get(chat, row), row, key=lambda r: r.place)
            rows = sorted((row for row in heads.values() if row.free(now)), key=lambda r: r.place)
            return [row.message for row in rows[:limit]]

    def lease_messages(
        self, owner: str, now: dt.datetime, until: dt.datetime, keys: Iterable[MessageId]
    ) -> list[Waiting]:
        """See `Store.lease_messages`."""
        with self._lock:
            rows = [row for key in keys if (row := self._outbox.get(key)) and row.free(now)]
            return [Waiting(row.held.take(row.message.id, owner, until), row.message) for row in rows]

    def hold(self, lease: Lease, message: Message) -> None:
        """See `Store.hold`."""
        with self._lock:
            row = self._outbox[message.id]
            row.held.must_be(lease)
            row.message = message

    def settle(
        self, lease: Lease, message: Message, puts: Iterable[Put[Any]] = (), messages: Iterable[Message] = ()
    ) -> None:
        """See `Store.settle`."""
        with self._lock:
            row = self._outbox[message.id]
            old = row.message.chat
            self.hold(lease, message)
            row.held.end()
            if old != message.chat:
                self._readdress(old, message.chat)
            self._view.apply(puts)
            self._enqueue(messages)

    def message(self, key: MessageId) -> Message | None:
        """See `Store.message`."""
        with self._lock:
            row = self._outbox.get(key)
            return row.message if row else None

    def messages(self, states: Sequence[MessageState], limit: int = 100) -> list[Message]:
        """See `Store.messages`."""
        with self._lock:
            found = [row.message for row in reversed(self._outbox.values()) if row.message.state in states]
            return found[:limit]

    def messages_of(self, alert: str) -> list[Message]:
        """See `Store.messages_of`."""
        with self._lock:
            return [row.message for row in self._outbox.values() if alert in row.message.alerts]

    # --- the whole ---

    def recover(self, owner: str) -> None:
        """See `Store.recover`."""
        with self._lock:
            turns = (turn.held for turn in self._turns.values())
            for held in (*turns, *(row.held for row in self._outbox.values()), *self._roles.values()):
                if held.owner == owner:
                    held.end()

    def beat(self, loop: str, now: dt.datetime) -> None:
        """See `Store.beat`."""
        with self._lock:
            self._beats[loop] = now

    def beats(self) -> dict[str, dt.datetime]:
        """See `Store.beats`."""
        with self._lock:
            return dict(self._beats)

    def counts(self) -> Counts:
        """See `Store.counts`."""
        with self._lock:
            decided = [e for e in self._inbox.values() if e.decided]
            states = Counter(row.message.state for row in self._outbox.values())
            failed = sum(bool(e.failed) for e in decided)
            return Counts(len(self._inbox) - len(decided), len(decided), failed, dict(states))

    def close(self) -> None:
        """See `Store.close`."""

    def _readdress(self, old: ChatId, new: ChatId) -> None:
        for row in self._outbox.values():
            if row.unsettled and row.message.chat == old:
                row.message = replace(row.message, chat=new)

    def _enqueue(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._outbox.setdefault(message.id, _Row(next(self._rows), message))
