"""Short form → long form: what every default means, written out.

The long form of a watch has the keys of `LONG`, in that order, and expands to itself. `tocsin rules expand` prints it,
and `compile` reads nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.core.rules.faults import Faults, Mark
from monitor.core.rules.form import ALERTS, METRICS, RULE, USUAL_ALERTS
from monitor.core.rules.grammar import Items, Section, place_of
from monitor.model import Metric, Severity

Long = dict[str, Any]

LONG = (
    "version", "watch", "id", "owner", "note", "enabled", "status", "include", "lists", "sides", "select", "defaults",
    "rules", "inhibit", "routes", "tests",
)  # fmt: skip
_RULE_KEYS = tuple(RULE.fields)
THROTTLE = {
    "same_key": "30m",
    "backoff": 2,
    "max": "6h",
    "never_blocks": ["step_up", "severity_up", "official", "denial", "correction"],
}
CORROBORATE = {"independent_claimants": 2, "when": ["critical"], "send_as": "high"}
"""Critical needs an independent account, and goes out as high until then."""
RUNGS = {
    "statement": "low", "border-closure": "low", "exchange-of-fire": "high", "shelling": "high", "air-strike": "high",
    "ground-offensive": "high", "strike-on-capital": "critical",
}  # fmt: skip
CAP_SEVERITY = {"unknown": "low", "minor": "low", "moderate": "low", "severe": "high", "extreme": "critical"}


def expand(watch: Section, name: str, faults: Faults) -> Long:
    """The long form of a watch that the grammar has accepted. `name` is the id if the file gives none."""
    rules = _rules(watch, faults)
    defaults = watch.get("defaults", {})
    long: Long = {
        "version": 1,
        "watch": watch["watch"],
        "id": watch.get("id", slug(name)),
        "owner": watch.get("owner"),
        "note": watch.get("note"),
        "enabled": watch.get("enabled", True),
        "status": watch.get("status", "live"),
        "include": watch.get("include"),
        "lists": _lists(watch),
        "sides": {k: _side(v) for k, v in watch.get("sides", {}).items()},
        "select": _select(watch, faults),
        "defaults": {
            "throttle": defaults.get("throttle", THROTTLE),
            "corroborate": defaults.get("corroborate", CORROBORATE),
        },
        "rules": rules,
        "inhibit": watch.get("inhibit"),
        "routes": watch.get("routes", [{"to": "followers"}]),
        "tests": watch.get("tests"),
    }
    return {k: v for k, v in long.items() if v not in (None, [], {})}


def slug(name: str) -> str:
    """A file's or a title's name as an id."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "watch"


def _lists(watch: Section) -> Section:
    out, given = Section(watch.at), watch.get("lists", Section(watch.at))
    short = [k for k in ("about", "not", "areas") if k in watch]
    out.update({**given, **{k: watch[k] for k in short}})
    out.keys_at = {**given.keys_at, **{k: watch.keys_at[k] for k in short}}
    return out


def _side(side: Any) -> dict[str, Any]:  # noqa: ANN401 - a list of names, or a block
    if isinstance(side, Mapping):
        return {**({"actor": side["actor"]} if "actor" in side else {}), "aliases": side.get("aliases", [])}
    return {"aliases": side}


# --- what belongs -------------------------------------------------------------------------


def _select(watch: Section, faults: Faults) -> dict[str, Any]:
    short = [k for k in ("about", "not", "sources") if k in watch]
    if "select" in watch:
        if short:
            mend = "keep one of the two: `tocsin rules expand` shows the long form"
            faults.add(watch.keys_at[short[0]], "short-and-long", f"{short[0]!r} beside 'select'", mend)
        return _with_fields(watch["select"])
    out = Section(watch.at)
    out.keys_at = {k: watch.keys_at[k] for k in short}
    out["fields"] = ["title", "text"]
    if "sources" in watch:
        out["sources"] = _sources(watch["sources"])
    text = {"none": ["@not"]} if "not" in watch else {}
    sides, about = len(watch.get("sides", {})), "about" in watch
    if sides and about:
        both = [{"sides": 2}] if sides > 1 else []
        out["any_of"] = [*both, {"sides": 1, "text": {"any": ["@about"]}}]
    elif sides:
        out["sides"] = min(sides, 2)
    elif about or "areas" in watch:
        text = {"any": ["@about" if about else "@areas"], **text}
    if text:
        out["text"] = text
    return out


def _with_fields(given: Section) -> Section:
    out = Section(given.at)
    out.update({"fields": ["title", "text"], **given})
    out.keys_at = given.keys_at
    return out


def _sources(given: Any) -> dict[str, Any]:  # noqa: ANN401 - a list of ids and kinds, or a block
    if isinstance(given, Mapping):
        return dict(given)
    return {"only": given}


# --- rules --------------------------------------------------------------------------------


def _rules(watch: Section, faults: Faults) -> list[dict[str, Any]]:
    """The rules that short keys stand for, each overridden by a written one of the same id, then the others."""
    written = {r["id"]: r for r in watch.get("rules", []) if "id" in r}
    _distinct(watch.get("rules", []), faults)
    standing = [*_alert_rules(watch), *_step_rules(watch), *_warning_rules(watch)]
    known = {r["id"] for r in standing}
    merged = [_merged(r, written.get(r["id"])) for r in standing]
    return [*merged, *(_ordered(r) for i, r in written.items() if i not in known)]


def _merged(standing: dict[str, Any], written: Section | None) -> dict[str, Any]:
    if written is None:
        return _ordered(standing)
    base = {k: v for k, v in standing.items() if k not in ("developments", "trigger")}
    kept = base if {"developments", "trigger"} & set(written) else standing
    return _ordered({**kept, **written}, place_of(written))


def _ordered(rule: Mapping[str, Any], at: Mark | None = None) -> dict[str, Any]:
    out = Section(at or place_of(rule))
    out.update({k: rule[k] for k in _RULE_KEYS if k in rule})
    if "threshold" in out.get("trigger", ()) and isinstance(out.get("severity"), Mapping):
        out["severity"] = {_step(k): v for k, v in out["severity"].items()}
    out.keys_at = getattr(rule, "keys_at", {})
    return out


def _step(key: Any) -> Any:  # noqa: ANN401 - a step as a number, or a word that is none
    """Keys are words to the grammar; steps are numbers in the long form, as they are in the short one."""
    return int(key) if str(key).isdecimal() else float(key) if re.fullmatch(r"\d+\.\d+", str(key)) else key


def _distinct(rules: Sequence[Section], faults: Faults) -> None:
    seen: dict[str, int] = {}
    for rule in rules:
        name = rule.get("id")
        if name in seen:
            faults.add(
                rule.keys_at["id"], "duplicate-id", f"two rules {name!r}", f"line {seen[name]} has it: rename one"
            )
        elif name is not None:
            seen[name] = place_of(rule["id"]).line


def _alert_rules(watch: Section) -> list[dict[str, Any]]:
    usual: Sequence[str] = USUAL_ALERTS if _keeps_usual(watch) else ()
    out: list[dict[str, Any]] = []
    for words in watch.get("alert", usual):
        kinds, severity = ALERTS[words]
        rule: dict[str, Any] = {
            "id": slug(words),
            "title": words.capitalize(),
            "developments": [str(k) for k in kinds],
            "severity": str(severity),
        }
        if words == "escalation":
            rule["severity"] = {**RUNGS, **watch.get("escalation", {})}
        if words == "every item":
            rule = {**rule, "trigger": {"item": {}}}
            del rule["developments"]
        out.append(_placed(rule, place_of(words)))
    return out


def _keeps_usual(watch: Section) -> bool:
    """Without `alert`: a watch has the usual alerts, unless it brings warnings or whole rules of its own."""
    written = watch.get("rules", [])
    return "warnings" not in watch and (not written or any(not {"developments", "trigger"} & set(r) for r in written))


def _step_rules(watch: Section) -> list[dict[str, Any]]:
    return [_step_rule(m, watch[m], watch.keys_at[m]) for m in METRICS if m in watch]


def _step_rule(metric: Metric, steps: Any, at: Mark) -> dict[str, Any]:  # noqa: ANN401 - a list, or step → severity
    severities = (
        dict(steps) if isinstance(steps, Mapping) else dict(zip(steps, step_severities(len(steps)), strict=True))
    )
    steps_at = Items(at)
    steps_at.extend(severities)
    trigger = Section(at)
    trigger.update({"threshold": {"metric": str(metric), "steps": steps_at}})
    rule = {
        "id": str(metric).replace("_", "-"),
        "title": str(metric).replace("_", " ").capitalize(),
        "trigger": trigger,
        "key": ["ledger"],
        "severity": severities,
    }
    return _placed(rule, at)


def step_severities(count: int) -> list[str]:
    """Low, high, high, critical: the first step of three or more is low, the last of two or more critical."""
    if count == 1:
        return [str(Severity.HIGH)]
    first = Severity.LOW if count > 2 else Severity.HIGH
    return [str(s) for s in (first, *[Severity.HIGH] * (count - 2), Severity.CRITICAL)]


def _warning_rules(watch: Section) -> list[dict[str, Any]]:
    if "warnings" not in watch:
        return []
    wanted = watch["warnings"]
    cap: dict[str, Any] = {"severity": wanted, **({"area": ["@areas"]} if "areas" in watch else {})}
    rule = {
        "id": "warnings",
        "title": "Official warning",
        "trigger": {"cap": cap},
        "key": ["item"],
        "severity": {s: CAP_SEVERITY[s] for s in wanted},
        "corroborate": {"official": True, "when": ["critical"], "send_as": "high"},
    }
    return [_placed(rule, watch.keys_at["warnings"])]


def _placed(rule: dict[str, Any], at: Mark) -> Section:
    out = Section(at)
    out.update(rule)
    return out
