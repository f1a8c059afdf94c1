"""The ledger is one for all, the items are not: what a watch has never been told is news to it."""

import datetime as dt

import pytest

from monitor.core.decide import decide, meet
from monitor.core.rules import load
from monitor.core.view import Draft
from monitor.model import Item, ItemId, Outcome, SourceId
from monitor.store.memory import MemoryView

SOURCES = """
sources:
  - {id: wire, url: https://example.org/wire, publisher: Some Wire, owner: Some Wire Ltd, kind: wire}
  - {id: times, url: https://example.org/times, publisher: Nowhere Times, owner: Nowhere Group, kind: independent}
  - {id: post, url: https://example.org/post, publisher: Nowhere Post, owner: Post Group, kind: independent}
"""
ANY = "watch: Soldiers\nabout: [soldiers]\n"
BOTH = "watch: Border\nsides: {Peru: [Lima], Ecuador: [Quito]}\n"
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)

ONE_SIDE = "Eleven soldiers were killed on Wednesday near Loma, Peru's defence ministry said."
TWO_SIDES = (
    "Peru's defence ministry says eleven soldiers were killed on Wednesday near Loma. Ecuador has not commented."
)
AGAIN = "Eleven soldiers died near Loma on Wednesday, according to Peru's defence ministry. Ecuador kept silent."
MORE = (
    "Peru's defence ministry said on Thursday that fifteen soldiers were killed on Wednesday near Loma, up from eleven."
)


class House:
    """Rules and a memory: items in, what goes out to whom."""

    def __init__(self, *watches: str) -> None:
        self.view, self.hours = MemoryView(), 0
        self.reads(*watches)

    def reads(self, *watches: str) -> None:
        """Take up other rules; a daemon lets the watches that are new meet what was there."""
        self.rules = load({"sources.yaml": SOURCES} | {f"w{n}.yaml": text for n, text in enumerate(watches)})
        draft = Draft(self.view)
        meet(draft, self.rules, self.now)
        self.view.apply(draft.changes())

    @property
    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(hours=self.hours)

    def decided(self, text: str, *, source: str = "wire", baseline: bool = False):
        self.hours += 1
        name = ItemId(f"i{self.hours}")
        item = Item(name, SourceId(source), self.now, "", text, f"https://e.org/{name}", self.now, baseline=baseline)
        draft = Draft(self.view)
        decision = decide(item, draft, self.rules)
        self.view.apply(draft.changes())
        return decision

    def hears(self, text: str, **how):
        """{watch: kinds of the figures and rungs that went out}."""
        alerts = self.decided(text, **how).alerts
        return {a.watch: [d.kind.value for d in a.developments] for a in alerts if a.outcome is Outcome.SENT}


def test_a_figure_that_came_first_in_an_item_of_others_is_told_once_and_then_no_more():
    house = House(ANY, BOTH)

    assert house.hears(ONE_SIDE) == {"w0": ["new_claim"]}
    assert house.hears(TWO_SIDES, source="times") == {"w1": ["new_claim"]}
    assert house.hears(AGAIN, source="post") == {}
    assert house.hears(ONE_SIDE, source="post") == {}


def test_it_is_told_in_the_words_of_the_item_that_brings_it():
    house = House(BOTH)
    house.hears(ONE_SIDE)

    [alert] = house.decided(TWO_SIDES, source="times").alerts
    [told] = alert.developments
    assert told.span.quote in TWO_SIDES
    assert (told.quantity.low, told.claimant.text) == (11, "Peru's defence ministry")
    assert (alert.item, told.answers, told.previous) == ("i2", (), None)


def test_what_nobody_was_told_anew_stands_in_no_record():
    house = House(ANY, BOTH)
    house.hears(ONE_SIDE)

    assert [d.retold for d in house.decided(TWO_SIDES, source="times").record.developments] == [True]
    assert house.decided(AGAIN, source="post").record.developments == ()


def test_a_new_watch_takes_what_is_known_for_its_baseline():
    house = House(ANY)
    house.hears(ONE_SIDE)
    house.hours += 1
    house.reads(ANY, BOTH)

    assert house.hears(TWO_SIDES, source="times") == {}
    assert house.hears(MORE.replace("near Loma", "near Loma in Ecuador"), source="times")["w1"] == ["revised_up"]


def test_what_a_watch_learned_at_first_contact_is_no_news_to_it():
    house = House(ANY, BOTH)

    assert house.hears(TWO_SIDES, baseline=True) == {}
    assert house.hears(AGAIN, source="times") == {}


@pytest.mark.parametrize("replaced", [ONE_SIDE, TWO_SIDES])
def test_a_figure_that_its_voice_has_replaced_stays_silent(replaced):
    house = House(BOTH)
    house.hears(ONE_SIDE)
    house.hears(MORE)

    assert house.hears(replaced, source="post") == {}


def test_a_figure_borne_out_that_the_watch_never_heard_is_told_as_a_claim():
    house = House(ANY, BOTH)
    house.hears(ONE_SIDE)
    other = (
        "Eleven soldiers were killed on Wednesday near Loma, a doctor at the district hospital said. Peru and Ecuador"
    )

    assert house.hears(f"{other} met.", source="times") == {"w1": ["new_claim"]}


def test_a_step_of_the_ladder_is_told_once_to_each_watch():
    strike = "Peru carried out air strikes on Ecuador on Wednesday."
    house = House("watch: Air\nabout: [air strikes]\n", BOTH.rstrip() + "\nnot: [carnival]\n")

    assert house.hears(f"{strike} The carnival was called off.") == {"w0": ["escalated"]}
    assert house.hears(strike, source="times") == {"w1": ["escalated"]}
    assert house.hears(strike, source="post") == {}


RIVAL = "A nurse counted nineteen soldiers dead near Loma on Wednesday, not eleven. She worked in the north of Peru."


def test_what_rivals_a_figure_reaches_who_was_told_it_though_no_second_side_is_named():
    house = House(BOTH)
    house.hears(TWO_SIDES)
    assert house.hears(RIVAL, source="times") == {"w0": ["rival"]}


def test_what_names_none_of_its_sides_rivals_nothing_of_a_watch():
    house = House(BOTH)
    house.hears(TWO_SIDES)
    assert house.hears(RIVAL.replace("Peru", "the land"), source="times") == {}
