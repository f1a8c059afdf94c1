"""Why a rule fired, or did not: each clause with what matched, or the first that failed and the nearest miss.

How near a rule came is a number, so that the nearest of several can be kept: up to a failed clause of its words, a
filter that a development of the right kind did not pass, a key that is not known, or a step that was not reached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from monitor.core.records import Miss
from monitor.core.rules.firing import CORRECTIONS, URGENT, described, key_of, keys_of, misfit, names_of, value_of
from monitor.core.rules.state import CLIMBS, SPOKEN, slot, voice
from monitor.core.rules.triggers import FIGURES
from monitor.core.rules.verdicts import Selection
from monitor.core.rules.watch import Cap, Rule, Threshold, Watch
from monitor.core.view import View
from monitor.model import Development, Item, RuleId, StoryId

_OTHER_KIND = 1.5
_FIRES = 9.0
_WORTH = 3.0
"""From here on a miss is a near one."""
_KEPT = 3


class Answer(NamedTuple):
    """What a rule says of one development: in words, and how near it came (from 0, not at all, to 9, it fires)."""

    near: float
    text: str


@dataclass(frozen=True)
class Question:
    """One item before one watch, with what it changed and the rules' memory."""

    watch: Watch
    selection: Selection
    developments: Sequence[Development]
    item: Item
    story: StoryId
    view: View

    @cached_property
    def names(self) -> list[StoryId]:
        """See `firing.Remembered`."""
        return names_of(self.story, self.view)


def explained(asked: Question, only: str | None = None) -> Iterator[str]:
    """Lines about what each clause and rule says of the item, as the rules and their memory are now.

    Rules that wait for developments of another kind are told in one line, unless it is asked for `only` one.
    """
    selection, watch = asked.selection, asked.watch
    yield f"{watch.id}: {'belongs' if selection.selected else 'does not belong'}: {selection.why or 'every item does'}"
    if not selection.selected:
        return
    for other in (d for d in asked.developments if not watch.concerns(d)):
        yield f"  left out, it concerns others: {described(other)} ({', '.join(other.actors) or other.side})"
    for echo in filter(watch.echoes, asked.developments):
        yield f"  left out, here it is the same voice again: {described(echo)} ({', '.join(echo.voices)})"
    others: list[str] = []
    for rule in (r for r in watch.rules if only in (None, r.id)):
        answers = list(_rule(rule, asked))
        telling = [a for a in answers if only or a.near != _OTHER_KIND]
        others += [] if telling else [rule.id]
        yield from (f"  {rule.id}: {answer.text}" for answer in telling)
    if others:
        yield f"  {', '.join(others)}: no development of theirs in the item"


def missed(asked: Question, fired: Collection[RuleId]) -> tuple[Miss, ...]:
    """The rules that came nearest to firing for an item that belongs, nearest first, and what each lacked."""
    if not asked.selection.selected:
        return ()
    silent = (r for r in asked.watch.rules if r.enabled and r.id not in fired)
    answers = ((rule.id, max(_rule(rule, asked), key=lambda a: a.near)) for rule in silent)
    near = [Miss(rule, a.text, a.near) for rule, a in answers if _WORTH <= a.near < _FIRES]
    return tuple(sorted(near, key=lambda m: -m.near)[:_KEPT])


def _rule(rule: Rule, asked: Question) -> Iterator[Answer]:
    if not rule.enabled:
        yield Answer(0, "switched off")
        return
    own = [d for d in asked.developments if asked.watch.concerns(d) and not asked.watch.echoes(d)]
    failed = rule.scope.failed(asked.selection.case)
    if failed:
        fits = any(_answer(rule, d, asked).near == _FIRES for d in own)
        yield Answer(3 if fits else 1, f"does not match, {failed.told(asked.selection.case).text}")
        return
    if rule.trigger and not isinstance(rule.trigger, Threshold):
        yield Answer(1, _other_trigger(rule, asked.item))
        return
    if not own:
        yield Answer(1, "nothing new in the item for it")
    for development in own:
        near, text = _answer(rule, development, asked)
        yield Answer(near, f"{described(development)}: {text}")


def _answer(rule: Rule, development: Development, asked: Question) -> Answer:
    if rule.kinds and development.kind not in rule.kinds:
        return Answer(_OTHER_KIND, f"{development.kind} is none of {', '.join(sorted(rule.kinds))}")
    lacking = misfit(rule, development, asked.watch)
    if lacking:
        return Answer(3.5, f"filter not passed, {lacking}")
    key, missing = key_of(rule.key, development, asked.item, asked.story)
    if key is None and development.kind not in CORRECTIONS:
        return Answer(4, f"not evaluable, {missing} is not known")
    keys = keys_of(rule.key, development, asked) or [""]
    if isinstance(rule.trigger, Threshold):
        known = asked.view.get_many(CLIMBS, [slot(asked.watch.id, rule, key) for key in keys])
        return _step(rule.trigger, development, max((c.passed for c in known.values()), default=0))
    return Answer(_FIRES, f"fires{_clock(rule, development, keys, asked)}")


def _clock(rule: Rule, development: Development, keys: Sequence[str], asked: Question) -> str:
    """The throttle's clock for these keys: when it last spoke, and from when on it may again if it must wait."""
    spoken = asked.view.get_many(SPOKEN, [voice(asked.watch.id, rule, key, development) for key in keys])
    if not spoken:
        return ""
    known = max(spoken.values(), key=lambda s: s.at)
    last, again = (
        f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M}"
        for at in (known.at, known.at + rule.throttle.wait(known.times))
    )
    waits = "no throttle blocks it" if development.kind in URGENT else f"the same again from {again} UTC"
    return f"; last told {last} ({known.severity}, {known.times} in a row), {waits}"


def _step(threshold: Threshold, development: Development, told: int) -> Answer:
    """What a threshold says of which so many steps were told."""
    value = value_of(development.quantity)
    if development.kind not in FIGURES:
        return Answer(_OTHER_KIND, f"{development.kind} reaches no step")
    if development.metric != threshold.metric or value is None:
        return Answer(2, f"counts {development.metric or 'nothing'}, not {threshold.metric}")
    passed, first = [s for s in threshold.steps if s <= value], threshold.steps[0]
    if not passed:
        short = f"{value:g} is below the first step, {first:g} ({first - value:g} short)"
        return Answer(4 + max(value, 0) / first, short)
    if told >= len(passed):
        return Answer(2, f"step {passed[-1]:g} reached, and told before")
    return Answer(_FIRES, f"step {passed[-1]:g} reached: fires")


def _other_trigger(rule: Rule, item: Item) -> str:
    if isinstance(rule.trigger, Cap):
        marks = ", ".join(m for m in item.marks if m.startswith("cap:")) or "none"
        return f"wants warnings of {', '.join(sorted(rule.trigger.severities)) or 'any severity'}; marks: {marks}"
    return f"has a memory of its own ({type(rule.trigger).__name__.lower()}); see what was decided"
