"""What the grouping keeps: a signature an item, a profile a story, how common each term is, and aliases."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.core.view import Table
from monitor.model import ItemId, SourceId, StoryId


@dataclass(frozen=True, slots=True)
class Signature:
    """What is remembered of one item's newest version. `seen` is seconds since the epoch."""

    item: ItemId
    version: int
    source: SourceId
    seen: float
    story: StoryId
    title: str
    words: str
    """Normalised words of title and lead, joined by spaces, a sentence a line."""
    weights: dict[str, float]
    """The unit vector of its terms, as they weighed when it came."""
    keys: tuple[str, ...]
    """Its rarest terms, by which later items find it."""
    round_up: bool = False
    """It tells of several stories: later items may repeat it, but join no story for its sake."""


@dataclass(frozen=True, slots=True)
class Story:
    """The profile of one story: the sum of its items' vectors, so that a dot product is the average link."""

    id: StoryId
    first: float
    last: float
    items: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """In how many of its items a term of `sums` occurs, if in more than one: most occur once."""
    square: float = 0.0
    """The squared length of `sums`."""
    earlier: StoryId | None = None
    """The faded story that this one takes up again."""
    announced: bool = True
    """Whether rules have heard of it as a new story; one of vague items alone waits for an item that says enough."""
    of: StoryId | None = None
    """The story that turned into this one: what was told and remembered under its name holds for this one too."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many items had a term; `TOTAL` counts all items."""

    term: str
    items: int
    last: float


@dataclass(frozen=True, slots=True)
class Alias:
    """Story `story` is part of `into` since `at` (seconds since the epoch). Never rewritten, never removed."""

    story: StoryId
    into: StoryId
    at: float


TOTAL = ""

SIGNATURES: Table[Signature] = Table(
    "signatures",
    Signature,
    key=lambda r: r.item,
    time=lambda r: r.seen,
    indexes={"key": lambda r: r.keys, "story": lambda r: (r.story,)},
)
STORIES: Table[Story] = Table("stories", Story, key=lambda r: r.id, time=lambda r: r.last)
FREQUENCIES: Table[Frequency] = Table("frequencies", Frequency, key=lambda r: r.term, time=lambda r: r.last)
ALIASES: Table[Alias] = Table(
    "aliases", Alias, key=lambda r: r.story, time=lambda r: r.at, indexes={"into": lambda r: (r.into,)}
)
