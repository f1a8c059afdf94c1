"""Long form → a watch that can be asked: words, sides and references resolved, every rule checked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import re2

from monitor.core import template
from monitor.core.ladder import RUNGS
from monitor.core.rules.expand import CORROBORATE, THROTTLE
from monitor.core.rules.faults import TOP, Faults, Mark, did_you_mean
from monitor.core.rules.form import CAP_SEVERITIES, METRICS, seconds
from monitor.core.rules.grammar import key_place, place_of
from monitor.core.rules.match import (
    BORDER,
    AllOf,
    AnyOf,
    Clause,
    FromSources,
    Named,
    Near,
    NoneOf,
    OneOf,
    Pattern,
    Scope,
    SidesNamed,
    Term,
    Vocabulary,
    Words,
    chain,
    speaks_for,
)
from monitor.core.rules.page import words_of
from monitor.core.rules.watch import (
    Burst,
    Cap,
    ClaimFilter,
    Condition,
    Corroboration,
    EventFilter,
    FirstSeen,
    Flatline,
    Inhibition,
    ItemTrigger,
    QuietHours,
    Route,
    Rule,
    Threshold,
    Throttle,
    Trigger,
    Watch,
)
from monitor.core.rules.words import BadBraces, expand_braces, forms
from monitor.model import (
    ActorId,
    ActorKind,
    ChatId,
    DevelopmentKind,
    Metric,
    ObjectClass,
    RuleId,
    Severity,
    Source,
    SourceId,
    SourceKind,
    Stance,
    WatchId,
)

if TYPE_CHECKING:
    from monitor.core.claims.actors import Registry

_ACRONYM = 4
_EVERYTHING = Scope(())
_SHARED = frozenset({"id", "title", "why", "enabled", "status", "developments", "trigger", "key", "severity"})
"""Keys of a rule that mean the same in every watch."""
_ANY_WAY: frozenset[str] = frozenset()
_ODD = re.compile(r"[|*]|(?<= )(?:OR|AND|NOT)(?= )|\(\?i\)")
"""What other languages of queries have and this one has not."""
ANYONE = "anyone"
_DESTINATIONS = ("followers", "operators", "nobody")


@dataclass
class World:
    """What the files around a watch offer it, shared by all watches of a set."""

    sources: Mapping[SourceId, Source]
    registry: Registry
    lists: Mapping[str, Mapping[str, Any]]
    """Name of an includable file → its lists."""
    groups: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """Groups of sources that every watch may use: ids and kinds by name."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    rules: dict[str, Rule] = field(default_factory=dict)
    """Rules that stand in many watches, by what they are made of."""
    _names: dict[ActorId, set[str]] = field(default_factory=dict)

    def names(self, actors: Iterable[ActorId]) -> frozenset[int]:
        """The forms of every name of these actors and of all that are part of them."""
        if not self._names:
            self._index_names()
        found = {name for a in actors for name in self._names.get(a, ())}
        return frozenset(self.vocabulary.number(" ".join(words)) for n in found if (words := words_of(n)))

    def sources_of(self, words: Iterable[str]) -> list[Source]:
        """The sources of which the id or the kind is among these words."""
        wanted = frozenset(words)
        return [s for s in self.sources.values() if not wanted.isdisjoint((s.id, s.kind))]

    def _index_names(self) -> None:
        for actor in self.registry.actors:
            names = {actor.name, *actor.aliases, *([actor.capital] if actor.capital else [])}
            for above in chain(self.registry, actor.id):
                self._names.setdefault(above, set()).update(names)


def compile_watch(long: Mapping[str, Any], digest: str, world: World, faults: Faults) -> Watch:
    """The watch of a long form. Mistakes go to `faults`; the result is of use only if there were none."""
    compiler = _Compiler(long, world, faults)
    watch = compiler.watch(digest)
    if not faults.errors:
        compiler.warn_of_unused()
    return watch


class _Compiler:
    def __init__(self, long: Mapping[str, Any], world: World, faults: Faults) -> None:
        self._long = long
        self._world = world
        self._faults = faults
        self._lists = self._included()
        self._used: set[str] = set()
        """Lists and groups that something refers to, as @name."""
        self._groups = {**world.groups, **long.get("groups", {})}
        self._metrics: Mapping[str, Mapping[str, Any]] = long.get("metrics", {})
        self._fields = frozenset(map(str, long["select"].get("fields", ("title", "text"))))
        self._corroborate, self._throttle = defaults = _defaults(long["defaults"])
        self._is_usual = defaults == _usual() and "template" not in long["defaults"]
        self._sides = {name: self._side(name, side) for name, side in long.get("sides", {}).items()}

    def watch(self, digest: str) -> Watch:
        long = self._long
        scope = self._scope(long.get("select", {}), "select")
        rules = tuple(r for rule in long.get("rules", []) if (r := self._shared(rule)))
        known = {RuleId(str(r["id"])) for r in long.get("rules", [])}
        self._check_tests(known)
        for group in long.get("groups", {}).values():
            check_group(group, self._world.sources, self._faults)
        return Watch(
            id=WatchId(str(long["id"])),
            name=str(long["watch"]),
            file=self._faults.file,
            hash=digest,
            enabled=long["enabled"],
            scope=scope,
            sides=self._sides,
            rules=rules,
            inhibitions=tuple(self._inhibition(i, known) for i in long.get("inhibit", [])),
            routes=self._routes(long["routes"], known),
            quiet=tuple(map(_quiet_hours, long.get("quiet_hours", ()))),
            receivers={str(n): ChatId(r["chat"]) for n, r in long.get("receivers", {}).items()},
            templates={str(n): template.parse(text) for n, text in long.get("templates", {}).items()},
            rungs=frozenset(map(str, long["event_ladder"])) if "event_ladder" in long else None,
            one_voice=self._one_voice(long["independence"]) if "independence" in long else (),
            tests=tuple(long.get("tests", ())),
            long=long,
            vocabulary=self._world.vocabulary,
            registry=self._world.registry,
        )

    def warn_of_unused(self) -> None:
        """Note lists and groups that nothing refers to."""
        for key, what in (("lists", "list"), ("groups", "group")):
            named = self._long.get(key, {})
            for name in named:
                if f"@{name}" not in self._used:
                    at, mend = key_place(named, name), f"use it as '@{name}', or delete it"
                    self._faults.warn(at, f"unused-{what}", f"{what} {str(name)!r} is used nowhere", mend)

    def _check_tests(self, known: set[RuleId]) -> None:
        """Tests name sources and rules that exist."""
        for test in self._long.get("tests", ()):
            for entry in (*test.get("history", ()), *test["given"]):
                if "source" in entry and entry["source"] not in self._world.sources:
                    self._unknown(entry["source"], "unknown-source", "no source of sources.yaml", self._world.sources)
            expected = [e for key in ("expect", "held", "suppressed") for e in test.get(key, ())]
            for rule in (*(e["rule"] for e in expected if "rule" in e), *test.get("never", ())):
                if rule not in known:
                    self._unknown(rule, "unknown-rule", "no rule of this watch", known)

    # --- names ---

    def _included(self) -> dict[str, list[Any]]:
        lists: dict[str, list[Any]] = {}
        for name in self._long.get("include", []):
            if name not in self._world.lists:
                self._unknown(name, "unknown-include", "no file of lists", self._world.lists)
            for key, terms in self._world.lists.get(name, {}).items():
                lists.setdefault(key, []).extend(terms)
        for key, terms in self._long.get("lists", {}).items():
            lists.setdefault(key, []).extend(terms)
        return lists

    def _unknown(self, word: str, code: str, what: str, known: Iterable[str], default: Mark = TOP) -> None:
        self._faults.add(place_of(word, default), code, f"{str(word)!r} is {what}", did_you_mean(word, known))

    def _side(self, name: str, side: Mapping[str, Any]) -> Named:
        registry = self._world.registry
        actor = ActorId(side["actor"]) if "actor" in side else side_actor(registry, name, side.get("aliases", ()))
        if actor is None:
            actor = ActorId(name)
        elif "actor" in side and not known(registry, actor):
            self._unknown(side["actor"], "unknown-actor", "no actor", (a.id for a in registry.actors))
        actors = frozenset({actor, *governed(registry, actor)})
        return Named(name, actors, self._world.names(actors))

    def _party(self, name: str) -> frozenset[ActorId]:
        if name in self._sides:
            return self._sides[name].actors
        registry = self._world.registry
        actor = ActorId(str(name)) if known(registry, ActorId(str(name))) else registry.resolve(name)
        if actor is None:
            self._unknown(
                name,
                "unknown-actor",
                "neither a side of this watch nor an actor",
                [*self._sides, ANYONE, *(a.name for a in registry.actors)],
            )
            return frozenset()
        return frozenset({actor})

    # --- words ---

    def _terms(self, entries: Iterable[Any], fields: frozenset[str]) -> tuple[Term, ...]:
        return tuple(t for entry in entries for t in self._term(entry, fields))

    def _term(self, entry: Any, fields: frozenset[str]) -> list[Term]:  # noqa: ANN401 - a word or a block
        if isinstance(entry, str):
            return self._listed(entry, fields) if entry.startswith("@") else self._words(entry, fields)
        fields = frozenset(entry.get("in", fields))
        if "near" in entry:
            return [self._near(entry, fields)]
        if "regex" in entry:
            return self._regex(entry, fields)
        if "side" in entry or "actor" in entry:
            actors = self._party(entry.get("side", entry.get("actor")))
            return [Named(entry.get("side", entry.get("actor")), actors, self._world.names(actors))]
        return self._words(entry["is"], fields, entry.get("case"), inflect=entry.get("inflect", True))

    def _listed(self, reference: str, fields: frozenset[str]) -> list[Term]:
        name = reference[1:]
        self._used.add(reference)
        if name not in self._lists:
            self._unknown(reference, "unknown-list", "no list", (f"@{k}" for k in self._lists))
            return []
        return [t for entry in self._lists[name] if entry != reference for t in self._term(entry, fields)]

    def _words(
        self, written: str, fields: frozenset[str], case: str | None = None, *, inflect: bool = True
    ) -> list[Term]:
        try:
            spellings = expand_braces(written)
        except BadBraces as error:
            mend = "write like `air{, }strike{,s}`"
            self._faults.add(place_of(written), "bad-braces", f"{str(written)!r}: {error}", mend)
            return []
        acronym = len(written) <= _ACRONYM and written.isupper() and written.isalpha() and written.isascii()
        exact = acronym if case is None else case == "exact"
        inflect = inflect and not exact
        if not written.isalnum() and (odd := _ODD.search(written)):
            mend = "a term is words; write alternatives as a list, spellings as `{a,b}`, forms follow by themselves"
            self._faults.warn(place_of(written), "odd-term", f"{odd.group()!r} means nothing in a term", mend)
        found = forms(spellings[0], inflect=inflect)
        for spelling in spellings[1:]:
            found |= forms(spelling, inflect=inflect)
        if not found:
            self._faults.add(place_of(written), "no-word", f"{str(written)!r} has no letter or digit", "write a word")
            return []
        numbers = frozenset(map(self._world.vocabulary.number, found))
        return [Words(str(written), numbers, frozenset(spellings) if exact else _ANY_WAY, fields)]

    def _near(self, entry: Mapping[str, Any], fields: frozenset[str]) -> Term:
        parts = [t for t in self._terms(entry["near"], fields) if isinstance(t, Words)]
        if len(parts) < 2 or len(parts) != len(entry["near"]):
            mend = "give it two or more words or phrases (a list counts as one only if it has one term)"
            self._faults.add(place_of(entry), "bad-near", "near needs two or more plain terms", mend)
        written = " … ".join(p.written for p in parts)
        return Near(written, tuple(parts), entry["tokens"])

    def _regex(self, entry: Mapping[str, Any], fields: frozenset[str]) -> list[Term]:
        anchor = [t for t in self._words(entry["anchor"], fields) if isinstance(t, Words)]
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = entry.get("case", "any") == "exact"
        try:
            compiled = re2.compile(str(entry["regex"]).removeprefix(BORDER).removesuffix(BORDER), options)
        except re2.error as error:
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            mend = "write RE2 syntax: no look-around, no back-references; `(?i)` is not needed"
            self._faults.add(place_of(entry["regex"]), "bad-regex", f"the regular expression fails: {reason}", mend)
            return []
        return [Pattern(str(entry["regex"]), a, compiled, fields) for a in anchor]

    # --- clauses ---

    def _scope(self, match: Mapping[str, Any], name: str, inherited: frozenset[str] | None = None) -> Scope:
        fields = frozenset(match.get("fields", inherited or ("title", "text")))
        clauses: list[Clause] = []
        if match.get("sources"):
            clauses.append(self._from_sources(match["sources"]))
        text = match.get("text", {})
        if text.get("none"):
            clauses.append(NoneOf("none", self._terms(text["none"], fields)))
        if text.get("any"):
            clauses.append(AnyOf("any", self._terms(text["any"], fields)))
        if text.get("all"):
            clauses.append(AllOf("all", self._terms(text["all"], fields)))
        if "sides" in match:
            clauses.append(self._sides_named(match))
        if "any_of" in match:
            clauses.append(OneOf(tuple(self._scope(m, "any_of", fields) for m in match["any_of"])))
        for key in ("claim", "event"):
            if key in match and name != "rule":
                mend = "move it into the `match` of a rule"
                what = "an item is selected by its words only"
                self._faults.add(key_place(match, key), "claim-in-select", what, mend)
        return Scope(tuple(clauses))

    def _from_sources(self, given: Mapping[str, Any]) -> FromSources:
        sources = self._world.sources
        only, excluded = (self._named_sources(given.get(key, ())) for key in ("only", "except"))
        narrowed = {"only", "kinds", "sides"} & set(given)
        sides = frozenset().union(*(self._party(s) for s in given.get("sides", ())))
        chosen = [
            s.id
            for s in sources.values()
            if ("only" not in given or s.id in only)
            and ("kinds" not in given or s.kind in given["kinds"])
            and ("sides" not in given or speaks_for(s, sides, self._world.registry))
        ]
        return FromSources(frozenset(chosen) if narrowed else None, excluded, frozenset(given.get("languages", ())))

    def _named_sources(self, words: Iterable[str]) -> frozenset[SourceId]:
        """Those that ids, kinds and @groups name."""
        plain = [w for w in words if not w.startswith("@")]
        check_group(plain, self._world.sources, self._faults)
        return frozenset(s.id for s in self._world.sources_of([*plain, *self._grouped(words)]))

    def _grouped(self, words: Iterable[str]) -> Iterator[str]:
        """What stands in the @groups among the words."""
        for word in words:
            if word.startswith("@") and word[1:] not in self._groups:
                self._unknown(word, "unknown-group", "no group of sources", (f"@{k}" for k in self._groups))
            elif word.startswith("@"):
                self._used.add(word)
                yield from self._groups[word[1:]]

    # --- independence ---

    def _one_voice(self, given: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
        found: dict[str, str] = {}
        for group in given:
            before = len(self._faults.errors)
            names = sorted({voice for word in group for voice in self._voices(word)})
            if len(self._faults.errors) == before and len(names) < 2:
                mend = "name two or more that count as one: `- [one-source, another-source]`"
                self._faults.add(place_of(group), "bad-independence", "one voice already", mend)
            if twice := [name for name in names if name in found]:
                mend = "put all that is one voice into one list"
                self._faults.add(place_of(group), "bad-independence", f"{twice[0]!r} stands in two lists", mend)
            found.update((name, names[0]) for name in names)
        return tuple(sorted(found.items()))

    def _voices(self, word: str) -> Iterator[str]:
        """The owners and parties that a source, kind, @group, owner, publisher, side or actor stands for."""
        from monitor.core.origins import party_of_source

        world, name = self._world, str(word).lower()
        sources = world.sources_of([word, *self._grouped([word])])
        sources += [s for s in world.sources.values() if name in (s.owner.lower(), s.publisher.lower())]
        if not sources and not word.startswith("@"):
            yield from map(world.registry.party, self._party(word))
        for source in sources:
            yield source.owner
            if party := party_of_source(source, world.registry):
                yield party

    def _sides_named(self, match: Mapping[str, Any]) -> SidesNamed:
        wanted = match["sides"]
        if isinstance(wanted, int):
            if wanted > len(self._sides):
                mend = f"name {wanted} sides under `sides:`, or ask for fewer"
                self._faults.add(
                    key_place(match, "sides"), "too-many-sides", f"{wanted} sides of {len(self._sides)}", mend
                )
            return SidesNamed(self._sides, wanted)
        for side in wanted:
            if side not in self._sides:
                self._unknown(side, "unknown-side", "no side of this watch", self._sides)
        return SidesNamed({s: self._sides[s] for s in wanted if s in self._sides}, len(wanted))

    # --- rules ---

    def _shared(self, rule: Mapping[str, Any]) -> Rule | None:
        """The rule; one and the same for all watches in which it is made of the same, as standing rules are."""
        if not (self._is_usual and rule.keys() <= _SHARED) or "cap" in rule.get("trigger", ()):
            return self._rule(rule)
        key = repr((rule, self._given_severity(rule), _ladder_of(rule, self._metrics), self._long["status"]))
        found = self._world.rules.get(key)
        if found is None:
            before = len(self._faults.errors)
            found = self._rule(rule)
            if found and len(self._faults.errors) == before:
                self._world.rules[key] = found
        return found

    def _rule(self, rule: Mapping[str, Any]) -> Rule | None:
        if ("developments" in rule) == ("trigger" in rule):
            mend = "give it `developments: [new_claim]` or `trigger: {threshold: …}`"
            self._faults.add(place_of(rule), "bad-rule", "a rule needs developments or a trigger, not both", mend)
            return None
        match, severity = rule.get("match", {}), self._given_severity(rule)
        if severity is None:
            self._faults.add(place_of(rule), "missing-key", "a rule without 'severity'", "add `severity: low`")
            return None
        trigger = self._trigger(rule["trigger"]) if "trigger" in rule else None
        return Rule(
            id=RuleId(str(rule["id"])),
            title=str(rule.get("title", str(rule["id"]).replace("-", " ").capitalize())),
            enabled=rule.get("enabled", True),
            trial="trial" in (rule.get("status"), self._long["status"]),
            kinds=frozenset(DevelopmentKind(k) for k in rule.get("developments", ())),
            trigger=trigger,
            scope=self._scope(match, "rule", self._fields) if match else _EVERYTHING,
            claim=self._claim(match.get("claim", {}), _ladder_of(rule, self._metrics)),
            event=self._event(match["event"]) if "event" in match else None,
            key=tuple(map(str, rule.get("key", ("ledger",)))),
            severity=self._severity(rule, severity, trigger),
            corroborate=_corroboration(rule["corroborate"]) if "corroborate" in rule else self._corroborate,
            throttle=_throttle(rule["throttle"]) if "throttle" in rule else self._throttle,
            template=self._template(rule),
        )

    def _given_severity(self, rule: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a severity, or one for each step
        """What the rule says, or else the ladder that it goes by; None if neither does."""
        if "severity" in rule:
            return rule["severity"]
        if "threshold" in rule.get("trigger", ()):
            spec = rule["trigger"]["threshold"]
            return self._metrics.get(spec["metric"], {}).get("ladder") if "steps" not in spec else None
        steps_of_events = set(rule.get("developments", ())) == {DevelopmentKind.ESCALATED}
        return self._long.get("event_ladder") if steps_of_events else None

    def _template(self, rule: Mapping[str, Any]) -> str | None:
        name = rule.get("template", self._long["defaults"].get("template"))
        known = self._long.get("templates", {})
        if name is not None and name not in known:
            self._unknown(name, "unknown-template", "no template of this watch", known)
        return None if name is None else str(name)

    def _severity(
        self,
        rule: Mapping[str, Any],
        given: Any,  # noqa: ANN401 - a severity, or one for each step
        trigger: Trigger | None,
    ) -> Severity | dict[str, Severity]:
        if isinstance(given, str):
            return Severity(given)
        if isinstance(trigger, Threshold):
            told = {_number(k): v for k, v in given.items()}
            for step in trigger.steps:
                if step not in told:
                    mend = f"add `{step:g}: high` under severity"
                    self._faults.add(
                        key_place(rule, "severity"), "step-severity", f"no severity for step {step:g}", mend
                    )
            return {_step_name(step): Severity(v) for step, v in told.items() if step is not None}
        known, what = (CAP_SEVERITIES, "severity of CAP") if isinstance(trigger, Cap) else (RUNGS, "rung")
        for word in given:
            if word not in known:
                self._unknown(word, "unknown-severity-key", f"no {what}", known, key_place(given, word))
        return {str(k): Severity(v) for k, v in given.items()}

    def _event(self, given: Mapping[str, Any]) -> EventFilter:
        parties = tuple(self._party(word) for word in given.get("between", ()))
        return EventFilter(frozenset(map(str, given.get("rungs", ()))), parties)

    def _claim(self, given: Mapping[str, Any], ladder: Mapping[str, Any]) -> ClaimFilter | None:
        """The rule's own filter, with what its metric's ladder counts."""
        if not given and "object" not in ladder:
            return None
        by = given.get("by", [ANYONE])
        value = given.get("value", {})
        return ClaimFilter(
            by=None if ANYONE in by else frozenset().union(*(self._party(w) for w in by)),
            about=frozenset().union(*(self._party(w) for w in given["about"])) if "about" in given else None,
            metrics=frozenset(Metric(m) for m in given.get("metric", ())),
            objects=frozenset(ObjectClass(o) for o in given.get("object", ladder.get("object", ()))),
            value=tuple((str(op), float(n)) for op, n in value.items()),
            hedged=given.get("hedged"),
            official=given.get("official"),
            total=given.get("total"),
            stances=frozenset(Stance(s) for s in given.get("stance", ())),
        )

    def _trigger(self, given: Mapping[str, Any]) -> Trigger:
        (kind, spec), *_ = given.items()
        match kind:
            case "threshold":
                return self._threshold(spec)
            case "burst":
                return Burst(spec["count"], str(spec.get("distinct", "owner")), seconds(spec["window"]))
            case "flatline":
                return Flatline(seconds(spec["for"]))
            case "first_seen":
                return FirstSeen(seconds(spec["memory"]), seconds(spec.get("needs_history", "0s")))
            case "item":
                return ItemTrigger(spec.get("versions", False))
            case _:
                words = frozenset({"title", "text"})
                return Cap(
                    frozenset(map(str, spec.get("severity", ()))),
                    self._terms(spec.get("event", ()), words),
                    self._terms(spec.get("area", ()), words),
                )

    def _threshold(self, spec: Mapping[str, Any]) -> Threshold:
        name = spec["metric"]
        ladder = self._metrics.get(name, {})
        metric = ladder.get("counts", name)
        if metric not in METRICS:
            if name not in self._metrics:
                self._unknown(name, "unknown-metric", "no metric", [*self._metrics, *METRICS])
            metric = Metric.KILLED
        steps = spec.get("steps", list(ladder.get("ladder", ())))
        if not steps:
            mend = f"add `steps:`, or a ladder of {name} under `metrics`"
            self._faults.add(place_of(spec), "missing-key", "a threshold without 'steps'", mend)
        return Threshold(Metric(metric), tuple(map(float, steps)), spec.get("rearm_below", ladder.get("rearm_below")))

    def _inhibition(self, given: Mapping[str, Any], known: set[RuleId]) -> Inhibition:
        for word in (*given["while"]["rule"], *given["mute"]):
            if word not in known:
                self._unknown(word, "unknown-rule", "no rule of this watch", known)
        at_least = given["while"].get("severity", "info")
        return Inhibition(
            str(given["id"]),
            frozenset(RuleId(str(r)) for r in given["while"]["rule"]),
            Severity(at_least),
            frozenset(RuleId(str(r)) for r in given["mute"]),
            tuple(map(str, given["same"])),
            seconds(given["for"]),
        )

    def _routes(self, given: Iterable[Mapping[str, Any]], known: set[RuleId]) -> tuple[Route, ...]:
        routes = list(given)
        if routes and "if" in routes[-1]:
            mend = "add a last route without `if:`, for example `- {to: followers}`"
            self._faults.add(place_of(routes[-1]), "route-last", "the last route has a condition", mend)
        for route in routes[:-1]:
            if "if" not in route and route.get("then", "stop") == "stop":
                mend = "give it `if:` or `then: continue`, or delete what follows"
                self._faults.add(place_of(route), "route-unreachable", "nothing gets past this route", mend)
        places = [*_DESTINATIONS, *self._long.get("receivers", {})]
        for to in (r["to"] for r in routes if r["to"] not in places):
            self._unknown(to, "unknown-receiver", "neither a receiver of this watch nor one of the three", places)
        for word in (w for r in routes for w in r.get("if", {}).get("rule", ())):
            if word not in known:
                self._unknown(word, "unknown-rule", "no rule of this watch", known)
        return tuple(_route(r) for r in routes)


def check_group(words: Iterable[str], sources: Mapping[SourceId, Source], faults: Faults) -> None:
    """Note each word that is neither the id nor the kind of a source."""
    for word in words:
        if word not in sources and word not in tuple(SourceKind):
            mend = did_you_mean(word, sources)
            faults.add(place_of(word), "unknown-source", f"{str(word)!r} is no source of sources.yaml", mend)


def side_actor(registry: Registry, name: str, aliases: Iterable[str]) -> ActorId | None:
    """The actor a side stands for: the one its name, or else its first known alias, names (capitals aside)."""
    for word in (name, *aliases):
        actor = registry.resolve(word)
        if actor and word != registry.get(actor).capital:
            return actor
    return None


def governed(registry: Registry, actor: ActorId) -> frozenset[ActorId]:
    """The state that a government governs: its losses and its name are the government's too."""
    found = registry.get(actor) if known(registry, actor) else None
    if found is None or found.kind is not ActorKind.GOVERNMENT or found.part_of is None:
        return frozenset()
    return frozenset({found.part_of})


def known(registry: Registry, actor: ActorId) -> bool:
    """Whether the registry has the actor, or can derive it (`pakistan/military`)."""
    try:
        registry.get(actor)
    except KeyError:
        return False
    return True


def _ladder_of(rule: Mapping[str, Any], metrics: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The ladder that a rule's threshold goes by; empty if it goes by none."""
    threshold = rule.get("trigger", {}).get("threshold")
    return metrics.get(threshold["metric"], {}) if threshold else {}


def _quiet_hours(given: Mapping[str, Any]) -> QuietHours:
    start, end = (dt.time.fromisoformat(str(given[key])) for key in ("from", "to"))
    return QuietHours(start, end, str(given.get("tz", "UTC")), Severity(given.get("severity", "high")))


def _number(word: Any) -> float | None:  # noqa: ANN401 - a key as written
    try:
        return float(word)
    except ValueError:
        return None


def _step_name(step: float | None) -> str:
    return f"{step:g}"


def _defaults(given: Mapping[str, Any]) -> tuple[Corroboration, Throttle]:
    """The usual ones are one and the same for all watches that don't say otherwise."""
    if given["corroborate"] is CORROBORATE and given["throttle"] is THROTTLE:
        return _usual()
    return _corroboration(given["corroborate"]), _throttle(given["throttle"])


@cache
def _usual() -> tuple[Corroboration, Throttle]:
    return _corroboration(CORROBORATE), _throttle(THROTTLE)


def _corroboration(given: Mapping[str, Any]) -> Corroboration:
    return Corroboration(
        claimants=given.get("independent_claimants"),
        origins=given.get("origins"),
        official=given.get("official", False),
        when=frozenset(Severity(s) for s in given.get("when", tuple(Severity))),
        send_as=Severity(given["send_as"]) if "send_as" in given else None,
        hold=seconds(given["hold"]) if "hold" in given else None,
    )


def _throttle(given: Mapping[str, Any]) -> Throttle:
    same_key = seconds(given["same_key"])
    return Throttle(
        same_key,
        float(given.get("backoff", 1)),
        seconds(given["max"]) if "max" in given else same_key,
        frozenset(map(str, given.get("never_blocks", ()))),
    )


def _route(given: Mapping[str, Any]) -> Route:
    condition = given.get("if", {})
    return Route(
        str(given["to"]),
        Condition(
            Severity(condition.get("severity", "info")),
            frozenset(RuleId(str(r)) for r in condition["rule"]) if "rule" in condition else None,
        ),
        given.get("then", "stop") == "continue",
    )
