"""What is counted in a text, and what is not: figures with their bounds, parts, totals and modality."""

import datetime as dt
import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims.actors import Registry
from monitor.core.claims.document import Document
from monitor.core.claims.figures import Figure, figures
from monitor.core.claims.scene import Scene
from monitor.model import Metric, ObjectClass

FRIDAY = dt.datetime(2026, 2, 27, 12, tzinfo=dt.UTC)
QUIET = pathlib.Path(__file__).parents[1] / "documents" / "quiet_items.jsonl"


def read(text: str, title: str = "", published: dt.datetime | None = FRIDAY) -> tuple[Figure, ...]:
    document = Document.of(title, text)
    return figures(document, Registry.base(), Scene(document, Registry.base(), published))


def amount(f: Figure) -> str:
    """`12`, `12+` at least, `-12` at most, `12~` about (or a vague floor), `12-15`, `none`."""
    q = f.quantity
    if q.low is None:
        return "none" if q.high is None else f"-{q.high:g}"
    if q.high is None:
        return f"{q.low:g}{'~' if q.vague else '+'}"
    exact = q.low == q.high
    return (f"{q.low:.9g}" if exact else f"{q.low:g}-{q.high:g}") + "~" * q.approx


def brief(f: Figure) -> str:
    marks = {"part": f.part, "hedged": f.hedged, "neg": f.negated, "total": f.quantity.total}
    was = [] if f.quantity.was is None else [f"was={f.quantity.was:g}"]
    return " ".join([f.metric, amount(f), *(m for m, on in marks.items() if on), *was])


def sides(text: str) -> list[tuple[str | None, str | None]]:
    return [(f.object, f.side) for f in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Two soldiers and a policeman were killed when a bomb went off in Quetta on Monday.",
            ["killed 2", "killed 1"],
        ),
        (
            "A roadside bomb killed a policeman and wounded three others, officials said.",
            ["killed 1", "wounded 3"],
        ),
        (
            "Gunmen killed the district chief and two of his guards in Kandahar on Tuesday.",
            ["killed 2"],
        ),
        (
            "At least 12 people, four of them children, died when a bus fell into a ravine.",
            ["killed 12+", "killed 4 part"],
        ),
        (
            "The blast left 14 dead and more than 30 injured.",
            ["killed 14", "wounded 30+"],
        ),
        (
            "Police said 9 protesters had died and 40 were in hospital.",
            ["killed 9", "wounded 40"],
        ),
        (
            "The death toll from the floods in Sindh climbed to 402 on Monday from 388.",
            ["killed 402 was=388"],
        ),
        (
            "Three more bodies were pulled from the rubble, bringing the number of dead to 27.",
            ["killed 3", "killed 27 total"],
        ),
        (
            "Three more bodies were found, taking the toll to 27, rescuers said.",
            ["killed 3", "killed 27 total"],
        ),
        (
            "More than 200 people have been killed in fighting since January.",
            ["killed 200+ total"],
        ),
        (
            "Over the past three months 1,100 civilians have been killed, the UN said.",
            ["killed 1100 total"],
        ),
        (
            "Ten soldiers may have been killed, a source said.",
            ["killed 10 hedged"],
        ),
        (
            "As many as 40 people were feared dead after a boat capsized off Libya.",
            ["killed -40 hedged"],
        ),
        (
            "Rebels threatened to kill 10 hostages unless their demands are met.",
            [],
        ),
        (
            "A strong quake could kill thousands, experts warned.",
            [],
        ),
        (
            "The army said it would destroy 50 bases.",
            [],
        ),
        (
            "If 20 soldiers were killed, as the rebels say, it would be a record.",
            [],
        ),
        (
            "He was ordered to shoot down two drones.",
            [],
        ),
        (
            "The 14th brigade lost five tanks and 23 men in the battle, a commander said.",
            ["destroyed 5", "killed 23"],
        ),
        (
            "Two F-16 jets were shot down over Pokrovsk, Moscow claimed.",
            ["shot_down 2"],
        ),
        (
            "Russia launched 36 missiles and 120 drones at Ukraine overnight.",
            ["launched 36", "launched 120"],
        ),
        (
            "Ukraine's air defences downed 80 of 120 drones and all 12 cruise missiles.",
            ["shot_down 80", "shot_down 12"],
        ),
        (
            "Rebels captured three villages and took 14 soldiers prisoner.",
            ["captured 3", "captured 14"],
        ),
        (
            "Forty-one fighters surrendered and 12 hostages were freed.",
            ["surrendered 41", "freed 12"],
        ),
        (
            "Police arrested 26 people in raids across the country.",
            ["arrested 26"],
        ),
        (
            "Rescuers saved 30 of the 41 people on board; 11 are missing.",
            ["rescued 30", "missing 11"],
        ),
        (
            "The ministry said 310 homes were destroyed and 1,200 damaged.",
            ["destroyed 310", "damaged 1200"],
        ),
        (
            "A convoy of 40 vehicles crossed the border; two trucks were destroyed.",
            ["destroyed 2"],
        ),
        (
            "The 5,000-strong force suffered 130 casualties.",
            ["casualties 130"],
        ),
        (
            "In 2014, gunmen killed more than 140 people at a school in Peshawar.",
            [],
        ),
        (
            "The bombing, which killed 23 people in 2017, is being investigated.",
            [],
        ),
        (
            "It was the deadliest attack since 2021, killing 58 people.",
            ["killed 58"],
        ),
        (
            "Friday marked the tenth anniversary of the siege in which 67 people died.",
            [],
        ),
        (
            "The company cut 300 jobs and its shares lost 12 percent.",
            [],
        ),
        (
            "He missed two penalties and was shot down by critics.",
            [],
        ),
        (
            "Nobody was killed but six people were hurt.",
            ["killed 0 neg", "wounded 6"],
        ),
        (
            "No soldiers were killed in the attack, the army said.",
            ["killed 0 neg"],
        ),
        (
            "The strike did not kill any civilians, the minister insisted.",
            ["killed none neg"],
        ),
        (
            "Between 15 and 20 rebels died, and up to 8 soldiers were wounded.",
            ["killed 15-20", "wounded -8"],
        ),
        (
            "Dozens of people were killed and scores wounded.",
            ["killed 24~", "wounded 40~"],
        ),
        (
            "Hundreds have fled the town; thousands more are displaced.",
            ["displaced 200~", "displaced 2000~"],
        ),
        (
            "Half a dozen houses were burned down and two dozen people hurt.",
            ["destroyed 6", "wounded 24"],
        ),
        (
            "Some 1.2 million people have been displaced by the war.",
            ["displaced 1200000~"],
        ),
        (
            "Almost 90 people, most of them women and children, were killed.",
            ["killed 90~"],
        ),
        (
            "A man, 34, and his two sons were killed in the crash.",
            ["killed 1", "killed 2"],
        ),
        (
            "A 34-year-old man died after being hit by a train.",
            ["killed 1"],
        ),
        (
            "One person was killed and another injured.",
            ["killed 1", "wounded 1"],
        ),
        (
            "Six people were killed, among them three aid workers.",
            ["killed 6", "killed 3 part"],
        ),
        (
            "The quake, measured at magnitude 6.2, killed 11.",
            ["magnitude 6.2", "killed 11"],
        ),
        (
            "A 5.8-magnitude earthquake shook the island.",
            ["magnitude 5.8"],
        ),
        (
            "Israeli strikes killed at least 31 Palestinians, including 9 children, in Gaza since dawn, medics said.",
            ["killed 31+", "killed 9 part"],
        ),
        (
            "Twelve people were shot dead and 5 others injured when gunmen opened fire.",
            ["killed 12", "wounded 5"],
        ),
        (
            "Over 60 people lost their lives in the fire.",
            ["killed 60+"],
        ),
        (
            "The fire claimed 19 lives.",
            ["killed 19"],
        ),
        (
            "The crash claimed the lives of all 62 people on board.",
            ["killed 62"],
        ),
        (
            "Sixty-two people aboard died when the plane crashed.",
            ["killed 62"],
        ),
        (
            "The plane was carrying 62 people when it crashed, killing everyone on board.",
            [],
        ),
        (
            "The army put its losses at 12 dead and 40 wounded.",
            ["killed 12", "wounded 40"],
        ),
        (
            "The toll stood at 12 dead and 40 injured.",
            ["killed 12", "wounded 40"],
        ),
        (
            "Hospital officials put the number of wounded at 140.",
            ["wounded 140"],
        ),
        (
            "The number of people killed in the landslide has risen to 45, with 60 still missing.",
            ["killed 45", "missing 60"],
        ),
        (
            "Death toll passes 1,000 as floods spread",
            ["killed 1000+"],
        ),
        (
            "Toll in ferry disaster nears 300",
            ["killed 300~"],
        ),
        (
            "12 killed, 30 hurt as bus plunges into gorge",
            ["killed 12", "wounded 30"],
        ),
        (
            "Bus plunge kills 12, injures 30",
            ["killed 12", "wounded 30"],
        ),
        (
            "Suicide bomber kills self and 6 others at checkpoint",
            ["killed 6"],
        ),
        (
            "Army: 45 terrorists neutralised in northern Iraq",
            ["killed 45"],
        ),
        (
            "Turkey 'neutralises' 45 PKK militants",
            ["killed 45"],
        ),
        (
            "Pakistan lost two soldiers in the clash, ISPR said.",
            ["killed 2"],
        ),
        (
            "Kyiv said Russia had lost 1,200 troops and 31 tanks in a day.",
            ["killed 1200", "destroyed 31"],
        ),
        (
            "Our forces destroyed three enemy ammunition depots and a radar.",
            ["destroyed 3", "destroyed 1"],
        ),
        (
            "The exchange freed 95 prisoners from each side.",
            ["freed 95"],
        ),
        (
            "About 4,000 people were evacuated from their homes as the volcano erupted.",
            ["displaced 4000~"],
        ),
        (
            "The storm forced 6,500 people from their homes.",
            ["displaced 6500"],
        ),
        (
            "It fired 20 rockets at the base, wounding two contractors.",
            ["launched 20", "wounded 2"],
        ),
        (
            "Thirteen of the 18 crew members were rescued.",
            ["rescued 13"],
        ),
        (
            "The mayor said that three of the wounded had died.",
            ["killed 3"],
        ),
        (
            "The court heard how the driver, who killed 3 people, had been drinking.",
            ["killed 3"],
        ),
        (
            "Two dead, five hurt in knife attack at Hamburg station",
            ["killed 2", "wounded 5"],
        ),
        (
            "Gunman kills 3, then self",
            ["killed 3"],
        ),
        (
            "1 killed, 2 wounded in Chicago shooting",
            ["killed 1", "wounded 2"],
        ),
        (
            "Eight of the dead were police officers.",
            ["killed 8 part"],
        ),
        (
            "Of the 45 killed, 12 were children.",
            ["killed 45", "killed 12 part"],
        ),
        (
            "The dead included 7 women.",
            ["killed 7 part"],
        ),
        (
            "More than 10 per cent of the 300 patients died.",
            [],
        ),
        (
            "The vaccine saved 2 million lives, researchers say.",
            [],
        ),
        (
            "The disease kills 600,000 people a year.",
            [],
        ),
        (
            "Malaria killed 608,000 people in 2022, the WHO said.",
            [],
        ),
        (
            "Smoking-related illness kills about 480,000 Americans each year.",
            [],
        ),
        (
            "Marta Dayton, 42, died when her car left the road, police said.",
            ["killed 1"],
        ),
        (
            "General Abdul Raziq was shot dead in Kandahar on Thursday.",
            ["killed 1"],
        ),
        (
            "The actor John Hurtwell has died at the age of 91 after a long illness.",
            [],
        ),
        (
            "The suspect was arrested near the border.",
            ["arrested 1"],
        ),
        (
            "Kabul was hit by a power cut.",
            [],
        ),
        (
            "His wife and two children were also killed.",
            ["killed 1", "killed 2"],
        ),
        (
            "The toll from Tuesday's quake rose to 51 on Thursday, up from 34 a day earlier, the agency said.",
            ["killed 51 was=34"],
        ),
        (
            "Air defence systems destroyed 112 drones over three regions overnight.",
            ["shot_down 112"],
        ),
        (
            "Russia launched 94 strike drones and 6 missiles at Ukraine.",
            ["launched 94", "launched 6"],
        ),
        (
            "No fewer than 60 soldiers were killed and 22 taken prisoner, the front said.",
            ["killed 60+", "captured 22"],
        ),
        (
            "More than 60 rebels were neutralised and 12 captured, the army said.",
            ["killed 60+", "captured 12"],
        ),
        (
            "The ministry said that 50 of the 64 people arrested in Juliaca had been freed.",
            ["arrested 64", "freed 50"],
        ),
        (
            "A trawler with 24 fishermen aboard has been missing since the storm struck, its owners said.",
            ["missing 24"],
        ),
        (
            "In March at least 164 civilians were killed and 910 injured in the region.",
            ["killed 164+ total", "wounded 910 total"],
        ),
        (
            "The agency has moved 620,000 people to cyclone shelters.",
            ["displaced 620000"],
        ),
        (
            "Some 96,000 people have lost their homes, relief teams said.",
            ["displaced 96000~"],
        ),
        (
            "The agency corrects its report: 28 hostages were rescued, not killed.",
            ["rescued 28"],
        ),
        (
            "Deaths recorded by the office have risen to 60 from 26.",
            ["killed 60 was=26"],
        ),
        (
            "The office lowers the number of deaths in the quake from 69 to 66.",
            ["killed 66 was=69"],
        ),
        (
            "Officials fear the toll could rise above 100.",
            [],
        ),
        (
            "Relatives say 7 of the 9 dead were civilians.",
            ["killed 7 part"],
        ),
        (
            "The death toll rose by 12 to 63.",
            ["killed 63"],
        ),
        (
            "Iran launched 181 missiles on Tuesday, most of which were shot down.",
            ["launched 181"],
        ),
        (
            "Nine of our fighters fell in the battle; two of them fell ill before it.",
            ["killed 9"],
        ),
        (
            "The 34 soldiers of the 3rd battalion returned to base after a 12-hour march.",
            [],
        ),
        (
            "Flight 370 vanished with 239 people on board.",
            [],
        ),
        (
            "A $2 million reward is offered for the gunmen who killed him.",
            [],
        ),
        (
            "The rebels control 40 percent of the province, 25 km from the capital.",
            [],
        ),
        (
            "He was wounded twice in 30 years of service.",
            [],
        ),
        (
            "A drone strike 15 km east of Gao killed eight people.",
            ["killed 8"],
        ),
        (
            "About one in five of the 300 homes was damaged.",
            [],
        ),
        (
            "Up to 90 rockets were fired at the town, injuring at least six.",
            ["launched -90", "wounded 6+"],
        ),
        (
            "Police fired 200 rounds of tear gas; 14 protesters were arrested.",
            ["launched 200", "arrested 14"],
        ),
        (
            "Forces loyal to the general shelled the 2,000-year-old citadel.",
            [],
        ),
        (
            "The attack came two days after 11 policemen were killed in Bannu.",
            ["killed 11"],
        ),
        (
            "He vowed that 100 enemies would die for each martyr.",
            [],
        ),
        (
            "The group threatened to behead four hostages by Friday.",
            [],
        ),
        (
            "An estimated 3,500 people fled across the border on Monday alone.",
            ["displaced 3500~"],
        ),
        (
            "Thousands were displaced, hundreds killed and dozens are missing.",
            ["displaced 2000~", "killed 200~", "missing 24~"],
        ),
        (
            "It is unclear whether any of the 12 crew survived.",
            [],
        ),
        (
            "All 12 crew members survived the crash.",
            [],
        ),
        (
            "The ceasefire, in force since 2022, has held.",
            [],
        ),
        (
            "More than 48,000 Palestinians have been killed since October 2023, Gaza's health ministry says.",
            ["killed 48000+ total"],
        ),
        (
            "Russia said its forces had taken control of three villages in Donetsk.",
            ["captured 3"],
        ),
        (
            "A 23-year-old student and a 41-year-old driver were killed.",
            ["killed 1", "killed 1"],
        ),
        (
            "Four people including a baby were killed.",
            ["killed 4", "killed 1 part"],
        ),
        (
            "Four people (three men and a woman) were killed.",
            ["killed 4", "killed 3 part", "killed 1 part"],
        ),
        (
            "Six of the eight victims have been identified.",
            [],
        ),
        (
            "The number of arrests rose to 1,200.",
            ["arrested 1200"],
        ),
        (
            "He called it the deadliest of the 19 attacks this year.",
            [],
        ),
        (
            "The hospital received 22 bodies and 60 wounded.",
            ["killed 22", "wounded 60"],
        ),
        (
            "Eight more hostages were freed, bringing the total to 24.",
            ["freed 8", "freed 24 total"],
        ),
        (
            "At 9 a.m. 30 gunmen on 12 motorbikes attacked the village, killing 17.",
            ["killed 17"],
        ),
        (
            "The navy rescued 85 migrants off Lampedusa; another 20 are feared drowned.",
            ["rescued 85", "killed 20 hedged"],
        ),
        (
            "Seven of them died.",
            ["killed 7 part"],
        ),
        (
            "Nearly two-thirds of the dead were women and children.",
            ["killed none"],
        ),
        (
            "The shelling has killed at least 9 and wounded 30, including 4 medics.",
            ["killed 9+", "wounded 30", "wounded 4 part"],
        ),
        (
            "The drone was shot down by two missiles.",
            [],
        ),
        (
            "Three drones were shot down and a fourth crashed.",
            ["shot_down 3"],
        ),
        (
            "Israel has killed two commanders, Hezbollah confirmed.",
            ["killed 2"],
        ),
        (
            "The army killed 20 fighters, it said, and lost one soldier.",
            ["killed 20", "killed 1"],
        ),
        (
            "There were no casualties.",
            ["casualties 0 neg"],
        ),
        (
            "No casualties were reported.",
            ["casualties 0 neg"],
        ),
        (
            "The strike caused no deaths but damaged six houses.",
            ["killed 0 neg", "damaged 6"],
        ),
        (
            "Five workers were hurt, two of them badly.",
            ["wounded 5", "wounded 2 part"],
        ),
        (
            "An avalanche buried 14 climbers; five bodies have been found so far.",
            ["killed 5"],
        ),
        (
            "The bus carrying 40 pilgrims overturned, leaving 9 of them dead.",
            ["killed 9 part"],
        ),
        (
            "Twelve miners are trapped underground.",
            [],
        ),
        (
            "Dozens killed as gunmen raid Nigerian villages",
            ["killed 24~"],
        ),
        (
            "Gaza: 31 killed, including a journalist, in Israeli strike",
            ["killed 31", "killed 1 part"],
        ),
        (
            "Syria: IS attack leaves 23 soldiers dead",
            ["killed 23"],
        ),
        (
            "Earthquake in Morocco kills more than 2,000",
            ["killed 2000+"],
        ),
        (
            "Boko Haram frees 21 Chibok girls",
            ["freed 21"],
        ),
        (
            "US strike kills al-Shabab leader in Somalia",
            [],
        ),
        (
            "Ukraine loses 3 jets in a week, Russia says",
            ["destroyed 3"],
        ),
        (
            "Taliban: No casualties in Kabul blast",
            ["casualties 0 neg"],
        ),
        (
            "Hundreds feared dead in Libya floods",
            ["killed 200~ hedged"],
        ),
        (
            "Five aid workers among dead in Gaza convoy strike",
            ["killed 5 part"],
        ),
        (
            "The operation left 40 militants dead and led to the arrest of 12 others.",
            ["killed 40", "arrested 12"],
        ),
        (
            "The governor put the dead at 17 and the injured at 40.",
            ["killed 17", "wounded 40"],
        ),
        (
            "Houthi missile strike kills three sailors on cargo ship",
            ["killed 3"],
        ),
        (
            "A landslide killed 14 and left 30 homeless.",
            ["killed 14", "displaced 30"],
        ),
        (
            "The blaze destroyed 120 homes and killed two firefighters.",
            ["destroyed 120", "killed 2"],
        ),
        (
            "Officials raised the toll from 12 to 19.",
            ["killed 19 was=12"],
        ),
        (
            "Officials said the toll had doubled to 24.",
            ["killed 24"],
        ),
        (
            "Rescuers found three survivors and 11 bodies.",
            ["rescued 3", "killed 11"],
        ),
        (
            "He said 12 of the wounded were in critical condition.",
            ["wounded 12"],
        ),
        (
            "The army said it had captured Hill 402 and killed 22 rebels.",
            ["killed 22"],
        ),
        (
            "Another 15 people were injured.",
            ["wounded 15"],
        ),
        (
            "Over 1,000 houses have been damaged by the storm.",
            ["damaged 1000+"],
        ),
    ],
)
def test_a_sentence_tells_these_figures_and_no_others(text, expected):
    assert sorted(map(brief, read(text))) == sorted(expected)


def test_upper_case_wire_copy_is_read_like_any_other():
    text = (
        "BOGOTA, 3 MAR 90 (EFE) -- [TEXT] FIVE POLICEMEN, INCLUDING A LIEUTENANT,\n"
        "WERE KILLED AND ANOTHER 12 WERE WOUNDED TODAY WHEN GUERRILLAS AMBUSHED\n"
        "THEIR PATROL. THE GUERRILLAS LOST THREE MEN.\n"
    )
    told = [brief(f) for f in read(text, published=None)]
    assert told == ["killed 5", "killed 1 part", "wounded 12", "killed 3"]


def test_every_figure_can_be_read_in_its_exact_quote():
    title = "Quake toll rises to 51"
    text = (
        "The toll rose to 51 on Thursday, up from 34. About 220 people were hurt; 13 homes — all old — were destroyed."
    )
    told = read(text, title=title)
    assert len(told) == 4
    for f in told:
        body = title if f.span.where == "title" else text
        assert body[f.span.start : f.span.end] == f.span.quote
        assert body[f.at[0] : f.at[1]] in f.span.quote


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Nine soldiers were killed.", [ObjectClass.COMBATANTS]),
        ("Nine policemen were killed.", [ObjectClass.OFFICERS]),
        ("Nine villagers were killed.", [ObjectClass.CIVILIANS]),
        ("Nine women and children were killed.", [ObjectClass.CIVILIANS]),
        ("Nine schoolboys were killed.", [ObjectClass.CHILDREN]),
        ("Nine people were killed.", [ObjectClass.PEOPLE]),
        ("Nine were killed.", [ObjectClass.PEOPLE]),
        ("Nine soldiers were killed and 20 others wounded.", [ObjectClass.COMBATANTS, ObjectClass.COMBATANTS]),
        ("The army destroyed nine fighter jets.", [ObjectClass.AIRCRAFT]),
        ("The army captured nine checkpoints.", [ObjectClass.POSITIONS]),
    ],
)
def test_the_kinds_that_must_never_be_compared_are_told_apart(text, classes):
    assert [f.object_class for f in read(text)] == classes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Rebels seized 13 Pakistani outposts and killed 10 soldiers.",
            [("Pakistani outposts", "pakistan"), ("soldiers", "pakistan")],
        ),
        ("The TTP said three of its fighters had died.", [("fighters", "ttp")]),
        ("Six fighters of the TTP were killed.", [("fighters", "ttp")]),
        ("Gunmen ambushed a Malian convoy near Gao and killed 14 soldiers.", [("soldiers", "mali")]),
        ("Jets bombed camps of the TTP. At least 70 fighters of the group were killed.", [("fighters", "ttp")]),
        ("Kyiv downed 61 of 84 drones launched by Russia.", [("drones", "russia"), ("drones", "russia")]),
        ("Kyiv said Russia had lost 31 tanks.", [("tanks", "russia")]),
        ("Some 40 fighters of the TTP and the PKK were killed.", [("fighters", None)]),
        ("Twelve people were killed in a fire.", [("people", None)]),
    ],
)
def test_the_losing_side_is_found_or_left_unknown(text, expected):
    assert sides(text) == expected


def test_own_losses_of_an_unnamed_speaker_are_marked():
    [f] = read("Eight of its own fighters were killed, the ministry said.")
    assert (f.side, f.own) == (None, True)


def test_who_returns_in_an_exchange_is_freed_and_who_returns_home_is_not():
    told = read("The sides exchanged prisoners on Wednesday; 150 soldiers returned to each side.")
    assert [brief(f) for f in told] == ["freed 150"]
    assert read("Some 150 soldiers returned home for the holidays.") == ()


def test_a_loss_without_a_figure_keeps_its_kind():
    [f] = read("The government insisted the strikes killed civilians.")
    assert (f.object, f.object_class, amount(f)) == ("civilians", ObjectClass.CIVILIANS, "none")


def test_who_the_dead_were_is_told_without_a_figure():
    [f] = read("Those killed were civilians, the spokesman said.")
    assert (f.metric, f.object_class) == (Metric.KILLED, ObjectClass.CIVILIANS)


@pytest.mark.parametrize(
    "title", ["City marks anniversary of mill fire", "Obituary: the man of the lamps", "A siege of 1916 remembered"]
)
def test_a_headline_that_looks_back_keeps_old_deaths_from_being_news(title):
    assert read("The blaze killed 41 weavers and ended an age.", title=title) == ()


def test_a_day_far_back_makes_a_figure_history():
    assert read("On 3 September 2025 a bomb killed 12 people here.") == ()


def test_without_a_date_of_the_item_no_day_is_told():
    [f] = read("A bomb killed 12 people on Monday.", published=None)
    assert f.day is None


def test_a_disaster_at_a_match_is_no_sport():
    text = "At least 73 fans died in riots after a football match in Port Said, the health ministry said."
    assert [brief(f) for f in read(text)] == ["killed 73+"]


def test_quiet_items_tell_no_more_than_one_figure_in_three_hundred():
    items = [json.loads(line) for line in QUIET.read_text("utf-8").splitlines()]
    told = [
        (item["title"], brief(f))
        for item in items
        for f in read(item["text"], title=item["title"])
        if amount(f) != "none"
    ]
    assert len(items) >= 300
    assert len(told) <= 1, told


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_the_reader_and_quotes_stay_exact(title, text):
    document = Document.of(title, text)
    for f in figures(document, Registry.base(), Scene(document, Registry.base(), FRIDAY)):
        assert document.field(f.span.where).text[f.span.start : f.span.end] == f.span.quote


WORDS = (
    "12 dozens of soldiers and were killed wounded including children three 40 missiles launched by Russia the dead "
    "Kabul in , ; . toll rose to from up 34 was captured posts Monday on 2019 no"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=30))
def test_any_order_of_loss_words_keeps_figures_within_their_sentence(words):
    document = Document.of("", " ".join(words))
    for f in figures(document, Registry.base(), Scene(document, Registry.base(), FRIDAY)):
        s = document.sentences[f.sentence]
        assert s.start <= f.span.start <= f.at[0] < f.at[1] <= f.span.end <= s.end


def test_it_stands_for_the_thing_of_the_sentence_before():
    [f] = read("A helicopter of the army crashed on Wednesday. It was not shot down by the rebels, the army said.")
    assert (f.metric, f.object_class, f.negated) == (Metric.SHOT_DOWN, ObjectClass.AIRCRAFT, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seven of nine rockets downed over Haifa", ["shot_down 7"]),
        ("Navy sinks 3 of 10 Eritrean speedboats", ["destroyed 3"]),
        ("Gunners brought down 18 out of the 21 drones, the army said.", ["shot_down 18"]),
        ("Four of the six hostages captured in Sinai were freed on Sunday.", ["captured 6", "freed 4"]),
        ("The quake destroyed 700 of the valley's 900 homes.", ["destroyed 700"]),
        ("Eight in ten homes burned; four people died.", ["killed 4"]),
        ("Gunmen killed eight in ten villages on Monday.", ["killed 8"]),
        ("Police arrested 90 marchers, of whom 40 were later released.", ["arrested 90", "freed 40"]),
        ("Police fired rubber bullets at 700 marchers and six officers were hurt.", ["wounded 6"]),
        ("Rebels fired 12 rockets and 11 of them were shot down.", ["launched 12", "shot_down 11"]),
        ("Two of five climbers survived and three died, rescuers said.", ["killed 3"]),
    ],
)
def test_a_share_counts_and_neither_its_whole_nor_its_surroundings(text, expected):
    assert [brief(f) for f in read(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "In the Israeli raid four members of the Guards were killed and two tanks were lost, the IRGC said.",
            [("members", "iran", ObjectClass.COMBATANTS), ("tanks", "iran", ObjectClass.VEHICLES)],
        ),
        ("The IRGC said five guards were martyred.", [("guards", "iran", ObjectClass.COMBATANTS)]),
        ("Six members of the choir were killed.", [("members", None, ObjectClass.PEOPLE)]),
        ("In a Ukrainian drone strike three ships were lost.", [("ships", None, ObjectClass.VEHICLES)]),
    ],
)
def test_an_attack_names_the_attacker_and_not_the_loser(text, expected):
    assert [(f.object, f.side, f.object_class) for f in read(text)] == expected


def test_a_base_of_a_country_lies_where_the_text_says():
    [f] = read("Three sailors were killed at the US base in Djibouti.")
    assert f.place is not None
    assert f.place.path[0] == "Djibouti"


def test_a_strike_on_the_ships_of_a_country_is_not_placed_in_it():
    [f] = read("Three sailors were killed in a strike on Iran's boats.")
    assert f.place is None


def test_a_weekday_is_that_of_the_publication_though_it_is_still_the_day_before_where_it_happened():
    early_thursday = dt.datetime(2026, 6, 4, 3, tzinfo=dt.UTC)
    [f] = read("Five people were killed in Ohio, United States, on Thursday.", published=early_thursday)
    assert f.day is not None
    assert f.day.first == dt.date(2026, 6, 4)
