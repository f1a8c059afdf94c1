"""Who really speaks: whose copy an item is, and which namings of a claimant are one voice.

Outlets print, origins write, claimants vouch. The three are counted apart and never for one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from monitor.core.claims.lexicons import lexicon, words
from monitor.core.view import Draft, Table
from monitor.model import Actor, ActorId, ActorKind, Item, ItemId, Party, Placement, Source, SourceKind

PRESS = "press"
"""The voice of figures that nobody is named for: the outlets themselves, taken as one."""

_OWN_VOICE = {SourceKind.OFFICIAL, SourceKind.STATE_MEDIA}
_PLAIN_THEN_NAME = re.compile(r"[a-z]+ ([A-Z]\S*(?: [A-Z]\S*)*)")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Actors(Protocol):
    """What is asked of the registry of actors."""

    def get(self, actor: ActorId) -> Actor:
        """The actor of that id; raises KeyError for an unknown one."""
        ...

    def party(self, actor: ActorId) -> ActorId:
        """The party whose voice or force the actor is."""
        ...

    def anonymous(self, actor: ActorId) -> bool:
        """Whether the id stands for unnamed people of a party."""
        ...

    def resolve(self, text: str) -> ActorId | None:
        """The actor whom the words as a whole name."""
        ...

    def find(self, text: str) -> Sequence[tuple[int, int, ActorId, bool]]:
        """Every name in the text, in order: start, end, actor, and whether it is a capital's."""
        ...


# --- origins -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose copy an item is."""

    item: ItemId
    origin: str
    seen: float


ORIGINS: Table[Origin] = Table("origins", Origin, key=lambda r: r.item, time=lambda r: r.seen)


def origin_of(item: Item, source: Source, placement: Placement, sources: Iterable[Source], draft: Draft) -> str:
    """The origin of an item: the agency it credits, the item it was made from, else the source's owner.

    A credit is looked up among `sources`, so that a credit line and the agency's own feed are one origin. The
    answer is recorded for later near-copies.
    """
    copied = draft.get(ORIGINS, placement.near_copy_of) if placement.near_copy_of else None
    own = copied.origin if copied else source.owner
    origin = _credited(item.origin.strip(), sources) if item.origin else own
    draft.put(ORIGINS, Origin(item.id, origin, item.seen.timestamp()))
    return origin


def doubled(names: Iterable[str], one_voice: Iterable[tuple[str, str]]) -> int:
    """How many of these origins or voices are only another's, where each first of a pair counts as its second."""
    same, apart = dict(one_voice), set(names)
    return len(apart) - len({same.get(name, name) for name in apart})


def _credited(credit: str, sources: Iterable[Source]) -> str:
    """The owner of the publisher that a credit line names; the credit itself if no source is that."""
    named = credit.lower()
    return next((s.owner for s in sources if named in (s.publisher.lower(), s.owner.lower())), named)


# --- voices ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voice:
    """Who vouches for a claim, apart from the words in which an outlet names them.

    `name` tells unnamed speakers apart, empty for a party's voice; `office` is the domain of an office
    that keeps its own counts, empty for the party as such.
    """

    name: str
    party: ActorId | None = None
    office: str = ""
    anonymous: bool = False

    @property
    def id(self) -> str:
        """The same for two namings of one voice that name it alike."""
        return f"{self.party or ''}/{self.office}/{self.name}"


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides that an item names, by words or places: the state or group that unowned words can mean."""

    all: frozenset[ActorId] = frozenset()
    state: ActorId | None = None
    group: ActorId | None = None
    groups: frozenset[ActorId] = frozenset()
    """Those that are no states."""


def voice_of(claimant: Party | None, source: Source, actors: Actors, sides: Sides = Sides()) -> Voice:
    """The voice behind a claimant; an unattributed claim is its party's own in its own feed, else the press's.

    An office without an owner is the source's side's or else that of the only state that the item names; "the
    rebels" are its only group.
    """
    own = party_of_source(source, actors)
    if claimant is None or (source.publisher and source.publisher.lower() in claimant.text.lower()):
        return Voice("", own) if own else Voice(PRESS)
    tokens = _tokens(claimant.text)
    actor = claimant.actor or _named_last(claimant.text, actors) or _organisation(claimant.text, actors)
    if actor:
        return _party_voice(actor, tokens, actors)
    unnamed = bool(tokens & words("voices", "anonymous")) and not _of_an_office(tokens)
    if sides.group and tokens & words("voices", "groups") and not unnamed:
        return Voice("", sides.group)
    owner = own or (sides.state if len(sides.all) < 3 else None)
    if owner and tokens & _offices() and not unnamed:
        return Voice("", owner, _domain(tokens) or "")
    if own and tokens & words("voices", "ranks"):
        return Voice("", own)
    return _unnamed_voice(tokens, unnamed=unnamed)


def _of_an_office(tokens: frozenset[str]) -> bool:
    """Whether it is an office, if by its officials; a source in an office stays unnamed."""
    return bool(tokens & _offices()) and tokens & words("voices", "anonymous") <= {"official", "officials"}


def sides_of(text: str, countries: Iterable[str], actors: Actors) -> Sides:
    """The sides that a text names, and the states in whose countries it is set."""
    states = {actors.party(s) for c in countries if (s := actors.resolve(c))}
    return sides_among(sides_named(text, actors) | {s for s in states if is_side(s, actors)}, actors)


def sides_among(found: frozenset[ActorId], actors: Actors) -> Sides:
    """The state and the group among some sides, where there is one of them only."""
    groups = [p for p in found if actors.get(p).kind is ActorKind.GROUP]
    others = [p for p in found if p not in groups]
    return Sides(
        found, others[0] if len(others) == 1 else None, groups[0] if len(groups) == 1 else None, frozenset(groups)
    )


def party_of_source(source: Source, actors: Actors) -> ActorId | None:
    """The party whose voice a source is, if it is one's official feed or state media."""
    if source.side is None or source.kind not in _OWN_VOICE:
        return None
    actor = actors.resolve(source.side)
    return actors.party(actor) if actor else ActorId(source.side)


def is_side(actor: ActorId, actors: Actors) -> bool:
    """Whether an actor can be a party to a conflict: a state, government, force or group, no organisation."""
    try:
        return actors.get(actor).kind in {ActorKind.STATE, ActorKind.GOVERNMENT, ActorKind.GROUP, ActorKind.FORCE}
    except KeyError:
        return False


def sides_named(text: str, actors: Actors) -> frozenset[ActorId]:
    """The parties that can be sides, of all whom a text names."""
    parties = {actors.party(actor) for _, _, actor, _ in actors.find(text)}
    return frozenset(p for p in parties if is_side(p, actors))


def same_voice(a: Voice, b: Voice) -> bool:
    """Whether two namings are one voice, so that a changed figure is a revision and not a rival."""
    if a.anonymous and b.anonymous:
        return a.name == b.name and (a.party == b.party or not (a.party and b.party))
    if a.anonymous != b.anonymous or a.party != b.party:
        return False
    if a.party:
        return a.office == b.office or not a.office or not b.office
    if a.office != b.office:
        return False
    mine, theirs = set(a.name.split()), set(b.name.split())
    return mine == theirs or 2 * len(mine & theirs) >= max(1, min(len(mine), len(theirs))) > 0


def same_office(a: Voice, b: Voice) -> bool:
    """Whether an office that is named without its owner ("the defence ministry") may be the other's."""
    unowned = a.party is None or b.party is None
    return (
        unowned
        and bool(a.office)
        and a.office == b.office
        and not (a.anonymous or b.anonymous)
        and (a.party != b.party)
    )


def kin(a: Voice, b: Voice) -> bool:
    """Whether two voices are offices of one party, so that the same figure from both is one account."""
    return a.party is not None and a.party == b.party and not (a.anonymous or b.anonymous)


def _named_last(text: str, actors: Actors) -> ActorId | None:
    """Whom a name after one plain word means ("president Castro", "figures Lima" of "figures Lima disputes")."""
    match = _PLAIN_THEN_NAME.fullmatch(text)
    return actors.resolve(match.group(1)) if match else None


def _organisation(text: str, actors: Actors) -> ActorId | None:
    """The organisation whose branch or office the words name ("Libyan Red Crescent", "UN humanitarian office")."""
    last = next(iter(reversed(actors.find(text))), None)
    if last is None or actors.get(last[2]).kind is not ActorKind.ORGANISATION:
        return None
    return actors.party(last[2])


def _party_voice(actor: ActorId, tokens: frozenset[str], actors: Actors) -> Voice:
    party = actors.party(actor)
    nobody = tokens & words("voices", "anonymous") and _domain(tokens) in (None, "")
    if (actors.anonymous(actor) or nobody) and not _of_an_office(tokens):
        return Voice(_head(tokens & words("voices", "anonymous")), party, anonymous=True)
    above = _chain(actor, actors)
    return Voice("", party, _domain(above) or _domain(tokens | above) or "")


def _chain(actor: ActorId, actors: Actors) -> frozenset[str]:
    """The words of an actor's id and of those above it, the party's own left out ("ispr" is in the military)."""
    found: set[str] = set()
    above: ActorId | None = actor
    while above and above != actors.party(actor):
        found.update(above.rpartition("/")[2].split("-"))
        try:
            above = actors.get(above).part_of
        except KeyError:
            above = None
    return frozenset(found)


def _unnamed_voice(tokens: frozenset[str], *, unnamed: bool) -> Voice:
    if unnamed:
        return Voice(_head(tokens & words("voices", "anonymous")), anonymous=True)
    name = " ".join(sorted(tokens - words("voices", "stop")))
    return Voice(name, office=(_domain(tokens) or "") if tokens & _offices() else "")


def _head(tokens: frozenset[str]) -> str:
    """One word for a kind of unnamed speaker, the same in singular and plural."""
    return min((t.rstrip("s") for t in tokens), default="")


def _domain(tokens: frozenset[str]) -> str | None:
    """The domain of an office named by these words: empty for a general voice, None where none is named."""
    for name, members in _domains().items():
        if tokens & members:
            return name
    return "" if tokens & words("voices", "general") else None


@cache
def _offices() -> frozenset[str]:
    """Words that name an office of a state, as against a person who works in one ("a doctor")."""
    return words("voices", "offices") | words("voices", "general")


@cache
def _domains() -> dict[str, frozenset[str]]:
    return {name: frozenset(members.split()) for name, members in lexicon("voices")["domains"].items()}


@cache
def _tokens(text: str) -> frozenset[str]:
    return frozenset(w for w in (m.group().lower() for m in _WORD.finditer(text)) if w != "s")
