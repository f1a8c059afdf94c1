"""How fast messages may go: token buckets a chat, a group and over all. Pure; `now` is handed in.

Telegram allows about one message a second to a chat, 20 a minute to a group (edits count) and 30 a second
over all, and tells a chat's flood by `retry_after` (https://core.telegram.org/bots/faq).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from monitor.model import Message


class Limiter:
    """Chooses which of the waiting messages may go now. Only pauses outlive the process (see `PAUSES`)."""

    def choose(self, waiting: Sequence[Message], now: dt.datetime) -> list[Message]:
        """The messages that may go at once, their tokens taken: chats with the most severe message first,

        one message a chat, the oldest of each chat first, none of a paused chat.
        """
        raise NotImplementedError
