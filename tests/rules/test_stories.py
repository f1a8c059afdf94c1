"""A story that was merged into another, or has turned into another: what rules remember of it goes on."""

import pytest

from monitor.core.rules.explain import Question, explained
from monitor.core.rules.state import MUTES, Muting
from monitor.core.stories.records import ALIASES, STORIES, Alias, Story
from monitor.core.view import Put
from monitor.model import DevelopmentKind, Outcome, Placement, Reading

from .conftest import NOON, claim, make_item

LATER = {
    "merged": ("s0", Put(ALIASES, Alias("s1", "s0", 0.0))),
    "merged twice": ("s00", Put(ALIASES, Alias("s0", "s00", 0.0))),
    "turned": ("s2", Put(STORIES, Story("s2", 0.0, 0.0, of="s1"))),
}


@pytest.fixture(params=LATER)
def renamed(request):
    """Makes the change in a desk's memory and gives the story's name after it."""
    name, put = LATER[request.param]

    def change(desk):
        desk.view.apply([LATER["merged"][1], put] if request.param == "merged twice" else [put])
        return name

    return change


def answers(desk, development, story):
    """What `rules explain` says of a development of that story, by what the rules remember."""
    item = make_item("Pakistan strikes the Taliban at outposts", id="later", seen=NOON)
    selection = desk.watch.selects(item, Reading(), Placement(story, False), desk.rules.sources[item.source])
    return "\n".join(explained(Question(desk.watch, selection, (development,), item, story, desk.view)))


def rules(text):
    return "watch: News\nrules:\n" + text


def outcomes(judgements):
    return [j.outcome for j in judgements]


def test_a_burst_that_was_told_is_not_told_again(desk, renamed):
    news = desk(
        rules("  - {id: b, trigger: {burst: {count: 2, distinct: owner, window: 30m}}, key: [story], severity: low}\n")
    )
    news.tell()
    assert outcomes(news.tell(after=1, source="example-times")) == [Outcome.SENT]
    story = renamed(news)
    assert news.tell(after=2, source="example-state", story=story) == ()
    assert news.tell(after=3, story="elsewhere") == ()


def test_a_step_that_was_passed_is_not_passed_again(desk, renamed):
    news = desk(
        rules("  - {id: k, trigger: {threshold: {metric: killed, steps: [50, 90]}}, key: [story], severity: low}\n")
    )
    assert outcomes(news.tell(claim(low=60))) == [Outcome.SENT]
    story = renamed(news)
    assert "step 50 reached, and told before" in answers(news, claim(low=61), story)
    assert "step 50 reached: fires" in answers(news, claim(low=61), "elsewhere")
    assert news.tell(claim(low=61), after=1, story=story) == ()
    assert outcomes(news.tell(claim(low=91), after=2, story=story)) == [Outcome.SENT]


def test_what_was_met_is_not_met_for_the_first_time(desk, renamed):
    news = desk(rules("  - {id: f, trigger: {first_seen: {memory: 30d}}, key: [story], severity: low}\n"))
    assert outcomes(news.tell(claim())) == [Outcome.SENT]
    story = renamed(news)
    assert news.tell(claim(), after=1, story=story) == ()


def test_a_throttle_goes_on(desk, renamed):
    news = desk(
        rules("  - {id: c, developments: [new_claim], key: [story], throttle: {same_key: 30m}, severity: low}\n")
    )
    assert outcomes(news.tell(claim())) == [Outcome.SENT]
    story = renamed(news)
    assert "last told 2026-03-02 12:00" in answers(news, claim(low=13), story)
    assert "last told" not in answers(news, claim(low=13), "elsewhere")
    assert outcomes(news.tell(claim(low=13), after=5, story=story)) == [Outcome.THROTTLED]
    assert outcomes(news.tell(claim(low=14), after=50, story=story)) == [Outcome.SENT]


def test_an_inhibition_goes_on(desk, renamed):
    text = """  - {id: d, developments: [denied], severity: critical}
  - {id: c, developments: [new_claim], severity: low}
inhibit:
  - {id: quiet, while: {rule: d}, mute: [c], same: [story], for: 2h}
"""
    news = desk(rules(text))
    assert outcomes(news.tell(claim(DevelopmentKind.DENIED))) == [Outcome.SENT]
    story = renamed(news)
    assert outcomes(news.tell(claim(low=13), after=5, story=story)) == [Outcome.INHIBITED]
    assert outcomes(news.tell(claim(low=13), after=5, story="elsewhere")) == [Outcome.SENT]


def test_a_mute_goes_on(desk, renamed):
    news = desk(rules("  - {id: c, developments: [new_claim], severity: low}\n"))
    at = NOON.timestamp()
    news.view.apply([Put(MUTES, Muting("m", at, at + 9999, "ana", "known", story="s1"))])
    story = renamed(news)
    assert outcomes(news.tell(claim(), after=1, story=story)) == [Outcome.MUTED]
    assert outcomes(news.tell(claim(), after=1, story="elsewhere")) == [Outcome.SENT]
