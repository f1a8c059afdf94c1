"""The state of play, and figures through time: who asserts what, and who only answers."""

import dataclasses

from monitor.core.ledger import LEDGER
from monitor.core.markup import plain
from monitor.core.records import ALERTS
from monitor.core.standing import series, standing, subject_of
from monitor.core.view import Put
from monitor.model import Metric, ObjectClass, Party, Quantity, Stance, StoryId, WatchId
from monitor.store.memory import MemoryView
from tests.render.samples import AT, NAMES, NORTH, SOUTH, WATCH

from .test_counters import SENT, entry


def claimed(name, low, stance=Stance.ASSERTS, **fields):
    one = entry(1, 1, name)
    figure = dataclasses.replace(one.figures[0], quantity=Quantity(low, low), **fields)
    more = {"object_class": ObjectClass.POSITIONS, "stories": (StoryId("s1"),), "figures": (figure,)}
    return dataclasses.replace(one, claimant=Party(name), stance=stance, **more)


def view(*entries):
    memory = MemoryView()
    memory.apply([Put(ALERTS, SENT), *(Put(LEDGER, e) for e in entries)])
    return memory


def told(*entries):
    return plain(standing(view(*entries), WATCH, NAMES, AT), 4096)


def test_claims_stand_side_by_side_a_line_a_claimant():
    text = told(claimed("the north", 13), claimed("the ministry", 17))
    assert "• the north: 13 outposts captured" in text
    assert "• the ministry: 17 outposts captured" in text
    assert "30" not in text


def test_an_answer_is_never_told_as_its_giver_s_own_claim():
    text = told(
        claimed("the north", 13),
        claimed("the army", 13, Stance.DISPUTES),
        claimed("the minister", 13, Stance.DENIES),
    )
    assert "disputed by the army: 13 outposts captured" in text
    assert "denied by the minister: 13 outposts captured" in text
    assert "• the army" not in text


def test_a_withdrawn_figure_does_not_stand():
    assert told(claimed("the north", 13, withdrawn="an error")) == ""


def test_of_many_claims_the_rest_is_counted():
    assert "and 4 more" in told(*(claimed(f"voice {n}", n + 1) for n in range(12)))


def test_a_watch_that_told_nothing_has_no_state_of_play():
    assert standing(view(claimed("x", 1)), WatchId("other"), NAMES, AT) == []


def test_only_who_asserts_a_figure_has_a_line_in_the_chart():
    memory = view(claimed("the north", 13), claimed("the army", 13, Stance.DISPUTES))
    assert drawn(memory) == ["the north"]


def test_only_like_figures_are_drawn_together():
    ours = claimed("the north", 13)
    memory = view(
        ours,
        claimed("the ministry", 17),
        dataclasses.replace(claimed("the south", 3), side=NORTH),
        dataclasses.replace(claimed("a total", 40), total=True),
        dataclasses.replace(claimed("people", 9), object_class=ObjectClass.COMBATANTS),
        dataclasses.replace(claimed("another metric", 5), metric=Metric.KILLED),
        dataclasses.replace(claimed("a part", 2), part=True),
    )
    assert drawn(memory) == ["the ministry", "the north"]


def drawn(memory):
    like = dataclasses.replace(claimed("x", 1), side=SOUTH)
    return sorted(s.claimant for s in series(memory, subject_of(like)))
