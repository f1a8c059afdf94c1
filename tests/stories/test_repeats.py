"""Repeats, copies, and what must never be taken for a repeat."""

import pytest

from monitor.core.stories.differences import _cues, difference, sentences
from monitor.core.text import tokens

TOLL = (
    "Army says 133 fighters killed in strikes on Varzan",
    (
        "The army said that 133 fighters were killed in air strikes on the outskirts of Varzan early on Friday. "
        "A spokesman said that 27 positions of the rebels had been destroyed in the operation."
    ),
)


def test_the_same_words_again_are_a_repeat_and_a_copy(desk):
    desk.place(*TOLL, name="first")
    again = desk.place(*TOLL, source="paper")
    assert again.repeat
    assert again.repeat_of == "first"
    assert again.near_copy_of == "first"
    assert "first" in again.why


def test_a_copy_under_another_headline_shares_the_origin(desk):
    desk.place(*TOLL, name="first")
    copy = desk.place("Friday's bombing: what the spokesman had to say", TOLL[1], source="paper")
    assert copy.near_copy_of == "first"


def test_a_copy_cut_short_shares_the_origin(desk):
    desk.place(*TOLL, name="first")
    copy = desk.place(TOLL[0], TOLL[1][:105], source="paper")
    assert copy.near_copy_of == "first"


def test_other_words_are_no_copy(desk):
    desk.place(*TOLL, name="first")
    other = desk.place(
        "Friday raids near Varzan leave 133 rebels dead, army claims",
        "Aircraft bombed rebel camps around Varzan on Friday; by the army's count 133 men died and 27 posts are gone.",
    )
    assert other.near_copy_of is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("133 fighters were killed", "274 fighters were killed"),
        ("133 fighters were killed", "No fighters were killed"),
        ("The army said that", "Residents said that"),
        ("27 positions of the rebels", "eleven positions of the rebels"),
    ],
)
def test_one_change_in_the_same_words_is_no_repeat_but_still_a_copy(desk, old, new):
    desk.place(*TOLL, name="first")
    text = TOLL[1].replace(old, new)
    changed = desk.place(TOLL[0], text, source="paper")
    assert not changed.repeat
    assert changed.near_copy_of == "first"


def _difference(new, old):
    return difference(*(sentences("\n".join(" ".join(tokens(s)) for s in text.split(". "))) for text in (new, old)))


SAID = "Pakistan killed 133 Taliban fighters in Kabul strikes, military says"


@pytest.mark.parametrize(
    ("new", "old", "what"),
    [
        ("Pakistan killed 274 Taliban fighters in Kabul strikes, military says", SAID, "figure"),
        ("Pakistan killed no Taliban fighters in Kabul strikes, military says", SAID, "negates"),
        ("Taliban killed 133 Pakistan fighters in Kabul strikes, military says", SAID, "roles"),
        ("Pakistan killed 133 Taliban fighters in Kabul strikes, residents say", SAID, "voice"),
        ("Pakistan denies killing 133 Taliban fighters in Kabul strikes", SAID, "stance"),
        ("Ministry confirms strike on airport", "Ministry denies strike on airport", "stance"),
        ("Afghan Taliban attack Pakistani army at border", "Pakistani army attack Afghan Taliban at border", "roles"),
        ("Kabul says Islamabad broke the truce", "Islamabad says Kabul broke the truce", "roles"),
        ("Death toll of the flood rises to forty", "Death toll of the flood rises to 34", "figure"),
        ("Floods hit the delta, 12 dead", "Floods hit the delta", "figure"),
        ("Rescuers fail to reach the trapped miners", "Rescuers reach the trapped miners", "negates"),
        ("Residents confirm strike on airport", "Army says strike on airport", "stance"),
        ("Army denies strike on airport. Residents confirm it", "Army denies strike on airport", "stance"),
        ("Flood drives out 5 billion people", "Flood drives out 5 million people", "figure: 5000000000"),
        ("Dozens dead in blast at market", "Four dead in blast at market", "figure: dozens"),
        (
            "Mayor of Pelt convicted of bribery",
            "Mayor of Pelt acquitted of bribery",
            "convicted where that has acquitted",
        ),
        ("Gunmen kidnap engineers in Morv", "Gunmen kidnap engineers in Dorv", "morv where that has dorv"),
        ("طالبان تؤكد غارة على كابول", "طالبان تنفي غارة على كابول", "stance"),
        ("الجيش يؤكد مقتل جنود", "الجيش ينفي مقتل جنود", "stance"),
        ("Талибы подтверждают авиаудар по Кабулу", "Талибы отрицают авиаудар по Кабулу", "stance"),
        ("حمله به کابل کشته بر جای نگذاشت", "حمله به کابل کشته بر جای گذاشت", "negates"),
        ("तालिबान ने हमले की पुष्टि की", "तालिबान ने हमले से इनकार किया", "stance"),
        ("塔利班证实喀布尔遭空袭", "塔利班否认喀布尔遭空袭", "stance"),
        ("喀布尔空袭没有人死亡", "喀布尔空袭有人死亡", "negates"),
    ],
)
def test_changes_that_are_seen(new, old, what):
    assert what in _difference(new, old)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (SAID, SAID),
        ("Military says Pakistan killed 133 Taliban fighters in strikes on Kabul", SAID),
        ("Taliban attacked by Pakistan at border", "Pakistan attacks Taliban at border"),
        ("India and Pakistan agree truce", "Pakistan and India agree truce"),
        ("Death toll rises to forty", "Death toll rises to 40"),
        ("The minister has said that talks go on", "The minister says that talks go on"),
        ("The envoy left on 27 June", "The envoy left"),
        ("Army confirms it bombed the airport", "Army says it bombed the airport"),
        ("Army kills fighters in Varzan", "Army killed fighters in Varzan"),
        ("Aid of $4.25m for the delta", "Aid of 4,250,000 dollars for the delta"),
        ("Thirty-five million flee, two dozen drown", "35m flee, 24 drown"),
        ("The firm has not renewed its plan for spills", "The firm has yet to renew its plan for spills"),
        (
            "The council offers a truce if all troops leave the towns of the east. The president rejects it",
            "The council offers a truce if all troops leave the towns of the east but the president rejects it",
        ),
    ],
)
def test_rewordings_that_change_nothing(new, old):
    assert _difference(new, old) == ""


def test_every_cue_is_in_the_form_of_the_words_it_is_looked_for_among():
    cues = _cues()
    words = {*cues.all(), *cues.helpers, *cues.bounds, *cues.times, *cues.spelled, *cues.scales}
    assert [word for word in words if tokens(word) != [word]] == []


def test_novelty_falls_as_a_story_is_told(desk):
    first = desk.place(*TOLL)
    again = desk.place(*TOLL, source="paper")
    more = desk.place(
        "Hospital in Varzan counts 35 wounded civilians",
        "The director of the main hospital in Varzan said that 35 civilians, nine children among them, came in.",
    )
    assert again.novelty < more.novelty < first.novelty


CLINIC = (
    "Clinic in Varzan gives number of wounded",
    "Thirty-five people were wounded in the raid on Varzan, the director of the town's clinic told the wire.",
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "CORRECTION: wounded in Varzan",
            "The wire misstated the number given by the clinic in Varzan. 25 people were wounded in the raid, not 35.",
        ),
        (
            "Army on reports from the clinic in Varzan",
            "The army denies that 35 people were wounded in the raid on Varzan.",
        ),
        (
            "The wire withdraws report on wounded in Varzan",
            "The wire withdraws its report that 35 people were wounded in the raid on Varzan, given by the clinic.",
        ),
        (
            "Wounded in Varzan rise to 47",
            "Forty-seven people were wounded in the raid on Varzan, up from 35, the director of the clinic said.",
        ),
        (
            "Army on the clinic in Varzan",
            "The wounded in the clinic of Varzan were hurt in a crash, the army told the wire. They were not raided.",
        ),
    ],
)
def test_an_answer_in_other_words_is_no_repeat(desk, title, text):
    desk.place(*CLINIC)
    assert not desk.place(title, text).repeat


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Explosion at airport", "Explosion at Kinshasa airport"),
        ("Troops cross border", "Ethiopian troops cross into Eritrea"),
        ("Landslide buries road to Terek pass", "Terek pass road reopens"),
    ],
)
def test_a_headline_with_a_name_or_deed_more_is_no_repeat(desk, old, new):
    desk.place(old)
    assert not desk.place(new).repeat


def test_a_headline_in_another_order_is_a_repeat(desk):
    desk.place("Landslide buries road to Terek pass", name="first")
    assert desk.place("Road to Terek pass buried by landslide").repeat_of == "first"


def test_figures_in_words_are_figures(desk):
    desk.place(*CLINIC, name="first")
    again = desk.place(
        "35 wounded in raid on Varzan, clinic says", CLINIC[1].replace("Thirty-five", "No fewer than 35")
    )
    assert again.repeat_of == "first"


def test_a_round_up_told_again_is_a_repeat(desk):
    desk.place("Landslide buries road to the Terek pass", "A landslide buried the only road to the Terek pass.")
    desk.place("Nine miners trapped at Koldar", "Nine miners were trapped at the Koldar mine, rescuers said.")
    desk.place("Ruling party leads in Osteria", "The ruling party led the count in the Osteria election.")
    week = (
        "A landslide buried the only road to the Terek pass. Nine miners were trapped at the Koldar mine. "
        "The ruling party led the count in Osteria."
    )
    first = desk.place("The week in brief", week, name="week")
    assert first.mentions
    assert desk.place("The week in brief", week).repeat_of == "week"
