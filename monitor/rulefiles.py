"""The rule directory as a mapping of texts, and how it takes the place of the rules in use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from monitor.errors import Fault, RuleFileError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset

_MOST = 4 * 1024 * 1024


def read(directory: Path) -> dict[str, str]:
    """{path within the directory: text} of every YAML file in it, hidden ones aside.

    A path to one file reads that file. Raises RuleFileError if the directory is not there or a file can't be read.
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
        # What is not UTF-8 is a mistake of this file alone, which the loader tells beside all others.
        return data.decode("utf-8-sig", "replace")
    except OSError as error:
        mend = "check its permissions"
        fault = Fault(name, 1, 1, "unreadable", f"can't be read: {error.strerror}", mend)
        raise RuleFileError((fault,)) from None


def start(directory: Path, copy: Path) -> Ruleset:
    """The rules to begin with. Wrong files are quarantined; what stands in for them is the last good copy's.

    Raises RuleFileError if there is no good rule at all: no copy, and no watch that loads.
    """
    from monitor.core.rules import load

    try:
        ruleset = load(read(directory))
    except RuleFileError as error:
        if not directory.exists():
            raise
        last_good = _last_good(copy)
        try:
            ruleset = load(read(directory), last_good=last_good)
        except RuleFileError:
            ruleset = replace(last_good, quarantined=error.faults)
        if not ruleset.watches:
            raise
        return ruleset
    _copy(directory, copy)
    return ruleset


def reload(directory: Path, last_good: Ruleset, copy: Path | None = None) -> Ruleset:
    """The rules as they are now, checked and their tests run, for taking the place of `last_good` in one step.

    A file with a mistake is quarantined (see `core.rules.load`); a failing test raises RuleFileError, and nothing is
    to be replaced. Rules without any mistake are kept in `copy` for the next start.
    """
    from monitor.core.rules import load

    ruleset = load(read(directory), last_good=last_good)
    failures = tuple(failed_tests(ruleset))
    if failures:
        raise RuleFileError(failures)
    if copy is not None and not ruleset.quarantined:
        _copy(directory, copy)
    return ruleset


def _copy(directory: Path, copy: Path) -> None:
    """Write beside and rename: a crash leaves the old copy or the new one, never half of it."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    beside = copy.with_suffix(".new")
    beside.write_text(json.dumps(read(directory), ensure_ascii=False), "utf-8")
    beside.replace(copy)


def _last_good(copy: Path) -> Ruleset:
    """The rules of the copy; none if there is none, or an older version of the program wrote it otherwise."""
    from monitor.core.rules import load

    try:
        return load(json.loads(copy.read_text("utf-8")))
    except (OSError, ValueError, RuleFileError):
        return load({})


class Watching:
    """While entered, calls `changed` soon after any rule file of the directory was written, moved or deleted."""

    def __init__(self, directory: Path, changed: Callable[[], None]) -> None:
        self._directory = directory
        self._changed = changed
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._task

    async def _watch(self) -> None:
        from watchfiles import awatch

        # Editors write a file in several steps, people several files at a time: what belongs together is awaited.
        async for _ in awatch(self._directory, watch_filter=_is_rules, stop_event=self._stop, debounce=1000):
            self._changed()


def _is_rules(_: object, path: str) -> bool:
    return path.endswith((".yaml", ".yml"))


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
