"""What the daemon remembers, as a Protocol: sources' turns, the inbox, the decider's tables, the outbox.

Every method is one transaction: it happened whole and will survive a power cut, or it did not happen. Leases, beats
and polls that brought nothing survive one only if something that was written later has to.
Nothing here decides anything; the values to record are handed in. All methods raise `StoreError` when
the database refuses, and block (a few milliseconds, seconds behind another writer): call them off the
event loop. A store may be used from several threads. Times are aware UTC datetimes handed in by the
caller: what is due is compared with them. Of a lease the length counts, `until - now`; where several machines
share a database its own clock says when that is over, else the caller's does, so a replay in fast time works.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from monitor.core.schedule import SourceState
from monitor.core.view import Change, Put, Table, View
from monitor.model import Item, ItemId, Message, MessageId, MessageState, SourceId

DECIDER = "decider"
SENDER = "sender"
BOT = "bot"
"""Roles that one process has at a time: who decides, who delivers, who listens to what subscribers say."""

SOURCES: Table[SourceState] = Table("sources", SourceState, key=lambda r: r.source, time=lambda r: r.due.timestamp())
"""Health, validators and rhythm of every source: written with the items of the poll that changed them."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A right to work on `name` until `until`. A moved `fence` tells the late holder from the present one."""

    name: str
    owner: str
    fence: int
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Undecided:
    """The next item of the inbox. `seq` is its place in the one order in which everything is decided."""

    seq: int
    item: Item


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the inbox, for people who ask. `failed` is why its item was passed by."""

    seq: int
    item: Item
    decided: bool
    failed: str


@dataclass(frozen=True, slots=True)
class Decided:
    """All that one decision leaves behind. `failed` is the error of an item that was passed by."""

    seq: int | None
    """The inbox entry it settles; None for what time alone brought about."""
    puts: tuple[Put[Any], ...] = ()
    messages: tuple[Message, ...] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message as it stands in the outbox, and the right to send it."""

    lease: Lease
    message: Message


@dataclass(frozen=True, slots=True)
class Turn:
    """When a source is due, and who polls it at present."""

    source: SourceId
    due: dt.datetime
    owner: str | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much lies where, for `tocsin status`."""

    undecided: int = 0
    decided: int = 0
    failed: int = 0
    messages: dict[MessageState, int] = field(default_factory=dict)


def rank(message: Message) -> int:
    """The place of a message among those of its chat: what mends another one never overtakes it."""
    return 0 if message.kind in {"correction", "edit"} else message.severity.rank


class Store(Protocol):
    """See the module. Implementations: `SqliteStore`, `PostgresStore`, `MemoryStore`; one contract suite holds all."""

    # --- tables ---

    def view(self) -> View:
        """Read-only answers over every `Table`; each question sees all that is committed by then."""
        ...

    def apply(
        self, changes: Iterable[Change] = (), messages: Iterable[Message] = (), lease: Lease | None = None
    ) -> None:
        """Write and forget records and enqueue messages together. For the edges (bot, notices): no decision runs here.

        A message whose id is already in the outbox is left as it is. With the `lease` of a role: raises StaleLease,
        and records nothing, if somebody else took the role over.
        """
        ...

    def prune(self, tables: Iterable[Table[Any]], before: dt.datetime) -> int:
        """Forget records of these tables, decided inbox entries and settled messages older than `before`.

        Returns how many rows went. So do roles that nobody has held since, uncounted.
        """
        ...

    # --- poll ---

    def enroll(self, sources: Mapping[SourceId, dt.datetime]) -> None:
        """Make these the sources to poll: new ones are due when it says, known ones keep their turn, others rest."""
        ...

    def lease_sources(
        self, owner: str, now: dt.datetime, until: dt.datetime, limit: int, but: Collection[SourceId] = ()
    ) -> list[Lease]:
        """Up to `limit` due sources that nobody holds, longest due first, without those `but`.

        `Lease.name` is the source's id.
        """
        ...

    def accept(
        self,
        lease: Lease,
        items: Sequence[Item],
        puts: Iterable[Put[Any]],
        due: dt.datetime,
        messages: Iterable[Message] = (),
    ) -> None:
        """Record one poll, the failed one too: items to the inbox, what is known of the source, its next turn.

        `messages` tell operators of it. Ends the lease. Raises StaleLease, and records nothing, if somebody
        else took the source meanwhile. A poll without items and messages may be forgotten when the power fails.
        """
        ...

    def hasten(self, source: SourceId, due: dt.datetime) -> None:
        """Bring a source's next turn forward to `due`; never puts it off."""
        ...

    def turns(self) -> list[Turn]:
        """Every enrolled source's turn, by id."""
        ...

    # --- decide ---

    def lease_role(self, role: str, owner: str, now: dt.datetime, until: dt.datetime) -> Lease | None:
        """Take or renew what only one may do at a time; None while somebody else holds it."""
        ...

    def release(self, lease: Lease, now: dt.datetime, until: dt.datetime) -> None:
        """Let others have a role from `until` on; nothing happens if it is not held any more."""
        ...

    def entries(self, item: ItemId) -> list[Entry]:
        """Every version of an item in the inbox, oldest first, and what became of it."""
        ...

    def undecided(self, limit: int) -> list[Undecided]:
        """The next items of the inbox, in order."""
        ...

    def commit(self, lease: Lease, decided: Sequence[Decided]) -> None:
        """Write everything that these decisions changed, their messages and their inbox marks, together.

        Raises StaleLease, and records nothing, if another decider took over.
        """
        ...

    def retry_failed(self, since: dt.datetime) -> int:
        """Put back what was passed by as undecidable and accepted since then; returns how many items.

        They keep their place in the order: the next decisions are theirs.
        """
        ...

    def history(self, since: dt.datetime | None = None) -> Iterator[Item]:
        """All items of the inbox, decided or not, in order."""
        ...

    # --- deliver ---

    def waiting(self, now: dt.datetime, limit: int) -> list[Message]:
        """What could go now: of each chat the one message that is next, chats with the most severe one first.

        Next in a chat is its most severe unsettled message, then the oldest; corrections and edits come after
        all that they may mend. A chat whose next one is held, or not due yet, has none; but an `uncertain` one,
        which may have arrived, holds up only corrections and edits until it is due again. Unsettled are
        `pending`, `uncertain`, and `sending` whose holder died (its lease ran out, or `recover` ended it).
        """
        ...

    def lease_messages(
        self, owner: str, now: dt.datetime, until: dt.datetime, keys: Iterable[MessageId]
    ) -> list[Waiting]:
        """Take those of these messages that are still unsettled, due and held by nobody; in the order of `keys`."""
        ...

    def hold(self, lease: Lease, message: Message) -> None:
        """Record a message and keep its lease: `sending`, before the call to the channel. Raises StaleLease."""
        ...

    def settle(
        self, lease: Lease, message: Message, puts: Iterable[Put[Any]] = (), messages: Iterable[Message] = ()
    ) -> None:
        """Record how the call ended, what else that changes and whom it is told to; end the lease.

        If the message has another chat than before, all unsettled ones of its old chat follow it.
        Raises StaleLease.
        """
        ...

    def message(self, key: MessageId) -> Message | None:
        """One row of the outbox."""
        ...

    def messages(self, states: Sequence[MessageState], limit: int = 100) -> list[Message]:
        """Rows of the outbox in any of these states, newest first."""
        ...

    def messages_of(self, alert: str) -> list[Message]:
        """Every message that carries this alert, oldest first."""
        ...

    # --- the whole ---

    def recover(self, owner: str) -> None:
        """Start-up: end every lease that this owner held when it died. Other owners' leases run out by themselves."""
        ...

    def beat(self, loop: str, now: dt.datetime) -> None:
        """One of the daemon's loops is alive."""
        ...

    def beats(self) -> dict[str, dt.datetime]:
        """When each loop was last alive."""
        ...

    def counts(self) -> Counts:
        """How much lies where."""
        ...

    def close(self) -> None:
        """Let go of files. Nothing depends on its being called."""
        ...
