"""What is right in a watch and can still never happen: rules that nothing reaches, words that never count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.core.rules.faults import Faults
from monitor.core.rules.grammar import key_place, place_of
from monitor.core.rules.match import AnyOf, FromSources, NoneOf, Scope, Words
from monitor.core.rules.watch import Rule, Threshold, Watch
from monitor.model import ActorId, RuleId, SourceId


def warn(watch: Watch, faults: Faults) -> None:
    """Note what can't be meant."""
    chosen = _sources(watch.scope)
    if chosen is not None and not chosen:
        mend = "widen `sources`, or add one of that kind to sources.yaml"
        faults.warn(key_place(watch.long["select"], "sources"), "unreachable", "no source is left for this watch", mend)
    entries = {RuleId(str(r["id"])): r for r in watch.long.get("rules", ())}
    seen: dict[str, Rule] = {}
    for rule in watch.rules:
        for what, mend in _doubts(rule, watch, seen):
            faults.warn(place_of(entries[rule.id]), "unreachable", f"rule {rule.id!r} {what}", mend)
        seen.setdefault(_what_it_takes(rule), rule)
    _unused_lists(watch, faults)


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


def _doubts(rule: Rule, watch: Watch, seen: dict[str, Rule]) -> Iterator[tuple[str, str]]:
    watched, own = _sources(watch.scope), _sources(rule.scope)
    if own is not None and not (own if watched is None else own & watched):
        yield "has no source in common with the watch", "widen one of the two `sources`"
    barred = _forms(watch.scope, NoneOf) | _forms(rule.scope, NoneOf)
    for clause in rule.scope.clauses:
        if isinstance(clause, AnyOf) and _forms(Scope((clause,)), AnyOf) and _all_barred(clause, barred):
            yield "wants only words that keep items out", "take them from one of the two lists"
    twin = seen.get(_what_it_takes(rule))
    if twin and rule.enabled and twin.enabled:
        yield f"fires for the same as {twin.id!r}", "delete one of them, or tell them apart by `match`"
    yield from _idle_severities(rule)


def _idle_severities(rule: Rule) -> Iterator[tuple[str, str]]:
    if isinstance(rule.trigger, Threshold) and isinstance(rule.severity, dict):
        steps = {f"{s:g}" for s in rule.trigger.steps}
        for name in rule.severity.keys() - steps:
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


def _what_it_takes(rule: Rule) -> str:
    return f"{rule.semantics}|{rule.scope.clauses or ''}|{rule.claim or ''}"


def _unused_lists(watch: Watch, faults: Faults) -> None:
    lists = watch.long.get("lists", {})
    used = repr([watch.long["select"], watch.long.get("rules"), *lists.values()]) if lists else ""
    for name in lists:
        if f"'@{name}'" not in used:
            mend = f"use it as '@{name}', or delete it"
            faults.warn(key_place(lists, name), "unused-list", f"list {str(name)!r} is used nowhere", mend)
