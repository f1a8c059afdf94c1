"""The rule directory as a mapping of texts, and how it takes the place of the rules in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import Fault, RuleFileError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset

_MOST = 4 * 1024 * 1024


def read(directory: Path) -> dict[str, str]:
    """{path within the directory: text} of every YAML file in it, hidden ones aside.

    A path to one file reads that file. Raises RuleFileError if the directory is not there or a file is no UTF-8.
    """
    if directory.is_file():
        return {directory.name: _text(directory, directory.name)}
    if not directory.is_dir():
        mend = "name a directory of rule files, or write one with `tocsin init`"
        raise RuleFileError((Fault(str(directory), 1, 1, "no-rules", "there is no such directory", mend),))
    paths = sorted(p for suffix in ("*.yaml", "*.yml") for p in directory.rglob(suffix) if p.is_file())
    names = {p: p.relative_to(directory).as_posix() for p in paths}
    return {n: _text(p, n) for p, n in names.items() if not any(part.startswith(".") for part in n.split("/"))}


def _text(path: Path, name: str) -> str:
    try:
        data = path.read_bytes()
        if len(data) > _MOST:
            raise RuleFileError((Fault(name, 1, 1, "too-big", f"the file has {len(data)} bytes", "split it"),))
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - data[: error.start].rfind(b"\n")
        fault = Fault(name, line, column, "not-utf8", "a byte that is not UTF-8", "save the file as UTF-8")
        raise RuleFileError((fault,)) from None
    except OSError as error:
        mend = "check its permissions"
        fault = Fault(name, 1, 1, "unreadable", f"can't be read: {error.strerror}", mend)
        raise RuleFileError((fault,)) from None


def reload(directory: Path, last_good: Ruleset) -> Ruleset:
    """The rules as they are now, checked and their tests run, for taking the place of `last_good` in one step.

    A file with a mistake is quarantined (see `core.rules.load`); a failing test raises RuleFileError, and nothing is
    to be replaced.
    """
    from monitor.core.rules import load

    ruleset = load(read(directory), last_good=last_good)
    failures = tuple(failed_tests(ruleset))
    if failures:
        raise RuleFileError(failures)
    return ruleset


def failed_tests(ruleset: Ruleset) -> Iterator[Fault]:
    """Every inline test that fails, as a fault with its place."""
    from monitor.core.rules import testing
    from monitor.store.memory import MemoryView

    for watch in ruleset.watches:
        for result in testing.run(ruleset, watch, MemoryView):
            if result.problems:
                at, what = result.at, f"test failed: {result.name}: {result.problems[0]}"
                mend = "mend the rule or the test; `tocsin rules test` tells more"
                yield Fault(watch.file, at.line, at.column, "test-failed", what, mend)
