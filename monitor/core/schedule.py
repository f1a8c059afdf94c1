"""When to poll a source next, and when to try again: pure arithmetic over `SourceState`.

The state is one row of the store; `due` is the only clock of polling. `chance` is a number in [0, 1) that the
caller draws: the core knows no randomness.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from monitor.core.intake import Intake
from monitor.core.parse.document import Document
from monitor.core.text import canonical_url
from monitor.errors import FetchError, ParseError
from monitor.model import Item, Source, SourceId

WHOLE_READ = dt.timedelta(hours=6)
"""After this, a source is read without any conditions: some servers say 304 for ever."""


PROVEN = 5
"""Times that a permanent redirect must lead to a readable document before it is believed."""
_EFFORT = 10.0
"""Interval × √rate, in √seconds: one publication an hour is looked for every ten minutes."""
_HOT = 3.0
_HINT = 900.0
"""Cache-Control, Expires and ttl are hints to a cache. They hold a poll back, but not for longer than this."""
_MEMORY_DAYS = 7.0
_PRIOR_DAYS = 1.0
_HISTORY = 14 * 86_400.0
_BURST = 3600.0
"""Seconds in which the liveliness after a publication fades to a third."""
_REMEMBERED = 50
_STALE_AFTER = 86_400.0
_DORMANT = 30 * 86_400.0
_LONGEST = 86_400.0
_LONGEST_SKIP = dt.timedelta(hours=12)
_PARKED = 86_400.0
_GONE_FOR = dt.timedelta(days=3)
_WORTH_TELLING = dt.timedelta(hours=1)
_REFUSALS = frozenset({"blocked", "rate_limited", "gone", "http_4xx", "address"})
_HARMFUL = frozenset({"too_slow", "too_big", "crashed"})


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
    """When the newest item was published, as far as is known; one without a date, when it was accepted."""
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
    known_since: float = 0.0
    """Epoch seconds of the first publication in `profile`; 0.0 as long as there is none."""
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    moved: str = ""
    """Where a permanent redirect leads; it replaces `Source.url` once `moved_proven` is high enough."""
    moved_proven: int = 0
    moved_from: str = ""
    """The `Source.url` that the move belongs to: an edited address starts anew."""
    reported: bool = False
    """The operators were told that this source is bad; they are told once more when it is back."""

    @property
    def suspect(self) -> bool:
        """Not proven harmless to the parser: such sources never take the last free worker."""
        return self.contacted is None or self.error in {"too_slow", "too_big", "crashed"}


def first(source: Source, now: dt.datetime, chance: float) -> SourceState:
    """The state of a source that was never polled: due at once, spread over half a minute."""
    return SourceState(source=source.id, due=now + dt.timedelta(seconds=chance * min(source.min_interval, 30.0)))


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
    without entries is recorded as the failure `no_entries`: it changes nothing else that is remembered.
    """
    if document is not None and not document.entries and not document.known and document.kind != "cap":
        return failed(state, source, ParseError("no_entries", "a feed without entries"), now=now, chance=chance)
    items = intake.items if intake else ()
    state = _learned(_moved(state, source, moved), document, items, now)
    interval = _interval(state, source, pace, now, hot=hot)
    due = now + dt.timedelta(seconds=interval * (0.9 + 0.2 * chance))
    return replace(
        state,
        due=_awake(max(due, pace.not_before or due), state),
        validators=validators,
        polled=now,
        succeeded=now,
        failures=0,
        failing_since=None,
        error="",
        what="",
        parked="",
        interval=interval,
    )


def failed(
    state: SourceState, source: Source, error: FetchError | ParseError, *, now: dt.datetime, chance: float
) -> SourceState:
    """The state after a poll that failed: capped backoff, Retry-After, parking after three days of 410."""
    if error.kind == "busy":
        # Our own politeness or lack of hands, not the source's failure.
        return replace(state, due=now + dt.timedelta(seconds=max(5.0, source.min_interval / 4) * (1 + chance)))
    since = state.failing_since or now
    failures = state.failures + 1
    parked = error.kind == "gone" and now - since >= _GONE_FOR
    wait = _PARKED if parked else _backoff(error.kind, failures, source)
    asked = error.retry_after if isinstance(error, FetchError) and error.retry_after else 0.0
    seconds = max(wait * (0.9 + 0.2 * chance), min(asked, _LONGEST))
    # An address that was moved to and no longer answers has proven nothing.
    changes: dict[str, Any] = {"moved": "", "moved_proven": 0} if failures >= PROVEN else {}
    # Some servers say "unchanged" like this: without conditions they have to say more.
    changes |= {"validators": Validators()} if error.kind == "empty" else {}
    return replace(
        state,
        due=now + dt.timedelta(seconds=seconds),
        polled=now,
        failures=failures,
        failing_since=since,
        error=error.kind,
        what=str(error),
        parked=f"gone (410) since {since:%Y-%m-%d}: looked at once a day" if parked else "",
        interval=seconds,
        **changes,
    )


def address(state: SourceState, source: Source) -> str:
    """Where to poll: where permanent redirects lead once that has proven itself, else the source's own address."""
    proven = state.moved_proven >= PROVEN and state.moved_from == source.url
    return state.moved if proven and state.moved else source.url


def is_plain(state: SourceState, source: Source) -> bool:
    """Whether an https address was led to plain http at last."""
    return source.url.startswith("https:") and state.validators.url.startswith("http:")


def sharing(url: str, source: Source, others: Iterable[tuple[Source, SourceState | None]]) -> tuple[SourceId, ...]:
    """Which others are polled at this address of a source too, and read it alike."""
    same, own = canonical_url(url), source.selectors
    return tuple(
        other.id
        for other, state in others
        if other.id != source.id and other.enabled and other.selectors == own
        if canonical_url(address(state, other) if state else other.url) == same
    )


def is_bad(state: SourceState, now: dt.datetime) -> bool:
    """Whether operators should hear of it: parked, or failing repeatedly for an hour and more."""
    return bool(state.parked) or (
        state.failures >= 3 and state.failing_since is not None and now - state.failing_since >= _WORTH_TELLING
    )


def is_stale(state: SourceState, now: dt.datetime) -> bool:
    """Whether a source that answers has published nothing for far longer than it used to.

    That is ten usual gaps and twice its longest one (offices rest on weekends), a day at least; a month for a source
    of which no rhythm is known, such as one that was dead when it was first met.
    """
    if state.newest is None:
        return False
    silent = (now - state.newest).total_seconds()
    gaps = [later - earlier for earlier, later in pairwise(state.arrivals)]
    return silent > (max(_STALE_AFTER, 10 * statistics.fmean(gaps), 2 * max(gaps)) if len(gaps) >= 4 else _DORMANT)


def per_day(state: SourceState) -> float:
    """Publications a day, as the profile of the last week or so has them."""
    return sum(state.profile) / _days(state, state.arrivals[-1]) if state.arrivals else 0.0


def rate(state: SourceState, now: dt.datetime) -> float:
    """Publications a second to expect: half what the hour of the day says, half what just happened.

    No other shares, spans or finer profiles that were tried on recorded publications gain anything: docs/feeds.md.
    """
    return (_usual(state, now) + _recent(state, now)) / 2


# --- rhythm ------------------------------------------------------------------------------


def _interval(state: SourceState, source: Source, pace: Pace, now: dt.datetime, *, hot: bool) -> float:
    """Seconds to the next poll.

    Of all ways to spend a number of requests, intervals in proportion to 1/√rate give the least mean delay (Lagrange on
    Σ rate·interval/2 with Σ 1/interval fixed; Cho & Garcia-Molina, "Effective page refresh policies", 2003).
    """
    expected = rate(state, now)
    wished = _EFFORT / math.sqrt(expected) if expected > 0 else source.max_interval
    if hot:
        wished /= _HOT
    hint = min(max(pace.fresh_for or 0.0, state.ttl or 0.0), _HINT)
    floor = max(source.min_interval, 0.0 if hot else hint)
    return max(floor, min(wished, source.max_interval))


def _usual(state: SourceState, now: dt.datetime) -> float:
    """Publications a second around this hour of the day, neighbouring hours counting half."""
    if not state.profile or not state.arrivals:
        return 0.0
    hour = now.hour
    around = state.profile[hour - 1] / 2 + state.profile[hour] + state.profile[(hour + 1) % 24] / 2
    days = _days(state, now.timestamp())
    # Few days tell little of single hours: begin with the mean of all as if it had been seen for some days.
    mean = sum(state.profile) / 24 / days
    return (around / 2 + mean * _PRIOR_DAYS) / (days + _PRIOR_DAYS) / 3600


def _days(state: SourceState, now: float) -> float:
    """For how many days the profile stands: fewer than its memory while it is young, never under a quarter."""
    age = max(0.0, now - state.known_since) / 86_400
    return max(0.25, _MEMORY_DAYS * (1 - math.exp(-age / _MEMORY_DAYS)))


def _recent(state: SourceState, now: dt.datetime) -> float:
    """Publications a second that those of the last hours make likely: news comes in bursts.

    A self-exciting process with an exponential kernel (Hawkes, Biometrika 58, 1971).
    """
    # What came at once is one event, however many items it brought.
    events = {int(time // 60): time for time in state.arrivals}.values()
    return sum(math.exp(-max(0.0, now.timestamp() - time) / _BURST) for time in events) / _BURST


def _learned(state: SourceState, document: Document | None, items: Iterable[Item], now: dt.datetime) -> SourceState:
    """The state with what a document says of itself, and the publications that it brought."""
    if document is not None:
        state = replace(state, contacted=state.contacted or now)
    if document is not None and document.entries:
        state = replace(state, ttl=document.ttl, skip_hours=document.skip_hours, skip_days=document.skip_days)
    new = [item for item in items if item.version == 1]
    if not new:
        return state
    times = sorted(t for item in new if (t := (item.published or now).timestamp()) > now.timestamp() - _HISTORY)
    profile, before = list(state.profile or (0.0,) * 24), state.arrivals[-1] if state.arrivals else now.timestamp()
    for time in times:
        fade = math.exp(-max(0.0, time - before) / (_MEMORY_DAYS * 86_400))
        profile = [count * fade for count in profile]
        profile[int(time // 3600) % 24] += 1.0
        before = max(before, time) if state.arrivals else time
    arrivals = tuple(sorted((*state.arrivals, *times)))[-_REMEMBERED:]
    since = state.known_since or (times[0] if times else 0.0)
    latest = max(min(item.published or now, now) for item in new)
    newest = max(latest, state.newest) if state.newest else latest
    return replace(state, newest=newest, profile=tuple(profile), arrivals=arrivals, known_since=since)


def _awake(due: dt.datetime, state: SourceState) -> dt.datetime:
    """The first time from `due` on that is not in hours or days that the publisher asks to skip."""
    time = due
    for _ in range(24 * 7):
        if time.hour not in state.skip_hours and time.weekday() not in state.skip_days:
            return time
        time = time.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
        if time - due >= _LONGEST_SKIP:
            break
    return min(time, due + _LONGEST_SKIP)


# --- failures and moves ------------------------------------------------------------------


def _backoff(kind: str, failures: int, source: Source) -> float:
    """Seconds until the next try: doubled with every failure up to a cap; never for ever."""
    if kind in _REFUSALS:
        start, cap = 900.0, 6 * 3600.0
    elif kind in _HARMFUL:
        start, cap = 900.0, _LONGEST
    else:
        start, cap = max(60.0, source.min_interval), max(3600.0, source.max_interval)
    return float(min(cap, start * 2 ** min(failures - 1, 20)))


def _moved(state: SourceState, source: Source, moved: str) -> SourceState:
    """A permanent redirect gets believed after it has led to a readable document several times in a row."""
    if not moved:
        # Asked at the new address itself, or answered at the old one.
        return state if address(state, source) != source.url else replace(state, moved="", moved_proven=0)
    again = moved == state.moved and state.moved_from == source.url
    return replace(state, moved=moved, moved_from=source.url, moved_proven=state.moved_proven + 1 if again else 1)
