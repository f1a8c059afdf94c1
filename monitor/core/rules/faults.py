"""Mistakes in rule files: collected, placed, and told so that they can be mended."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process

from monitor.errors import Fault

_NEAR = 70.0
_MOST_TOLD = 16


class Mark(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


TOP = Mark(1, 1)
"""Where a mistake stands that has no better place."""


class Faults:
    """What is wrong (and what is only doubtful) in one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.errors: list[Fault] = []
        self.warnings: list[Fault] = []
        self._text = text

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines, for those who tell of a mistake."""
        return self._text.splitlines()

    def add(self, at: Mark, code: str, what: str, mend: str) -> None:
        """Note an error: the file can't be used."""
        self.errors.append(self._fault(at, code, what, mend))

    def warn(self, at: Mark, code: str, what: str, mend: str) -> None:
        """Note what works but can't be meant."""
        self.warnings.append(self._fault(at, code, what, mend))

    def within(self, at: Mark, text: str, offset: int) -> Mark:
        """Where character `offset` of a text stands whose value began at `at`: also in a block (`|`)."""
        before = text[:offset]
        start = self.lines[at.line - 1][at.column - 1 :] if at.line <= len(self.lines) else ""
        if not start.startswith(("|", ">")):
            return Mark(at.line, at.column + offset + start.startswith(('"', "'")))
        line = at.line + 1 + before.count("\n")
        indent = len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip()) if line <= len(self.lines) else 0
        return Mark(line, indent + offset - before.rfind("\n"))

    def _fault(self, at: Mark, code: str, what: str, mend: str) -> Fault:
        return Fault(self.file, at.line, at.column, code, what, mend, self._snippet(at))

    def _snippet(self, at: Mark) -> str:
        if at.line > len(self.lines):
            return ""
        line = self.lines[at.line - 1]
        pad = "".join("\t" if c == "\t" else " " for c in line[: at.column - 1])
        return f"{line}\n{pad}^"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None if nothing is near."""
    choices = [str(k) for k in known]
    if not choices:
        return None
    plain = [c.lower().replace("-", "_") for c in choices]
    hit = process.extractOne(word.lower().replace("-", "_"), plain, scorer=fuzz.ratio)
    return choices[hit[2]] if hit[1] >= _NEAR else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the words there are."""
    choices = sorted(known)
    near = nearest(word, choices)
    if near:
        return f"did you mean {str(near)!r}?"
    if len(choices) > _MOST_TOLD:
        return "nothing has a name like that"
    return f"there are: {', '.join(choices)}" if choices else "there are none"
