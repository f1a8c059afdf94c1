"""When to poll a source next, and when to try again: pure arithmetic over `SourceState`.

The state is one row of the store; `due` is the only clock of polling. `chance` is a number in [0, 1) that the
caller draws: the core knows no randomness.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from monitor.core.intake import Intake
from monitor.core.parse.document import Document
from monitor.errors import FetchError, ParseError
from monitor.model import Source, SourceId


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next request and parse may leave out, because this much is known already.

    They belong to one `url`, and are committed together with the items of the same poll.
    """

    url: str = ""
    etag: str = ""
    modified: str = ""
    body: str = ""
    """SHA-256 of the decoded body: servers that ignore conditions still send the same bytes."""
    prints: tuple[str, ...] = ()
    """See `Document.prints`."""
    read: dt.datetime | None = None
    """When a whole body was last read; after `WHOLE_READ` nothing is left out."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a response says about the next request. `not_before` binds; `fresh_for` (seconds) is a hint."""

    not_before: dt.datetime | None = None
    fresh_for: float | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """Everything remembered of one source between polls, its health included."""

    source: SourceId
    due: dt.datetime
    validators: Validators = field(default_factory=Validators)
    contacted: dt.datetime | None = None
    """First contact: when a document with entries was first accepted. None: the next one is the baseline."""
    polled: dt.datetime | None = None
    succeeded: dt.datetime | None = None
    newest: dt.datetime | None = None
    """When a new item was last accepted."""
    failures: int = 0
    failing_since: dt.datetime | None = None
    error: str = ""
    """The `kind` of the last failure; empty when the last poll succeeded."""
    what: str = ""
    """The last failure in words."""
    parked: str = ""
    """Why the source is only looked at once a day (gone for three days)."""
    interval: float = 0.0
    """Seconds that the last decision put between two polls."""
    arrivals: tuple[float, ...] = ()
    """Epoch seconds of the newest publications, oldest first: the source's rhythm."""
    profile: tuple[float, ...] = ()
    """Decayed number of publications for each hour of the UTC day."""
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    moved: str = ""
    """Where a permanent redirect leads; it replaces `Source.url` once `moved_proven` is high enough."""
    moved_proven: int = 0

    @property
    def suspect(self) -> bool:
        """Not proven harmless to the parser: such sources never take the last free worker."""
        return self.contacted is None or self.error in {"too_slow", "too_big", "crashed"}


def first(source: Source, now: dt.datetime, chance: float) -> SourceState:
    """The state of a source that was never polled: due at once, spread over its shortest interval."""
    raise NotImplementedError


def succeeded(
    state: SourceState,
    source: Source,
    *,
    validators: Validators,
    pace: Pace,
    document: Document | None,
    intake: Intake | None,
    now: dt.datetime,
    chance: float,
    moved: str = "",
    hot: bool = False,
) -> SourceState:
    """The state after a poll that brought a document, or None for an unchanged one.

    `validators` and `pace` are those of `Fetched`; `hot` says that a running story pulls the rhythm up. A document
    without entries is recorded as the failure `no_entries`.
    """
    raise NotImplementedError


def failed(
    state: SourceState, source: Source, error: FetchError | ParseError, *, now: dt.datetime, chance: float
) -> SourceState:
    """The state after a poll that failed: capped backoff, Retry-After, parking after three days of 410."""
    raise NotImplementedError
