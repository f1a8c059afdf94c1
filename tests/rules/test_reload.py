"""Rules that change while the daemon runs, or were changed while it did not."""

import asyncio

import pytest

from monitor import rulefiles
from monitor.core.rules import load
from monitor.errors import RuleFileError

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
