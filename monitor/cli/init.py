"""Write sources, actors and a first watch into a directory, from three answers or from flags.

Existing files are left as they are. What is written passes `tocsin check`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from monitor.errors import UsageError

_QUESTIONS = {
    "name": "What is the situation called? (for example: Pakistan–Afghanistan) ",
    "sides": "Who are its sides, separated by commas? (Pakistan, Taliban; empty if it has none) ",
    "about": "Which words make news belong to it, separated by commas? (Durand Line, air strikes) ",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("dir", nargs="?", type=Path, metavar="DIR", help="where to (default: the configured rules)")
    parser.add_argument("--name", help="name of the situation")
    parser.add_argument("--sides", help="its sides, separated by commas")
    parser.add_argument("--about", help="words that make news belong, separated by commas")
    parser.add_argument("--feed", action="append", default=[], metavar="URL", help="a feed to watch; may be repeated")


def run(args: argparse.Namespace) -> int:
    """0 if the files are written and right."""
    from monitor.cli import check, schema
    from monitor.core.rules.expand import slug

    answers: dict[str, str] = {}
    for name in _QUESTIONS:
        needed = name == "name" or (name == "about" and not answers["sides"])
        answers[name] = _answer(name, getattr(args, name), needed=needed)
    if not answers["name"] or not (answers["about"] or answers["sides"]):
        raise UsageError("a watch needs a name, and sides or words: --name, --sides, --about")
    directory = check.rules_path(args.dir)
    files = {
        "sources.yaml": f"{_SCHEMA.format('sources')}{sources(args.feed)}",
        "common/actors.yaml": f"{_SCHEMA.format('actors').replace('=', '=../')}{_ACTORS}",
        f"{slug(answers['name'])}.yaml": f"{_SCHEMA.format('watch')}{watch(answers)}",
        **{f".schema/{kind}.json": schema.text(kind) for kind in schema.KINDS},
    }
    for name, text in files.items():
        _write(directory / name, text)
    if not args.feed:
        print("no feeds yet: name them in sources.yaml, or `--feed URL` next time", file=sys.stderr)
    print("next: `tocsin check`, then `tocsin run`; `tocsin rules expand` shows what the watch means", file=sys.stderr)
    return check.run(argparse.Namespace(path=directory))


def _answer(name: str, given: str | None, *, needed: bool) -> str:
    """A flag's value, or the answer to its question, asked again if it is needed; nothing where nobody can be asked."""
    if given is not None or not sys.stdin.isatty():
        return (given or "").strip()
    line = "\n"
    while line == "\n":
        print(_QUESTIONS[name], end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not needed:
            break
    return line.strip()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        print(f"tocsin: wrote {path}", file=sys.stderr)
    except FileExistsError:
        print(f"tocsin: left {path} as it is", file=sys.stderr)


def watch(answers: Mapping[str, str]) -> str:
    """The short form of a watch from the three answers."""
    from monitor.core.rules.written import written

    sides, about = _words(answers["sides"]), _words(answers["about"])
    short = {
        "watch": answers["name"],
        **({"sides": {side: [] for side in sides}} if sides else {}),
        **({"about": about} if about else {}),
        "killed": [10, 50, 100, 500],
    }
    head = "# Add more names of each side, words that keep items out (`not:`), and tests: docs/rules.md.\n"
    return head + written(short)


def sources(feeds: list[str]) -> str:
    """A sources file with these feeds, each its own publisher until somebody says better."""
    from monitor.core.rules.expand import slug
    from monitor.core.rules.written import written

    entries: list[dict[str, str]] = []
    for url in feeds:
        host = urlsplit(url).hostname
        if not host:
            raise UsageError(f"{url!r} is no address: begin with https://")
        name = slug(host.removeprefix("www."))
        number = sum(e["id"].startswith(name) for e in entries)
        unique = f"{name}-{number + 1}" if number else name
        entries.append({"id": unique, "url": url, "publisher": host, "owner": host, "kind": "independent"})
    head = (
        "# `owner`: one owner is one voice. `kind`: wire, official, state_media, independent or un.\n"
        "# `side`: the party whose voice it is.\n"
    )
    return head + written({"sources": entries})


def _words(text: str) -> list[str]:
    return [w.strip() for w in text.split(",") if w.strip()]


_SCHEMA = "# yaml-language-server: $schema=.schema/{}.json\n"
"""Where editors look; a hidden directory is no rule file."""
_ACTORS = """\
# Who is who, beyond the registry that comes with the program. An entry with a known name adds names to it:
#   - {name: Ruritanian army, kind: force, part_of: ruritania, aliases: [royal guard]}
actors: []
"""
