"""How fast messages may go: to a chat, to a group, and over all. Pure; `now` is handed in.

Telegram allows about one message a second to a chat, 20 a minute to a group (edits count) and 30 a second
over all (https://core.telegram.org/bots/faq). Where a chat asks for a pause by `retry_after`, only that chat
pauses; the pause is a record, so a restart does not forget it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.core.view import Table, View
from monitor.model import ChatId, Message

_STRANGERS = 3
"""So many chats flooded at once mean that the bot as a whole is too fast."""
_AT_ONCE = 5.0
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Pause:
    """A chat asked, at `at`, for nothing before `until` (seconds since the epoch)."""

    chat: ChatId
    at: float
    until: float


PAUSES: Table[Pause] = Table(
    "pauses", Pause, key=lambda r: str(r.chat), time=lambda r: r.at, indexes={"chat": lambda r: (r.chat,)}
)


@dataclass(frozen=True, slots=True)
class Rates:
    """What a channel bears: messages within seconds. Over all a few more are chosen than may go, so that some are

    always ready: the channel itself spaces the calls.
    """

    overall: tuple[int, float] = (34, 1.0)
    chat: tuple[int, float] = (1, 1.05)
    group: tuple[int, float] = (19, 61.0)


class Limiter:
    """Chooses which of the waiting messages may go now, and counts them as gone."""

    def __init__(self, rates: Rates = Rates()) -> None:
        self._rates = rates
        self._overall: deque[float] = deque()
        self._chats: defaultdict[ChatId, deque[float]] = defaultdict(deque)
        self._groups: defaultdict[ChatId, deque[float]] = defaultdict(deque)

    def choose(self, waiting: Iterable[Message], view: View, now: dt.datetime) -> list[Message]:
        """Those that may go at once, in the order given: none to a paused chat, none beyond the rates."""
        at, candidates = now.timestamp(), list(waiting)
        paused = _paused(view, [m.chat for m in candidates], at)
        chosen: list[Message] = []
        for message in () if _all_paused(view, at) else candidates:
            if not _room(self._overall, self._rates.overall, at):
                break
            if message.chat not in paused and self._fits(message.chat, at):
                self._take(message.chat, at)
                chosen.append(message)
        self._forget(at)
        return chosen

    def wait(self, now: dt.datetime) -> float:
        """Seconds until the rate over all has room again."""
        count, seconds = self._rates.overall
        if len(self._overall) < count:
            return 0.0
        return max(0.0, self._overall[-count] + seconds - now.timestamp())

    def _fits(self, chat: ChatId, at: float) -> bool:
        fits = _room(self._chats[chat], self._rates.chat, at)
        return fits and (chat > 0 or _room(self._groups[chat], self._rates.group, at))

    def _take(self, chat: ChatId, at: float) -> None:
        self._overall.append(at)
        self._chats[chat].append(at)
        if chat < 0:
            self._groups[chat].append(at)

    def _forget(self, at: float) -> None:
        """Drop chats that were quiet for long, so that memory follows the traffic and not the subscribers."""
        for kept in (self._chats, self._groups):
            if len(kept) > _KEPT:
                for chat in [c for c, times in kept.items() if not times or times[-1] < at - self._rates.group[1]]:
                    del kept[chat]


def _room(times: deque[float], rate: tuple[int, float], at: float) -> bool:
    count, seconds = rate
    while times and times[0] <= at - seconds:
        times.popleft()
    return len(times) < count


def _paused(view: View, chats: list[ChatId], at: float) -> set[ChatId]:
    return {p.chat for p in view.find(PAUSES, "chat", chats) if p.until > at} if chats else set()


def _all_paused(view: View, at: float) -> bool:
    """Whether several chats asked for a pause at the same time, and the shortest of these is not over."""
    recent = view.latest(PAUSES, since=at - _AT_ONCE, limit=_STRANGERS)
    return len(recent) >= _STRANGERS and min(p.until for p in recent) > at
