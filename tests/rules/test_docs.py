"""docs/rules.md is true: its examples load, their tests hold, and every key of the language is in one."""

import pathlib
import re

import pytest
import yaml

from monitor.core.rules import load, testing
from monitor.core.rules.form import FILES, kind_of
from monitor.core.rules.grammar import ByShape, Later, Listed, Named, Record
from monitor.core.template import FACTS, FILTERS, OF_ONE
from monitor.store.memory import MemoryView
from tests.rules.conftest import SOURCES

PAGE = (pathlib.Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
OFFICE = '  - {id: example-office, url: "https://example.org/o", publisher: Office, owner: Office, kind: official}\n'
NAMED = {m[1]: b for b in BLOCKS if (m := re.match(r"# file: (\S+)\n", b))}


def files(block):
    shared = NAMED if block in NAMED.values() else {}
    return {"sources.yaml": SOURCES + OFFICE, **shared} | ({} if shared else {"example.yaml": block})


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_loads_without_a_warning_and_its_tests_hold(block):
    if block.startswith("sources:"):
        assert load({"sources.yaml": block}).sources
        return
    rules = load(files(block))

    assert rules.warnings == ()
    assert [r.problems for w in rules.watches for r in testing.run(rules, w, MemoryView) if r.problems] == []


def used(kind, value):
    """(record, key) of everything that a value spells out."""
    match kind:
        case Record():
            for key, inner in value.items():
                yield kind.what, key
                yield from used(kind.fields[key].type, inner)
        case Listed():
            for inner in value if isinstance(value, list) else [value]:
                yield from used(kind.of, inner)
        case Named():
            for inner in value.values():
                yield from used(kind.of, inner)
        case Later():
            yield from used(kind.find(), value)
        case ByShape():
            shape = (
                kind.mapping if isinstance(value, dict) else kind.sequence if isinstance(value, list) else kind.scalar
            )
            yield from used(shape, value)


def known(kind, seen):
    """(record, key) of everything that the language has."""
    match kind:
        case Record() if kind.what not in seen:
            seen.add(kind.what)
            for key, entry in kind.fields.items():
                if entry.built:
                    yield kind.what, key
                    yield from known(entry.type, seen)
        case Listed() | Named():
            yield from known(kind.of, seen)
        case Later():
            yield from known(kind.find(), seen)
        case ByShape():
            for shape in (kind.scalar, kind.sequence, kind.mapping):
                yield from known(shape, seen)


def test_every_key_of_the_language_is_in_an_example():
    shown = set()
    for block in BLOCKS:
        values = yaml.safe_load(block)
        shown |= set(used(FILES[kind_of(list(values))], values))

    seen = set()
    assert {entry for record in FILES.values() for entry in known(record, seen)} - shown == set()


def test_every_fact_of_a_template_is_told():
    assert [name for name, what in FACTS.items() if f"`{name}` {what}" not in PAGE] == []
    assert [name for name in OF_ONE if f"`d.{name}`" not in PAGE] == []
    assert [name for name in FILTERS if f"`{name}`" not in PAGE] == []
