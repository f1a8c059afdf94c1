"""How ministries, groups and wires really put it: heavy official prose, dismissals, accounts that go on unnamed."""

import datetime as dt

import pytest

from monitor.core.claims import read
from monitor.core.claims.actors import Registry
from monitor.model import Claim, Item, ItemId, Metric, Source, SourceId, SourceKind, Stance

NOON = dt.datetime(2031, 5, 8, 12, tzinfo=dt.UTC)
THURSDAY = NOON.date()


def claims(text: str, title: str = "", source: Source | None = None) -> list[Claim]:
    item = Item(ItemId("i"), SourceId("s"), NOON, title, text, published=NOON)
    return list(read(item, Registry.base(), source).claims)


def brief(text: str, title: str = "", source: Source | None = None) -> list[str]:
    """Metric, lower and upper bound, and what marks a figure, of every claim with a number."""
    return [_brief(c) for c in claims(text, title, source) if c.metric and (c.quantity.low or c.quantity.high)]


def _brief(c: Claim) -> str:
    marks = {"part": c.part, "denied": c.stance is Stance.DENIES, "total": c.quantity.total}
    high = "+" if c.quantity.high is None else ""
    return " ".join([f"{c.metric} {c.quantity.low:g}{high}", *(m for m, on in marks.items() if on)])


def whose(text: str, title: str = "", source: Source | None = None) -> list[tuple[str | None, str, float | None]]:
    return [
        (c.claimant.text if c.claimant else None, c.stance.value, c.quantity.low) for c in claims(text, title, source)
    ]


def official(side: str) -> Source:
    return Source(SourceId("o"), "https://o.test/", "Press office", "State", SourceKind.OFFICIAL, side)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What fire does depends on what burns.
        ("Nine lorries were burned near Kidal.", ["destroyed 9"]),
        ("Two cooks were burned in the kitchen.", ["wounded 2"]),
        ("Rebels shot eight guards and set three buses alight.", ["casualties 8", "destroyed 3"]),
        ("Three barns were ablaze at dusk.", []),
        # The dead in other words.
        ("The clinic in Kidal took in the bodies of 17 recruits.", ["killed 17"]),
        ("The villagers had buried their dead: 31 people were buried on Tuesday.", ["killed 31"]),
        ("Fourteen hikers were buried under the snow.", []),
        ("A traffic policeman was killed and a police officer was hurt.", ["killed 1", "wounded 1"]),
        ("The number of those killed by the raid has risen to 44, the ministry said.", ["killed 44"]),
        # Who is meant is not what happened.
        ("Six of the nurses abducted in Jos were freed on Monday.", ["freed 6"]),
        ("A baker wounded on Monday died on Wednesday.", ["killed 1"]),
        ("Four beekeepers kidnapped on 3 January have been released, Niger's army said.", ["freed 4"]),
        # Taken away, let go, left.
        ("Coast guards took away all 11 fishermen.", ["captured 11"]),
        ("Eight imprisoned students were let go.", ["freed 8"]),
        ("Some 4,200 people have left the old quarter of Homs since the shelling.", ["displaced 4200"]),
        ("The shelling has left 42 people dead.", ["killed 42"]),
        ("A cook who fled said the stall had burned down.", []),
        ("Two of the wounded evacuated from Kidal were nurses.", ["wounded 2 part"]),
        # One of them.
        ("Three divers were hurt and one who fell overboard is missing.", ["wounded 3", "missing 1"]),
        # Places and things.
        ("Two patrol boats and an ammunition depot were destroyed.", ["destroyed 2", "destroyed 1"]),
        ("Seven artillery pieces were destroyed and two aerial vehicles shot down.", ["destroyed 7", "shot_down 2"]),
        ("Three hills, among them Hill 880, passed into the hands of the rebels.", ["captured 3"]),
        ("The brigade took under control six commanding heights.", ["captured 6"]),
        ("Thirty tanks were seized intact.", ["captured 30"]),
        ("Contact with one drone was lost at noon.", []),
        # Times and numbers.
        ("Since 11 March 57 citizens of Chad have been killed.", ["killed 57 total"]),
        ("Army losses for the same period exceed 90 killed.", ["killed 90+ total"]),
        ("In all 19 pilgrims were killed.", ["killed 19 total"]),
        ("At least 640 people have been killed since the siege began in June last year.", ["killed 640+ total"]),
        ("The choir began in 2012. Four of its singers were killed that year.", []),
        ("Niger handed over 12 Malian soldiers in an exchange of prisoners.", ["freed 12"]),
        ("21 killed in clinic shelling, medics say", ["killed 21"]),
        ("23 killed in hospital shelling, medics say", ["killed 23"]),
        ("Because of a slip the number of dead was wrong.", []),
        # Denied by the order of the words.
        ("Nor were six of our drivers seized.", ["captured 6 denied"]),
    ],
)
def test_wordings_that_official_prose_likes(text, expected):
    assert brief(text) == expected


def test_a_day_that_tells_which_ones_are_meant_is_not_when_it_was():
    *_, freed = claims("The two welders arrested on Monday were released on Wednesday.")
    assert freed.metric is Metric.FREED
    assert freed.day is not None
    assert freed.day.first == THURSDAY - dt.timedelta(days=1)


def test_a_ship_is_no_town():
    (dead,) = claims("Frigate Halden was hit. The attack on Halden cost the lives of nine sailors.")
    assert dead.place is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nine people were hurt, two farmers said by telephone.", [("two farmers", "asserts", 9)]),
        (
            "The mayor of the village that was hit by a Russian rocket said on Sunday that six people had died.",
            [("mayor of the village", "asserts", 6)],
        ),
        (
            "Two of the injured have died, raising the death toll to 15, the Bakers' Union said.",
            [("Bakers' Union", "asserts", 2), ("Bakers' Union", "asserts", 15)],
        ),
        (
            "After a recount of the dead the Ministry of Health of Mali corrects the number of pilgrims killed to 24.",
            [("Ministry of Health of Mali", "asserts", 24)],
        ),
        ("Eleven drivers have been killed, the aid office regrets to say.", [("aid office", "asserts", 11)]),
        (
            "Iran lowered the toll to 17 from 19 because two had been counted twice, the rescue service said.",
            [("rescue service", "asserts", 17)],
        ),
        (
            "Iran said that it had fired six rockets and that the tanker had sunk, which Oman denied.",
            [("Iran", "asserts", 6), ("Oman", "denies", None)],
        ),
    ],
)
def test_whose_figure_it_is(text, expected):
    assert whose(text) == expected


def test_an_account_goes_on_where_nobody_else_is_named():
    text = "A convoy was hit near Kidal, a UN spokesman said. Seven drivers were killed."
    assert whose(text) == [("UN spokesman", "asserts", 7)]


@pytest.mark.parametrize(
    "text",
    [
        # Two have spoken: it may be either's.
        "Mali said the bridge fell. Niger said it stood. Seven drivers were killed.",
        # A new paragraph begins anew.
        "A convoy was hit near Kidal, a UN spokesman said.\n\nSeven drivers were killed.",
        # Only a clause of the sentence before was somebody's.
        "The road, which the army says is safe, was closed after the convoy was hit. Seven drivers were killed.",
    ],
)
def test_an_account_does_not_go_on(text):
    assert whose(text)[-1][0] is None


def test_she_is_the_nurse_and_not_her_hospital():
    text = "Nine guests were killed, a nurse at the hospital said. Sixteen were being treated for wounds, she added."
    assert [name for name, *_ in whose(text)] == ["nurse at the hospital"] * 2


def test_it_is_the_general_command():
    assert whose("The General Command says all is calm. It denies that any camp was captured.") == [
        ("General Command", "denies", None)
    ]


def test_two_parties_that_speak_together_are_neither():
    assert Registry.base().resolve("Mali's army and the Taliban") is None


# --- what is called false ---------------------------------------------------------------------


def test_who_calls_a_figure_false_disputes_it():
    (dispute,) = claims("The figure of 33 announced by Niger for Kidal is absurd, the governor of Gao said.")
    assert (dispute.stance, dispute.quantity.low) == (Stance.DISPUTES, 33)
    assert dispute.claimant is not None
    assert dispute.claimant.text == "governor of Gao"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The figure of 33 spread by the enemy is a product of fantasy.", [("Mali", "disputes", 33)]),
        ("The statement by Iran that nine drones were shot down is false.", ["Iran asserts", "Mali denies"]),
        (
            "The assertion by Iran that six nurses were wounded does not correspond to reality.",
            ["Iran asserts", "Mali denies"],
        ),
    ],
)
def test_an_official_feed_calls_it_false_in_its_own_name(text, expected):
    told = whose(text, source=official("Mali"))
    named = [f"{name} {stance}" for name, stance, _ in told]
    assert expected in (told, named)


def test_an_official_feed_speaks_by_whom_it_lets_deny():
    text = "Mali's army denies that any post fell. Nine attackers were killed."
    assert whose(text, source=official("Mali"))[-1] == ("Mali's army", "asserts", 9)


@pytest.mark.parametrize(
    "text",
    [
        "In our report on the raid, the figure the army gave for slain raiders should read four, not nine.",
        "Because of a mistake the number of dead given in our earlier report was wrong. It is four, not nine.",
    ],
)
def test_a_correction_says_what_its_figures_were(text):
    told = [c for c in claims(text, "CORRECTION - raid") if c.quantity.low]
    assert [(c.metric, c.quantity.low, c.quantity.was) for c in told] == [(Metric.KILLED, 4, 9)]


# --- in another's words -------------------------------------------------------------------------


def statements(text: str) -> list[str]:
    item = Item(ItemId("i"), SourceId("s"), NOON, "", text, published=NOON)
    return [s.claimant.text for s in read(item, Registry.base()).statements]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("The union said that the owners want a truce.", ["union"]),
        ("The owners plan to close the pit, a spokesman said.", ["spokesman"]),
        ("The union said it was ready, and the owners promised to listen.", ["union", "owners"]),
    ],
)
def test_what_stands_in_anothers_words_is_no_statement_of_its_own(text, speakers):
    assert statements(text) == speakers
