"""What a watch answers: whether an item belongs to it, and what its rules make of the developments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.model import (
    Development,
    ItemId,
    Outcome,
    Reason,
    Severity,
    SourceId,
    Span,
    StoryId,
    WatchId,
)

if TYPE_CHECKING:
    from monitor.core.rules.match import Case


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the watch found in the item: the clause it serves, the term as written, the exact words."""

    clause: str
    term: str
    span: Span


@dataclass(frozen=True, slots=True)
class Selection:
    """Whether an item belongs to a watch, and by which words; if not, `why` names the first clause that failed."""

    watch: WatchId
    selected: bool
    why: str
    matches: tuple[Match, ...] = ()
    clauses: tuple[str, ...] = ()
    """Each clause looked at, in order, with the matched words or what was missing."""
    case: Case | None = field(default=None, repr=False, compare=False)
    """The item as it was searched, so that the rules need not search it again."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules of one watch make of one decision, for one outcome.

    A decision gives at most one judgement an outcome: what goes out, what is held, what is withheld and
    why. A released hold carries the developments that had waited, and the item and story they came from.
    """

    watch: WatchId
    severity: Severity
    outcome: Outcome
    why: str
    reasons: tuple[Reason, ...]
    developments: tuple[Development, ...]
    item: ItemId
    source: SourceId
    story: StoryId
    clauses: tuple[str, ...] = ()
    to: tuple[str, ...] = ("followers",)
    """Where it goes: `followers`, `operators`, `nobody`."""
