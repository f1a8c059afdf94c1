"""The ladder of escalation between two parties: rungs with memory, which are claims too.

Published scales of events saturate (every use of force from a skirmish up is −10 on Goldstein's), so the rungs
are ordinal and our own: the class and mode of an event, and for the last one its place. A rung is told once while
it is remembered; a cease-fire in force lets the pair climb anew.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from monitor.core import incidents
from monitor.core.claims.lexicons import words
from monitor.core.incidents import Path
from monitor.core.ledger import Telling
from monitor.core.origins import Actors, sides_named, sides_of, voice_of
from monitor.core.view import Table
from monitor.model import ActorId, ClaimId, Counts, Day, Development, DevelopmentKind, Event, Reading, Stance

MEMORY = dt.timedelta(days=30)
"""How long a rung is remembered after it was last reached."""

HISTORY = dt.timedelta(days=90)
"""How much history of a pair is needed before something can be called its first."""

_SETTLED = dt.timedelta(hours=48)
"""How long another account of a rung still counts as corroborating its first report."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: its name, and the (class, mode) of the events that reach it; mode `*` is any."""

    name: str
    reached_by: tuple[tuple[str, str], ...]
    capital: bool = False
    """Only where it hits a capital."""


_FROM_AFAR = (("fight", "air"), ("fight", "drone"), ("fight", "missile"))

LADDER: tuple[Rung, ...] = (
    Rung("statement", (("threaten", "*"), ("disapprove", "*"), ("demand", "*"), ("reject", "*"))),
    Rung(
        "border-closure",
        (
            ("coerce", "border-closure"),
            ("coerce", "airspace-closure"),
            ("coerce", "blockade"),
            ("sanction", "*"),
            ("mobilize", "*"),
        ),
    ),
    Rung("exchange-of-fire", (("fight", "clash"), ("fight", ""), ("assault", "*"))),
    Rung("shelling", (("fight", "shelling"),)),
    Rung("air-strike", _FROM_AFAR),
    Rung("ground-offensive", (("fight", "ground"),)),
    Rung("strike-on-capital", (*_FROM_AFAR, ("fight", "shelling")), capital=True),
)
RUNGS = tuple(r.name for r in LADDER)
"""Names of the rungs, lowest first."""

_FIRST_STEP = 1
"""Words alone are no step: from here on a rung is told."""

_NEW_CITY_FROM = RUNGS.index("air-strike")
_FELT = 24 * 3600.0
"""How long, in seconds, what is seen or heard of an attack is taken to be the one that was reported."""

_FORCE = {"FIGHT", "ASSAULT"}
_EASING = {("agree", "ceasefire")}


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung that a pair stands on: since when, last when and where, and in whose words."""

    rung: str
    first: float
    last: float
    day: Day | None
    places: tuple[Path, ...]
    voices: tuple[str, ...]
    origins: tuple[str, ...]
    outlets: tuple[str, ...]
    deniers: tuple[str, ...] = ()
    corroborated: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """What two parties have done to each other, in either direction. `kinds` holds (class/mode, last seen)."""

    key: str
    since: float
    reached: tuple[Reached, ...] = ()
    kinds: tuple[tuple[str, float], ...] = ()
    eased: float = 0.0


PAIRS: Table[Pair] = Table(
    "pairs", Pair, key=lambda r: r.key, time=lambda r: r.since, indexes={"party": lambda r: r.key.split("|")}
)


@dataclass(frozen=True)
class _Step:
    """One event of the item at hand, between whom, on which rung (None: on none)."""

    event: Event
    pairs: tuple[str, ...]
    parties: tuple[ActorId, ...]
    rung: int | None
    by: Telling

    @property
    def kind(self) -> str:
        return _kind(self.event)

    @property
    def now(self) -> float:
        return self.by.item.seen.timestamp()

    @property
    def voice(self) -> str:
        return voice_of(self.event.claimant, self.by.source, self.by.actors).id

    @property
    def day(self) -> Day:
        return self.event.day or incidents.today(self.by.item)


def climb(by: Telling, reading: Reading) -> tuple[Development, ...]:
    """The steps up and down the ladder that the item's events are, recorded in the draft; each rung once."""
    if by.notices & {"opinion", "explainer", "anniversary", "kill"}:
        return ()
    told: dict[tuple[DevelopmentKind, str | None], Development] = {}
    for event in (_in_its_voice(event, reading) for event in reading.events):
        if (event.denied or not event.past) and (step := _step(event, by)).pairs:
            for development in _taken(step):
                known = told.setdefault((development.kind, development.rung), development)
                if known.retold and not development.retold:
                    told[development.kind, development.rung] = development
    return tuple(told.values())


def _in_its_voice(event: Event, reading: Reading) -> Event:
    """A headline that names nobody speaks for whom the text credits with all that it tells of the same."""
    below = [e for e in reading.events if e.span.where == "text" and _kind(e) == _kind(event)]
    if event.claimant or event.span.where != "title" or not below or not all(e.claimant for e in below):
        return event
    return replace(event, claimant=below[0].claimant)


def rung_of(event: Event, actors: Actors) -> int | None:
    """The index of the highest rung that an event reaches, None if it is on none."""
    event_class, mode = event.event_class.lower(), (event.mode or "").lower()
    capital = _at_capital(event, actors)
    fitting = [
        n
        for n, rung in enumerate(LADDER)
        if any(c == event_class and m in ("*", mode) for c, m in rung.reached_by) and (capital or not rung.capital)
    ]
    return max(fitting, default=None)


def _step(event: Event, by: Telling) -> _Step:
    pairs = _pairs(*_parties(event, by.actors)) or _pair_in_words(event, by)
    rung = rung_of(event, by.actors)
    if not pairs:
        felt = _felt(event, by)
        pairs, rung = felt if felt[0] or _has_doer(event) else (_by_the_only_foe(event, by), rung)
    parties = {ActorId(party) for pair in pairs for party in pair.split("|")}
    return _Step(event, pairs, tuple(sorted(parties)), rung, by)


def _has_doer(event: Event) -> bool:
    """Whether anybody is told to have done it: what strikes names nobody."""
    return event.actor is not None and event.actor.text.lower() not in words("events", "weapons")


def _felt(event: Event, by: Telling) -> tuple[tuple[str, ...], int | None]:
    """What somebody sees or hears of an attack that is known ("blasts shook the city"), without a word of who did it.

    It bears out the highest rung, from air strikes up, that was just reached in that country and place.
    """
    path = event.place.path if event.place else ()
    state = by.actors.resolve(path[0]) if path and event.event_class.upper() in _FORCE else None
    if state is None or event.denied:
        return (), None
    day = event.day or incidents.today(by.item)
    for pair in by.draft.find(PAIRS, "party", [by.actors.party(state)]):
        for r in sorted(pair.reached, key=_index, reverse=True):
            near = incidents.gap(day, r.day) <= 1 and incidents.compatible([path], r.places) is not False
            if near and by.item.seen.timestamp() - r.last <= _FELT and _index(r) >= _NEW_CITY_FROM:
                return (pair.key,), _index(r)
    return (), None


def _taken(step: _Step) -> Iterator[Development]:
    known = [_remembered(step, key) for key in step.pairs]
    if _eases(step.event):
        yield from _eased(step, known)
    elif step.rung is None:
        _write(step, known)
    elif step.event.denied:
        yield from _denied(step, known)
    else:
        yield from _reached(step, known)


def _eases(event: Event) -> bool:
    return (event.event_class.lower(), (event.mode or "").lower()) in _EASING


def _reached(step: _Step, known: list[Pair]) -> Iterator[Development]:
    rung, known = step.rung or 0, [*known, *_next_of_kin(step, known)]
    highest = max((_index(r) for pair in known for r in pair.reached), default=-1)
    here = [r for pair in known for r in pair.reached if _index(r) == rung]
    if _first_of_its_kind(step, known):
        yield _development(DevelopmentKind.FIRST_SEEN, step, "first of its kind in the history kept")
    if rung > highest and rung >= _FIRST_STEP:
        above = RUNGS[highest] if highest >= 0 else "nothing known"
        yield _development(DevelopmentKind.ESCALATED, step, f"{RUNGS[rung]}, up from {above}")
    elif rung == highest and rung >= _NEW_CITY_FROM and _new_city(step, here):
        again = _development(DevelopmentKind.ESCALATED, step, f"{RUNGS[rung]} again, on another city")
        yield replace(again, made_by=_retold(again, step, known).known_as)
    elif here and rung == highest and _another_account(step, here):
        yield _retold(
            _development(DevelopmentKind.CORROBORATED, step, "another account of the step", here), step, known
        )
    elif here and rung == highest and rung >= _FIRST_STEP:
        again = _retold(_development(DevelopmentKind.ESCALATED, step, RUNGS[rung], here), step, known)
        yield replace(again, made_by=again.known_as, retold=True)
    _write(step, [pair for pair in known if pair.key in step.pairs])


def _next_of_kin(step: _Step, known: list[Pair]) -> Iterator[Pair]:
    """The pairs in which a state stands for the group that fights from it, or the group for it, as just reached.

    Who crosses into Lebanon does so against Hezbollah, whoever of the two is named.
    """
    mine, actors = {pair.key for pair in known}, step.by.actors
    for a, b in (pair.key.split("|") for pair in known):
        for one, other in ((a, b), (b, a)):
            for pair in step.by.draft.find(PAIRS, "party", [one]) if _home(one, actors) != _home(other, actors) else ():
                foe = next((p for p in pair.key.split("|") if p != one), other)
                just = tuple(r for r in pair.reached if step.now - r.last <= _FELT)
                if pair.key not in mine and just and _home(foe, actors) == _home(other, actors):
                    yield replace(pair, reached=just)


def _home(party: str, actors: Actors) -> str:
    """The country of a state or group; of whom none is known, itself."""
    try:
        return actors.get(ActorId(party)).country or party
    except KeyError:
        return party


def _retold(development: Development, step: _Step, known: list[Pair]) -> Development:
    """With what makes it known: to a watch that was never told of the step it is one."""
    on_it = [(pair, r) for pair in known for r in pair.reached if _index(r) == step.rung]
    since = min(r.first for _, r in on_it)
    known_as = tuple(_reaching(pair.key, r.rung, r.first) for pair, r in on_it)
    return replace(development, known_as=known_as, known_since=dt.datetime.fromtimestamp(since, dt.UTC))


def _reaching(pair: str, rung: str, since: float) -> ClaimId:
    """The id of a rung as often as it is reached: by whom, and since when they stand on it."""
    return ClaimId(f"{pair}/{rung}@{since:.3f}")


def _another_account(step: _Step, here: list[Reached]) -> bool:
    """Whether a voice that is not the first teller's tells of the rung, from another origin, soon after."""
    fresh = [r for r in here if not r.corroborated and step.now - r.first <= _SETTLED.total_seconds()]
    return bool(fresh) and all(
        _account(step.voice) not in map(_account, r.voices) and step.by.origin not in r.origins for r in fresh
    )


def _new_city(step: _Step, here: list[Reached]) -> bool:
    """Whether a later attack hits a town that was not hit before."""
    path = step.event.place.path if step.event.place else ()
    if len(path) < 3 or not step.day.stated or any(incidents.compatible([path], r.places) for r in here):
        return False
    return all(r.day is not None and step.day.first > r.day.last for r in here)


def _first_of_its_kind(step: _Step, known: list[Pair]) -> bool:
    long_known = any(step.now - pair.since >= HISTORY.total_seconds() for pair in known)
    return long_known and not any(kind == step.kind for pair in known for kind, _ in pair.kinds)


def _denied(step: _Step, known: list[Pair]) -> Iterator[Development]:
    """A rung that somebody claimed is denied; told once for each voice that denies it.

    "An attack" may be any: that its dead are denied says nothing of the rung.
    """
    rung = step.rung if incidents.mode_of(step.event) else _denied_deed(step, known)
    if rung is None:
        return
    here = [r for pair in known for r in pair.reached if _index(r) == rung]
    spoken = {_account(v) for r in here for v in (*r.deniers, *r.voices)}
    if rung < _FIRST_STEP or not here or _account(step.voice) in spoken:
        return
    for pair in known:
        reached = tuple(replace(r, deniers=(*r.deniers, step.voice)) if _index(r) == rung else r for r in pair.reached)
        step.by.draft.put(PAIRS, replace(pair, reached=reached))
    yield _development(DevelopmentKind.DENIED, step, f"denies {RUNGS[rung]}")


def _denied_deed(step: _Step, known: list[Pair]) -> int | None:
    """The rung that "did not attack Kabul" denies: the highest just reached there. None: its own words deny no deed."""
    path = step.event.place.path if step.event.place else ()
    if not path or not _NEVER.search(step.event.span.quote):
        return None
    just = [r for pair in known for r in pair.reached if step.now - r.last <= _SETTLED.total_seconds()]
    return max((_index(r) for r in just if incidents.compatible([path], r.places)), default=None)


_NEVER = re.compile(r"\b(?:did|has|have|had|was|were) (?:not|never)\b|\bnever\b|n't\b")


def _eased(step: _Step, known: list[Pair]) -> Iterator[Development]:
    """A cease-fire in force: told once, and the ladder may be climbed anew."""
    climbed = [pair for pair in known if any(_index(r) >= _FIRST_STEP for r in pair.reached)]
    for pair in climbed:
        step.by.draft.put(PAIRS, replace(pair, reached=(), eased=step.now))
    if climbed:
        yield _development(DevelopmentKind.DE_ESCALATED, step, "a cease-fire is in force")


def _write(step: _Step, known: list[Pair]) -> None:
    for pair in known:
        kinds = dict(pair.kinds) | {step.kind: step.now}
        reached = pair.reached if step.rung is None or step.event.denied else _with(pair.reached, step)
        step.by.draft.put(PAIRS, replace(pair, reached=reached, kinds=tuple(sorted(kinds.items()))))


def _with(reached: tuple[Reached, ...], step: _Step) -> tuple[Reached, ...]:
    name = RUNGS[step.rung or 0]
    old = next((r for r in reached if r.rung == name), None)
    path = step.event.place.path if step.event.place else ()
    if old is None:
        places, voices = ((path,) if path else ()), (step.voice,)
        outlets = (step.by.source.publisher,)
        new = Reached(name, step.now, step.now, step.day, places, voices, (step.by.origin,), outlets)
        return (*reached, new)
    new = replace(
        old,
        last=step.now,
        day=step.day if old.day is None or step.day.last > old.day.last else old.day,
        places=_plus(old.places, path),
        voices=_plus(old.voices, step.voice),
        origins=_plus(old.origins, step.by.origin),
        outlets=_plus(old.outlets, step.by.source.publisher),
        corroborated=old.corroborated or _another_account(step, [old]),
    )
    return tuple(new if r is old else r for r in reached)


def _remembered(step: _Step, key: str) -> Pair:
    """The pair without what is too long ago to count."""
    pair = step.by.draft.get(PAIRS, key) or Pair(key, step.now)
    since = step.now - MEMORY.total_seconds()
    return replace(pair, reached=tuple(r for r in pair.reached if r.last >= since))


def _parties(event: Event, actors: Actors) -> tuple[frozenset[ActorId], frozenset[ActorId]]:
    """Who acts, and against whom: the target, and by force also the state in whose country it happens."""
    doers = frozenset(actors.party(p.actor) for p in (event.actor,) if p and p.actor)
    others = {actors.party(p.actor) for p in (event.target,) if p and p.actor}
    by_force = event.event_class.upper() in _FORCE
    if by_force and event.place and event.place.path and (state := actors.resolve(event.place.path[0])):
        others.add(actors.party(state))
    return doers, frozenset(others)


def _pairs(doers: frozenset[ActorId], others: frozenset[ActorId]) -> tuple[str, ...]:
    return tuple(sorted({"|".join(sorted((a, b))) for a, b in product(doers, others) if a != b}))


def _pair_in_words(event: Event, by: Telling) -> tuple[str, ...]:
    """The two sides that the words name, of an act of force or a truce whose doer or target was not read.

    A clash is between the two sides of the item, if it names no others; an attack by nobody named may be anybody's.
    """
    if event.event_class.upper() not in _FORCE and not _eases(event):
        return ()
    named = sides_named(event.span.quote, by.actors)
    if len(named) < 2 and event.event_class.upper() == "FIGHT" and not _is_nobodys(event):
        countries = event.place.path[:1] if event.place else ()
        named = sides_of(f"{by.item.title}\n{by.item.text}", countries, by.actors).all
    return ("|".join(sorted(named)),) if len(named) == 2 else ()


def _by_the_only_foe(event: Event, by: Telling) -> tuple[str, ...]:
    """The pair of whom force hits one, nobody named for it, where only one other has fought that one lately."""
    doers, hit = _parties(event, by.actors)
    hit = hit or (sides_named(event.target.text, by.actors) if event.target and event.target.text else hit)
    if event.target is None and not _is_of_war(event):
        return ()
    if event.event_class.upper() not in _FORCE or doers or len(hit) != 1:
        return ()
    known = by.draft.find(PAIRS, "party", sorted(hit))
    since = by.item.seen.timestamp() - _LATELY.total_seconds()
    fought = [pair.key for pair in known if any(r.last >= since and _index(r) > _FIRST_STEP for r in pair.reached)]
    return tuple(fought) if len(fought) == 1 else ()


def _is_of_war(event: Event) -> bool:
    """Whether it is done with weapons that only those at war have: a blast in a town may be of gas."""
    mode = (event.mode or "").lower()
    return event.event_class.upper() == "FIGHT" and (mode == "shelling" or any(m == mode for _, m in _FROM_AFAR))


_LATELY = dt.timedelta(days=7)
"""How long whoever has fought a party is taken to be the one who hits it."""


def _is_nobodys(event: Event) -> bool:
    """Whether it is a blow from afar of which neither who dealt nor who took it is told."""
    afar = any(m == (event.mode or "").lower() for _, m in _FROM_AFAR)
    return afar and event.actor is None and event.target is None


def _at_capital(event: Event, actors: Actors) -> bool:
    """Whether the event's place is, or lists, the capital of its country."""
    if event.place is None or not event.place.path:
        return False
    capital = _capital(actors, actors.resolve(event.place.path[0]))
    within = event.place.path[1:]
    return capital is not None and (
        capital in within or re.search(rf"\b{re.escape(capital)}\b", event.place.text) is not None
    )


def _capital(actors: Actors, state: ActorId | None) -> str | None:
    if state is None:
        return None
    try:
        return actors.get(actors.party(state)).capital
    except KeyError:
        return None


def _index(reached: Reached) -> int:
    return RUNGS.index(reached.rung)


def _kind(event: Event) -> str:
    return f"{event.event_class}/{event.mode or ''}".lower()


def _plus(known: tuple, more: object) -> tuple:  # type: ignore[type-arg] # of whatever kind the elements are
    return known if not more or more in known else (*known, more)


def _development(kind: DevelopmentKind, step: _Step, note: str, here: Iterable[Reached] = ()) -> Development:
    event, by = step.event, step.by
    voices = {_account(v) for v in (*(v for r in here for v in r.voices), step.voice)}
    origins = {o for r in here for o in r.origins} | {by.origin}
    outlets = {o for r in here for o in r.outlets} | {by.source.publisher}
    voice = voice_of(event.claimant, by.source, by.actors)
    since = min((r.first for r in here), default=step.now)
    return Development(
        kind,
        key=f"rung/{'+'.join(step.pairs)}/{RUNGS[step.rung] if step.rung is not None else step.kind}",
        claimant=event.claimant,
        place=event.place,
        day=step.day,
        span=event.span,
        counts=Counts(len(outlets), len(origins), len(voices)),
        origins=tuple(sorted(origins)),
        voices=tuple(sorted(voices, key=lambda v: (v != _account(step.voice), v))),
        rung=RUNGS[step.rung] if step.rung is not None else None,
        official=voice.party is not None and not voice.anonymous,
        actors=step.parties,
        other=event.target,
        note=note,
        made_by=() if step.rung is None else tuple(_reaching(p, RUNGS[step.rung], since) for p in step.pairs),
        stance=Stance.DENIES if event.denied else Stance.ASSERTS,
    )


def _account(voice: str) -> str:
    """A party's many offices are one account; its unnamed people and everybody else are their own."""
    party, _, name = voice.split("/", 2)
    return party if party and not name else voice
