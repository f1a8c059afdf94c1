"""Why a rule fired, or did not: each clause with what matched, or the first that failed and the nearest miss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.core.rules.firing import described, key_of, misfit, value_of
from monitor.core.rules.state import CLIMBS, Climb, slot
from monitor.core.rules.triggers import FIGURES
from monitor.core.rules.verdicts import Selection
from monitor.core.rules.watch import Cap, Rule, Threshold, Watch
from monitor.core.view import View
from monitor.model import Development, Item, StoryId


@dataclass(frozen=True)
class Question:
    """One item before one watch, with what it changed and the rules' memory."""

    watch: Watch
    selection: Selection
    developments: Sequence[Development]
    item: Item
    story: StoryId
    view: View


def explained(asked: Question) -> Iterator[str]:
    """Lines about what each clause and rule says of the item, as the rules and their memory are now."""
    selection, watch = asked.selection, asked.watch
    yield f"{watch.id}: {'belongs' if selection.selected else 'does not belong'}: {selection.why or 'every item does'}"
    if not selection.selected:
        return
    for other in (d for d in asked.developments if not watch.concerns(d)):
        yield f"  left out, it concerns others: {described(other)} ({', '.join(other.actors) or other.side})"
    for rule in watch.rules:
        yield from (f"  {rule.id}: {line}" for line in _rule(rule, asked))


def _rule(rule: Rule, asked: Question) -> Iterator[str]:
    if not rule.enabled:
        yield "switched off"
        return
    failed = rule.scope.failed(asked.selection.case)
    if failed:
        yield f"does not match, {failed.told(asked.selection.case).text}"
        return
    if rule.trigger and not isinstance(rule.trigger, Threshold):
        yield _other_trigger(rule, asked.item)
        return
    own = [d for d in asked.developments if asked.watch.concerns(d)]
    if not own:
        yield "nothing new in the item for it"
    for development in own:
        yield f"{described(development)}: {_answer(rule, development, asked)}"


def _answer(rule: Rule, development: Development, asked: Question) -> str:
    if rule.kinds and development.kind not in rule.kinds:
        return f"{development.kind} is none of {', '.join(sorted(rule.kinds))}"
    lacking = misfit(rule.claim, development, asked.watch) if rule.claim else ""
    if lacking:
        return f"claim filter not passed, {lacking}"
    key, missing = key_of(rule.key, development, asked.item, asked.story)
    if key is None:
        return f"not evaluable, {missing} is not known"
    if isinstance(rule.trigger, Threshold):
        return _step(rule.trigger, development, asked.view.get(CLIMBS, slot(asked.watch.id, rule, key)))
    return "fires"


def _step(threshold: Threshold, development: Development, known: Climb | None) -> str:
    value = value_of(development.quantity)
    if development.kind not in FIGURES:
        return f"{development.kind} reaches no step"
    if development.metric != threshold.metric or value is None:
        return f"counts {development.metric or 'nothing'}, not {threshold.metric}"
    passed = [s for s in threshold.steps if s <= value]
    if not passed:
        return f"{value:g} is below the first step, {threshold.steps[0]:g} ({threshold.steps[0] - value:g} short)"
    told = known is not None and known.passed >= len(passed)
    return f"step {passed[-1]:g} reached{', and told before' if told else ': fires'}"


def _other_trigger(rule: Rule, item: Item) -> str:
    if isinstance(rule.trigger, Cap):
        marks = ", ".join(m for m in item.marks if m.startswith("cap:")) or "none"
        return f"wants warnings of {', '.join(sorted(rule.trigger.severities)) or 'any severity'}; marks: {marks}"
    return f"has a memory of its own ({type(rule.trigger).__name__.lower()}); see what was decided"
