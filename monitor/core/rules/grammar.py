"""What may stand in a rule file, as values: each type reads a node, tells every mistake, and describes itself.

`read` gives plain values whose words know their place (`Text`, `Section`, `Items`), or `INVALID` after noting a
fault, so that one pass finds all mistakes of a file. `schema` is the same knowledge as JSON Schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from monitor.core.rules import yaml
from monitor.core.rules.faults import TOP, Faults, Mark, did_you_mean

INVALID: Any = object()
Schema = dict[str, Any]


class Text(str):
    """A word of a file, which remembers where it stands."""

    __slots__ = ("at",)
    at: Mark

    def __new__(cls, value: str, at: Mark) -> Self:
        """A str with a place."""
        self = super().__new__(cls, value)
        self.at = at
        return self


class Section(dict[str, Any]):
    """A mapping of a file, which remembers where it and its keys stand."""

    def __init__(self, at: Mark) -> None:
        self.at = at
        self.keys_at: dict[str, Mark] = {}


class Items(list[Any]):
    """A list of a file, which remembers where it stands."""

    def __init__(self, at: Mark) -> None:
        super().__init__()
        self.at = at


def place_of(value: object, default: Mark = TOP) -> Mark:
    """Where a value was written, as far as it knows."""
    return getattr(value, "at", default)


def key_place(section: Mapping[str, Any], key: str) -> Mark:
    """Where a key of a block was written; the block's own place if it is a default."""
    places: dict[str, Mark] = getattr(section, "keys_at", {})
    return places.get(key, place_of(section))


class Type(Protocol):
    """A kind of value."""

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - each type gives its own
        """The value, or INVALID after noting why."""
        ...

    def schema(self) -> Schema:
        """The same as JSON Schema."""
        ...


def _wrong(node: yaml.Node, faults: Faults, wanted: str, example: str) -> Any:  # noqa: ANN401 - INVALID
    faults.add(node.at, "wrong-type", f"{_described(node)} where {wanted} belongs", f"write it like {example}")
    return INVALID


def _described(node: yaml.Node) -> str:
    if isinstance(node, yaml.Mapping):
        return "a block of keys"
    if isinstance(node, yaml.Sequence):
        return "a list"
    return "nothing" if node.value is None else repr(node.text)


@dataclass(frozen=True)
class Word:
    """A non-empty text."""

    what: str = "a word"
    example: str = "`Durand Line`"
    pattern: str = ""
    hint: str = ""

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - Text or INVALID
        """See `Type.read`. Numbers and booleans are words here, as written."""
        if not isinstance(node, yaml.Scalar) or not node.text.strip():
            return _wrong(node, faults, self.what, self.example)
        if node.value is None and node.text in {"~", "null"}:
            return _wrong(node, faults, self.what, self.example)
        if self.pattern and not re.fullmatch(self.pattern, node.text):
            faults.add(node.at, "bad-word", f"{node.text!r} is not {self.what}", self.hint or f"like {self.example}")
            return INVALID
        return Text(node.text.strip(), node.at)

    def schema(self) -> Schema:
        """See `Type.schema`."""
        out: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}
        return out | {"type": "string", "pattern": f"^{self.pattern}$"} if self.pattern else out


@dataclass(frozen=True)
class Number:
    """A decimal number of at least `least`."""

    what: str = "a number"
    least: float | None = None
    whole: bool = False

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - a number or INVALID
        """See `Type.read`."""
        value = node.value if isinstance(node, yaml.Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            return _wrong(node, faults, self.what, "`50`, in plain decimal digits, without quotes")
        if self.least is not None and value < self.least:
            faults.add(node.at, "bad-number", f"{value} is too small for {self.what}", f"at least {self.least:g}")
            return INVALID
        return value

    def schema(self) -> Schema:
        """See `Type.schema`."""
        out: Schema = {"type": "integer" if self.whole else "number"}
        return out if self.least is None else out | {"minimum": self.least}


@dataclass(frozen=True)
class Value:
    """A word, or a number or boolean, which stays one."""

    word: Word = Word("a value")

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - a number, a bool, Text or INVALID
        """See `Type.read`."""
        if isinstance(node, yaml.Scalar) and isinstance(node.value, (int, float)):
            return node.value
        return self.word.read(node, faults)

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return self.word.schema()


@dataclass(frozen=True)
class Flag:
    """`true` or `false`, and nothing else."""

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - a bool or INVALID
        """See `Type.read`."""
        if isinstance(node, yaml.Scalar) and isinstance(node.value, bool):
            return node.value
        return _wrong(node, faults, "true or false", "`true`")

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    what: str

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - Text or INVALID
        """See `Type.read`."""
        if not isinstance(node, yaml.Scalar):
            return _wrong(node, faults, self.what, f"`{self.words[0]}`")
        if node.text not in self.words:
            faults.add(node.at, "not-one-of", f"{node.text!r} is not {self.what}", did_you_mean(node.text, self.words))
            return INVALID
        return Text(node.text, node.at)

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return {"enum": [int(w) if w.isdecimal() else w for w in self.words]}


@dataclass(frozen=True)
class Listed:
    """A list; a single value counts as a list of one."""

    of: Type
    what: str = "a list"
    may_be_empty: bool = False

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - Items or INVALID
        """See `Type.read`."""
        out = Items(node.at)
        nodes = node.items if isinstance(node, yaml.Sequence) else [node]
        if not nodes and not self.may_be_empty:
            faults.add(node.at, "empty", f"{self.what} is empty", "write at least one entry, or leave the key out")
            return INVALID
        out.extend(v for v in (self.of.read(n, faults) for n in nodes) if v is not INVALID)
        return out if out or not nodes else INVALID

    def schema(self) -> Schema:
        """See `Type.schema`."""
        least = {} if self.may_be_empty else {"minItems": 1}
        return {"anyOf": [self.of.schema(), {"type": "array", "items": self.of.schema()} | least]}


@dataclass(frozen=True)
class Named:
    """A mapping from freely chosen names to values of one type."""

    of: Type
    what: str
    name: Type = field(default_factory=Word)
    numeric: bool = False

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - Section or INVALID
        """See `Type.read`."""
        if not isinstance(node, yaml.Mapping):
            return _wrong(node, faults, self.what, "`name: value` lines")
        out = Section(node.at)
        for key, (at, child) in node.entries.items():
            name = self._key(key, at, faults)
            value = self.of.read(child, faults)
            if value is not INVALID and name is not INVALID:
                out[name] = value
                out.keys_at[name] = at
        return out

    def _key(self, key: str, at: Mark, faults: Faults) -> Any:  # noqa: ANN401 - a name or INVALID
        if not self.numeric:
            return self.name.read(yaml.Scalar(at, key, key), faults)
        if re.fullmatch(r"\d+(?:\.\d+)?", key):
            return float(key) if "." in key else int(key)
        faults.add(at, "wrong-type", f"{key!r} where a number belongs", "write it like `50: high`")
        return INVALID

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return {"type": "object", "additionalProperties": self.of.schema()}


@dataclass(frozen=True)
class Field:
    """One key of a record: its type, what it is for, and an example that loads."""

    type: Type
    doc: str
    required: bool = False
    built: bool = True


@dataclass(frozen=True)
class Record:
    """A mapping with known keys."""

    what: str
    fields: Mapping[str, Field]
    check: Callable[[Section, Faults], None] | None = None
    """Looks at several keys together."""
    partial: bool = False
    """A file: what is right in it is read on, so that all its mistakes are found at once."""

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - Section or INVALID
        """See `Type.read`."""
        if not isinstance(node, yaml.Mapping):
            return _wrong(node, faults, self.what, f"`{next(iter(self.fields))}: …`")
        before, out = len(faults.errors), Section(node.at)
        for key, (at, child) in node.entries.items():
            self._entry(out, key, at, child, faults)
        for key, wanted in self.fields.items():
            if wanted.required and key not in node.entries:
                faults.add(node.at, "missing-key", f"{self.what} without {key!r}", f"add `{key}:` — {wanted.doc}")
        if self.check and len(faults.errors) == before:
            self.check(out, faults)
        return out if self.partial or len(faults.errors) == before else INVALID

    def _entry(self, out: Section, key: str, at: Mark, child: yaml.Node, faults: Faults) -> None:
        wanted = self.fields.get(key)
        if wanted is None:
            mend = did_you_mean(key, self.fields)
            faults.add(at, "unknown-key", f"{key!r} is no key of {self.what}", mend)
        elif not wanted.built:
            faults.add(at, "not-built", f"{key!r} is no key here", f"leave it out: {wanted.doc}")
        else:
            value = wanted.type.read(child, faults)
            if value is not INVALID:
                out[key] = value
                out.keys_at[key] = at

    def schema(self) -> Schema:
        """See `Type.schema`."""
        built = {k: f for k, f in self.fields.items() if f.built}
        return {
            "title": self.what,
            "type": "object",
            "additionalProperties": False,
            "properties": {k: f.type.schema() | {"description": f.doc} for k, f in built.items()},
        } | ({"required": needed} if (needed := [k for k, f in built.items() if f.required]) else {})


@dataclass(frozen=True)
class ByShape:
    """One thing as a word, another as a list, another as a block."""

    what: str
    example: str
    scalar: Type | None = None
    sequence: Type | None = None
    mapping: Type | None = None

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - what the fitting type gives
        """See `Type.read`."""
        kind = {yaml.Scalar: self.scalar, yaml.Sequence: self.sequence, yaml.Mapping: self.mapping}[type(node)]
        return kind.read(node, faults) if kind else _wrong(node, faults, self.what, self.example)

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return {"anyOf": [t.schema() for t in (self.scalar, self.sequence, self.mapping) if t]}


@dataclass(frozen=True)
class Later:
    """A type that refers to one defined further down (a match inside a match)."""

    name: str
    find: Callable[[], Type]

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - what the type gives
        """See `Type.read`."""
        return self.find().read(node, faults)

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return {"$ref": f"#/$defs/{self.name}"}
