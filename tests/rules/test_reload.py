"""Rules that change while the daemon runs, or were changed while it did not."""

import asyncio

import pytest

from monitor import rulefiles
from monitor.core.rules import load
from monitor.errors import RuleFileError
from monitor.model import Item, ItemId, Placement, Reading, SourceId, StoryId

from .conftest import NOON

GOOD = "watch: B\nabout: [quake]\nalert: [every item]\n"
FAILING = GOOD + "tests: [{name: silence, given: [{at: 0m, title: A quake}], nothing_else: true}]\n"


@pytest.fixture
def place(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "b.yaml").write_text(GOOD)
    return tmp_path


def start(place):
    return rulefiles.start(place / "rules", place / "state" / "rules.json")


def codes(ruleset):
    return [f.code for f in ruleset.quarantined]


def test_a_reload_with_a_failing_test_changes_nothing(place):
    good = start(place)
    (place / "rules" / "b.yaml").write_text(FAILING)

    with pytest.raises(RuleFileError, match=r"b\.yaml:4:9: test failed: silence"):
        rulefiles.reload(place / "rules", good)


def test_a_reload_quarantines_a_broken_file_and_takes_the_others(place):
    good = start(place)
    (place / "rules" / "b.yaml").write_text("watch: [")
    (place / "rules" / "c.yaml").write_text("watch: C\nabout: [flood]\n")

    reloaded = rulefiles.reload(place / "rules", good, place / "state" / "rules.json")

    assert [w.id for w in reloaded.watches] == ["b", "c"]
    assert codes(reloaded) == ["yaml-syntax"]


def test_a_start_with_a_broken_file_goes_on_with_its_last_good_version(place):
    good = start(place)
    (place / "rules" / "b.yaml").write_text("watch: [")

    again = start(place)

    assert [(w.id, w.hash) for w in again.watches] == [(w.id, w.hash) for w in good.watches]
    assert codes(again) == ["yaml-syntax"]


def test_a_start_with_an_unreadable_file_goes_on_with_its_last_good_version(place):
    start(place)
    (place / "rules" / "b.yaml").write_bytes(b"watch: \xff")
    (place / "rules" / "new.yaml").write_text("watch: New\nabout: [floods]\n")

    assert [w.id for w in start(place).watches] == ["b", "new"]
    assert codes(start(place)) == ["not-utf8"]


@pytest.mark.parametrize("copy", [None, "{", '{"x.yaml": "watch: ["}'])
def test_a_start_with_nothing_good_is_refused(place, copy):
    (place / "rules" / "b.yaml").write_text("watch: [")
    if copy:
        (place / "state").mkdir()
        (place / "state" / "rules.json").write_text(copy)

    with pytest.raises(RuleFileError, match=r"b\.yaml:"):
        start(place)


def test_a_start_without_the_directory_is_refused(place):
    start(place)
    (place / "rules" / "b.yaml").unlink()
    (place / "rules").rmdir()

    with pytest.raises(RuleFileError, match="no such directory"):
        start(place)


def test_only_rules_without_mistakes_are_kept_for_the_next_start(place):
    good, copy = start(place), place / "state" / "rules.json"
    before = copy.read_text()
    (place / "rules" / "b.yaml").write_text("watch: [")
    rulefiles.reload(place / "rules", good, copy)
    assert copy.read_text() == before

    (place / "rules" / "b.yaml").write_text(GOOD + "not: [x]\n")
    rulefiles.reload(place / "rules", good, copy)
    assert copy.read_text() != before


def test_rules_of_no_meaning_changed_keep_their_hash(place):
    good = start(place)
    (place / "rules" / "b.yaml").write_text(f"# a comment\n{GOOD}")

    assert rulefiles.reload(place / "rules", good).hash == good.hash == load({"b.yaml": GOOD}).hash


async def test_a_saved_rule_file_is_noticed_and_others_are_not(place):
    noticed = asyncio.Event()
    async with rulefiles.Watching(place / "rules", noticed.set):
        await asyncio.sleep(0.3)
        (place / "rules" / "notes.txt").write_text("x")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(noticed.wait(), 2)
        (place / "rules" / "b.yaml").write_text(FAILING)
        await asyncio.wait_for(noticed.wait(), 120)


ALL_KINDS = {
    "sources.yaml": "sources: [{id: a, url: 'https://a.example/', publisher: A, owner: A, kind: wire}]\n",
    "actors.yaml": "actors: [{name: Royal Guard, kind: force}]\n",
    "common/words.yaml": "lists: {sport: [cricket]}\n",
    "hills.yaml": "watch: Hills\ninclude: [common/words]\nsides: {Ruritania: [Strelsau], Royal Guard: []}\n"
    "select: {sides: 2, text: {none: ['@sport']}, sources: {only: [a]}}\n",
    "local.yaml": "overlay: hills\nrules: {new-claims: {severity: high}}\n",
    "other.yaml": "watch: Other\nabout: [x]\n",
}


@pytest.mark.parametrize(
    "text", ["\tx", "", "# nothing\n", "42", "[a]", "nonsense: 1", "watch: [", "sources: 5", "watch: W\nx: 1"]
)
@pytest.mark.parametrize("file", ALL_KINDS)
def test_whatever_becomes_of_a_file_its_last_good_version_goes_on(file, text):
    """Also where nothing in it says any more what it was."""
    good = load(ALL_KINDS)
    now = load(ALL_KINDS | {file: text}, last_good=good)

    assert {fault.file for fault in now.quarantined} == {file}
    assert now.hash == good.hash
    item = Item(ItemId("i"), SourceId("a"), NOON, "The Royal Guard marches on Strelsau", "Nobody was hurt.")
    chosen = now.select(item, Reading(), Placement(StoryId("s"), new_story=False), now.sources[SourceId("a")])
    assert [(w.id, s.selected) for w, s in chosen] == [("hills", True)]
    again = load(ALL_KINDS | {file: text, "new.yaml": "watch: New\nabout: [y]\n"}, last_good=now)
    assert [w.id for w in again.watches] == ["hills", "new", "other"]


def test_a_change_that_does_not_go_with_the_others_last_good_version_waits_with_it():
    """The list is there no more; the watch that needs it is unchanged. All goes on as it was until that is mended."""
    good = load(ALL_KINDS)
    now = load(ALL_KINDS | {"common/words.yaml": "lists: {music: [opera]}\n"}, last_good=good)

    assert {(fault.file, fault.code) for fault in now.quarantined} == {("hills.yaml", "unknown-list")}
    assert now.hash == good.hash
    assert load(ALL_KINDS, last_good=now).quarantined == ()


def test_a_change_that_needs_what_another_file_lost_waits_with_it():
    good = load(ALL_KINDS)
    hills = ALL_KINDS["hills.yaml"].replace("'@sport'", "'@music'")
    changed = ALL_KINDS | {"common/words.yaml": "lists: {music: [}\n", "hills.yaml": hills}
    now = load(changed, last_good=good)

    assert {fault.file for fault in now.quarantined} == {"common/words.yaml", "hills.yaml"}
    assert now.hash == good.hash
    mended = changed | {"common/words.yaml": "lists: {music: [opera]}\n"}
    assert load(mended, last_good=now).hash == load(mended).hash != good.hash
