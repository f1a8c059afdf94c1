"""The documentation is true, or it fails here."""

import re
from itertools import chain
from pathlib import Path

import pytest

from monitor.cli import COMMANDS, load

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {page.name: page.read_text("utf-8") for page in PAGES}
LINKS = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXT[page.name])]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert re.search(rf"\btocsin {command}\b|\| `{command}\b", "\n".join(TEXT.values()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists_and_says_what_it_does(command):
    module = load(command)
    assert module.__doc__
    assert callable(module.configure)
    assert callable(module.run)


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{p.name}:{link}" for p, link in LINKS])
def test_every_link_leads_somewhere(page, link):
    assert (page.parent / link).exists()


def test_every_module_that_the_design_names_exists():
    named = re.findall(r"`(monitor/[\w/.]+)`", TEXT["design.md"])
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_package_of_the_core_stands_in_the_design():
    there = {p.name for p in (ROOT / "monitor" / "core").iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    told = set(re.findall(r"`monitor/core/(\w+)/", TEXT["design.md"])) | {"texts"}
    assert there <= told


def test_the_targets_that_the_readme_names_are_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", TEXT["README.md"])) <= targets


def test_no_page_names_a_machine():
    words = chain.from_iterable(re.findall(r"/(?:work|root|tmp)/\S*", text) for text in TEXT.values())
    assert list(words) == []


def test_every_test_that_a_page_names_exists():
    named = {name for page in PAGES for name in re.findall(r"`(test_\w+)`", page.read_text("utf-8"))}
    files = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    assert named - {name for text in files for name in re.findall(r"def (test_\w+)", text)} == set()
    assert len(named) > 50
