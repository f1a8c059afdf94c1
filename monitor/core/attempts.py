"""What time brings is done piece by piece, each on a draft of its own, so that one that fails leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from monitor.core.view import Draft

T = TypeVar("T")


class Attempt(Protocol):
    """Does a piece of work that is called `name`; None if it failed and was passed by."""

    def __call__(self, name: str, draft: Draft, work: Callable[[Draft], T]) -> T | None:
        """What `work` answers; what it wrote is in `draft` by then."""
        ...


def straight(name: str, draft: Draft, work: Callable[[Draft], T]) -> T | None:  # noqa: ARG001 - an Attempt's signature
    """Does it, and raises what it raises."""
    return work(draft)
