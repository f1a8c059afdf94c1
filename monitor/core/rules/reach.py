"""What is right in a watch and can still never happen: rules that nothing reaches, words that never count."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from math import inf
from typing import Any

from monitor.core.rules.expand import CORROBORATE, THROTTLE, is_standing
from monitor.core.rules.faults import Faults
from monitor.core.rules.form import seconds
from monitor.core.rules.grammar import key_place, place_of
from monitor.core.rules.match import AllOf, AnyOf, FromSources, NoneOf, OneOf, Scope, SidesNamed, Term, Words
from monitor.core.rules.watch import Burst, Rule, Threshold, Watch
from monitor.model import ActorId, RuleId, Severity, SourceId


def warn(watch: Watch, faults: Faults) -> None:
    """Note what can't be meant."""
    chosen = _sources(watch.scope)
    if chosen is not None and not chosen:
        mend = "widen `sources`, or add one of that kind to sources.yaml"
        faults.warn(key_place(watch.long["select"], "sources"), "unreachable", "no source is left for this watch", mend)
    entries = {RuleId(str(r["id"])): r for r in watch.long.get("rules", ())}
    seen: dict[Hashable, Rule] = {}
    for rule in watch.rules:
        for what, mend in _doubts(rule, watch, seen):
            faults.warn(place_of(entries[rule.id]), "unreachable", f"rule {rule.id!r} {what}", mend)
        _without_effect(entries[rule.id], rule, faults)
    _without_effect(watch.long["defaults"], None, faults)
    _untested(watch, entries, faults)


def warn_of_shared_names(watches: Iterable[tuple[Watch, Faults]]) -> None:
    """Note names that two sides claim: a text can only mean one of them, the last one read."""
    owners: dict[str, tuple[frozenset[ActorId], str]] = {}
    for watch, faults in watches:
        for side, given in watch.long.get("sides", {}).items():
            for name in (side, *given.get("aliases", ())):
                actors = watch.sides[side].actors
                known, whose = owners.setdefault(str(name).lower(), (actors, f"{side} in {watch.file}"))
                if known.isdisjoint(actors):
                    mend = "give the name to one side only; all watches share one registry"
                    faults.warn(place_of(name), "shared-name", f"{str(name)!r} is {whose} already", mend)


def terms_of(watch: Watch) -> Iterator[Term]:
    """Every term that the watch or one of its rules looks for."""
    scopes = [watch.scope, *(r.scope for r in watch.rules)]
    while scopes:
        for clause in scopes.pop().clauses:
            if isinstance(clause, OneOf):
                scopes += clause.scopes
            elif isinstance(clause, (AnyOf, AllOf, NoneOf)):
                yield from clause.terms
            elif isinstance(clause, SidesNamed):
                yield from clause.sides.values()


def _doubts(rule: Rule, watch: Watch, seen: dict[Hashable, Rule]) -> Iterator[tuple[str, str]]:
    if rule.scope.clauses:
        yield from _conflicts(rule, watch)
    twin = seen.setdefault(_what_it_takes(rule), rule)
    if twin is not rule and rule.enabled and twin.enabled:
        yield f"fires for the same as {twin.id!r}", "delete one of them, or tell them apart by `match`"
    if isinstance(rule.trigger, Threshold) and isinstance(rule.severity, dict):
        yield from _idle_severities(rule.trigger, rule.severity)
    if rule.claim or rule.trigger:
        yield from _never(rule, watch)


def _conflicts(rule: Rule, watch: Watch) -> Iterator[tuple[str, str]]:
    """What the watch selects and the rule wants, and no item can be both."""
    watched, own = _sources(watch.scope), _sources(rule.scope)
    if own is not None and not (own if watched is None else own & watched):
        yield "has no source in common with the watch", "widen one of the two `sources`"
    barred = _forms(watch.scope, NoneOf) | _forms(rule.scope, NoneOf)
    for clause in rule.scope.clauses:
        if isinstance(clause, AnyOf) and _forms(Scope((clause,)), AnyOf) and _all_barred(clause, barred):
            yield "wants only words that keep items out", "take them from one of the two lists"


def _never(rule: Rule, watch: Watch) -> Iterator[tuple[str, str]]:
    """What no item can be."""
    claim, trigger = rule.claim, rule.trigger
    if claim and isinstance(trigger, Threshold) and claim.metrics and trigger.metric not in claim.metrics:
        yield f"counts {trigger.metric} and wants claims of {', '.join(sorted(claim.metrics))}", "let both be the same"
    if claim and not _possible(dict(claim.value)):
        yield "wants a figure that no number is", "widen `value`"
    if isinstance(trigger, Burst) and trigger.distinct in {"owner", "source"}:
        allowed = _sources(rule.scope) or _sources(watch.scope)
        if allowed is not None and len(allowed) < trigger.count:
            mend = "count fewer, or widen `sources`"
            yield f"wants {trigger.count} {trigger.distinct}s and is left {len(allowed)} sources", mend


def _possible(value: Mapping[str, float]) -> bool:
    """Whether a number can pass all of these comparisons."""
    low = max(value.get("gte", -inf), value.get("gt", -inf), value.get("eq", -inf))
    high = min(value.get("lte", inf), value.get("lt", inf), value.get("eq", inf))
    strict = low in {value.get("gt"), value.get("lt")}
    return low < high or (low == high and not strict)


def _without_effect(entry: Mapping[str, Any], rule: Rule | None, faults: Faults) -> None:
    """Note what is written and changes nothing."""
    throttle, corroborate = entry.get("throttle", THROTTLE), entry.get("corroborate", CORROBORATE)
    if throttle is THROTTLE and corroborate is CORROBORATE:
        return
    doubts = []
    if throttle.get("backoff", 1) > 1 and "max" not in throttle:
        doubts.append((throttle, "backoff", "backoff without `max` lengthens nothing", "add `max: 6h`"))
    elif "max" in throttle and seconds(throttle["max"]) < seconds(throttle["same_key"]):
        doubts.append((throttle, "max", "max is shorter than same_key and cuts it", "let it be longer"))
    if "send_as" in corroborate:
        lower = Severity(corroborate["send_as"])
        if all(Severity(s).rank <= lower.rank for s in corroborate.get("when", tuple(Severity))):
            what = f"send_as {lower} lowers nothing"
            doubts.append((corroborate, "send_as", what, "choose a lower severity than those in `when`"))
    if (
        rule
        and "corroborate" in entry
        and "when" in corroborate
        and not _severities(rule) & {Severity(s) for s in corroborate["when"]}
    ):
        doubts.append((corroborate, "when", f"rule {rule.id!r} is never of these severities", "delete `corroborate`"))
    for block, key, what, mend in doubts:
        faults.warn(key_place(block, key), "no-effect", what, mend)


def _severities(rule: Rule) -> frozenset[Severity]:
    return frozenset([rule.severity] if isinstance(rule.severity, Severity) else rule.severity.values())


def _untested(watch: Watch, entries: Mapping[RuleId, Mapping[str, Any]], faults: Faults) -> None:
    """Note rules of the watch's own that can ring and that no test names."""
    own = [r for r in watch.rules if not is_standing(r.id, watch.long) and r.enabled and not r.trial]
    if not own:
        return
    expected = [e for test in watch.tests for key in ("expect", "held", "suppressed") for e in test.get(key, ())]
    named = {str(e.get("rule")) for e in expected} | {str(r) for test in watch.tests for r in test.get("never", ())}
    for rule in own:
        if rule.id not in named and _severities(rule) & {Severity.HIGH, Severity.CRITICAL}:
            mend = "add one under `tests:`; `tocsin rules backtest` finds items to take"
            faults.warn(place_of(entries[rule.id]), "untested", f"rule {rule.id!r} can ring and no test names it", mend)


def _idle_severities(threshold: Threshold, severities: Mapping[str, Severity]) -> Iterator[tuple[str, str]]:
    for name in severities.keys() - {f"{s:g}" for s in threshold.steps}:
        yield f"has a severity for {name}, which is no step of it", "add the step, or delete the severity"


def _sources(scope: Scope) -> frozenset[SourceId] | None:
    """The sources a scope lets in; None if all."""
    found = [c for c in scope.clauses if isinstance(c, FromSources)]
    return found[0].only - found[0].excluded if found and found[0].only is not None else None


def _forms(scope: Scope, kind: type[AnyOf | NoneOf]) -> frozenset[int]:
    terms = [t for c in scope.clauses if isinstance(c, kind) for t in c.terms]
    return frozenset().union(*(t.forms for t in terms if isinstance(t, Words)))


def _all_barred(clause: AnyOf, barred: frozenset[int]) -> bool:
    return all(isinstance(t, Words) and t.forms <= barred for t in clause.terms)


def _what_it_takes(rule: Rule) -> Hashable:
    return rule.kinds, rule.trigger, rule.key, rule.scope, rule.claim, rule.event
