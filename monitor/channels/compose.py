"""A row of the outbox → what a channel is handed: words, buttons, the message it answers, the chart."""

from __future__ import annotations

from collections.abc import Callable

from monitor.channels.base import Outgoing
from monitor.core.render import Names
from monitor.core.view import View
from monitor.model import Message, MessageId

Lookup = Callable[[MessageId], Message | None]


def compose(message: Message, view: View, find: Lookup, names: Names) -> Outgoing:
    """What to hand to `Channel.send`. `find` looks a message up in the outbox (`Store.message`)."""
    raise NotImplementedError
