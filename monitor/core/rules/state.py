"""What rules remember between decisions. Every record hangs on watch, rule, meaning of the rule, and key.

Times are seconds since the epoch. The tables live in the store through the decision's Draft, so a restart forgets
nothing; a changed key or trigger changes the meaning and starts fresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from monitor.core.rules.watch import Rule
from monitor.core.view import Table
from monitor.model import Development, ItemId, RuleId, Severity, SourceId, StoryId, WatchId


def slot(watch: WatchId, rule: Rule, key: str) -> str:
    """Under what a rule's state for one key is kept."""
    meaning = blake2b(rule.semantics.encode(), digest_size=6).hexdigest()
    return f"{watch}/{rule.id}/{meaning}|{key}"


def voice(watch: WatchId, rule: Rule, key: str, development: Development) -> str:
    """Under what a rule's throttle is kept: claimants are told apart, whatever the rule's key."""
    who = development.claimant
    return slot(watch, rule, f"{key}|{(who.actor or who.text.lower()) if who else ''}")


@dataclass(frozen=True, slots=True)
class Climb:
    """How many steps of a threshold a key has passed."""

    slot: str
    at: float
    passed: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """When a rule last spoke for a key, how loud, and how often within its longest throttle."""

    slot: str
    at: float
    severity: Severity
    times: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """Who was heard for a key, newest last; `fired` while the burst lasts."""

    slot: str
    at: float
    heard: tuple[tuple[float, str], ...]
    fired: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """When a key (or a whole rule, with an empty key) was first and last met; `told`: its silence is known."""

    slot: str
    at: float
    first: float
    told: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A development that waits for another account: unsent, or sent lower than it deserves."""

    id: str
    watch: WatchId
    rule: RuleId
    at: float
    development: Development
    severity: Severity
    why: str
    missing: str
    item: ItemId
    source: SourceId
    story: StoryId
    until: float
    sent: bool = False
    """Went out with a lower severity meanwhile."""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """A watch has told of an incident: its corrections go to the same chats, whatever words they use."""

    key: str
    at: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A watch has judged a development of this claim or rung, whatever became of it: told again, it is no news."""

    key: str
    at: float


MOST_MUTES = 500
"""Mutes looked at, the latest."""


@dataclass(frozen=True, slots=True)
class Muting:
    """An operator's mute: silences what all its matchers fit. `until` ends it, `by` and `why` are on record."""

    id: str
    at: float
    until: float
    by: str
    why: str
    watch: str = ""
    rule: str = ""
    source: str = ""
    story: str = ""
    claimant: str = ""
    reminded: bool = False
    """The operators know that it is about to end."""
    closed: bool = False
    """The operators know that it has ended."""


CLIMBS: Table[Climb] = Table("rule_climbs", Climb, key=lambda r: r.slot, time=lambda r: r.at)
SPOKEN: Table[Spoken] = Table("rule_spoken", Spoken, key=lambda r: r.slot, time=lambda r: r.at)
WINDOWS: Table[Window] = Table("rule_windows", Window, key=lambda r: r.slot, time=lambda r: r.at)
SEEN: Table[Seen] = Table("rule_seen", Seen, key=lambda r: r.slot, time=lambda r: r.at)
HELD: Table[Held] = Table(
    "rule_held",
    Held,
    key=lambda r: r.id,
    time=lambda r: r.at,
    indexes={"open": lambda r: ("all", r.watch) if r.open else ()},
)
TOLD: Table[Told] = Table(
    "rule_told",
    Told,
    key=lambda r: r.key,
    time=lambda r: r.at,
    indexes={"incident": lambda r: (r.key.partition("|")[2],)},
)
HEARD: Table[Heard] = Table("rule_heard", Heard, key=lambda r: r.key, time=lambda r: r.at)
MUTES: Table[Muting] = Table("rule_mutes", Muting, key=lambda r: r.id, time=lambda r: r.at)
