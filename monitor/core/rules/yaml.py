"""YAML as rule files need it: strict, and every value knows its line and column.

libyaml's events through PyYAML; the scalar rules are ours. Only `true` and `false` are booleans, numbers are
decimal, and what could mean something else to another reader is a fault: a duplicate key, a tag, an anchor, an
alias, a merge key, a second document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from monitor.core.rules.faults import Faults, Mark

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_TYPED_STARTS = frozenset("tfn~-0123456789")
_DEEPEST = 40
_LOST = "\ufffd"
"""What stands where a byte could not be decoded."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_mark: Callable[[tuple[int, int]], Mark] = partial(tuple.__new__, Mark)
"""`Mark` of two numbers, in a third of the time: each value of a file has one."""

Plain = str | int | float | bool | None


@dataclass(slots=True)
class Scalar:
    """One value: as typed by our rules, and as written."""

    at: Mark
    value: Plain
    text: str


@dataclass(slots=True)
class Sequence:
    """A list."""

    at: Mark
    items: list[Node]


@dataclass(slots=True)
class Mapping:
    """Keys and values, in the order written."""

    at: Mark
    entries: dict[str, tuple[Mark, Node]]


Node = Scalar | Sequence | Mapping


def compose(text: str, faults: Faults) -> Node | None:
    """The file's one document as nodes; None if there is none or it can't be read. Mistakes go to `faults`."""
    if _LOST in text:
        faults.add(_mark_of(text, text.index(_LOST)), "not-utf8", "a byte that is not UTF-8", "save the file as UTF-8")
        return None
    try:
        loader = _LOADER(text)
        return _Builder(faults, loader.get_event).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
        faults.add(at, "yaml-syntax", f"this is not YAML: {error.problem or error.context}", _mend(text, at))
    except yaml.reader.ReaderError as error:
        faults.add(_mark_of(text, error.position), "yaml-character", "a character that YAML forbids", "delete it")
    return None


def _mend(text: str, at: Mark) -> str:
    line = (text.splitlines() or [""])[min(at.line, len(text.splitlines()) or 1) - 1]
    if "\t" in line:
        return "indent with spaces, not with tabs"
    if line.lstrip().startswith(("@", "`", "%")) or re.search(r":\s+[@`%]", line):
        return "put a word that begins with @, ` or % in quotes"
    return "check quotes, brackets, colons and indentation on this line and the one above"


def _mark_of(text: str, position: int) -> Mark:
    before = text[:position]
    return Mark(before.count("\n") + 1, position - before.rfind("\n"))


class _Builder:
    """Events → nodes."""

    def __init__(self, faults: Faults, event: Callable[[], Any]) -> None:
        self._faults = faults
        self._event = event
        """The next of PyYAML's events, which have no types; None after the last."""

    def document(self) -> Node | None:
        self._event()  # the stream's start
        start = self._event()
        if type(start) is not yaml.DocumentStartEvent:
            return None
        root = self._node(self._event(), 0)
        self._event()  # the document's end
        second = self._event()
        if type(second) is yaml.DocumentStartEvent:
            self._faults.add(_place(second), "yaml-documents", "a second document", "one file holds one document")
        return root

    def _node(self, event: Any, depth: int) -> Node | None:  # noqa: ANN401 - see `_event`
        """The node that begins with this event; None if it was refused."""
        at, kind = _place(event), type(event)
        if kind is yaml.AliasEvent:
            self._faults.add(at, "yaml-alias", f"*{event.anchor} is an alias", "write the value out here")
            return None
        if event.tag is not None or event.anchor is not None:
            self._hygiene(event, at)
        if kind is yaml.ScalarEvent:
            return Scalar(at, _typed(event), event.value)
        if depth >= _DEEPEST:
            raise yaml.MarkedYAMLError(None, None, f"nested deeper than {_DEEPEST}", event.start_mark)
        return self._mapping(at, depth) if kind is yaml.MappingStartEvent else self._sequence(at, depth)

    def _sequence(self, at: Mark, depth: int) -> Sequence:
        items: list[Node] = []
        while type(event := self._event()) is not yaml.SequenceEndEvent:
            node = self._node(event, depth + 1)
            if node is not None:
                items.append(node)
        return Sequence(at, items)

    def _mapping(self, at: Mark, depth: int) -> Mapping:
        out = Mapping(at, {})
        while type(event := self._event()) is not yaml.MappingEndEvent:
            key = self._node(event, depth + 1)
            value = self._node(self._event(), depth + 1)
            if isinstance(key, Scalar) and key.text not in out.entries and key.text != "<<":
                if value is not None:
                    out.entries[key.text] = (key.at, value)
            else:
                self._bad_key(out, key)
        return out

    def _bad_key(self, parent: Mapping, key: Node | None) -> None:
        if not isinstance(key, Scalar):
            at = key.at if key else parent.at
            self._faults.add(at, "yaml-key", "a key must be one word", "write `key: value`")
        elif key.text == "<<":
            self._faults.add(key.at, "yaml-merge", "a merge key", "write the keys out here")
        else:
            first = parent.entries[key.text][0].line
            self._faults.add(
                key.at, "yaml-duplicate-key", f"{key.text!r} stands here a second time", f"line {first} has it already"
            )

    def _hygiene(self, event: Any, at: Mark) -> None:  # noqa: ANN401 - see `_event`
        if event.tag is not None and event.tag != "!":
            self._faults.add(at, "yaml-tag", f"a tag: {event.tag}", "delete the tag: a rule file is data")
        if event.anchor is not None:
            self._faults.add(at, "yaml-anchor", f"an anchor: &{event.anchor}", "use `lists:` for what is shared")


def _place(event: Any) -> Mark:  # noqa: ANN401 - PyYAML's events have no types
    mark = event.start_mark
    return _mark((mark.line + 1, mark.column + 1))


def _typed(event: Any) -> Plain:  # noqa: ANN401 - PyYAML's events have no types
    text: str = event.value
    if not event.implicit[0] or (text and text[0] not in _TYPED_STARTS):
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null"):
        return None
    if _INTEGER.match(text):
        return int(text) if len(text) < 19 else text
    return float(text) if _DECIMAL.match(text) else text
