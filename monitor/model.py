"""The values of the house: frozen, typed, and free of behaviour that needs anything else of ours.

Words are those of docs/design.md. Every time is an aware UTC `datetime`; every text is plain text.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType

SourceId = NewType("SourceId", str)
ItemId = NewType("ItemId", str)
ActorId = NewType("ActorId", str)
StoryId = NewType("StoryId", str)
IncidentId = NewType("IncidentId", str)
ClaimId = NewType("ClaimId", str)
WatchId = NewType("WatchId", str)
RuleId = NewType("RuleId", str)
AlertId = NewType("AlertId", str)
MessageId = NewType("MessageId", str)
ChatId = NewType("ChatId", int)


# --- sources and items -------------------------------------------------------------------


class SourceKind(StrEnum):
    """What a source is, which decides how far its own word counts."""

    WIRE = "wire"
    OFFICIAL = "official"
    STATE_MEDIA = "state_media"
    INDEPENDENT = "independent"
    UN = "un"


@dataclass(frozen=True, slots=True)
class Source:
    """One feed, as `rules/sources.yaml` describes it. Intervals are seconds."""

    id: SourceId
    url: str
    publisher: str
    owner: str
    kind: SourceKind
    side: str | None = None
    language: str = "en"
    format: Literal["feed", "page", "channel", "sitemap", "cap"] = "feed"
    min_interval: float = 60.0
    max_interval: float = 3600.0
    allow_private: bool = False
    whole_text: bool = True
    enabled: bool = True
    selectors: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed document, as the parser read it. `id` is stable within its source."""

    id: str
    url: str
    title: str
    text: str
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    lang: str = ""
    origin: str | None = None
    marks: tuple[str, ...] = ()
    """What was odd about it: `future_date`, `no_id`, `dropped_link`, `cap:Test`, …"""
    replaces: tuple[str, ...] = ()
    """Ids of earlier entries that this one updates or cancels (CAP references)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of one source, accepted. A changed entry is the same item with the next `version`.

    `seen` is the time of acceptance and the only `now` of a decision. `baseline` items are learned
    from and never alerted on (first contact with a source).
    """

    id: ItemId
    source: SourceId
    seen: dt.datetime
    title: str
    text: str
    url: str = ""
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    lang: str = "en"
    origin: str | None = None
    version: int = 1
    baseline: bool = False
    marks: tuple[str, ...] = ()


# --- actors and places -------------------------------------------------------------------


class ActorKind(StrEnum):
    """What an actor is."""

    STATE = "state"
    GOVERNMENT = "government"
    FORCE = "force"
    GROUP = "group"
    OFFICE = "office"
    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Actor:
    """A party, force, office or person. `part_of` names the party whose voice or force it is."""

    id: ActorId
    name: str
    kind: ActorKind
    aliases: tuple[str, ...] = ()
    part_of: ActorId | None = None
    capital: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a path from the country down: `("Afghanistan", "Nangarhar")`. Empty if unknown."""

    text: str
    path: tuple[str, ...] = ()


# --- claims ------------------------------------------------------------------------------


class Stance(StrEnum):
    """What a claimant does with what is claimed."""

    ASSERTS = "asserts"
    DENIES = "denies"
    DISPUTES = "disputes"
    CONFIRMS = "confirms"
    RETRACTS = "retracts"


class Metric(StrEnum):
    """What a figure counts."""

    KILLED = "killed"
    WOUNDED = "wounded"
    CASUALTIES = "casualties"
    MISSING = "missing"
    CAPTURED = "captured"
    ARRESTED = "arrested"
    SURRENDERED = "surrendered"
    FREED = "freed"
    RESCUED = "rescued"
    DISPLACED = "displaced"
    DESTROYED = "destroyed"
    DAMAGED = "damaged"
    SHOT_DOWN = "shot_down"
    LAUNCHED = "launched"
    MAGNITUDE = "magnitude"


class ObjectClass(StrEnum):
    """The classes of what is counted that must never be compared with one another.

    `PEOPLE` is the unmarked class: it may turn out to be any of the other human ones.
    """

    PEOPLE = "people"
    COMBATANTS = "combatants"
    CIVILIANS = "civilians"
    CHILDREN = "children"
    OFFICERS = "officers"
    POSITIONS = "positions"
    AIRCRAFT = "aircraft"
    VEHICLES = "vehicles"
    BUILDINGS = "buildings"
    THINGS = "things"


@dataclass(frozen=True, slots=True)
class Party:
    """Who is named: the words of the text, and the actor they resolve to if the registry has it."""

    text: str
    actor: ActorId | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure. At least N: high is None; at most N: low is None; no figure at all: both None."""

    low: float | None = None
    high: float | None = None
    approx: bool = False
    total: bool = False
    """A sum over a period or a running total, never the figure of one incident."""
    vague: bool = False
    """A word, not a number ("dozens"): a floor, which opens but never contradicts."""
    was: float | None = None
    """The earlier figure that the text itself names ("up from 34")."""


@dataclass(frozen=True, slots=True)
class Day:
    """The day or days on which something happened; `stated` unless inferred from the item's date."""

    first: dt.date
    last: dt.date
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """Exact words of an item: `quote == getattr(item, where)[start:end]`, in characters."""

    quote: str
    where: Literal["title", "text"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says that what happened to whom, how many, where and when; an absent part is None."""

    span: Span
    stance: Stance
    claimant: Party | None = None
    via: Party | None = None
    hedged: bool = False
    metric: Metric | None = None
    object: str | None = None
    object_class: ObjectClass | None = None
    side: ActorId | None = None
    """The losing side: whose object it is."""
    quantity: Quantity = field(default_factory=Quantity)
    part: bool = False
    """A part of another figure of the same text ("including 12 children")."""
    place: Place | None = None
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An attributed sentence without a figure or a stance on one."""

    span: Span
    claimant: Party | None = None
    via: Party | None = None
    kind: str = "says"
    """`says`, `accuses`, `denies_responsibility`, `vows`, `warns`, `calls_for`, …"""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened (or is said to have): a PLOVER class and mode between actor and target."""

    span: Span
    event_class: str
    mode: str | None = None
    actor: Party | None = None
    target: Party | None = None
    place: Place | None = None
    day: Day | None = None
    claimant: Party | None = None
    denied: bool = False
    past: bool = False
    """History, an order, a forecast or a threat of it: it did not happen now."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the text of one item claims, states and tells."""

    claims: tuple[Claim, ...] = ()
    statements: tuple[Statement, ...] = ()
    events: tuple[Event, ...] = ()
    notices: tuple[str, ...] = ()
    """What the item is as a whole: `kill`, `correction`, `opinion`, `explainer`, `anniversary`, `roundup`."""


# --- stories -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the grouping put an item. It groups; it withholds nothing."""

    story: StoryId
    new_story: bool
    """It begins a story that nobody told yet; a vague item may be by itself without that."""
    announces: bool = False
    """Rules hear of a new story with this item, the first of its story that says enough."""
    repeat: bool = False
    repeat_of: ItemId | None = None
    near_copy_of: ItemId | None = None
    """The item this one was made from (same words): they share an origin."""
    novelty: float = 1.0
    why: str = ""
    mentions: tuple[StoryId, ...] = ()


# --- developments and alerts -------------------------------------------------------------


class DevelopmentKind(StrEnum):
    """What an item changed in what is known."""

    NEW_CLAIM = "new_claim"
    REVISED_UP = "revised_up"
    REVISED_DOWN = "revised_down"
    CORROBORATED = "corroborated"
    RIVAL = "rival"
    CONTRADICTED = "contradicted"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    DISPUTED = "disputed"
    RETRACTED = "retracted"
    ESCALATED = "escalated"
    DE_ESCALATED = "de_escalated"
    FIRST_SEEN = "first_seen"
    BURST = "burst"
    QUIET = "quiet"
    NEW_STORY = "new_story"
    ITEM = "item"
    """A keyword watch's: the item itself."""


class Severity(StrEnum):
    """How much an alert matters, in ascending order of `rank`."""

    INFO = "info"
    LOW = "low"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 3 for critical."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Counts:
    """Three counts that are never mixed: who printed it, whose copy it was, who vouches for it."""

    outlets: int = 1
    origins: int = 1
    claimants: int = 1


@dataclass(frozen=True, slots=True)
class Development:
    """One change, with the claim that made it and what it answers."""

    kind: DevelopmentKind
    incident: IncidentId | None = None
    key: str = ""
    """The ledger key (or the rung) it belongs to; rule state and throttles hang on it."""
    claimant: Party | None = None
    via: Party | None = None
    metric: Metric | None = None
    object: str | None = None
    object_class: ObjectClass | None = None
    side: ActorId | None = None
    quantity: Quantity = field(default_factory=Quantity)
    place: Place | None = None
    day: Day | None = None
    span: Span | None = None
    hedged: bool = False
    previous: Quantity | None = None
    """The figure it revises, rivals or answers."""
    other: Party | None = None
    """Who said that."""
    previous_object: str | None = None
    """What that one counted, where it was called something else ("fighters" against "civilians")."""
    counts: Counts = field(default_factory=Counts)
    origins: tuple[str, ...] = ()
    """Whose copies `counts.origins` counts."""
    voices: tuple[str, ...] = ()
    """The parties, or names, that `counts.claimants` counts, its own claimant's first."""
    one_voice: tuple[tuple[str, str], ...] = ()
    """Origins and voices that count as another of them in the watch that tells it."""
    rung: str | None = None
    uncertain: str | None = None
    """What part of the comparison was inferred ("possibly the same incident")."""
    official: bool = False
    answers: tuple[ClaimId, ...] = ()
    actors: tuple[ActorId, ...] = ()
    """All parties it concerns; a watch selects by them."""
    note: str = ""
    made_by: tuple[ClaimId, ...] = ()
    """The claims (or the rungs, as often as they were reached) that it tells of."""
    known_as: tuple[ClaimId, ...] = ()
    """Claims that gave the same before; what is new to a watch is what it has met none of."""
    known_since: dt.datetime | None = None
    """When the first of those was seen."""
    retold: bool = False
    """Nothing new to the ledger: it is told only to watches that have met none of `known_as`."""
    stance: Stance | None = None
    """What its claimant does with the claim; None where nobody claims anything (a burst, a quiet feed)."""


class Outcome(StrEnum):
    """How an alert ended at the decision."""

    SENT = "sent"
    HELD = "held"
    LAPSED = "lapsed"
    """Was held, and will not be sent: its rule is gone, or the claim was taken back."""
    MUTED = "muted"
    THROTTLED = "throttled"
    INHIBITED = "inhibited"
    TRIAL = "trial"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that fired, and why, in words for people."""

    rule: RuleId
    severity: Severity
    why: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Everything that one decision changed in one story for one watch."""

    id: AlertId
    watch: WatchId
    story: StoryId
    item: ItemId
    at: dt.datetime
    severity: Severity
    outcome: Outcome
    why: str
    reasons: tuple[Reason, ...]
    developments: tuple[Development, ...]
    source: SourceId
    title: str = ""
    url: str = ""
    publisher: str = ""
    published: dt.datetime | None = None
    seen: dt.datetime | None = None
    corrects: tuple[AlertId, ...] = ()
    """Alerts that this one takes back or mends: every chat that got them gets this too."""
    to: tuple[str, ...] = ("followers",)
    """Where the watch's routes send it: `followers`, `operators`, `nobody`, or `chat:NUMBER` of a receiver."""
    wait: dt.datetime | None = None
    """The end of the watch's own quiet hours, if they apply: it is told then, joined with others."""


# --- subscribers and messages ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mute:
    """What a subscriber does not want to hear until when. Empty parts match anything."""

    until: dt.datetime
    watch: WatchId | None = None
    story: StoryId | None = None
    source: SourceId | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A chat: what it follows, from which severity, when in silence."""

    chat: ChatId
    watches: tuple[WatchId, ...] = ()
    level: Severity = Severity.LOW
    lang: str = "en"
    tz: str = "UTC"
    quiet: tuple[int, int] | None = None
    """Hours (from, to) in `tz`; equal hours mean none."""
    digest: str | None = None
    mutes: tuple[Mute, ...] = ()
    admin: bool = False
    active: bool = True
    paused_why: str = ""
    title: str = ""
    kind: Literal["private", "group", "supergroup", "channel", "terminal"] = "private"
    topics: bool = False
    ring: bool = False
    became: ChatId | None = None
    """The supergroup that this group was upgraded to: whatever was meant for this number goes there."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its label, and the stored id (at most 64 bytes) that a press sends back."""

    label: str
    data: str


class MessageState(StrEnum):
    """Where a message is on its way. `SENDING` is committed before the call."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Message:
    """One call to one chat, and the row of the outbox.

    `id` is derived from chat, kind and alerts, so that deciding the same thing twice cannot enqueue
    it twice. `remote` is the message's number at the channel once sent.
    """

    id: MessageId
    chat: ChatId
    kind: Literal["alert", "digest", "correction", "notice", "edit", "baseline"]
    alerts: tuple[AlertId, ...]
    created: dt.datetime
    severity: Severity = Severity.LOW
    silent: bool = False
    story: StoryId | None = None
    watch: WatchId | None = None
    state: MessageState = MessageState.PENDING
    attempts: int = 0
    """Calls begun, counted before each call: never fewer than the copies that can have arrived."""
    unconfirmed: int = 0
    """Calls of unknown outcome. Above 0 the next copy is marked "possible repeat"; after three of these it is dead."""
    not_before: dt.datetime | None = None
    reply_to: MessageId | None = None
    remote: int | None = None
    thread: int | None = None
    text: str = ""
    """Ready-made words for a notice; empty where the text is rendered from the alerts."""
    html: bool = False
    """`text` is markup made by `render.notice`; otherwise it is plain words and shown as they are."""
    error: str = ""
    plain: bool = False
    """Send without markup: the channel refused the entities once."""
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Of a notice, row by row; those of an alert follow from what it carries."""
    attachment: str = ""
    """`chart:INCIDENT` or `export`: made when the message goes out."""
