"""The one function to read first: what an item changes, whom that concerns, and why.

    place → read → record in the ledger, climb the ladder → every watch judges → alerts → messages

All of it is pure: it reads through the draft's view and writes into the draft. `item.seen` is the only clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b

from monitor.core import audience, baseline, ladder, ledger, rules, standing, stories
from monitor.core.attempts import Attempt, straight
from monitor.core.claims import read
from monitor.core.ledger import LEDGER, Telling
from monitor.core.origins import origin_of
from monitor.core.records import ALERTS, DECISIONS, ITEMS, Decision, DecisionRecord, Verdict
from monitor.core.rules import Judgement, Ruleset, Selection, Watch, muting
from monitor.core.rules.explain import Question, missed
from monitor.core.rules.firing import CORRECTIONS, DENIALS
from monitor.core.rules.state import TOLD
from monitor.core.view import Draft
from monitor.model import (
    Alert,
    AlertId,
    Development,
    DevelopmentKind,
    Item,
    Message,
    Outcome,
    Reading,
    Source,
    SourceKind,
    WatchId,
)

__all__ = ["Decision", "decide", "meet", "tick"]

_MET_WITH = 5_000
"""Decisions, the latest, that a new watch learns from."""


def decide(item: Item, draft: Draft, ruleset: Ruleset, attempt: Attempt = straight) -> Decision:
    """Everything that one item brings; all of it but the messages is also put into the draft.

    The same item, view and rules give the same decision, ids included.
    """
    waiting = tick(draft, ruleset, item.seen, attempt)
    source = ruleset.sources.get(item.source) or _stranger(item)
    placement = stories.place(item, draft)
    reading = read(item, ruleset.registry, source)
    origin = origin_of(item, source, placement, ruleset.sources.values(), draft)
    by = Telling(item, source, origin, placement, frozenset(reading.notices), ruleset.registry, draft)
    developments = (*ledger.record(by, reading), *ladder.climb(by, reading))
    draft.put(ITEMS, item)
    judged = [
        (
            Question(watch, selection, news, item, placement.story, draft),
            rules.judge(watch, selection, item, source, placement, news, draft, item.seen),
        )
        for watch, selection in _asked(by, reading, developments, ruleset)
        for news in [baseline.since_then(watch.id, developments, draft)]
    ]
    alerts = _alerts((j for _, found in judged for j in found), ruleset, draft, item.seen)
    baseline.learned(alerts, draft, item.seen)
    verdicts = tuple(_verdict(asked, found) for asked, found in judged)
    told = {d.made_by for _, found in judged for j in found for d in j.developments}
    lasting = tuple(d for d in developments if not d.retold or d.made_by in told)
    record = DecisionRecord(item.id, item.version, item.seen, placement, reading, lasting, verdicts, ruleset.hash)
    draft.put(DECISIONS, record)
    return Decision(record, (*waiting[0], *alerts), (*waiting[1], *_messages(alerts, draft, item.seen)))


def _asked(
    by: Telling, reading: Reading, developments: Iterable[Development], ruleset: Ruleset
) -> Iterator[tuple[Watch, Selection]]:
    """The watches with a word in the item; of a correction or denial also those that told what it answers."""
    chosen = ruleset.select(by.item, reading, by.placement, by.source)
    yield from chosen
    incidents = {d.incident for d in developments if d.kind in CORRECTIONS | DENIALS and d.incident}
    told = by.draft.find(TOLD, "incident", sorted(incidents)) if incidents else []
    names = {t.key.partition("|")[0] for t in told} - {watch.id for watch, _ in chosen}
    for watch in ruleset.watches if names else ():
        if watch.id in names:
            yield watch, watch.selects(by.item, reading, by.placement, by.source)


Told = tuple[tuple[Alert, ...], tuple[Message, ...]]


def tick(draft: Draft, ruleset: Ruleset, now: dt.datetime, attempt: Attempt = straight) -> Told:
    """What time alone brings: holds that ran out, joined messages that are due. Asked before each item.

    Each piece is attempted by itself: a lasting fault in one must not keep the others, nor any item, from being told.
    """
    alerts: list[Alert] = []
    messages: list[Message] = []
    for name, work in attempt("what the rules wait for", draft, lambda d: list(rules.due(ruleset, d, now))) or ():
        told = attempt(name, draft, partial(_due, work, ruleset, now))
        alerts += told[0] if told else ()
        messages += told[1] if told else ()
    messages += audience.due(draft, now, attempt)
    messages += attempt("mutes that end", draft, lambda d: tuple(muting.due(d, now))) or ()
    messages += attempt("states of play", draft, lambda d: baseline.due(d, ruleset, now)) or ()
    return tuple(alerts), tuple(messages)


def _due(work: Callable[[Draft], Iterable[Judgement]], ruleset: Ruleset, now: dt.datetime, draft: Draft) -> Told:
    alerts = _alerts(work(draft), ruleset, draft, now)
    return alerts, _messages(alerts, draft, now)


def meet(draft: Draft, ruleset: Ruleset, now: dt.datetime) -> tuple[Alert, ...]:
    """A new watch's first contact: what was decided lately is judged as a baseline, and told of to nobody.

    So its rules know the figures, steps and sources that were there before it, and so does its state of play.
    To be asked when rules were read. The alerts are put into the draft too.
    """
    new = baseline.strangers(draft, ruleset)
    baseline.met(sorted(new), draft, now)
    lately = draft.latest(DECISIONS, since=(now - standing.RECENT).timestamp(), limit=_MET_WITH) if new else []
    found = tuple(alert for record in reversed(lately) for alert in _met(record, new, draft, ruleset))
    baseline.learned(found, draft, now)
    return found


def _met(record: DecisionRecord, new: Container[WatchId], draft: Draft, ruleset: Ruleset) -> tuple[Alert, ...]:
    item = draft.get(ITEMS, record.item)
    if item is None:
        return ()
    learned, source = replace(item, baseline=True), ruleset.sources.get(item.source) or _stranger(item)
    judged = (
        rules.judge(watch, selection, learned, source, record.placement, record.developments, draft, record.at)
        for watch, selection in ruleset.select(learned, record.reading, record.placement, source)
        if watch.id in new
    )
    return _alerts((j for found in judged for j in found), ruleset, draft, record.at)


def _alerts(judgements: Iterable[Judgement], ruleset: Ruleset, draft: Draft, now: dt.datetime) -> tuple[Alert, ...]:
    """One alert a decision, story, watch and outcome, recorded in the draft."""
    alerts = tuple(_alert(j, ruleset, draft, now) for j in judgements)
    for alert in alerts:
        draft.put(ALERTS, alert)
    return alerts


def _alert(judgement: Judgement, ruleset: Ruleset, draft: Draft, now: dt.datetime) -> Alert:
    item = draft.get(ITEMS, judgement.item)
    source, watch = ruleset.sources.get(judgement.source), ruleset.watch(judgement.watch)
    version = item.version if item else 1
    return Alert(
        _alert_id(judgement, version, now),
        judgement.watch,
        judgement.story,
        judgement.item,
        now,
        judgement.severity,
        judgement.outcome,
        judgement.why,
        judgement.reasons,
        judgement.developments,
        judgement.source,
        title=item.title if item else "",
        url=item.url if item else "",
        publisher=source.publisher if source else "",
        published=item.published if item else None,
        seen=item.seen if item else None,
        corrects=tuple(sorted(set(_corrected(judgement, draft)))),
        to=judgement.to,
        wait=watch.quiet_until(judgement.severity, now) if watch else None,
    )


def _alert_id(judgement: Judgement, version: int, now: dt.datetime) -> AlertId:
    parts = (judgement.watch, judgement.story, judgement.item, str(version), judgement.outcome, now.isoformat())
    return AlertId(blake2b("\n".join(parts).encode(), digest_size=8).hexdigest())


def _corrected(judgement: Judgement, draft: Draft) -> Iterator[AlertId]:
    """Alerts of the same watch that told what a development takes back or mends."""
    for development in judgement.developments:
        takes_back = development.kind is DevelopmentKind.RETRACTED or development.note == "correction"
        for claim in development.answers if takes_back else ():
            for entry in draft.find(LEDGER, "claim", [claim]):
                items = [f.item for f in entry.figures]
                for alert in draft.find(ALERTS, "item", items):
                    if alert.watch == judgement.watch and alert.outcome is Outcome.SENT:
                        yield alert.id


def _messages(alerts: Iterable[Alert], draft: Draft, now: dt.datetime) -> tuple[Message, ...]:
    return tuple(m for a in alerts if a.outcome is Outcome.SENT for m in audience.audience(a, draft, now))


def _verdict(asked: Question, found: Sequence[Judgement]) -> Verdict:
    """What the watch made of the item: its loudest judgement, or why there is none, and what nearly fired."""
    selection = asked.selection
    news = replace(asked, developments=[d for d in asked.developments if not d.retold])
    near = missed(news, {r.rule for j in found for r in j.reasons}) if news.developments else ()
    loudest = max(found, key=lambda j: (j.outcome is Outcome.SENT, j.severity.rank), default=None)
    if loudest:
        return Verdict(selection.watch, loudest.outcome, loudest.why, loudest.severity, loudest.clauses, near)
    why = selection.why if not selection.selected else "nothing in it is new to this watch"
    if near:
        why = f"no rule fired; the nearest was {near[0].rule}: {near[0].why}"
    return Verdict(selection.watch, None, why, clauses=selection.clauses, missed=near)


def _stranger(item: Item) -> Source:
    """A source that the rules don't name (any more): its items are judged as nobody's voice."""
    return Source(item.source, "", str(item.source), str(item.source), SourceKind.INDEPENDENT)
