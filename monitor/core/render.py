"""Alerts → the words of one message, as HTML and as plain text, within a channel's limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.model import ActorId, Alert, Button, Message, SourceId, Subscriber, WatchId


@dataclass(frozen=True, slots=True)
class Names:
    """How people know the things that alerts name by id; an unknown id is told as it is."""

    watches: Mapping[WatchId, str] = field(default_factory=dict)
    actors: Mapping[ActorId, str] = field(default_factory=dict)
    sources: Mapping[SourceId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in both forms; each fits the limit of what it goes with (4,096, or 1,024 for a caption)."""

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()


def message(message: Message, alerts: Sequence[Alert], subscriber: Subscriber, names: Names) -> Rendered:
    """The words of one message. `alerts` are those it carries, oldest first. Pure; never fails on a feed's text."""
    raise NotImplementedError
