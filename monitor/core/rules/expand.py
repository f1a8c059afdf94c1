"""Short form → long form: what every default means, written out.

The long form of a watch has the keys of `LONG`, in that order, and expands to itself. `tocsin rules expand` prints it,
and `compile` reads nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from monitor.core.rules.faults import Faults, Mark, nearest
from monitor.core.rules.form import ALERTS, METRICS, RULE, USUAL_ALERTS
from monitor.core.rules.grammar import Section, place_of
from monitor.model import Severity

Long = dict[str, Any]

LONG = (
    "version", "watch", "id", "owner", "note", "enabled", "status", "include", "lists", "groups", "actors", "sides",
    "metrics", "event_ladder", "select", "independence", "defaults", "rules", "inhibit", "quiet_hours", "receivers",
    "routes", "templates", "tests",
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
_METRICS = dict.fromkeys(map(str, METRICS))
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
        "groups": watch.get("groups"),
        "actors": watch.get("actors"),
        "sides": {k: _side(v) for k, v in watch.get("sides", {}).items()},
        "metrics": _metrics(watch, faults),
        "event_ladder": _event_ladder(watch, faults),
        "select": _select(watch, faults),
        "independence": watch.get("independence"),
        "defaults": {
            "throttle": defaults.get("throttle", THROTTLE),
            "corroborate": defaults.get("corroborate", CORROBORATE),
            **({"template": defaults["template"]} if "template" in defaults else {}),
        },
        "rules": rules,
        "inhibit": watch.get("inhibit"),
        "quiet_hours": watch.get("quiet_hours"),
        "receivers": watch.get("receivers"),
        "routes": watch.get("routes", [{"to": "followers"}]),
        "templates": watch.get("templates"),
        "tests": watch.get("tests"),
    }
    return {k: v for k, v in long.items() if v or v is False}


def slug(name: str) -> str:
    """A file's or a title's name as an id."""
    if name.isascii() and name.isalnum():
        return name.lower()
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
    merged = {r["id"]: _merged(r, written.get(r["id"])) for r in standing}
    others = {i: _ordered(r) for i, r in written.items() if i not in merged}
    # A long form names every standing rule, in an order of its own.
    order = written if merged.keys() <= written.keys() else [*merged, *others]
    return [{**merged, **others}[i] for i in order]


_STANDING = frozenset({slug(words) for words in ALERTS} | {str(m).replace("_", "-") for m in METRICS} | {"warnings"})


def is_standing(rule: str, long: Mapping[str, Any]) -> bool:
    """Whether a rule is one that short keys stand for, tried by this project's own tests."""
    return rule in _STANDING or rule.replace("-", "_") in long.get("metrics", ()) or rule in long.get("metrics", ())


def _merged(standing: dict[str, Any], written: Section | None) -> dict[str, Any]:
    if written is None:
        return standing  # made in the order of the long form
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
    alerts: Sequence[str] = watch["alert"] if "alert" in watch else USUAL_ALERTS if _keeps_usual(watch) else ()
    return [_placed(_alert_rule(words), place_of(words)) for words in alerts]


@cache
def _alert_rule(words: str) -> dict[str, Any]:
    kinds, severity = ALERTS[words]
    rule: dict[str, Any] = {"id": slug(words), "title": words.capitalize()}
    if words == "every item":
        return {**rule, "trigger": {"item": {}}, "severity": str(severity)}
    rule["developments"] = [str(k) for k in kinds]
    # The severity of escalation is the event ladder's.
    return rule if words == "escalation" else {**rule, "severity": str(severity)}


def _keeps_usual(watch: Section) -> bool:
    """Without `alert`: a watch has the usual alerts, unless it brings warnings or whole rules of its own."""
    written = watch.get("rules", [])
    return "warnings" not in watch and (not written or any(not {"developments", "trigger"} & set(r) for r in written))


def _step_rules(watch: Section) -> list[dict[str, Any]]:
    written = watch.get("metrics", Section(watch.at))
    places = {**{m: watch.keys_at[m] for m in _short_metrics(watch)}, **written.keys_at}
    return [_placed(_step_rule(str(name)), at) for name, at in places.items()]


@cache
def _step_rule(metric: str) -> dict[str, Any]:
    """The rule of a metric's ladder; its steps and severities are the ladder's."""
    return {
        "id": metric.replace("_", "-"),
        "title": metric.replace("_", " ").replace("-", " ").capitalize(),
        "trigger": {"threshold": {"metric": metric}},
        "key": ["ledger"],
    }


# --- ladders ------------------------------------------------------------------------------


def _short_metrics(watch: Section) -> list[str]:
    """The metrics whose steps stand under their own names, in the order of all metrics."""
    return [m for m in _METRICS if m in watch] if not _METRICS.keys().isdisjoint(watch) else []


def _metrics(watch: Section, faults: Faults) -> Section:
    written, out = watch.get("metrics", Section(watch.at)), Section(watch.at)
    for metric in _short_metrics(watch):
        out[metric] = {"ladder": _ladder(watch[metric], faults)}
        out.keys_at[metric] = watch.keys_at[metric]
    for name, entry in written.items():
        if name in watch:
            mend = "keep one of the two"
            faults.add(watch.keys_at[name], "short-and-long", f"{str(name)!r} beside 'metrics'", mend)
        if name not in METRICS and "counts" not in entry:
            near = nearest(name, METRICS)
            mend = f"did you mean {near!r}?" if near else f"say what it counts: `{{counts: {METRICS[0]}, ladder: …}}`"
            faults.add(written.keys_at[name], "unknown-metric", f"{str(name)!r} is no metric", mend)
        out[str(name)] = {**entry, "ladder": _ladder(entry["ladder"], faults)} if "ladder" in entry else entry
        out.keys_at[str(name)] = written.keys_at[name]
    return out


def _ladder(steps: Any, faults: Faults) -> dict[Any, str]:  # noqa: ANN401 - a list of steps, or step → severity
    """Step → severity, lowest first."""
    if isinstance(steps, Mapping):
        return dict(sorted(((_step(k), v) for k, v in steps.items()), key=lambda s: float(s[0])))
    if any(a >= b for a, b in pairwise(steps)):
        faults.add(place_of(steps), "unordered-steps", "steps must rise", "sort them, each once")
        steps = sorted(set(steps))
    return dict(zip(steps, step_severities(len(steps)), strict=True))


def _event_ladder(watch: Section, faults: Faults) -> dict[str, str] | None:
    """Rung → severity, lowest first: those told by the watch. None where it tells none."""
    written = watch.get("event_ladder")
    if written is None:
        alerts = watch["alert"] if "alert" in watch else USUAL_ALERTS if _keeps_usual(watch) else ()
        tells = "escalation" in watch or "escalation" in alerts
        return {**RUNGS, **watch.get("escalation", {})} if tells else None
    if "escalation" in watch:
        mend = "keep one of the two"
        faults.add(watch.keys_at["escalation"], "short-and-long", "'escalation' beside 'event_ladder'", mend)
    if isinstance(written, Mapping):
        return {r: written[r] for r in RUNGS if r in written}
    ordered = [r for r in RUNGS if r in written]
    if ordered != [str(r) for r in written]:
        mend = f"lowest first, each once: {', '.join(ordered)}"
        faults.add(place_of(written), "unordered-rungs", "rungs out of their order", mend)
    return {r: RUNGS[r] for r in ordered}


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
