"""Names find the right actor, and never a more official one than the text names."""

import pytest

from monitor.core.claims.actors import Registry
from monitor.model import Actor, ActorId, ActorKind


@pytest.fixture(scope="module")
def base() -> Registry:
    return Registry.base()


@pytest.mark.parametrize(
    ("words", "actor"),
    [
        ("the Pakistani military", "pakistan/military"),
        ("Ukraine’s General Staff", "ukraine/military"),
        ("the Ministry of Health of Lebanon", "lebanon/health-ministry"),
        ("Iran's foreign ministry spokesman", "iran/foreign-ministry"),
        ("a spokesman for the Houthis", "houthis"),
        ("Taliban sources", "taliban/sources"),
        ("a senior Turkish official", "turkey/officials"),
        ("Taliban-run health ministry", "taliban/health-ministry"),
        ("Russian-backed officials", None),
        ("Afghan farmers", None),
        ("a doctor", None),
        ("the group Hezbollah", "hezbollah"),
    ],
)
def test_words_as_a_whole_resolve(base: Registry, words: str, actor: str | None):
    assert base.resolve(words) == actor


def test_the_longest_name_wins(base: Registry):
    text = "The Pakistani Taliban and the Afghan Taliban met Pakistani envoys."
    assert [(text[m.start : m.end], m.actor) for m in base.find(text)] == [
        ("Pakistani Taliban", "ttp"),
        ("Afghan Taliban", "taliban"),
        ("Pakistani", "pakistan"),
    ]


def test_case_tells_names_from_words(base: Registry):
    assert base.find("they told us that roast turkey and china cups were who knows where") == []
    assert [m.actor for m in base.find("US and TURKEY")] == ["united-states", "turkey"]


def test_capitals_are_marked(base: Registry):
    assert [m.capital for m in base.find("Tehran warned Iraq")] == [True, False]


def test_offices_belong_to_their_party_and_sources_stay_anonymous(base: Registry):
    assert base.party(ActorId("taliban/sources")) == base.party(ActorId("taliban")) == "afghanistan"
    assert base.party(ActorId("ispr")) == "pakistan"
    assert base.anonymous(ActorId("taliban/sources"))
    assert not base.anonymous(ActorId("ispr"))
    assert base.get(ActorId("mali/military")).kind is ActorKind.FORCE


def test_an_actor_with_a_known_name_merges_and_its_aliases_win(base: Registry):
    more = base.extended([Actor(ActorId("side-1"), "Taliban", ActorKind.GROUP, aliases=("Kabul", "Hilltop radio"))])
    assert more.resolve("Kabul") == "taliban"
    assert more.resolve("Hilltop radio") == "taliban"
    assert more.find("Kabul")[0].capital
    assert base.resolve("Kabul") == "afghanistan"


def test_an_unknown_actor_is_added(base: Registry):
    more = base.extended([Actor(ActorId("ridge-militia"), "Ridge Militia", ActorKind.GROUP)])
    assert more.resolve("the Ridge Militia") == "ridge-militia"
    assert more.party(ActorId("ridge-militia")) == "ridge-militia"


def test_unknown_ids(base: Registry):
    assert base.party(ActorId("nobody")) == "nobody"
    with pytest.raises(KeyError):
        base.get(ActorId("nobody"))


def test_every_bundled_part_of_leads_to_a_known_party(base: Registry):
    assert all(base.get(base.party(a.id)).part_of is None for a in base.actors)
