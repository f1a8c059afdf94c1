"""Figures: every number in a text that counts losses, with all that decides what it may be compared with.

A figure is what the text counts, not yet who says so; `read` joins figures with attributions into claims.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model import ActorId, Day, Metric, ObjectClass, Place, Quantity, Span


@dataclass(frozen=True, slots=True)
class Figure:
    """One counted loss (or a loss told without a number, where `quantity` is empty).

    `span` is the clause in which the figure can be read; `at` are the characters of the number (or of the
    object, where there is no number) in the same field, so that it can be attached to the nearest cue.
    """

    span: Span
    sentence: int
    """Index of its sentence in the document."""
    at: tuple[int, int]
    metric: Metric
    quantity: Quantity = field(default_factory=Quantity)
    object: str | None = None
    object_class: ObjectClass | None = None
    side: ActorId | None = None
    """The losing side: the top-level party whose soldiers, outposts or people they are."""
    place: Place | None = None
    day: Day | None = None
    part: bool = False
    """Contained in another figure of the same text ("including 12 children")."""
    hedged: bool = False
    """The text itself is unsure: "may have died", "feared dead", "possibly"."""
    negated: bool = False
    """It is said not to have happened: "no civilians were killed", "did not lose any tanks"."""
