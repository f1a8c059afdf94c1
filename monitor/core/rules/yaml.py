"""YAML as rule files need it: strict, and every value knows its line and column.

libyaml's events through PyYAML; the scalar rules are ours. Only `true` and `false` are booleans, numbers are
decimal, and what could mean something else to another reader is a fault: a duplicate key, a tag, an anchor, an
alias, a merge key, a second document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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

_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)

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
        return _Builder(faults).document(iter(loader.get_event, None))
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
    """Events → nodes. Iterative on purpose: a poisonous depth of brackets must not end the process."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._open: list[tuple[Sequence | Mapping, list[Any]]] = []
        self._root: Node | None = None
        self._documents = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                at = _place(event)
                if event.tag is not None or event.anchor is not None:
                    self._hygiene(event, at)
                self._put(Scalar(at, _typed(event), event.value))
            elif kind is yaml.MappingStartEvent:
                self._begin(event, Mapping(_place(event), {}))
            elif kind is yaml.SequenceStartEvent:
                self._begin(event, Sequence(_place(event), []))
            elif kind in _ENDS:
                self._put(self._open.pop()[0])
            elif kind is yaml.AliasEvent:
                what = f"*{event.anchor} is an alias"
                self._faults.add(_place(event), "yaml-alias", what, "write the value out here")
                self._put(None)
            elif kind is yaml.DocumentStartEvent and not self._only_document(event):
                break
        return self._root

    def _only_document(self, event: Any) -> bool:  # noqa: ANN401 - PyYAML's events have no types
        self._documents += 1
        if self._documents > 1:
            self._faults.add(_place(event), "yaml-documents", "a second document", "one file holds one document")
        return self._documents == 1

    def _begin(self, event: Any, node: Sequence | Mapping) -> None:  # noqa: ANN401 - PyYAML's events have no types
        self._hygiene(event, node.at)
        if len(self._open) >= _DEEPEST:
            raise yaml.MarkedYAMLError(None, None, f"nested deeper than {_DEEPEST}", event.start_mark)
        self._open.append((node, []))

    def _hygiene(self, event: Any, at: Mark) -> None:  # noqa: ANN401 - PyYAML's events have no types
        if event.tag is not None and event.tag != "!":
            self._faults.add(at, "yaml-tag", f"a tag: {event.tag}", "delete the tag: a rule file is data")
        if event.anchor is not None:
            self._faults.add(at, "yaml-anchor", f"an anchor: &{event.anchor}", "use `lists:` for what is shared")

    def _put(self, node: Node | None) -> None:
        """Add a node to what is open; None is one that was refused."""
        if not self._open:
            self._root = node
            return
        parent, pending = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items += [node] if node else []
        elif not pending:
            pending.append(node)
        else:
            self._enter(parent, pending.pop(), node)

    def _enter(self, parent: Mapping, key: Node | None, value: Node | None) -> None:
        if not isinstance(key, Scalar):
            at = key.at if key else parent.at
            self._faults.add(at, "yaml-key", "a key must be one word", "write `key: value`")
        elif key.text == "<<":
            self._faults.add(key.at, "yaml-merge", "a merge key", "write the keys out here")
        elif key.text in parent.entries:
            first = parent.entries[key.text][0].line
            self._faults.add(
                key.at, "yaml-duplicate-key", f"{key.text!r} stands here a second time", f"line {first} has it already"
            )
        elif value:
            parent.entries[key.text] = (key.at, value)


def _place(event: Any) -> Mark:  # noqa: ANN401 - PyYAML's events have no types
    mark = event.start_mark
    return Mark(mark.line + 1, mark.column + 1)


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
