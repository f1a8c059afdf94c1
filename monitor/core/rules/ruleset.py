"""A checked set of rule files: sources, actors and watches under one hash."""

from __future__ import annotations

import contextlib
import gc
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.core.rules import reach, yaml
from monitor.core.rules.compile import World, check_group, compile_watch, known, side_actor
from monitor.core.rules.expand import Long, expand, slug
from monitor.core.rules.faults import TOP, Faults, did_you_mean, nearest
from monitor.core.rules.form import FILES, METRICS, WATCH, guess, kind_of, seconds
from monitor.core.rules.grammar import INVALID, Section, place_of
from monitor.core.rules.match import Case, Vocabulary
from monitor.core.rules.verdicts import Selection
from monitor.core.rules.watch import Flatline, Rule, Watch
from monitor.core.text import canonical_url
from monitor.errors import Fault, RuleFileError
from monitor.model import Actor, ActorId, ActorKind, Item, Placement, Reading, Source, SourceId, SourceKind, WatchId

if TYPE_CHECKING:
    from monitor.core.claims.actors import Registry

_FOLLOWING = {
    "unknown-rule": frozenset({"rules", "alert", "metrics", "warnings", *METRICS}),
    "unknown-list": frozenset({"lists", "about", "not", "areas", "include"}),
    "unknown-group": frozenset({"groups"}),
    "unknown-side": frozenset({"sides"}),
    "unknown-actor": frozenset({"sides", "actors"}),
    "too-many-sides": frozenset({"sides"}),
    "unknown-metric": frozenset({"metrics"}),
    "unknown-template": frozenset({"templates"}),
    "unknown-receiver": frozenset({"receivers"}),
}
"""Mistakes that may only follow from one under these keys."""
_KEYS = re.compile(r"^([\w-]+):", re.MULTILINE)
"""Top-level keys of a file that is no YAML: enough to know what it was meant to be."""
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, check_circular=False)
"""Files without aliases hold no circles; looking for them takes half of the time."""
_NO_MEANING = ("owner", "note", "tests", "watch", "version")


@dataclass(frozen=True, eq=False)
class Ruleset:
    """Everything that the rule files say. `hash` changes when their meaning does."""

    sources: Mapping[SourceId, Source]
    registry: Registry
    watches: tuple[Watch, ...]
    hash: str
    quarantined: tuple[Fault, ...] = ()
    """Mistakes in files whose last good version goes on working."""
    warnings: tuple[Fault, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The text of each file, as far as it is good: what goes on working when one is changed for the worse."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Groups of sources for all watches: ids and kinds by name."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary, repr=False)
    _anchored: Mapping[int, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _unanchored: tuple[int, ...] = field(default=(), repr=False)

    def select(
        self, item: Item, reading: Reading, placement: Placement, source: Source | None
    ) -> tuple[tuple[Watch, Selection], ...]:
        """What the watches make of an item: those of whose rarest required words one occurs, in file order.

        A watch that is not among them found none of these words; `Watch.selects` says the same of it at length.
        """
        del reading, placement
        return tuple(self._examined(Case(item, source, self.vocabulary, self.registry)))

    def _examined(self, case: Case) -> Iterator[tuple[Watch, Selection]]:
        wanted = set(self._unanchored)
        for form in case.found:
            wanted.update(self._anchored.get(form, ()))
        return ((watch, watch.examine(case)) for watch in map(self.watches.__getitem__, sorted(wanted)))

    def wants(self, item: Item, source: Source) -> bool:
        """Whether a watch selects the item by the words that it has so far."""
        case = Case(item, source, self.vocabulary, self.registry)
        return any(selection.selected for _, selection in self._examined(case))

    def watch(self, name: str) -> Watch | None:
        """The watch with that id."""
        return self._by_id.get(WatchId(name))

    @cached_property
    def _by_id(self) -> Mapping[WatchId, Watch]:
        return {w.id: w for w in self.watches}

    @cached_property
    def flatlines(self) -> tuple[tuple[Watch, Rule, Flatline], ...]:
        """The rules that fire by time alone, which is asked before each item: few of many."""
        return tuple(
            (watch, rule, rule.trigger)
            for watch in self.watches
            for rule in watch.rules
            if rule.enabled and isinstance(rule.trigger, Flatline)
        )

    @property
    def unanchored(self) -> tuple[WatchId, ...]:
        """Watches without a required word: they look at every item."""
        return tuple(self.watches[i].id for i in self._unanchored)


def load(files: Mapping[str, str], *, last_good: Ruleset | None = None) -> Ruleset:
    """The rules of a directory, given as {path within it: text}.

    Raises RuleFileError with every fault of every file. With `last_good`, a file with faults is quarantined instead:
    its last good version goes on working and the faults stand in `quarantined`.
    """
    ruleset, errors = _built(files)
    if not errors:
        return ruleset
    if last_good is None:
        raise RuleFileError(errors)
    return _with_stand_ins(files, errors, last_good)


def _built(files: Mapping[str, str]) -> tuple[Ruleset, tuple[Fault, ...]]:
    with _nothing_to_collect():
        build = _Build([_read(name, text) for name, text in sorted(files.items()) if name.endswith((".yaml", ".yml"))])
        return replace(build.ruleset(), files=dict(files)), tuple(build.errors)


def _with_stand_ins(files: Mapping[str, str], errors: tuple[Fault, ...], last_good: Ruleset) -> Ruleset:
    """The rules with the last good text of each wrong file; without a file that was never good.

    A mistake in a file that nobody changed only follows from another's. Where no changed file is wrong by itself (one
    took away what an unchanged one needs), all goes on as it was.
    """
    texts, told = dict(files), list[Fault]()
    while errors:
        wrong = [e for e in errors if texts[e.file] != last_good.files.get(e.file)]
        if not wrong:
            return replace(last_good, quarantined=(*told, *errors))
        told += wrong
        for name in {e.file for e in wrong}:
            if name in last_good.files:
                texts[name] = last_good.files[name]
            else:
                del texts[name]
        ruleset, errors = _built(texts)
    return replace(ruleset, quarantined=tuple(told))


@contextlib.contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """What loading makes stays: looking for garbage among it again and again would cost a third of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            # Freezing and thawing puts all there is among the old objects without a look at each of them.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


class _File(NamedTuple):
    """A file as read: which kind, its values, and what is wrong with it so far."""

    kind: str
    values: Section
    faults: Faults


def _read(name: str, text: str) -> _File:
    faults = Faults(name, text)
    node = yaml.compose(text, faults)
    if node is None:
        if not faults.errors:
            faults.add(TOP, "empty-file", "the file is empty", guess([]))
        return _File(kind_of(_KEYS.findall(text)) or "", Section(TOP), faults)
    if not isinstance(node, yaml.Mapping):
        faults.add(node.at, "wrong-type", "a rule file is a block of keys", guess([]))
        return _File("", Section(TOP), faults)
    kind = kind_of(node.entries)
    if kind is None:
        first = next(iter(node.entries.items()), None)
        at = first[1][0] if first else node.at
        faults.add(at, "unknown-file", "nothing says what this file is", guess(list(node.entries)))
        return _File("", Section(TOP), faults)
    values = FILES[kind].read(node, faults)
    return _File(kind, values if values is not INVALID else Section(TOP), faults)


class _Build:
    """One pass over all files: sources, actors, lists, then watches. Faults stay with their file."""

    def __init__(self, files: list[_File]) -> None:
        self._files = files

    @property
    def errors(self) -> list[Fault]:
        found = (e for f in self._files for e in f.faults.errors)
        return sorted(found, key=lambda e: (e.file, e.line, e.column))

    def ruleset(self) -> Ruleset:
        sources = self._sources()
        registry = self._registry()
        longs = self._longs()
        registry = registry.extended(_side_actors(registry, (long for long, _ in longs)))
        groups = self._groups(sources)
        world = World(sources, registry, self._lists(), groups)
        self._check_source_sides(registry)
        watches = self._watches(longs, world)
        places = {f.faults.file: f.faults for f in self._files}
        reach.warn_of_shared_names((w, places[w.file]) for w in watches if w.file in places)
        anchored, unanchored = _anchors(watches)
        return Ruleset(
            sources,
            registry,
            watches,
            _digest(
                [w.hash for w in watches],
                groups,
                *([repr(x) for x in xs] for xs in (sources.values(), registry.actors)),
            ),
            warnings=tuple(w for f in self._files for w in f.faults.warnings),
            groups=groups,
            vocabulary=world.vocabulary,
            _anchored=anchored,
            _unanchored=unanchored,
        )

    def _of(self, kind: str) -> Iterable[_File]:
        return (f for f in self._files if f.kind == kind)

    def _broken(self, kind: str) -> bool:
        return any(f.faults.errors for f in self._of(kind))

    def _sources(self) -> dict[SourceId, Source]:
        found: dict[SourceId, Source] = {}
        addresses: dict[tuple[str, object], SourceId] = {}
        for file in self._of("sources"):
            for entry in file.values.get("sources", ()):
                if not {"id", "url", "publisher", "owner", "kind"} <= set(entry):
                    continue
                source = _source(entry)
                if source.id in found:
                    mend = "rename one of the two, or delete it"
                    file.faults.add(place_of(entry["id"]), "duplicate-id", f"a second source {source.id!r}", mend)
                same = addresses.setdefault((canonical_url(source.url), source.selectors), source.id)
                if same != source.id and source.enabled and found[same].enabled:
                    mend = "delete one of the two: both would be asked, for the same"
                    what = f"{source.id!r} has the address of {same!r}"
                    file.faults.warn(place_of(entry["url"]), "shared-address", what, mend)
                found.setdefault(source.id, source)
        return found

    def _groups(self, sources: Mapping[SourceId, Source]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for file in self._of("sources"):
            sound = not file.faults.errors
            for name, words in file.values.get("groups", {}).items():
                if sound:
                    check_group(words, sources, file.faults)
                found[str(name)] = tuple(map(str, words))
        return found

    def _registry(self) -> Registry:
        from monitor.core.claims.actors import Registry

        registry = Registry.base()
        for file in (*self._of("actors"), *self._of("watch")):
            entries = [e for e in file.values.get("actors", ()) if {"name", "kind"} <= set(e)]
            if entries:
                registry = registry.extended([_actor(e) for e in entries])
            for entry in entries:
                if "part_of" in entry and not known(registry, entry["part_of"]):
                    mend = did_you_mean(entry["part_of"], (a.id for a in registry.actors))
                    at = place_of(entry["part_of"])
                    file.faults.add(at, "unknown-actor", f"{str(entry['part_of'])!r} is no actor", mend)
        return registry

    def _lists(self) -> dict[str, Mapping[str, Any]]:
        return {f.faults.file.rsplit(".", 1)[0]: f.values.get("lists", {}) for f in self._of("lists")}

    def _longs(self) -> list[tuple[Long, _File]]:
        longs: dict[str, tuple[Long, _File]] = {}
        for file in self._of("watch"):
            if "watch" not in file.values:
                continue
            long = expand(file.values, _stem(file.faults.file), file.faults)
            name = str(long["id"])
            if name in longs:
                at = place_of(long["id"], place_of(long["watch"]))
                mend = f"{longs[name][1].faults.file} has it already: give one of them another `id:`"
                file.faults.add(at, "duplicate-id", f"a second watch {name!r}", mend)
            longs.setdefault(name, (long, file))
        self._overlay({name: long for name, (long, _) in longs.items()})
        return list(longs.values())

    def _overlay(self, longs: Mapping[str, Long]) -> None:
        for file in self._of("overlay"):
            name = file.values.get("overlay")
            if name is None:
                continue
            if name not in longs:
                mend = did_you_mean(name, longs)
                file.faults.add(place_of(name), "unknown-watch", f"{str(name)!r} is no watch", mend)
                continue
            _overlaid(longs[name], file)

    def _watches(self, longs: list[tuple[Long, _File]], world: World) -> tuple[Watch, ...]:
        lost_sources = {"unknown-source", "unknown-group"} if self._broken("sources") else set[str]()
        readable = {file.faults.file: long for long, file in longs}
        found = (
            self._watch(readable[name], file, world, lost_sources)
            for file in self._of("watch")
            if (name := file.faults.file) in readable
        )
        return tuple(w for w in found if w is not None and w.enabled)

    def _watch(self, long: Long, file: _File, world: World, lost: set[str]) -> Watch | None:
        """The compiled watch, None if it has mistakes; those that only follow from others are not told."""
        faults = file.faults
        before = len(faults.errors)
        hurt = _hurt(faults) if before else set()
        watch = compile_watch(long, _meaning(long), world, faults)
        follow = lost | {code for code, keys in _FOLLOWING.items() if not hurt.isdisjoint(keys)}
        faults.errors[before:] = [f for f in faults.errors[before:] if f.code not in follow]
        if faults.errors:
            return None
        reach.warn(watch, faults)
        return watch

    def _check_source_sides(self, registry: Registry) -> None:
        for file in self._of("sources"):
            for entry in file.values.get("sources", ()):
                if "side" in entry and registry.resolve(entry["side"]) is None:
                    mend = "name a side of a watch or an actor, or leave `side` out"
                    at = place_of(entry["side"])
                    file.faults.warn(at, "unknown-side", f"{str(entry['side'])!r} is no known party", mend)


def _hurt(faults: Faults) -> set[str]:
    """The top-level keys in which a file has mistakes, and those that a wrong one was probably meant to be."""
    keys = [(n, m[1]) for n, line in enumerate(faults.lines, 1) if (m := _KEYS.match(line))]
    found = {next((key for n, key in reversed(keys) if n <= e.line), "") for e in faults.errors}
    return found | {meant for key in found if (meant := nearest(key, WATCH.fields))}


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _source(entry: Mapping[str, Any]) -> Source:
    plain: dict[str, Any] = {k: str(v) if isinstance(v, str) else v for k, v in entry.items()}
    plain["kind"] = SourceKind(plain["kind"])
    for key in ("min_interval", "max_interval"):
        if key in plain:
            plain[key] = seconds(plain[key])
    for key in ("selectors", "headers"):
        if key in plain:
            plain[key] = tuple((str(k), str(v)) for k, v in plain[key].items())
    return Source(**plain)


def _actor(entry: Mapping[str, Any]) -> Actor:
    return Actor(
        ActorId(str(entry.get("id", slug(entry["name"])))),
        str(entry["name"]),
        ActorKind(entry["kind"]),
        tuple(str(a) for a in entry.get("aliases", ())),
        ActorId(str(entry["part_of"])) if "part_of" in entry else None,
        str(entry["capital"]) if "capital" in entry else None,
        str(entry["country"]) if "country" in entry else None,
    )


def _side_actors(registry: Registry, longs: Iterable[Long]) -> list[Actor]:
    """What the sides of the watches add to the registry: unknown parties, and new names of known ones."""
    capitals = {a.capital for a in registry.actors if a.capital}
    found: dict[tuple[ActorId, tuple[str, ...]], Actor] = {}
    for long in longs:
        for name, side in long.get("sides", {}).items():
            actor = _side_actor(registry, str(name), side, capitals)
            found[actor.id, actor.aliases] = actor
    return list(found.values())


def _side_actor(registry: Registry, name: str, side: Mapping[str, Any], capitals: set[str]) -> Actor:
    aliases = [str(a) for a in side.get("aliases", ())]
    actor = ActorId(str(side["actor"])) if "actor" in side else side_actor(registry, name, aliases)
    capital = next((a for a in aliases if a in capitals), None)
    known = next((a for a in registry.actors if a.id == actor), None)
    new = tuple(a for a in (name, *aliases) if a != capital and not _names_part(registry, a, actor))
    if known is None:
        new_id = ActorId(slug(name) if name.isascii() else name.lower())
        return Actor(new_id, name, ActorKind.GROUP, tuple(a for a in new if a != name), None, capital)
    return Actor(known.id, known.name, known.kind, new, None, capital or known.capital, known.country)


def _names_part(registry: Registry, alias: str, actor: ActorId | None) -> bool:
    """Whether a name is known as the party's own or as one of its parts': then it stays what it is."""
    known = registry.resolve(alias)
    return (
        known is not None and actor is not None and (known == actor or registry.party(known) == registry.party(actor))
    )


def _overlaid(long: Long, file: _File) -> None:
    """Extend lists and change enabled, severity, throttle of rules by id. Conditions can't be changed."""
    for name, terms in file.values.get("lists", {}).items():
        if name not in long.get("lists", {}):
            at, mend = file.values["lists"].keys_at[name], did_you_mean(name, long.get("lists", {}))
            file.faults.add(at, "unknown-list", f"{str(name)!r} is no list of that watch", mend)
        else:
            long["lists"] = {**long["lists"], name: [*long["lists"][name], *terms]}
    known = {r["id"]: r for r in long.get("rules", ())}
    for name, changes in file.values.get("rules", {}).items():
        if name not in known:
            at, mend = file.values["rules"].keys_at[name], did_you_mean(name, known)
            file.faults.add(at, "unknown-rule", f"{str(name)!r} is no rule of that watch", mend)
        else:
            known[name].update(changes)


def _anchors(watches: tuple[Watch, ...]) -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
    anchored: dict[int, list[int]] = {}
    unanchored: list[int] = []
    for i, watch in enumerate(watches):
        forms = watch.scope.anchors()
        if forms is None:
            unanchored.append(i)
        for form in forms or ():
            anchored.setdefault(form, []).append(i)
    return {form: tuple(found) for form, found in anchored.items()}, tuple(unanchored)


def _meaning(long: Long) -> str:
    return _digest({k: v for k, v in long.items() if k not in _NO_MEANING})


def _digest(*parts: object) -> str:
    return sha256(_ENCODER.encode(parts).encode()).hexdigest()[:16]
