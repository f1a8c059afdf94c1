"""What the rules of one watch make of one item's developments: what goes out, what waits, what is withheld and why.

    fire every rule → hold for another account → inhibit → mute → throttle → group by outcome

One item is one batch: all rules fire before any of them inhibits another, and no state of the batch throttles it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from monitor.core.rules.firing import CORRECTIONS, DENIALS, RIVALS, Firing, Moment, key_part, keys_of
from monitor.core.rules.news import has_heard, news_to
from monitor.core.rules.state import (
    HELD,
    MOST_MUTES,
    MUTES,
    SEEN,
    SPOKEN,
    TOLD,
    Held,
    Muting,
    Seen,
    Spoken,
    Told,
    slot,
    voice,
)
from monitor.core.rules.triggers import fired, severity_of
from monitor.core.rules.verdicts import Judgement, Selection
from monitor.core.rules.watch import Corroboration, Flatline, Inhibition, Rule, Throttle, Watch
from monitor.core.view import Draft, View
from monitor.errors import StoreError
from monitor.model import (
    ActorId,
    Development,
    DevelopmentKind,
    Item,
    ItemId,
    Outcome,
    Placement,
    Reason,
    Severity,
    Source,
    SourceId,
    StoryId,
)

if TYPE_CHECKING:
    from monitor.core.rules.ruleset import Ruleset

_WAITS = 48 * 3600.0
"""How long something sent lower still waits for its independent account, in seconds."""
_ACCOUNTS = frozenset({DevelopmentKind.CORROBORATED, DevelopmentKind.CONFIRMED, DevelopmentKind.ESCALATED})
"""Developments that can be another account of the same; a denial by somebody else is none."""
_REMEMBERS = 45 * 86400.0
_TOLD_BESIDE = (Outcome.SENT, Outcome.HELD, Outcome.LAPSED, Outcome.INHIBITED)
_ORDER = (
    Outcome.SENT,
    Outcome.BASELINE,
    Outcome.HELD,
    Outcome.LAPSED,
    Outcome.INHIBITED,
    Outcome.MUTED,
    Outcome.THROTTLED,
    Outcome.TRIAL,
)


def judge(  # noqa: PLR0917 - the signature that the decision calls
    watch: Watch,
    selection: Selection,
    item: Item,
    source: Source,
    placement: Placement,
    developments: Iterable[Development],
    draft: Draft,
    now: dt.datetime,
) -> tuple[Judgement, ...]:
    """The judgements of a watch on an item, at most one an outcome for this item, and one for each hold it releases.

    Developments that concern none of the watch's sides are left out. An item that the words don't select is judged
    only for what it corrects or denies of an incident the watch has told of.
    """
    moment = Moment(watch, selection.case, item, source, placement, draft, now.timestamp())
    own = [watch.counted(d) for d in developments if watch.concerns(d)]
    if not selection.selected:
        own = [d for d in own if _answers_told(d, moment)]
        if not own:
            return ()
    own = [d for d in news_to(watch, own, draft, now) if not watch.echoes(d)]
    own = _with_new_story(own, placement)
    notes: list[str] = []
    firings = [f for rule in watch.rules if rule.enabled for f in fired(rule, own, moment, notes)]
    firings = [_corroborated(f, moment) for f in firings]
    firings += _released(own, moment)
    firings = _decided(firings, moment)
    _remember(firings, moment)
    return tuple(_grouped(firings, watch, (*selection.clauses, *notes)))


Due = tuple[str, Callable[[Draft], Iterable[Judgement]]]
"""A name, and what is to be done under it."""


def due(ruleset: Ruleset, view: View, now: dt.datetime) -> Iterator[Due]:
    """What time alone brings: holds that ran out go low as single claims, and feeds that went quiet are told."""
    seconds = now.timestamp()
    for held in view.find(HELD, "open", ["all"]):
        if held.until <= seconds:
            yield f"hold {held.id} of {held.watch}", partial(_run_out, held, ruleset, seconds)
    for watch, rule, flat in ruleset.flatlines:
        yield f"rule {rule.id} of {watch.id}", partial(_quiet, rule, flat, watch, seconds)


def _run_out(held: Held, ruleset: Ruleset, now: float, draft: Draft) -> Iterator[Judgement]:
    draft.put(HELD, replace(held, open=False))
    watch = ruleset.watch(held.watch)
    rule = next((r for r in watch.rules if r.id == held.rule), None) if watch else None
    if held.sent:
        return  # it is out, if not as loud as it might have been
    if watch and rule and rule.enabled:
        yield _single(held, rule, watch, draft, now)
    else:
        gone = "was switched off" if rule else "is gone"
        yield _lapsed(held, f"its rule {held.rule} {gone} while it waited for another account ({held.missing})")


def _answers_told(development: Development, moment: Moment) -> bool:
    """Whether it takes back, mends, denies or rivals what the watch has told: that reaches everyone who was told."""
    rival = (
        development.kind in RIVALS
        and _names_a_side(moment)
        and has_heard(moment.watch, development.answers, moment.draft)
    )
    return (
        (rival or development.kind in CORRECTIONS | DENIALS)
        and development.incident is not None
        and moment.draft.get(TOLD, f"{moment.watch.id}|{development.incident}") is not None
    )


def _names_a_side(moment: Moment) -> bool:
    """Whether the item names one of the watch's sides at all: a collision elsewhere rivals nothing of theirs."""
    ours = frozenset[ActorId]().union(*(s.actors for s in moment.watch.sides.values()))
    return any(not ours.isdisjoint(naming.chain) for naming in moment.case.namings)


def _with_new_story(developments: list[Development], placement: Placement) -> list[Development]:
    if not placement.announces or any(d.kind is DevelopmentKind.NEW_STORY for d in developments):
        return developments
    return [*developments, Development(DevelopmentKind.NEW_STORY, key=placement.story)]


# --- another account ---------------------------------------------------------------------


def missing_for(wanted: Corroboration, development: Development) -> str:
    """What still lacks, as `independent claimants 1/2`; empty if any of what is asked for is there."""
    counts = development.counts
    if wanted.official and development.official:
        return ""
    lacking = []
    for name, need, have in (
        ("independent claimants", wanted.claimants, counts.claimants),
        ("origins", wanted.origins, counts.origins),
    ):
        if need is not None:
            if have >= need:
                return ""
            lacking.append(f"{name} {have}/{need}")
    return " or ".join(lacking or ["an official word"])


def _corroborated(firing: Firing, moment: Moment) -> Firing:
    wanted = firing.rule.corroborate
    if moment.item.baseline or firing.severity not in wanted.when or firing.development.kind in CORRECTIONS:
        return firing
    missing = missing_for(wanted, firing.development)
    if not missing:
        return firing
    sent = wanted.send_as is not None
    until = moment.now + (_WAITS if sent else wanted.hold or 0.0)
    moment.draft.put(HELD, _held(firing, moment, missing, until, sent=sent))
    if sent:
        lower = min(firing.severity, wanted.send_as or firing.severity, key=lambda s: s.rank)
        why = f"{firing.why} ({firing.severity} once there is an independent account: {missing})"
        return replace(firing, severity=lower, why=why)
    return replace(firing, outcome=Outcome.HELD, note=f"waits for another account: {missing}")


def _held(firing: Firing, moment: Moment, missing: str, until: float, *, sent: bool) -> Held:
    parts = (moment.watch.id, firing.rule.id, firing.key, str(firing.item), firing.development.kind, firing.why)
    name = blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
    return Held(
        name,
        moment.watch.id,
        firing.rule.id,
        moment.now,
        firing.development,
        firing.severity,
        firing.why,
        missing,
        firing.item,
        firing.source,
        firing.story,
        until,
        sent,
    )


def _released(developments: Sequence[Development], moment: Moment) -> Iterator[Firing]:
    """What had waited for the account that one of these developments brings. What was taken back waits no longer."""
    telling = [d for d in developments if d.kind in _ACCOUNTS or d.kind is DevelopmentKind.RETRACTED]
    if not telling:
        return
    rules = {r.id: r for r in moment.watch.rules if r.enabled}
    for held in sorted(moment.draft.find(HELD, "open", [moment.watch.id]), key=lambda h: (h.at, h.id)):
        rule = rules.get(held.rule)
        answer = next((d for d in telling if _same_thing(held.development, d)), None)
        if rule is None or answer is None or held.item == moment.item.id:
            continue
        if answer.kind is DevelopmentKind.RETRACTED:
            moment.draft.put(HELD, replace(held, open=False))
            if not held.sent:
                note = f"taken back while it waited for another account ({held.missing})"
                yield replace(_firing(held, rule, held.severity, held.why), outcome=Outcome.LAPSED, note=note)
        elif not missing_for(rule.corroborate, replace(answer, official=answer.official and not held.sent)):
            moment.draft.put(HELD, replace(held, open=False))
            yield _release(held, rule, answer, moment)


def _release(held: Held, rule: Rule, answer: Development, moment: Moment) -> Firing:
    """Unsent, the held development itself goes out; sent lower, the account that lifts it does."""
    told = answer if held.sent else replace(held.development, counts=answer.counts)
    why = f"{held.why}; now {answer.counts.claimants} independent accounts"
    place = (moment.item.id, moment.item.source, moment.placement.story)
    where = place if held.sent else (held.item, held.source, held.story)
    return Firing(rule, told, held.severity, why, "", *where, step_up=True)


def _same_thing(held: Development, other: Development) -> bool:
    if held.rung is not None:
        return other.rung == held.rung and (not held.key or other.key == held.key)
    return (held.key and other.key == held.key) or (
        held.incident is not None
        and (held.incident, held.metric, held.side) == (other.incident, other.metric, other.side)
        and held.quantity.low == other.quantity.low
    )


def _single(held: Held, rule: Rule, watch: Watch, draft: Draft, now: float) -> Judgement:
    firing = _firing(held, rule, Severity.LOW, f"{held.why} (a single claim: {held.missing})")
    if rule.trial:
        firing = _on_trial(firing)
    try:
        firing = _muted(firing, _mutes(draft, now), watch, draft)
    except StoreError as error:
        firing = _unsure(firing, error)
    return _judgement([firing], watch, ())


def _firing(held: Held, rule: Rule, severity: Severity, why: str) -> Firing:
    return Firing(rule, held.development, severity, why, "", held.item, held.source, held.story)


def _lapsed(held: Held, note: str) -> Judgement:
    """What waited and is never sent, for the record; its watch may be gone."""
    reasons = (Reason(held.rule, held.severity, held.why),)
    where = held.item, held.source, held.story
    why = f"{held.why} — {note}"
    return Judgement(held.watch, held.severity, Outcome.LAPSED, why, reasons, (held.development,), *where)


def _quiet(rule: Rule, flat: Flatline, watch: Watch, now: float, draft: Draft) -> Iterator[Judgement]:
    name = slot(watch.id, rule, "")
    seen = draft.get(SEEN, name)
    if seen is None:
        draft.put(SEEN, Seen(name, now, now))
    elif not seen.told and now - seen.at >= flat.quiet:
        draft.put(SEEN, replace(seen, told=True))
        severity = severity_of(rule, None)
        why = f"{rule.title}: nothing for {flat.quiet / 3600:g} hours"
        told = Development(DevelopmentKind.QUIET, key=name, note=why)
        outcome = Outcome.TRIAL if rule.trial else Outcome.SENT
        to = watch.destinations(severity, frozenset({rule.id}))
        nowhere = (ItemId(""), SourceId(""), StoryId(f"quiet:{watch.id}:{rule.id}"))
        yield Judgement(watch.id, severity, outcome, why, (Reason(rule.id, severity, why),), (told,), *nowhere, to=to)


# --- what stands in the way --------------------------------------------------------------


def _decided(firings: list[Firing], moment: Moment) -> list[Firing]:
    firings = [_on_trial(f) if f.rule.trial else f for f in firings]
    try:
        firings = _suppressed(firings, moment)
    except StoreError as error:
        firings = [_unsure(f, error) for f in firings]
    if moment.item.baseline:
        return [replace(f, outcome=Outcome.BASELINE, note="learned at first contact") for f in firings]
    return firings


def _unsure(firing: Firing, error: StoreError) -> Firing:
    """When in doubt it goes out: a silence nobody ordered is worse than one message too many."""
    return replace(firing, why=f"{firing.why} (suppression state unavailable: {error})")


def _on_trial(firing: Firing) -> Firing:
    return replace(firing, outcome=Outcome.TRIAL, note="on trial")


def _suppressed(firings: list[Firing], moment: Moment) -> list[Firing]:
    for inhibition in moment.watch.inhibitions:
        firings = _inhibited(inhibition, firings, moment)
    mutes = _mutes(moment.draft, moment.now) if any(f.outcome is Outcome.SENT for f in firings) else []
    return [_throttled(_muted(f, mutes, moment.watch, moment.draft), moment) for f in firings]


def _same(parts: tuple[str, ...], firing: Firing, moment: Moment) -> str | None:
    found = [key_part(p, firing.development, moment.item, firing.story) for p in parts]
    return None if None in found else "|".join(map(str, found))


def _inhibited(inhibition: Inhibition, firings: list[Firing], moment: Moment) -> list[Firing]:
    name = f"{moment.watch.id}/inhibit/{inhibition.id}|"
    for firing in firings:
        loud = firing.outcome is Outcome.SENT and firing.severity.rank >= inhibition.at_least.rank
        same = _same(inhibition.same, firing, moment)
        if loud and firing.rule.id in inhibition.sources and same is not None:
            moment.draft.put(SEEN, Seen(name + same, moment.now, moment.now))
    return [_inhibited_by(inhibition, name, f, moment) for f in firings]


def _inhibited_by(inhibition: Inhibition, name: str, firing: Firing, moment: Moment) -> Firing:
    same = _same(inhibition.same, firing, moment)
    if firing.outcome is not Outcome.SENT or firing.correcting or same is None:
        return firing
    if firing.rule.id not in inhibition.targets:
        return firing
    if not any(moment.now - seen.at <= inhibition.seconds for seen in _spoke(inhibition, name, same, firing, moment)):
        return firing
    return replace(firing, outcome=Outcome.INHIBITED, note=f"inhibit:{inhibition.id}")


def _spoke(inhibition: Inhibition, name: str, same: str, firing: Firing, moment: Moment) -> Iterator[Seen]:
    """When the inhibiting rules spoke, under any name that the story has had."""
    for key in dict.fromkeys([same, *keys_of(inhibition.same, firing.development, moment)]):
        if seen := moment.draft.get(SEEN, name + key):
            yield seen


def _mutes(draft: Draft, now: float) -> list[Muting]:
    return [m for m in draft.latest(MUTES, limit=MOST_MUTES) if m.at <= now < m.until]


def _muted(firing: Firing, mutes: Sequence[Muting], watch: Watch, draft: Draft) -> Firing:
    if firing.outcome is not Outcome.SENT or firing.correcting:
        return firing
    for mute in mutes:
        if _fits(mute, firing, watch, draft):
            return replace(firing, outcome=Outcome.MUTED, note=f"muted by {mute.by}: {mute.why} ({mute.id})")
    return firing


def _fits(mute: Muting, firing: Firing, watch: Watch, draft: Draft) -> bool:
    """Whether every matcher of a mute fits; one of a story goes on fitting when that was merged or has turned."""
    # Imported here because rules are checked without deciding anything, and the grouping takes long to load.
    from monitor.core.stories.aliases import names_of

    who = firing.development.claimant
    pairs = (
        (mute.watch, {watch.id}),
        (mute.rule, {firing.rule.id}),
        (mute.source, {firing.source}),
        (mute.story, set(names_of(firing.story, draft)) if mute.story else set()),
        (mute.claimant, {who.text, who.actor} if who else set()),
    )
    return any(w for w, _ in pairs) and all(not wanted or wanted in having for wanted, having in pairs)


def _throttled(firing: Firing, moment: Moment) -> Firing:
    if firing.outcome is not Outcome.SENT or firing.urgent:
        return firing
    throttle, known = firing.rule.throttle, _last_spoken(firing, moment)
    if known is None or _exempt(throttle, firing, known):
        return firing
    wait = throttle.wait(known.times)
    if moment.now - known.at >= wait:
        return firing
    note = f"throttled: last told {(moment.now - known.at) / 60:.0f} minutes ago, at most every {wait / 60:g}"
    return replace(firing, outcome=Outcome.THROTTLED, note=note)


def _exempt(throttle: Throttle, firing: Firing, known: Spoken) -> bool:
    official = "official" in throttle.never_blocks and firing.development.official
    louder = "severity_up" in throttle.never_blocks and firing.severity.rank > known.severity.rank
    return official or louder


def _voice(firing: Firing, key: str, moment: Moment) -> str:
    return voice(moment.watch.id, firing.rule, key, firing.development)


def _last_spoken(firing: Firing, moment: Moment) -> Spoken | None:
    """When the rule last spoke with this voice, under any name that the story has had."""
    keys = [firing.key, *(keys_of(firing.rule.key, firing.development, moment) if firing.key else ())]
    found = (moment.draft.get(SPOKEN, _voice(firing, key, moment)) for key in dict.fromkeys(keys))
    return max((spoken for spoken in found if spoken), key=lambda spoken: spoken.at, default=None)


# --- the outcome -------------------------------------------------------------------------


def _remember(firings: Sequence[Firing], moment: Moment) -> None:
    for firing in firings:
        if firing.outcome is Outcome.SENT:
            name = _voice(firing, firing.key, moment)
            known = _last_spoken(firing, moment)
            recent = known is not None and moment.now - known.at <= 2 * firing.rule.throttle.longest
            times = known.times + 1 if known and recent and known.at < moment.now else 1
            moment.draft.put(SPOKEN, Spoken(name, moment.now, firing.severity, times))
        if firing.outcome in (Outcome.SENT, Outcome.HELD) and firing.development.incident:
            moment.draft.put(TOLD, Told(f"{moment.watch.id}|{firing.development.incident}", moment.now))


def _grouped(firings: Sequence[Firing], watch: Watch, clauses: tuple[str, ...]) -> Iterator[Judgement]:
    """One judgement for each outcome and item.

    What goes out is not also told as withheld, unless it still waits or the watch's own inhibition withheld it.
    """
    out = [f.development for f in firings if f.outcome is Outcome.SENT]
    kept = [f for f in firings if f.outcome in _TOLD_BESIDE or f.development not in out]
    lines = (f"{f.rule.id}: {f.outcome}{', ' if f.note else ''}{f.note}" for f in firings)
    told = (*clauses, *dict.fromkeys(lines))
    places = list(dict.fromkeys((f.item, f.source, f.story) for f in kept))
    for outcome in _ORDER:
        for place in places:
            group = [f for f in kept if f.outcome is outcome and (f.item, f.source, f.story) == place]
            if group:
                yield _judgement(group, watch, told)


def _judgement(group: Sequence[Firing], watch: Watch, clauses: tuple[str, ...]) -> Judgement:
    ranked = sorted(group, key=lambda f: -f.severity.rank)
    reasons = tuple(dict.fromkeys(Reason(f.rule.id, f.severity, f.why) for f in ranked))
    first = ranked[0]
    note = "; ".join(dict.fromkeys(f.note for f in group if f.note))
    return Judgement(
        watch.id,
        first.severity,
        first.outcome,
        f"{first.why} — {note}" if note else first.why,
        reasons,
        tuple(dict.fromkeys(f.development for f in group)),
        first.item,
        first.source,
        first.story,
        clauses,
        watch.destinations(first.severity, frozenset(f.rule.id for f in group)),
    )
