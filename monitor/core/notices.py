"""Words to the operators: what broke, what was given up, what can't be seen at present."""

from __future__ import annotations

import datetime as dt

from monitor.core.records import SUBSCRIBERS
from monitor.core.view import View
from monitor.model import Message, MessageId, Severity, Subscriber

_ALL = 100_000


def operators(view: View) -> list[Subscriber]:
    """Every active subscriber who is an admin."""
    return [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.admin and s.active]


def notice(
    view: View, key: str, text: str, now: dt.datetime, *, severity: Severity = Severity.LOW, silent: bool = True
) -> tuple[Message, ...]:
    """One message to each operator. The same `key` is told once, however often it happens."""
    return tuple(
        Message(
            MessageId(f"notice:{key}:{operator.chat}"),
            operator.chat,
            "notice",
            (),
            now,
            severity=severity,
            silent=silent,
            text=text,
        )
        for operator in operators(view)
    )
