"""One rule that fired for one development, on its way to an outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, TypeVar

from monitor.core.rules.match import Case, chain
from monitor.core.rules.state import slot
from monitor.core.rules.watch import ClaimFilter, EventFilter, Rule, Watch
from monitor.core.view import Draft, Table, View
from monitor.model import (
    ActorId,
    Development,
    DevelopmentKind,
    Item,
    ItemId,
    ObjectClass,
    Outcome,
    Placement,
    Quantity,
    Severity,
    Source,
    SourceId,
    StoryId,
)

CORRECTIONS = frozenset({DevelopmentKind.RETRACTED, DevelopmentKind.REVISED_DOWN})
DENIALS = frozenset({DevelopmentKind.DENIED, DevelopmentKind.DISPUTED})
URGENT = CORRECTIONS | DENIALS | {DevelopmentKind.ESCALATED, DevelopmentKind.REVISED_UP}
"""Steps up, denials and corrections: no throttle blocks them."""
RIVALS = frozenset({DevelopmentKind.RIVAL, DevelopmentKind.CONTRADICTED})


@dataclass(frozen=True)
class Moment:
    """One item in front of one watch: all that a rule may look at."""

    watch: Watch
    case: Case
    item: Item
    source: Source
    placement: Placement
    draft: Draft
    now: float
    """Seconds since the epoch: the item's time of acceptance."""

    @property
    def story(self) -> StoryId:
        """The item's story."""
        return self.placement.story

    @cached_property
    def names(self) -> list[StoryId]:
        """See `Remembered`."""
        return names_of(self.story, self.draft)


class Remembered(Protocol):
    """An item whose story rules may remember under another name."""

    @property
    def item(self) -> Item:
        """The item."""
        ...

    @property
    def story(self) -> StoryId:
        """Its story."""
        ...

    @property
    def names(self) -> list[StoryId]:
        """The names of the story, its own first: rules remember it under the one that it had then."""
        ...


def names_of(story: StoryId, view: View | Draft) -> list[StoryId]:
    """See `stories.aliases.names_of`."""
    # Imported here because rules are checked without deciding anything, and the grouping takes long to load.
    from monitor.core.stories import aliases

    return aliases.names_of(story, view)


@dataclass(frozen=True)
class Firing:
    """A rule's answer for one development. `outcome` SENT until something stands in the way."""

    rule: Rule
    development: Development
    severity: Severity
    why: str
    key: str
    item: ItemId
    source: SourceId
    story: StoryId
    step_up: bool = False
    outcome: Outcome = Outcome.SENT
    note: str = ""
    """What stood in the way."""

    @property
    def urgent(self) -> bool:
        """A step up, a denial or a correction: no throttle blocks it."""
        return self.step_up or self.development.kind in URGENT

    @property
    def correcting(self) -> bool:
        """Takes back or mends what was told: nothing blocks it."""
        return self.development.kind in CORRECTIONS


def value_of(quantity: Quantity) -> float | None:
    """The figure that steps and comparisons go by: the low end; None for "at most N" and for no figure."""
    return quantity.low


def _who(development: Development) -> str | None:
    who = development.claimant
    return (who.actor or who.text.lower()) if who else None


def _place(development: Development) -> str | None:
    place = development.place
    return "/".join(place.path) or place.text if place else None


_PARTS: dict[str, Callable[[Development, Item, StoryId], str | None]] = {
    "ledger": lambda d, _i, _s: d.key or d.rung or d.incident or None,
    "incident": lambda d, _i, _s: d.incident,
    "story": lambda _d, _i, s: s,
    "claimant": lambda d, _i, _s: _who(d),
    "metric": lambda d, _i, _s: d.metric,
    "side": lambda d, _i, _s: d.side,
    "object": lambda d, _i, _s: d.object_class,
    "total": lambda d, _i, _s: str(d.quantity.total),
    "place": lambda d, _i, _s: _place(d),
    "rung": lambda d, _i, _s: d.rung,
    "source": lambda _d, i, _s: i.source,
    "item": lambda _d, i, _s: i.id,
}


def key_part(part: str, development: Development, item: Item, story: StoryId) -> str | None:
    """One part of a key, None where it is not known: an unknown part is never one bucket."""
    return _PARTS[part](development, item, story)


def key_of(parts: tuple[str, ...], development: Development, item: Item, story: StoryId) -> tuple[str | None, str]:
    """The key, and the first part that is missing (then the key is None)."""
    found: list[str] = []
    for part in parts:
        value = key_part(part, development, item, story)
        if value is None:
            return None, part
        found.append(value)
    return "|".join(found), ""


def keys_of(parts: tuple[str, ...], development: Development, of: Remembered) -> list[str]:
    """The key under each name of the item's story, its own first; only one if the story is no part of it."""
    itself = development.key == of.story
    names = of.names if itself or "story" in parts else [of.story]
    told = ((replace(development, key=name) if itself else development, name) for name in names)
    found = (key_of(parts, about, of.item, name)[0] for about, name in told)
    return list(dict.fromkeys(key for key in found if key is not None))


R = TypeVar("R")


def remembered(table: Table[R], rule: Rule, development: Development, moment: Moment) -> list[R]:
    """What a rule remembers of the development's key, under any name that its story has had."""
    slots = (slot(moment.watch.id, rule, key) for key in keys_of(rule.key, development, moment))
    return [record for name in slots if (record := moment.draft.get(table, name)) is not None]


def misfit(rule: Rule, development: Development, watch: Watch) -> str:
    """The first part of a rule's claim or event filter that a development does not pass, empty if it passes all.

    What is unknown does not pass.
    """
    unfit = _claim_misfit(rule.claim, development, watch) if rule.claim else ""
    return unfit or (_event_misfit(rule.event, development, watch) if rule.event else "")


def _event_misfit(wanted: EventFilter, development: Development, watch: Watch) -> str:
    if wanted.rungs and development.rung not in wanted.rungs:
        return f"rungs: {development.rung or 'none'}"
    chains = [frozenset(chain(watch.registry, a)) for a in development.actors]
    if not all(any(one & above for above in chains) for one in wanted.between):
        return f"between: {', '.join(development.actors) or 'nobody known'}"
    return ""


def _claim_misfit(wanted: ClaimFilter, development: Development, watch: Watch) -> str:
    claimant = development.claimant.actor if development.claimant else None
    low, high = development.quantity.low, development.quantity.high
    value = low if low is not None else high
    passed = {
        f"by: claimed by {_who(development) or 'nobody named'}": _is_of(claimant, wanted.by, watch),
        f"about: losses of {development.side or 'an unknown side'}": _is_of(development.side, wanted.about, watch),
        f"metric: {development.metric or 'none'}": not wanted.metrics or development.metric in wanted.metrics,
        f"object: {development.object_class or 'unknown'}": _among(development.object_class, wanted.objects),
        f"value: {figure(development.quantity) or 'no figure'}": _within(value, wanted.value),
        f"stance: {development.stance or 'none'}": not wanted.stances or development.stance in wanted.stances,
        f"hedged: {str(development.hedged).lower()}": wanted.hedged in (None, development.hedged),
        f"official: {str(development.official).lower()}": wanted.official in (None, development.official),
        f"total: {str(development.quantity.total).lower()}": wanted.total in (None, development.quantity.total),
    }
    return next((what for what, good in passed.items() if not good), "")


def _is_of(actor: ActorId | None, wanted: frozenset[ActorId] | None, watch: Watch) -> bool:
    return wanted is None or (actor is not None and not wanted.isdisjoint(chain(watch.registry, actor)))


def _among(word: str | None, wanted: frozenset[ObjectClass]) -> bool:
    return not wanted or word in wanted


def _within(value: float | None, bounds: tuple[tuple[str, float], ...]) -> bool:
    return all(value is not None and _compares(op, value, than) for op, than in bounds)


def _compares(operator: str, value: float, than: float) -> bool:
    return {
        "gte": value >= than,
        "gt": value > than,
        "lte": value <= than,
        "lt": value < than,
        "eq": value == than,
    }[operator]


def figure(quantity: Quantity) -> str:
    """A figure for a reason: `at least 70`, `about 20`, `6–8`, `at most 5`; empty if there is none."""
    low, high = quantity.low, quantity.high
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"at least {low:g}" if low is not None else f"at most {high:g}"
    number = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    return f"about {number}" if quantity.approx else number


def described(development: Development) -> str:
    """A development in a few words: `at least 70 fighters killed – ISPR`, `air strike – residents`."""
    metric = (development.metric or "").replace("_", " ")
    what = " ".join(w for w in (figure(development.quantity), metric and (development.object or ""), metric) if w)
    what = what or (development.rung or development.kind).replace("-", " ").replace("_", " ")
    who = development.claimant.text if development.claimant else ""
    return f"{what} – {who}" if who else what
