"""Which sides nobody speaks for any more."""

from monitor.core.rules import load
from monitor.core.voices import silenced

SOURCE = "  - {{id: {0}, url: 'https://{0}.example/', publisher: {0}, owner: {0}, kind: official{1}}}\n"
NAMES = {"ispr": ", side: Pakistani military", "radio": ", side: Pakistan", "emirate": ", side: Taliban", "wire": ""}
WATCH = "watch: Border\nsides:\n  Pakistan: [Islamabad]\n  Taliban: [Kabul]\nabout: [Durand Line]\n"
RULES = load(
    {"sources.yaml": "sources:\n" + "".join(SOURCE.format(*pair) for pair in NAMES.items()), "border.yaml": WATCH}
)


def lost(source, *silent):
    return silenced(RULES.sources[source], RULES, lambda other: other not in silent)


def test_a_side_is_lost_with_its_last_voice_only():
    assert lost("emirate") == ("Taliban in Border",)
    assert lost("ispr") == ()
    assert lost("ispr", "radio") == ("Pakistan in Border",)


def test_a_source_that_is_nobodys_voice_silences_nobody():
    assert lost("wire", "ispr", "radio", "emirate") == ()
