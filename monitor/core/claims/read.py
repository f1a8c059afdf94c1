"""The reading of one item: attributions, figures and events brought together as claims and statements.

A figure belongs to the innermost saying around it. A denial or dispute that reaches over somebody else's
saying ("Moscow claimed two villages, which Kyiv denied") makes a claim of its own beside that one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.core.claims import phrases, stance
from monitor.core.claims.actors import Registry
from monitor.core.claims.attribution import Attribution, attributions
from monitor.core.claims.document import Document
from monitor.core.claims.events import events
from monitor.core.claims.figures import Figure, figures
from monitor.core.claims.genres import notices
from monitor.core.claims.lexicons import words
from monitor.core.claims.owners import Owners
from monitor.core.claims.sayings import dismissals
from monitor.core.claims.scene import Scene
from monitor.model import ActorId, Claim, Item, Party, Quantity, Reading, Source, SourceKind, Stance, Statement


def read(item: Item, registry: Registry, source: Source | None = None) -> Reading:
    """All that an item's title and text claim, state and tell. `source` says whose voice an official feed is."""
    document = Document.of(item.title, item.text)
    home = _home(registry, source)
    owners = Owners(document, registry, home)
    said = attributions(document, registry, owners)
    scene = Scene(document, registry, _when(item))
    counted = figures(document, registry, scene)
    own = _own_voice(said, registry, source, home, document)
    pairs = [(f, a) for f in counted for a in _governing(f, said) or _going_on(f, said, document, own)]
    claims = [_claim(f, a, own, registry) for f, a in pairs]
    used = {id(a) for _, a in pairs if a is not None}
    claims += _bare(said, used, claims)
    claims += _dismissed(document, said, claims, own)
    claims += _headline(document, said, claims)
    claims = list(dict.fromkeys(_with_headline(claims)))
    claims.sort(key=lambda c: (c.span.where == "text", c.span.start))
    statements = tuple(
        _statement(a) for a in said if id(a) not in used and _is_statement(a) and not _is_retold(a, said)
    )
    told = events(document, registry, said, owners, scene)
    return Reading(tuple(claims), statements, told, notices(document, scene.on))


def _when(item: Item) -> dt.datetime | None:
    """What the words for days are read against; None for an item that came without any time."""
    return item.published or (item.seen if item.seen.timestamp() > 0 else None)


def _governing(figure: Figure, said: Sequence[Attribution]) -> Sequence[Attribution | None]:
    """The sayings that make claims of a figure: the innermost (None: the text itself), and those that oppose it."""
    over = [
        a for a in said if a.covers(figure.span.where, *figure.at) and a.kind not in stance.SILENT and not a.negated
    ]
    over = [a for a in over if a.lemma not in words("attribution", "measuring") or not _is_retold(a, over)]
    if not over:
        return []
    over.sort(key=lambda a: (a.content[1] - a.content[0], -a.cue[0]))
    innermost = over[0]
    beside = [a for a in over[1:] if a.kind in stance.OPPOSING or _within(a, innermost)]
    return sorted([innermost, *beside], key=lambda a: a.cue)


def _going_on(
    figure: Figure, said: Sequence[Attribution], document: Document, own: Party | None
) -> Sequence[Attribution | None]:
    """Whose account goes on in a sentence that names nobody: the only speaker's, who has just told of losses.

    As in "A convoy was hit, a UN spokeswoman said. Five drivers were killed."
    """
    here = document.sentences[figure.sentence]
    before = document.sentences[here.index - 1] if here.index else here
    if own or here.where != "text" or before.where != "text" or here.paragraph != before.paragraph:
        return [None]
    told = [a for a in said if a.sentence.where == "text" and a.sentence.index <= here.index]
    heard = [a for a in told if a.kind == "says" and not a.negated and a.sentence is before and _tells_all(a)]
    alone = len({a.claimant for a in told if a.sentence.index < here.index}) == 1
    return heard[-1:] if heard and alone and not any(a.sentence is here for a in told) else [None]


def _tells_all(said: Attribution) -> bool:
    """Whether a sentence is told by its speaker as a whole, and not only in a quotation or a clause of it."""
    sentence = said.sentence
    whole = said.content[0] <= sentence.start + _LEAD and sentence.end - said.content[1] <= _TAIL
    return whole or said.content[1] >= sentence.end - 1


_LEAD, _TAIL = 3, 130
"""Characters before what is said, and behind it ("…, a spokeswoman for the hospital said on Friday")."""


def _within(asserting: Attribution, opposing: Attribution) -> bool:
    """Whether a saying is itself part of what another one opposes."""
    first, last = opposing.content
    return opposing.kind in stance.OPPOSING and first <= asserting.cue[0] < last


def _claim(figure: Figure, said: Attribution | None, own: Party | None, registry: Registry) -> Claim:
    claimant, via = said.voice if said else (own, None)
    return Claim(
        figure.span,
        stance.of(figure, said),
        claimant,
        via,
        stance.hedged(figure, said),
        figure.metric,
        figure.object,
        figure.object_class,
        figure.side or (_party(registry, claimant, own) if figure.own else None),
        figure.quantity,
        figure.part,
        figure.place,
        figure.day,
    )


def _party(registry: Registry, *speakers: Party | None) -> ActorId | None:
    """The party of the first of them that is known."""
    return next((registry.party(s.actor) for s in speakers if s and s.actor), None)


def _with_headline(claims: Sequence[Claim]) -> Iterator[Claim]:
    """A headline that gives the text's own figure sums it up: it is the claim of whoever the text names for it."""
    named = [c for c in claims if c.span.where == "text" and c.claimant and c.stance is Stance.ASSERTS]
    for claim in claims:
        same = [c for c in named if (c.metric, _bounds(c)) == (claim.metric, _bounds(claim))]
        plain = claim.span.where == "title" and claim.claimant is None and claim.stance is Stance.ASSERTS
        if plain and claim.metric and len({c.claimant for c in same}) == 1:
            yield replace(claim, claimant=same[0].claimant, via=same[0].via)
        else:
            yield claim


def _bounds(claim: Claim) -> tuple[float | None, float | None]:
    return claim.quantity.low, claim.quantity.high


def _dismissed(
    document: Document, said: Sequence[Attribution], claims: Sequence[Claim], own: Party | None
) -> Iterator[Claim]:
    """As in "The figure of 60 is a fantasy.": in an official feed its party rejects what it names nobody else for."""
    for sentence in document.inside("text") if own else ():
        for content, _ in dismissals(sentence.tokens):
            start, end = phrases.chars(sentence.tokens, content)
            if any(a.sentence is sentence and a.covers("text", start, end) for a in said):
                continue
            told = [c for c in claims if c.span.where == "text" and sentence.start <= c.span.start < end]
            yield from (replace(c, stance=Stance.DENIES, claimant=own, via=None) for c in told)
            if not told:
                named = stance.figure_in(sentence, start, end)
                disputes = named != Quantity() or stance.aims_at_figures(sentence, start, end)
                kind = Stance.DISPUTES if disputes else Stance.DENIES
                yield Claim(sentence.span(start, end), kind, own, quantity=named)


def _headline(document: Document, said: Sequence[Attribution], claims: Sequence[Claim]) -> Iterator[Claim]:
    """A headline that denies or doubts without a figure is a claim too, so that nothing in it is taken as told."""
    for sentence in document.inside("title"):
        told = [c for c in claims if c.span.where == "title" and sentence.start <= c.span.start < sentence.end]
        found = stance.of_headline(sentence)
        speaker = next((a for a in said if a.sentence is sentence and _is_statement(a)), None)
        attributed = speaker is not None or any(c.claimant or c.hedged for c in told)
        if found and not any(c.stance is not Stance.ASSERTS for c in told) and not (found[1] and attributed):
            yield Claim(sentence.span(), found[0], speaker.speaker if speaker else None, hedged=found[1])


def _bare(said: Sequence[Attribution], used: set[int], claims: Sequence[Claim]) -> Iterator[Claim]:
    """Denials, disputes and retractions without a figure of their own: of the figures told before, or of none."""
    for opposing in said:
        if opposing.kind not in stance.OPPOSING or id(opposing) in used or opposing.negated:
            continue
        if _is_said(opposing, claims):
            continue
        meant = _meant(opposing, claims)
        named = stance.figure_of(opposing)
        bare = Claim(opposing.span, stance.of(None, opposing), opposing.speaker, opposing.via, quantity=named)
        yield from (_about(c, bare) for c in meant) if meant else (bare,)


def _is_said(opposing: Attribution, claims: Sequence[Claim]) -> bool:
    """As in "disputed the figure of 13 and *called it exaggerated*": its speaker opposes it in that sentence."""
    sentence = opposing.sentence
    dismissing = opposing.lemma in words("attribution", "calling") or stance.of_figures(opposing)
    return dismissing and any(
        c.claimant == opposing.speaker
        and c.stance in {Stance.DENIES, Stance.DISPUTES}
        and c.span.where == sentence.where
        and sentence.start <= c.span.start < opposing.cue[0]
        for c in claims
    )


def _meant(opposing: Attribution, claims: Sequence[Claim]) -> list[Claim]:
    """The figures that "these figures" points back to: those of another claimant in the nearest sentence before."""
    if not stance.of_figures(opposing):
        return []
    earlier = [
        c
        for c in claims
        if c.span.where == opposing.sentence.where
        and c.span.end <= opposing.cue[0]
        and c.stance is Stance.ASSERTS
        and c.claimant != opposing.speaker
    ]
    return [c for c in earlier if c.span.start >= earlier[-1].span.start - _NEAR and c.claimant == earlier[-1].claimant]


_NEAR = 250
"""Characters between figures of one account."""


def _about(claim: Claim, opposing: Claim) -> Claim:
    return replace(
        claim, span=opposing.span, stance=opposing.stance, claimant=opposing.claimant, via=None, hedged=False
    )


def _home(registry: Registry, source: Source | None) -> ActorId | None:
    """The party whose official or state feed it is."""
    if source is None or source.kind not in {SourceKind.OFFICIAL, SourceKind.STATE_MEDIA} or not source.side:
        return None
    return registry.resolve(source.side)


def _own_voice(
    said: Sequence[Attribution], registry: Registry, source: Source | None, side: ActorId | None, document: Document
) -> Party | None:
    """Who speaks where an official feed names nobody: the voice it quotes elsewhere in the item, else its party."""
    if source is None or source.kind is not SourceKind.OFFICIAL:
        return None
    for a in said:
        actor = a.speaker.actor
        speaks = a.kind not in stance.SILENT and not a.negated
        if speaks and actor and side and registry.party(actor) == registry.party(side):
            return a.speaker
    return Party(_called(registry, side, document) or source.side or source.publisher, side)


def _called(registry: Registry, side: ActorId | None, document: Document) -> str | None:
    """How the text itself names the party, if it does."""
    for field in (document.text, document.title):
        for mention in registry.find(field.text) if side else ():
            if not mention.capital and registry.party(mention.actor) == registry.party(side or mention.actor):
                return field.text[mention.start : mention.end]
    return None


def _is_statement(said: Attribution) -> bool:
    """A headline about what somebody did, knows or has confirmed is the outlet's own assertion."""
    if said.kind in stance.OPPOSING:
        return False
    return said.sentence.where == "text" or not (
        said.kind in stance.SILENT or said.kind == "vows" or said.lemma in words("attribution", "factive")
    )


def _is_retold(one: Attribution, said: Sequence[Attribution]) -> bool:
    """Whether it stands in what another says: then it is in that speaker's words, and no statement of its own."""
    return any(a is not one and a.covers(one.sentence.where, *one.cue) for a in said)


def _statement(said: Attribution) -> Statement:
    return Statement(said.span, said.claimant, said.via, said.kind)
