"""A compiled watch: what an item must have to belong to it, and its rules as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from monitor.core import hours
from monitor.core.origins import doubled
from monitor.core.rules.match import Case, Named, Scope, Term, Vocabulary
from monitor.core.rules.verdicts import Selection
from monitor.core.template import Template
from monitor.model import (
    ActorId,
    ChatId,
    Counts,
    Development,
    DevelopmentKind,
    Item,
    Metric,
    ObjectClass,
    Placement,
    Reading,
    RuleId,
    Severity,
    Source,
    Stance,
    WatchId,
)

if TYPE_CHECKING:
    from monitor.core.claims.actors import Registry


@dataclass(frozen=True)
class Threshold:
    """A figure of `metric` crosses a step upward; steps ascend. Below `rearm_below` they may fire again."""

    metric: Metric
    steps: tuple[float, ...]
    rearm_below: float | None = None


@dataclass(frozen=True)
class Burst:
    """`count` distinct owners, origins, sources or items within `window` seconds."""

    count: int
    distinct: str
    window: float


@dataclass(frozen=True)
class Flatline:
    """Nothing that the rule matches for `quiet` seconds."""

    quiet: float


@dataclass(frozen=True)
class FirstSeen:
    """The first of its key within `memory` seconds, once the rule has worked for `needs_history` seconds."""

    memory: float
    needs_history: float


@dataclass(frozen=True)
class ItemTrigger:
    """Each new item; with `versions`, each edit too."""

    versions: bool


@dataclass(frozen=True)
class Cap:
    """An official warning of one of these severities; empty parts match any."""

    severities: frozenset[str]
    events: tuple[Term, ...]
    areas: tuple[Term, ...]


Trigger = Threshold | Burst | Flatline | FirstSeen | ItemTrigger | Cap


@dataclass(frozen=True)
class ClaimFilter:
    """What a development's claim must be. None and empty parts match any."""

    by: frozenset[ActorId] | None
    about: frozenset[ActorId] | None
    metrics: frozenset[Metric]
    objects: frozenset[ObjectClass]
    value: tuple[tuple[str, float], ...]
    hedged: bool | None
    official: bool | None
    total: bool | None
    stances: frozenset[Stance] = frozenset()


@dataclass(frozen=True)
class EventFilter:
    """What a step of the ladder of events must be. Empty parts match any."""

    rungs: frozenset[str]
    between: tuple[frozenset[ActorId], ...]
    """Each must be a party: one of these actors."""


@dataclass(frozen=True)
class Corroboration:
    """What must stand behind an alert of the severities `when`; until then it is held, or sent lower."""

    claimants: int | None
    origins: int | None
    official: bool
    when: frozenset[Severity]
    send_as: Severity | None
    hold: float | None


@dataclass(frozen=True)
class Throttle:
    """Seconds between two of one rule and key, multiplied by `backoff` up to `longest`."""

    same_key: float
    backoff: float
    longest: float
    never_blocks: frozenset[str]

    def wait(self, times: int) -> float:
        """Seconds to wait after the `times`-th; the exponent is bounded as the result is."""
        return float(min(self.same_key * self.backoff ** min(times - 1, 60), self.longest))


@dataclass(frozen=True)
class Condition:
    """When a route is taken. `rules` None: any."""

    at_least: Severity
    rules: frozenset[RuleId] | None


@dataclass(frozen=True)
class Route:
    """Where an alert goes."""

    to: str
    condition: Condition
    proceed: bool


@dataclass(frozen=True)
class QuietHours:
    """A watch's own: alerts of at most this severity wait for their end."""

    start: dt.time
    end: dt.time
    tz: str
    at_most: Severity


@dataclass(frozen=True)
class Inhibition:
    """While one of `sources` has fired at `at_least`, `targets` are silent for the `same` key, `seconds` long."""

    id: str
    sources: frozenset[RuleId]
    at_least: Severity
    targets: frozenset[RuleId]
    same: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Rule:
    """What is picked, how much it matters, and what must hold before it goes out."""

    id: RuleId
    title: str
    enabled: bool
    trial: bool
    kinds: frozenset[DevelopmentKind]
    trigger: Trigger | None
    scope: Scope
    claim: ClaimFilter | None
    key: tuple[str, ...]
    severity: Severity | dict[str, Severity]
    corroborate: Corroboration
    throttle: Throttle
    event: EventFilter | None = None
    template: str | None = None

    @cached_property
    def semantics(self) -> str:
        """What rule state hangs on: kept when severity, title or throttle change, fresh when key or trigger do."""
        return f"{sorted(self.kinds)}|{_meant(self.trigger)}|{self.key}"


def _meant(trigger: Trigger | None) -> str:
    """A trigger in words that are the same in every process and beside whatever other watches."""
    if not isinstance(trigger, Cap):
        return repr(trigger)
    events, areas = ([t.written for t in terms] for terms in (trigger.events, trigger.areas))
    return f"Cap({sorted(trigger.severities)}, {events}, {areas})"


@dataclass(frozen=True, eq=False)
class Watch:
    """One situation. `hash` changes with its meaning, not with its wording or layout."""

    id: WatchId
    name: str
    file: str
    hash: str
    enabled: bool
    scope: Scope
    sides: Mapping[str, Named]
    rules: tuple[Rule, ...]
    inhibitions: tuple[Inhibition, ...]
    routes: tuple[Route, ...]
    quiet: tuple[QuietHours, ...]
    receivers: Mapping[str, ChatId]
    templates: Mapping[str, Template]
    rungs: frozenset[str] | None
    """The rungs of the ladder of events that it tells; None: all."""
    one_voice: tuple[tuple[str, str], ...]
    """Owner or party → the one it counts as here."""
    tests: tuple[Mapping[str, Any], ...]
    long: Mapping[str, Any]
    vocabulary: Vocabulary = field(repr=False)
    registry: Registry = field(repr=False)

    def selects(self, item: Item, reading: Reading, placement: Placement, source: Source | None) -> Selection:
        """Whether the item belongs, by which words, or which clause failed first."""
        del reading, placement  # an item is selected by its words; developments are judged by what they concern
        return self.examine(Case(item, source, self.vocabulary, self.registry))

    def examine(self, case: Case) -> Selection:
        """`selects` for an item that is already normalised and searched."""
        return Selection(self.id, self.scope.holds(case), self.scope, case)

    def concerns(self, development: Development) -> bool:
        """Whether a development is about this watch's sides, as far as its parties are known.

        The dead of a third party do concern it where one of its sides is a party of the incident.
        """
        if development.rung is not None and self.rungs is not None and development.rung not in self.rungs:
            return False
        if not self.sides:
            return True
        named = frozenset().union(*(s.actors for s in self.sides.values()))
        ours = named | {self.registry.party(a) for a in named}
        parties = {*development.actors, *([development.side] if development.side else [])}
        return not parties or any(self._is_of(a, ours) for a in parties)

    def counted(self, development: Development) -> Development:
        """The development with its counts as this watch counts: what is one voice here counts once."""
        if not self.one_voice:
            return development
        counts = development.counts
        return replace(
            development,
            one_voice=self.one_voice,
            counts=Counts(
                counts.outlets,
                counts.origins - doubled(development.origins, self.one_voice),
                counts.claimants - doubled(development.voices, self.one_voice),
            ),
        )

    def echoes(self, development: Development) -> bool:
        """Whether who bears a figure out is, in this watch, only another's voice."""
        if development.kind is not DevelopmentKind.CORROBORATED or not self.one_voice:
            return False
        return doubled(development.voices, self.one_voice) > doubled(development.voices[1:], self.one_voice)

    def _is_of(self, actor: ActorId, ours: frozenset[ActorId]) -> bool:
        from monitor.core.rules.match import chain

        return not ours.isdisjoint(chain(self.registry, actor))

    def destinations(self, severity: Severity, rules: frozenset[RuleId]) -> tuple[str, ...]:
        """Where an alert goes: the first route that fits, and on from there while it says `continue`."""
        found: list[str] = []
        for route in self.routes:
            named = route.condition.rules is None or not route.condition.rules.isdisjoint(rules)
            if named and severity.rank >= route.condition.at_least.rank:
                found.append(route.to)
                if not route.proceed:
                    break
        return tuple(dict.fromkeys(f"chat:{self.receivers[to]}" if to in self.receivers else to for to in found))

    def quiet_until(self, severity: Severity, now: dt.datetime) -> dt.datetime | None:
        """When the watch's quiet hours end for an alert of that severity; None: it need not wait."""
        ends = [hours.end_of(q.start, q.end, q.tz, now) for q in self.quiet if severity.rank <= q.at_most.rank]
        return max((e for e in ends if e), default=None)
