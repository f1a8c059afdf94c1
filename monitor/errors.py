"""The errors of the house.

    TocsinError                  everything below; `str()` is one line for a person
    ├── UsageError               wrong command line: exit status 2
    ├── SettingError             a setting names itself, what is wrong and how to mend it
    ├── RuleFileError            one or more Faults in rule files, each with file:line:column
    ├── FetchError               a poll failed: `kind` classifies it for health and backoff
    ├── ParseError               a body that is no feed: HTML, empty, garbage, a killed worker
    ├── StoreError               the database refused: locked, full, corrupt, too new
    │   └── StaleLease           somebody else holds the lease by now: discard the result
    └── ChannelError             a channel that can't be used at all (wrong token)

Delivery failures of one message are values (`channels.base.Delivery`), not exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass


class TocsinError(Exception):
    """Base of everything raised on purpose."""


class UsageError(TocsinError):
    """The command line is wrong; exit status 2."""


class SettingError(TocsinError):
    """A setting is wrong; the message names it and how to mend it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a rule file. Line and column count from 1."""

    file: str
    line: int
    column: int
    code: str
    what: str
    mend: str
    snippet: str = ""

    def __str__(self) -> str:
        """`file:line:column: what — how to mend it`, as `tocsin check` prints it."""
        return f"{self.file}:{self.line}:{self.column}: {self.what} — {self.mend}"


class RuleFileError(TocsinError):
    """One or more faults in rule files, all of them at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class FetchError(TocsinError):
    """A poll failed. `kind` is a stable word: `dns`, `refused`, `timeout`, `http_4xx`, `blocked`, …"""

    def __init__(self, kind: str, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.kind = kind
        self.retry_after = retry_after


class ParseError(TocsinError):
    """A body that is not a feed. `kind`: `html`, `empty`, `garbage`, `too_big`, `too_slow`, `crashed`."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


class StoreError(TocsinError):
    """The database refused."""


class StaleLease(StoreError):
    """The lease ran out and somebody else may hold it: the result is discarded."""


class ChannelError(TocsinError):
    """A channel can't be used at all."""
