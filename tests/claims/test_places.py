"""Where it happened: paths from the country down."""

import datetime as dt

import pytest

from monitor.core.claims.actors import Registry
from monitor.core.claims.document import Document
from monitor.core.claims.figures import figures
from monitor.core.claims.places import Places, country_name, lookup, zone_of
from monitor.core.claims.scene import Scene


def paths(text: str, title: str = "") -> list[tuple[str, ...]]:
    document = Document.of(title, text)
    places = Places(document, Registry.base())
    return [m.place.path for s in document.sentences for m in places.read(s)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Jets struck targets in Nangarhar.", ("Afghanistan", "Nangarhar")),
        ("A bomb went off in Paktia province.", ("Afghanistan", "Paktia")),
        ("Troops fought near Miran Shah.", ("Pakistan", "Khyber Pakhtunkhwa", "Miran Shah")),
        ("A raid in North Waziristan.", ("Pakistan", "Khyber Pakhtunkhwa", "North Waziristan")),
        ("A jet fell near Spin Boldak.", ("Afghanistan", "Kandahar", "Spin Boldak")),
        ("Blasts in Kabul.", ("Afghanistan", "Kabul")),
        ("Blasts in the eastern Afghan city of Jalalabad.", ("Afghanistan", "Nangarhar", "Jalalabad")),
        ("Fighting across Sudan.", ("Sudan",)),
        ("Strikes on Gaza.", ("Palestine", "Gaza")),
        ("A TRUCK EXPLODED IN BOGOTA.", ("Colombia", "Bogota")),
    ],
)
def test_a_name_after_a_preposition_is_a_place(text, path):
    assert paths(text) == [path]


def test_a_list_of_places_is_what_they_share():
    assert paths("Jets struck camps in Nangarhar and Paktia.") == [("Afghanistan",)]


def test_a_town_beside_its_country_is_one_place():
    assert paths("A bomb went off in Goma, DR Congo.")[0][:1] == ("DR Congo",)


def test_a_capital_that_speaks_is_no_place():
    assert paths("Kabul said that two posts were lost.") == []


def test_the_countries_of_the_text_decide_between_towns_of_one_name():
    assert paths("Afghan officials spoke. A mine went off in Jalalabad.")[-1][0] == "Afghanistan"
    assert paths("Indian officials spoke. A mine went off in Jalalabad.")[-1][0] == "India"


@pytest.mark.parametrize(
    "text", ["He spoke on Monday.", "It was in March.", "A law in Parliament.", "A bill at Court."]
)
def test_days_months_and_institutions_are_no_places(text):
    assert paths(text) == []


def test_where_the_speaker_sits_is_not_where_it_happened():
    document = Document.of("", "Twelve men died in Kech, an official in Islamabad said.")
    [f] = figures(document, Registry.base())
    assert f.place is not None
    assert f.place.path[-1] == "Kech"


def test_the_day_is_that_of_the_countrys_clock():
    late = dt.datetime(2026, 2, 26, 21, 30, tzinfo=dt.UTC)
    document = Document.of("", "A bomb killed 12 people in Kabul this morning.")
    [f] = figures(document, Registry.base(), Scene(document, Registry.base(), late))
    assert f.day is not None
    assert f.day.first == dt.date(2026, 2, 27)


def test_the_gazetteer_is_sorted_so_that_halving_finds_every_row():
    assert {e.country for e in lookup("Jalalabad")} >= {"AF", "IN"}
    assert lookup("aachen")
    assert lookup("zwolle")
    assert lookup("Nowhere-upon-Nothing") == ()
    assert lookup("") == ()


def test_countries_have_names_and_clocks():
    assert country_name("AF") == "Afghanistan"
    assert zone_of("AF") == "Asia/Kabul"
    assert zone_of("XX") is None
