"""Which items belong to a watch."""

import pytest

WATCH = """
watch: Border
sides:
  Pakistan: [Islamabad, ISPR]
  Taliban: [Afghan Taliban, Kabul, Zabihullah Mujahid]
  TTP: [Tehrik-i-Taliban Pakistan, Pakistani Taliban]
about: [Durand Line, air strikes, outposts]
not: [cricket, T20]
"""


@pytest.mark.parametrize(
    "title",
    [
        "Islamabad blames Kabul",
        "Pakistani jets hit Afghan Taliban",
        "Pakistan fires across the Durand Line",
        "Airstrike kills six, ISPR says",
        "Air strike kills six, says Pakistan",
        "Pakistan army loses an outpost",
        "ISLAMABAD BLAMES THE TALIBAN",
        "Zabihullah Mujahid answers Pakistan’s army",
    ],
)
def test_two_sides_or_one_and_an_about_word_belong(desk, title):
    assert desk(WATCH).selects(title).selected


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Pakistan's rupee falls", "sides: 1 of 2"),
        ("Rebels seize three outposts in Congo", "sides: 0 of 1"),
        ("Pakistan and the Taliban's T20 side", "kept out by 'T20'"),
        ("Court in Islamabad jails two Pakistani Taliban", "sides: 1 of 2"),
        ("Rain in Kabul, sun in Islamabad", "sides: 0 of 2"),
        ("A blaze at an outpostage in Pakistanland", "sides: 0 of 2"),
        ("", "nobody named"),
    ],
)
def test_others_do_not_and_the_first_failed_clause_is_told(desk, title, why):
    selection = desk(WATCH).selects(title)

    assert not selection.selected
    assert why in selection.why


def test_the_longest_name_wins(desk):
    selection = desk(WATCH).selects("Pakistani Taliban and ISPR trade blame")

    assert {m.term: m.span.quote for m in selection.matches if m.clause == "sides"} == {
        "TTP": "Pakistani Taliban",
        "Pakistan": "ISPR",
    }


def test_a_capital_speaks_as_an_actor_and_lies_as_a_place(desk):
    watch = desk(WATCH)

    assert watch.selects("Kabul said that Pakistan had fired first").selected
    assert not watch.selects("A quake was felt in Kabul", "Relief came from Pakistan.").selected
    assert not watch.selects("", "ISLAMABAD (Example Wire) - The Taliban met traders.").selected


def test_matches_give_the_exact_words_of_the_item(desk):
    selection = desk(WATCH).selects("Pakistan warns", "«Élan» — the Durand Line is calm, İstanbul hears.")

    about = next(m for m in selection.matches if m.clause == "any")
    assert about.span.quote == "Durand Line"
    assert "«Élan» — the Durand Line is calm, İstanbul hears."[about.span.start : about.span.end] == "Durand Line"


def selects(desk, terms, text, **more):
    return desk(f"watch: X\nselect: {{text: {{{terms}}}}}\n").selects("", text, **more).selected


@pytest.mark.parametrize(
    ("terms", "yes", "no"),
    [
        ('any: ["shell{ed,ing}"]', "They shelled it", "A shell company"),
        ('all: ["border", "closed"]', "The border was closed", "The border is open"),
        ('any: [{is: "March", case: exact}]', "In March it rained", "They march on"),
        ("any: [WHO]", "The WHO reports", "who reports it"),
        ("any: [{is: strike, inflect: false}]", "a strike", "strikes"),
        ("any: [strike]", "They struck at dawn", "Strikingly little"),
        ("any: [city]", "Two cities", "Citing a source"),
        ("any: [{near: [strike, ward], tokens: 5}]", "a strike on the main ward", "a strike " + "x " * 9 + "ward"),
        ('any: [{regex: "M(w|b)\\\\s?[5-9]\\\\.\\\\d", anchor: magnitude}]', "magnitude Mw 6.1", "magnitude Ml 6.1"),
        ('any: [{regex: "\\\\bélan\\\\b", anchor: élan}]', "Avec élan !", "relance"),
        ('any: [{regex: "\\\\blan\\\\b", anchor: élan}]', "le lan, élan", "avec élan"),
        ("any: [زلزال]", "وقع الزلزال اليوم", "وقع اليوم"),
        ("any: [کابل]", "کابُل میں دھماکا", "قابل ذکر"),
        ("any: [地震]", "昨日、地震が発生", "昨日、雨が降った"),
        ("any: [Åland]", "The ÅLAND islands", "The land islands"),
    ],
)  # fmt: skip
def test_words(desk, terms, yes, no):
    assert selects(desk, terms, yes)
    assert not selects(desk, terms, no)


def test_words_of_the_title_and_the_text_do_not_join(desk):
    watch = desk("watch: X\nabout: [Durand Line]\n")

    assert not watch.selects("Durand", "Line").selected


def test_fields(desk):
    watch = desk("watch: X\nselect: {fields: [lede], text: {any: [quake]}}\n")

    assert watch.selects("Nothing", "A quake struck.").selected
    assert not watch.selects("A quake struck", "Nothing.").selected
    assert not watch.selects("Nothing", "word " * 200 + "quake").selected


def test_sources_kinds_sides_and_languages(desk):
    by = "watch: X\nsources: {%s}\n"

    assert desk(by % "kinds: [wire]").selects("x").selected
    assert not desk(by % "kinds: [un]").selects("x").selected
    assert desk(by % "sides: [Pakistan]").selects("x", source="example-state").selected
    assert not desk(by % "sides: [Pakistan]").selects("x").selected
    assert not desk(by % "except: [example-wire]").selects("x").selected
    assert desk(by % "languages: [en, ur]").selects("x", lang="en-GB").selected
    assert not desk(by % "languages: [ur]").selects("x").selected


def test_lists_are_shared_by_include(desk):
    common = "lists: {quakes: [quake, tremor]}\n"
    watch = "watch: X\ninclude: [common/words]\nselect: {text: {any: ['@quakes']}}\n"

    assert desk(watch, **{"common/words.yaml": common}).selects("Tremors felt").selected


def test_only_watches_whose_rarest_words_occur_are_looked_at(desk):
    from monitor.core.rules import load
    from monitor.model import Placement, Reading
    from tests.rules.conftest import make_item

    rules = load({f"w{i}.yaml": f"watch: W{i}\nabout: [word{i}]\n" for i in range(50)})

    found = rules.select(make_item("It has word7 and word9 in it"), Reading(), Placement("s", new_story=False), None)

    assert [(w.id, s.selected) for w, s in found] == [("w7", True), ("w9", True)]
