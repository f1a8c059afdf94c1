"""First contact, a source's or a new watch's, is learned from in silence and ends with one state of play."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.core.baseline import LONGEST, SETTLED
from monitor.core.decide import decide, meet, tick
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Draft, Put
from monitor.model import ChatId, Item, ItemId, Mute, Outcome, SourceId, Subscriber, WatchId
from monitor.store.memory import MemoryView

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SOURCES = "sources:\n  - {id: one, url: 'http://one.example/', publisher: One, owner: One, kind: independent}\n"
STEPS = "watch: Steps\nabout: [Nangarhar]\nkilled: [10, 50, 100]\n"
CLAIMS = "watch: Claims\nabout: [Nangarhar]\nalert: [new claims, rival claims, contradictions]\n"
FIRST = "Islamabad said on Sunday that at least 70 fighters were killed in air strikes in Nangarhar province."
LATER = "Islamabad said on Sunday that at least 75 fighters were killed in air strikes in Nangarhar province."


def rules(**watches):
    return load({"sources.yaml": SOURCES} | {f"{name}.yaml": text for name, text in watches.items()})


def item(name, text, at, **more):
    return Item(ItemId(name), SourceId("one"), at, text.partition(" in air")[0], text, **more)


class Desk:
    """A decider over a memory, followed by two chats."""

    def __init__(self, ruleset):
        self.view, self.ruleset = MemoryView(), ruleset
        self.view.apply(Put(SUBSCRIBERS, Subscriber(ChatId(n), (WatchId("claims"), WatchId("steps")))) for n in (1, 2))

    def _keep(self, work):
        draft = Draft(self.view)
        result = work(draft)
        self.view.apply(draft.changes())
        return result

    def read(self, ruleset, now=NOON):
        self.ruleset = ruleset
        return self._keep(lambda draft: meet(draft, ruleset, now))

    def decide(self, *told, **more):
        return self._keep(lambda draft: decide(item(*told, **more), draft, self.ruleset))

    def wait(self, until):
        return self._keep(lambda draft: tick(draft, self.ruleset, until))[1]


@pytest.fixture
def desk():
    return Desk(rules(claims=CLAIMS))


def told(messages):
    return [(m.chat, m.kind, m.watch, m.silent) for m in messages]


BOTH = [(1, "baseline", "claims", True), (2, "baseline", "claims", True)]


def test_a_source_s_first_contact_ends_with_one_silent_state_of_play(desk):
    desk.read(desk.ruleset)
    assert desk.decide("a", FIRST, NOON, baseline=True).messages == ()
    assert desk.wait(NOON + SETTLED - MINUTE) == ()
    messages = desk.wait(NOON + SETTLED)
    assert told(messages) == BOTH
    assert "Islamabad" in messages[0].text
    assert "70" in messages[0].text
    assert desk.wait(NOON + 2 * SETTLED) == ()


def test_sources_that_come_one_by_one_are_waited_for_but_not_for_ever(desk):
    at = NOON
    for killed in range(70, 230, 20):
        assert desk.decide(f"i{killed}", FIRST.replace("70", str(killed)), at, baseline=True).messages == ()
        at += SETTLED - MINUTE
    assert NOON + LONGEST - SETTLED < at - SETTLED < NOON + LONGEST
    assert told(desk.wait(NOON + LONGEST)) == BOTH


def test_nothing_claimed_is_nothing_to_tell_of(desk):
    desk.decide("a", "Rain fell in Nangarhar.", NOON, baseline=True)
    assert desk.wait(NOON + SETTLED) == ()


def test_who_left_or_muted_the_watch_hears_no_state_of_play(desk):
    left = replace(desk.view.get(SUBSCRIBERS, "1"), active=False)
    muted = replace(desk.view.get(SUBSCRIBERS, "2"), mutes=(Mute(NOON + SETTLED * 2, watch=WatchId("claims")),))
    desk.view.apply([Put(SUBSCRIBERS, left), Put(SUBSCRIBERS, muted)])
    desk.decide("a", FIRST, NOON, baseline=True)
    assert desk.wait(NOON + SETTLED) == ()


def test_a_new_watch_learns_what_was_decided_before_it_and_tells_of_it_once(desk):
    desk.read(desk.ruleset)
    assert desk.decide("a", FIRST, NOON).messages
    both = rules(claims=CLAIMS, steps=STEPS)
    learned = desk.read(both, NOON + MINUTE)
    assert {(a.watch, a.outcome) for a in learned} == {("steps", Outcome.BASELINE)}
    assert told(desk.wait(NOON + MINUTE + SETTLED)) == [(c, "baseline", "steps", True) for c in (1, 2)]
    again = desk.decide("b", LATER, NOON + 3 * SETTLED)
    rules_that_fired = {r.rule for a in again.alerts if a.watch == "steps" for r in a.reasons}
    assert rules_that_fired == {"new-claims"}, "a new figure, but no step was passed since"


def test_a_watch_is_met_once(desk):
    desk.decide("a", FIRST, NOON)
    desk.read(rules(claims=CLAIMS, steps=STEPS))
    known = len(desk.view.latest(ALERTS, limit=99))
    assert desk.read(rules(claims=CLAIMS, steps=STEPS.replace("100", "200"))) == ()
    assert len(desk.view.latest(ALERTS, limit=99)) == known
