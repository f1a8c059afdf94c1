"""What changed between two versions of a watch, and how much: for reviews and version numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from monitor.core.rules.ruleset import Ruleset
from monitor.core.rules.watch import Watch
from monitor.core.rules.written import plain
from monitor.model import RuleId

MAJOR, MINOR, PATCH = "major", "minor", "patch"
_WORDS = ("owner", "note", "title", "why", "watch", "templates", "template")
_DELIVERY = (
    "severity", "throttle", "enabled", "status", "routes", "corroborate", "quiet_hours", "receivers", "ladder",
    "event_ladder",
)  # fmt: skip


class Change(NamedTuple):
    """One difference: where, what it was and is (None: not there), and how much it matters."""

    path: str
    before: Any
    after: Any
    weight: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The differences between two long forms.

    Major: conditions changed or something is gone, so that less or other things alert. Minor: something was added.
    Patch: how loud or in which words. A rule that is new or gone is one difference. Tests are left out.
    """
    old, new = (dict(_flat({k: v for k, v in plain(x).items() if k != "tests"})) for x in (before, after))
    paths = [p for p in {**old, **new} if old.get(p) != new.get(p)]
    whole = tuple(p.removesuffix("id") for p in paths if p.endswith("].id"))
    told = [p for p in paths if p.endswith("].id") or not p.startswith(whole)]
    return [Change(p.removesuffix(".id"), old.get(p), new.get(p), _weight(p, old.get(p), new.get(p))) for p in told]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any value of a rule file
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and all(isinstance(v, dict) and ("id" in v or "name" in v) for v in value):
        for inner in value:
            yield from _flat(inner, f"{path}[{inner.get('id') or inner.get('name')}]")
    elif isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
        yield from ((f"{path}[{v}]", v) for v in value)
    else:
        yield path, value


def _weight(path: str, before: Any, after: Any) -> str:  # noqa: ANN401 - any value of a rule file
    parts = path.replace("[", ".").split(".")
    if any(w in parts for w in _WORDS):
        return PATCH
    if any(w in parts for w in _DELIVERY) and before is not None and after is not None:
        return PATCH
    return MINOR if before is None else MAJOR


def heaviest(found: list[Change]) -> str:
    """The weight of a set of changes: what the version should go up by."""
    return next((w for w in (MAJOR, MINOR, PATCH) if any(c.weight == w for c in found)), PATCH)


def fresh(before: Ruleset, after: Ruleset) -> list[str]:
    """Every `watch/rule` whose memory starts fresh in the later set."""
    known = {w.id: w for w in before.watches}
    return [f"{w.id}/{rule}" for w in after.watches if w.id in known for rule in restarted(known[w.id], w)]


def restarted(before: Watch, after: Watch) -> list[RuleId]:
    """Rules whose memory starts fresh, because their developments, trigger or key changed."""
    known = {r.id: r.semantics for r in before.rules}
    return [r.id for r in after.rules if r.id in known and known[r.id] != r.semantics]
