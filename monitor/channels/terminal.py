"""Messages on a terminal, for people: what a subscriber would read, in the order in which it was sent."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

from monitor.channels.base import Delivery, Outgoing, Sent
from monitor.model import ChatId, Severity, Subscriber, WatchId

CHAT = ChatId(0)
"""The terminal's chat: no number of a channel."""
_WIDTH = 100
_COLOURS = {Severity.LOW: "33", Severity.HIGH: "38;5;208", Severity.CRITICAL: "31"}


def subscriber(watches: Iterable[WatchId]) -> Subscriber:
    """The reader before the terminal: everything from low on, never muted, never joined."""
    return Subscriber(CHAT, tuple(watches), level=Severity.LOW, kind="terminal", admin=True, title="terminal")


class Terminal:
    """Prints messages. Lines are wrapped, and coloured by severity where the stream is a terminal."""

    def __init__(self, stream: TextIO | None = None, width: int = _WIDTH) -> None:
        self._stream = stream or sys.stdout
        self._width = width
        self._count = 0

    async def open(self) -> None:
        """Nothing to prepare."""

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Print one message; `remote` counts from 1."""
        self._count += 1
        self._stream.write(self._page(outgoing, self._count) + "\n")
        self._stream.flush()
        return Sent(self._count)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _page(self, outgoing: Outgoing, number: int) -> str:
        first, *rest = outgoing.rendered.plain.split("\n")
        body = [line for text in rest for line in self._wrapped(text)]
        return "\n".join([self._rule(outgoing, number), *self._titled(outgoing, first), *body, ""])

    def _rule(self, outgoing: Outgoing, number: int) -> str:
        at = outgoing.message.created.strftime("%a %d %b %H:%M UTC")
        answers = f" ↩ #{outgoing.reply_to}" if outgoing.reply_to else ""
        sound = "" if outgoing.message.silent else " 🔔"
        head = f"── #{number}{answers} · {at}{sound} "
        return head + "─" * max(0, self._width - len(head))

    def _titled(self, outgoing: Outgoing, line: str) -> list[str]:
        lines = self._wrapped(line)
        colour = _COLOURS.get(outgoing.message.severity)
        if colour is None or not self._stream.isatty():
            return lines
        return [f"\033[1;{colour}m{text}\033[0m" for text in lines]

    def _wrapped(self, text: str) -> list[str]:
        wrapped = textwrap.wrap(text, self._width, break_long_words=False, break_on_hyphens=False)
        return wrapped or [""]
