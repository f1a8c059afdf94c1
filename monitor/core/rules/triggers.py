"""When a rule fires: for developments of its kinds, or by a trigger of its own with a memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.core.rules.firing import (
    CORRECTIONS,
    Firing,
    Moment,
    described,
    figure,
    key_of,
    misfit,
    remembered,
    value_of,
)
from monitor.core.rules.state import CLIMBS, SEEN, WINDOWS, Climb, Seen, Window, slot
from monitor.core.rules.watch import Burst, Cap, FirstSeen, Flatline, ItemTrigger, Rule, Threshold
from monitor.model import Development, DevelopmentKind, Severity

_MOST_HEARD = 500
_NO_WARNING = frozenset({"test", "exercise", "draft", "system", "cancel", "expired"})
_SIGNATURES = {
    "unsigned": ", unsigned",
    "signed": ", signature intact",
    "signature_invalid": ", signature invalid",
    "signature_unchecked": ", signature not checked",
}
FIGURES = frozenset(
    {
        DevelopmentKind.NEW_CLAIM,
        DevelopmentKind.REVISED_UP,
        DevelopmentKind.REVISED_DOWN,
        DevelopmentKind.RIVAL,
        DevelopmentKind.CONTRADICTED,
        DevelopmentKind.CORROBORATED,
        DevelopmentKind.CONFIRMED,
    }
)
"""Developments whose figure counts for steps: not those that deny one."""


_REPEATED = frozenset({DevelopmentKind.CORROBORATED, DevelopmentKind.CONFIRMED})
"""Developments whose figure somebody gave before: their steps were told then, be it in another class."""


def fired(rule: Rule, developments: Iterable[Development], moment: Moment, notes: list[str]) -> Iterator[Firing]:
    """What a rule fires for. State is written to the draft; what could not be evaluated goes to `notes`."""
    if not rule.scope.holds(moment.case):
        failed = rule.scope.failed(moment.case)
        notes.append(f"{rule.id}: {failed.told(moment.case).text if failed else 'does not match'}")
        return
    fitting = [d for d in developments if not misfit(rule, d, moment.watch)]
    match rule.trigger:
        case None:
            yield from (
                _plain(rule, d, moment) for d in fitting if d.kind in rule.kinds and _keyed(rule, d, moment, notes)
            )
        case Threshold():
            yield from _steps(rule, rule.trigger, fitting, moment, notes)
        case FirstSeen():
            yield from _first(rule, rule.trigger, fitting, moment, notes)
        case Burst():
            yield from _burst(rule, rule.trigger, moment, notes)
        case Flatline():
            _hear(rule, moment)
        case ItemTrigger():
            told = _item(moment, "")
            if (moment.item.version == 1 or rule.trigger.versions) and _keyed(rule, told, moment, notes):
                yield _plain(rule, told, moment)
        case Cap():
            yield from _warning(rule, rule.trigger, moment, notes)


def _keyed(rule: Rule, development: Development, moment: Moment, notes: list[str]) -> bool:
    """Whether its key is known; what is not must not become one bucket. A correction goes out in any case."""
    key, missing = key_of(rule.key, development, moment.item, moment.placement.story)
    if key is None and development.kind not in CORRECTIONS:
        notes.append(f"{rule.id}: not evaluable, {missing} is not known")
        return False
    return True


def severity_of(rule: Rule, name: str | None) -> Severity:
    """The rule's severity, for a step or rung if it has one for each; high for a rung it does not name."""
    if isinstance(rule.severity, Severity):
        return rule.severity
    return rule.severity.get(name or "", Severity.HIGH)


def _firing(rule: Rule, development: Development, moment: Moment, why: str, **more: object) -> Firing:
    key, _ = key_of(rule.key, development, moment.item, moment.placement.story)
    severity = more.pop("severity", None) or severity_of(rule, development.rung)
    return Firing(
        rule,
        development,
        severity,  # type: ignore[arg-type]
        f"{rule.title}: {why}",
        key or "",
        moment.item.id,
        moment.item.source,
        moment.placement.story,
        **more,  # type: ignore[arg-type]
    )


def _plain(rule: Rule, development: Development, moment: Moment) -> Firing:
    return _firing(rule, development, moment, described(development))


def _item(moment: Moment, note: str) -> Development:
    return Development(DevelopmentKind.ITEM, key=moment.item.id, note=note)


# --- steps -------------------------------------------------------------------------------


def _steps(
    rule: Rule, threshold: Threshold, developments: list[Development], moment: Moment, notes: list[str]
) -> Iterator[Firing]:
    for development in developments:
        value = value_of(development.quantity)
        if development.metric != threshold.metric or development.kind not in FIGURES or value is None:
            continue
        key, _ = key_of(rule.key, development, moment.item, moment.placement.story)
        if key is None:
            _keyed(rule, development, moment, notes)
            continue
        passed, before = bisect_right(threshold.steps, value), _passed(rule, threshold, development, moment)
        if passed > before and development.kind not in _REPEATED:
            step = threshold.steps[passed - 1]
            why = f"{figure(development.quantity)} reaches {step:g}"
            severity = severity_of(rule, f"{step:g}")
            yield _firing(rule, development, moment, why, severity=severity, step_up=True)
        rearmed = threshold.rearm_below is not None and value < threshold.rearm_below
        now = passed if rearmed else max(passed, before)
        moment.draft.put(CLIMBS, Climb(slot(moment.watch.id, rule, key), moment.now, now))


def _passed(rule: Rule, threshold: Threshold, development: Development, moment: Moment) -> int:
    """Steps passed so far; for a key new to the rule, those that the revised figure had passed already."""
    if known := remembered(CLIMBS, rule, development, moment):
        return max(climb.passed for climb in known)
    before = development.previous if development.kind is DevelopmentKind.REVISED_UP else None
    value = value_of(before) if before else None
    return bisect_right(threshold.steps, value) if value is not None else 0


# --- memory ------------------------------------------------------------------------------


def _first(
    rule: Rule, first: FirstSeen, developments: list[Development], moment: Moment, notes: list[str]
) -> Iterator[Firing]:
    born = _met(rule, "", moment)
    for development in developments:
        key, _ = key_of(rule.key, development, moment.item, moment.placement.story)
        if key is None:
            _keyed(rule, development, moment, notes)
            continue
        known = remembered(SEEN, rule, development, moment)
        fresh = all(moment.now - seen.at > first.memory for seen in known)
        _met(rule, key, moment)
        if fresh and moment.now - born.first < first.needs_history:
            notes.append(f"{rule.id}: silent until it has {first.needs_history / 86400:g} days of history")
        elif fresh:
            told = replace(development, kind=DevelopmentKind.FIRST_SEEN)
            yield _firing(rule, told, moment, f"first {described(development)}")


def _met(rule: Rule, key: str, moment: Moment) -> Seen:
    name = slot(moment.watch.id, rule, key)
    known = moment.draft.get(SEEN, name)
    seen = Seen(name, moment.now, known.first if known else moment.now)
    moment.draft.put(SEEN, seen)
    return seen


def _hear(rule: Rule, moment: Moment) -> None:
    """Something came: the silence is over."""
    _met(rule, "", moment)


def _burst(rule: Rule, burst: Burst, moment: Moment, notes: list[str]) -> Iterator[Firing]:
    bare = Development(DevelopmentKind.BURST, key=moment.placement.story)
    key, missing = key_of(rule.key, bare, moment.item, moment.placement.story)
    if key is None:
        notes.append(f"{rule.id}: not evaluable, {missing} is not known")
        return
    name = slot(moment.watch.id, rule, key)
    known = remembered(WINDOWS, rule, bare, moment)
    heard = [h for h in _heard(known) if moment.now - h[0] <= burst.window]
    before = len({who for _, who in heard})
    heard.append((moment.now, _counted(burst.distinct, moment)))
    count = len({who for _, who in heard})
    still = before >= burst.count and any(window.fired for window in known)
    moment.draft.put(WINDOWS, Window(name, moment.now, tuple(heard[-_MOST_HEARD:]), still or count >= burst.count))
    if count >= burst.count and not still:
        why = f"{count} {burst.distinct}s within {burst.window / 60:g} minutes"
        yield _firing(rule, replace(bare, note=why), moment, why)


def _heard(windows: list[Window]) -> Iterable[tuple[float, str]]:
    if len(windows) == 1:
        return windows[0].heard
    return sorted({h for window in windows for h in window.heard})


def _counted(distinct: str, moment: Moment) -> str:
    same = dict(moment.watch.one_voice)
    match distinct:
        case "owner":
            return same.get(moment.source.owner, moment.source.owner)
        case "origin":
            origin = moment.item.origin or moment.placement.near_copy_of or moment.source.owner
            return same.get(origin, origin)
        case "source":
            return moment.item.source
        case _:
            return moment.item.id


# --- warnings ----------------------------------------------------------------------------


def _warning(rule: Rule, cap: Cap, moment: Moment, notes: list[str]) -> Iterator[Firing]:
    marks = {m[4:].lower() for m in moment.item.marks if m.startswith("cap:")}
    severity = next((m.partition("=")[2] for m in sorted(marks) if m.startswith("severity=")), None)
    if severity is None or marks & _NO_WARNING or (cap.severities and severity not in cap.severities):
        return
    if any(terms and not any(t.holds(moment.case) for t in terms) for terms in (cap.areas, cap.events)):
        return
    told = replace(_item(moment, f"{severity} warning"), official=True)
    if not _keyed(rule, told, moment, notes):
        return
    signature = next((words for mark, words in _SIGNATURES.items() if mark in marks), "")
    why = f"{severity} warning by {moment.source.publisher}{signature}"
    yield _firing(rule, told, moment, why, severity=severity_of(rule, severity))
