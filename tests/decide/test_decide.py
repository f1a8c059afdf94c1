"""One item through the whole decision: what each watch makes of it, and what is recorded."""

import datetime as dt

import pytest

from monitor.core.decide import decide
from monitor.core.records import ALERTS, DECISIONS, ITEMS
from monitor.core.rules import Ruleset, load
from monitor.core.view import Draft
from monitor.model import Item, ItemId, Outcome, SourceId
from monitor.replaying import replay, versions
from monitor.store.memory import MemoryView

RULES = {
    "sources.yaml": """
sources:
  - {id: wire, url: https://example.org/wire, publisher: Some Wire, owner: Some Wire Ltd, kind: wire}
  - {id: times, url: https://example.org/times, publisher: Nowhere Times, owner: Nowhere Group, kind: independent}
""",
    "peru-ecuador.yaml": """
watch: Peru–Ecuador
sides: {Peru: [Lima], Ecuador: [Quito]}
about: [Cenepa]
alert: [new claims, rival claims, contradictions, denials, corrections, escalation]
""",
    "quakes.yaml": "watch: Quakes\nabout: [earthquake]\n",
}
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load(RULES)


def item(name: str, text: str, *, hours: float = 0, source: str = "wire", title: str = "On the border") -> Item:
    seen = NOON + dt.timedelta(hours=hours)
    return Item(ItemId(name), SourceId(source), seen, title, text, f"https://example.org/{name}", published=seen)


FIRST = item("a", "Eleven Ecuadorean soldiers were killed on Wednesday, Peru's defence ministry said.")
AGAIN = item(
    "b", "Peru's defence ministry says 11 Ecuadorean soldiers were killed on Wednesday.", hours=1, source="times"
)
HIGHER = item("c", "Fifteen Ecuadorean soldiers were killed on Wednesday, Peru's defence ministry said.", hours=2)
ELSEWHERE = item("d", "The bakery in Oslo sold 4,000 buns on Tuesday.", hours=3)


def test_a_first_claim_alerts_its_watch_and_the_verdict_says_why(ruleset):
    view = MemoryView()
    draft = Draft(view)
    decision = decide(FIRST, draft, ruleset)
    [alert] = decision.alerts
    assert (alert.watch, alert.outcome, alert.item) == ("peru-ecuador", Outcome.SENT, "a")
    assert [d.kind.value for d in alert.developments] == ["new_claim"]
    assert [(v.watch, v.outcome) for v in decision.record.verdicts] == [("peru-ecuador", Outcome.SENT)]
    assert all(v.why for v in decision.record.verdicts)
    assert decision.record.rules_hash == ruleset.hash


def test_item_record_and_alerts_are_in_the_draft(ruleset):
    view = MemoryView()
    draft = Draft(view)
    decision = decide(FIRST, draft, ruleset)
    view.apply(draft.changes())
    assert view.get(ITEMS, "a") == FIRST
    assert view.get(DECISIONS, "a#1") == decision.record
    assert view.get(ALERTS, decision.alerts[0].id) == decision.alerts[0]


def test_an_item_that_fails_a_clause_ends_with_that_reason_and_no_alert(ruleset):
    one_side = item("o", "Eleven Peruvian miners were killed on Wednesday, Peru's labour ministry said.")
    decision = decide(one_side, Draft(MemoryView()), ruleset)
    assert decision.alerts == ()
    [verdict] = decision.record.verdicts
    assert verdict.outcome is None
    assert "sides: 1 of 2" in verdict.why


def test_an_item_without_any_word_of_any_watch_is_learned_and_silent(ruleset):
    decision = decide(ELSEWHERE, Draft(MemoryView()), ruleset)
    assert (decision.alerts, decision.record.verdicts) == ((), ())


def test_the_same_claim_elsewhere_is_silent_and_a_higher_one_is_told(ruleset):
    told = [[d.kind.value for a in d.alerts for d in a.developments] for d in replay([FIRST, AGAIN, HIGHER], ruleset)]
    assert told == [["new_claim"], [], ["revised_up"]]


def test_deciding_the_same_inbox_twice_gives_the_same_decisions(ruleset):
    inbox = [FIRST, AGAIN, HIGHER, ELSEWHERE]
    assert list(replay(inbox, ruleset)) == list(replay(inbox, ruleset))


def test_a_known_item_with_the_same_words_is_nothing_and_with_others_a_version():
    edited = item("a", "Twelve Ecuadorean soldiers were killed on Wednesday, Peru's defence ministry said.", hours=5)
    assert [i.version for i in versions([FIRST, FIRST, edited, edited])] == [1, 2]


def test_a_withdrawal_names_the_alerts_it_corrects(ruleset):
    kill = item(
        "k",
        "Some Wire withdraws its report that 11 Ecuadorean soldiers were killed on Wednesday, as said in Lima.",
        hours=6,
        title="KILL: Some Wire withdraws report on Ecuadorean soldiers",
    )
    first, last = replay([FIRST, kill], ruleset)
    assert [a.corrects for a in last.alerts] == [(first.alerts[0].id,)]


def test_a_withdrawal_without_any_word_of_the_watch_still_reaches_it(ruleset):
    first = item("f", "Peru's army said 40 Ecuadorean soldiers were killed in Zamora on Wednesday.")
    kill = item(
        "k", "Some Wire withdraws its report that 40 soldiers were killed in Zamora.", hours=3, title="KILL: withdrawn"
    )
    _, last = replay([first, kill], ruleset)
    assert [(a.watch, [d.kind.value for d in a.developments]) for a in last.alerts] == [("peru-ecuador", ["retracted"])]


def test_a_source_that_the_rules_do_not_name_is_nobodys_voice(ruleset):
    stranger = item("s", "Eleven Ecuadorean soldiers were killed on Wednesday, Peru's army said.", source="unheard-of")
    [decision] = replay([stranger], ruleset)
    assert [a.outcome for a in decision.alerts] in ([], [Outcome.SENT])
    assert decision.record.developments
