"""Read the rule files, report every mistake with its place, and run the tests that stand in the watches.

Exit status 1 if a file has a mistake or a test fails; warnings don't count. PATH is a directory of rule files
(default: the configured one) or a single file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import Fault, RuleFileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.core.rules import Ruleset, Watch
    from monitor.core.rules.testing import Result


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="rule files (default: the configured ones)")


def run(args: argparse.Namespace) -> int:
    """0 if everything is right, else 1."""
    path = rules_path(args.path)
    try:
        ruleset = _alone(path) if path.is_file() else loaded(path)
    except RuleFileError as error:
        report(error.faults)
        print(f"tocsin: {counted(len(error.faults), 'mistake')}", file=sys.stderr)
        return 1
    report(ruleset.warnings, "warning: ")
    results = tests(ruleset, [w for w in ruleset.watches if not path.is_file() or path.as_posix().endswith(w.file)])
    failed = [r for r in results if r.problems]
    for result in failed:
        print(told(result))
    print(
        f"tocsin: {counted(len(ruleset.watches), 'watch', 'watches')}, {counted(len(ruleset.sources), 'source')}, "
        f"{counted(len(results), 'test')}{f', {len(failed)} failed' if failed else ''}, "
        f"{counted(len(ruleset.warnings), 'warning')}",
        file=sys.stderr,
    )
    return 1 if failed else 0


def loaded(directory: Path | None) -> Ruleset:
    """The rules of a directory, or the configured ones; raises RuleFileError."""
    from monitor import rulefiles
    from monitor.core.rules import load

    return load(rulefiles.read(rules_path(directory)))


def _alone(path: Path) -> Ruleset:
    """The rules around one file, of whose neighbours' mistakes nothing is told; they are left out."""
    from monitor import rulefiles
    from monitor.core.rules import load

    root = next((d for d in path.resolve().parents[:3] if (d / "sources.yaml").is_file()), path.resolve().parent)
    files, name = rulefiles.read(root), path.resolve().relative_to(root).as_posix()
    try:
        return load(files)
    except RuleFileError as error:
        own = tuple(f for f in error.faults if f.file == name)
        if own:
            raise RuleFileError(own) from None
        broken = {f.file for f in error.faults}
        return load({n: text for n, text in files.items() if n not in broken})


def rules_path(given: Path | None) -> Path:
    """The path named, or the configured rules."""
    from monitor.settings import Settings

    return given or Settings.read().rules


def report(faults: tuple[Fault, ...], prefix: str = "") -> None:
    """Each mistake with its code, and the line it stands in."""
    for fault in faults:
        place = f"{fault.file}:{fault.line}:{fault.column}"
        print(f"{place}: {prefix}{fault.what} — {fault.mend} [{fault.code}]")
        if fault.snippet:
            print("\n".join(f"    {line}" for line in fault.snippet.splitlines()))


def counted(number: int, one: str, more: str = "") -> str:
    """`1 watch`, `2 watches`."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def tests(ruleset: Ruleset, watches: Iterable[Watch]) -> list[Result]:
    """The results of all inline tests of these watches."""
    from monitor.core.rules import testing
    from monitor.store.memory import MemoryView

    return [r for watch in watches for r in testing.run(ruleset, watch, MemoryView)]


def told(result: Result) -> str:
    """A failed test as `file:line:column: name`, then what differs, line by line."""
    lines = [f"{result.watch.file}:{result.at.line}:{result.at.column}: test failed: {result.name} [test-failed]"]
    return "\n".join([*lines, *(f"    {p}" for p in result.problems)])
