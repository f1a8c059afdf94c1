"""What a watch answers: whether an item belongs to it, and what its rules make of the developments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
    from monitor.core.rules.match import Case, Scope, Told


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the watch found in the item: the clause it serves, the term as written, the exact words."""

    clause: str
    term: str
    span: Span


class Selection(NamedTuple):
    """Whether an item belongs to a watch. By which words, or why not, is worked out when somebody asks.

    A tuple, as one is made for every watch that is looked at.
    """

    watch: WatchId
    selected: bool
    scope: Scope
    case: Case
    """The item as it was searched, so that the rules need not search it again."""

    @property
    def why(self) -> str:
        """The first clause that failed, or all clauses with what they matched."""
        return "; ".join(self.clauses)

    @property
    def matches(self) -> tuple[Match, ...]:
        """The words of the watch that were found, clause by clause."""
        return tuple(m for told in self._told for m in told.matches)

    @property
    def clauses(self) -> tuple[str, ...]:
        """Each clause looked at, with the matched words; of an item that does not belong, the one that failed."""
        return tuple(told.text for told in self._told)

    @property
    def _told(self) -> tuple[Told, ...]:
        failed = self.scope.failed(self.case)
        return tuple(c.told(self.case) for c in ((failed,) if failed else self.scope.clauses))


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
    """Where it goes: `followers`, `operators`, `nobody`, or `chat:NUMBER` of a receiver."""
