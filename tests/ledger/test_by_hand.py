"""What operators see of the ledger and set right by hand: whoever was told of it hears of it."""

import datetime as dt
import json
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.core import mending
from monitor.core.ledger import LEDGER
from monitor.core.records import ALERTS, DECISIONS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.stories import compare, record
from monitor.core.stories.records import ALIASES, SIGNATURES, STORIES, Alias, Story
from monitor.core.view import Draft, Put
from monitor.errors import UsageError
from monitor.model import ChatId, Item, ItemId, MessageState, SourceId, StoryId, Subscriber, WatchId
from monitor.replaying import replay
from monitor.store.memory import MemoryView
from monitor.store.sqlite import SqliteStore

from .desk import Desk, day, killed

RULES = {
    "sources.yaml": "sources: [{id: wire, url: https://example.org/w, publisher: Wire, owner: Wire Ltd, kind: wire}]",
    "peru-ecuador.yaml": "watch: Peru–Ecuador\nsides: {Peru: [Lima], Ecuador: [Quito]}\n",
}
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)


def item(name: str, text: str, hours: float) -> Item:
    seen = NOON + dt.timedelta(hours=hours)
    return Item(ItemId(name), SourceId("wire"), seen, "On the border", text, published=seen)


ITEMS = [
    item("a", "Eleven Ecuadorean soldiers were killed near Cenepa on Wednesday, Peru's defence ministry said.", 0),
    item(
        "b", "Ecuador's army said on Wednesday that four Ecuadorean soldiers were killed near Cenepa by Peru's fire.", 1
    ),
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteStore:
    """A database in which the items were decided and one chat follows the watch."""
    monkeypatch.setenv("TOCSIN_DATABASE", str(tmp_path / "tocsin.db"))
    store = SqliteStore(tmp_path / "tocsin.db")
    chat = Put(SUBSCRIBERS, Subscriber(ChatId(7), (WatchId("peru-ecuador"),)))
    store.apply([chat])
    for decision in replay(ITEMS, load(RULES), Recorder(store)):
        store.apply((), decision.messages)
    return store


class Recorder(MemoryView):
    """A view that reads and writes through a store, for `replay`."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__()
        self.store, self.get, self.find, self.latest = store, store.view().get, store.view().find, store.view().latest

    def apply(self, puts) -> None:
        self.store.apply(puts)


def test_the_ledger_shows_every_voice_with_its_words(store, capsys):
    assert main(["ledger", "peru-ecuador"]) == 0
    shown = capsys.readouterr().out
    assert "killed combatants of ecuador" in shown
    assert "Peru's defence ministry asserts" in shown
    assert "11 Ecuadorean soldiers killed" in shown
    assert "1 outlet, 1 origin" in shown


def test_the_ledger_of_a_story_as_json(store, capsys):
    story = store.view().latest(DECISIONS, limit=1)[0].placement.story
    assert main(["ledger", story, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["low"] for row in rows} <= {4, 11}
    assert all(row["quote"] for row in rows)


def test_an_empty_ledger_says_so(store, capsys):
    assert main(["ledger", "no-such-watch"]) == 1
    assert "nothing has been claimed" in capsys.readouterr().err


def test_a_rejected_claim_no_longer_counts_and_whoever_got_it_hears_so(store, capsys):
    [entry] = store.view().find(LEDGER, "item", ["a"])
    before = len(store.messages(list(MessageState), 100))
    assert main(["claim", "reject", entry.figures[0].claim, "--why", "soldiers of a film"]) == 0
    assert "1 alerts are corrected" in capsys.readouterr().out
    assert store.view().find(LEDGER, "item", ["a"])[0].figures[0].withdrawn.endswith("soldiers of a film")
    correction = store.view().latest(ALERTS, limit=1)[0]
    assert correction.corrects
    assert correction.developments[0].kind == "retracted"
    assert len(store.messages(list(MessageState), 100)) == before + 1


def test_an_unknown_claim_is_wrong_usage(store, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["claim", "reject", "nothing#1:0", "--why", "x"])
    assert stopped.value.code == 2
    assert "tocsin ledger" in capsys.readouterr().err


def test_splitting_takes_the_claims_along_and_corrects_what_compared_them(store, capsys):
    story = store.view().get(DECISIONS, "b#1").placement.story
    if store.view().get(DECISIONS, "a#1").placement.story != story:
        assert main(["story", "merge", store.view().get(DECISIONS, "a#1").placement.story, story]) == 0
    assert main(["story", "split", story, "b"]) == 0
    assert "1 alerts are corrected" in capsys.readouterr().out
    one, two = (store.view().find(LEDGER, "item", [name])[0] for name in "ab")
    assert one.incident != two.incident
    assert two.key.startswith(two.incident)


def test_splitting_what_is_no_story_is_wrong_usage(store, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["story", "split", "s-none", "b"])
    assert stopped.value.code == 2


def test_splitting_leaves_the_items_of_other_stories_where_they_are(store, capsys):
    one, two = (store.view().get(DECISIONS, f"{name}#1").placement.story for name in "ab")
    if one != two:
        assert main(["story", "merge", one, two]) == 0
    elsewhere = item("c", "Two Ecuadorean soldiers were killed near Cenepa on Wednesday, Peru's army said.", 2)
    draft = Draft(store.view())
    record(elsewhere, compare(elsewhere, draft), None, draft)
    store.apply(draft.changes())
    assert main(["story", "split", two, "b", "c", "nowhere"]) == 0
    assert "1 items are story" in capsys.readouterr().out
    assert store.view().get(SIGNATURES, "c").story != store.view().get(SIGNATURES, "b").story


def test_merging_stories_joins_the_incidents_that_fit_and_their_entries():
    desk = Desk()
    vague = {"side": None, "place": None, "on": day(22)}
    desk.tells("wire", killed("a doctor", 9, **vague), story="s-1")
    desk.tells("agency", killed("a nurse", 12, **vague), story="s-2")
    desk.view.apply(Put(STORIES, Story(StoryId(name), first, first, 1)) for name, first in (("s-1", 1.0), ("s-2", 2.0)))
    assert len({e.incident for e in desk.view.latest(LEDGER, limit=9)}) == 2
    draft = Draft(desk.view)
    done = mending.merge(StoryId("s-2"), StoryId("s-1"), NOON, draft)
    desk.view.apply(draft.changes())
    assert done.what == ("the stories are s-1 from now on", "1 incidents were joined")
    assert len({e.incident for e in desk.view.latest(LEDGER, limit=9)}) == 1


def test_merging_an_unknown_story_is_refused():
    with pytest.raises(UsageError, match="nothing to merge"):
        mending.merge(StoryId("s-1"), StoryId("s-2"), NOON, Draft(MemoryView()))
    with pytest.raises(UsageError, match="nothing to merge"):
        mending.merge(StoryId("s-1"), StoryId("s-1"), NOON, Draft(MemoryView()))


@pytest.mark.parametrize(
    "change",
    [
        [Put(ALIASES, Alias(StoryId("s-2"), StoryId("s-1"), 3.0))],
        [Put(ALIASES, Alias(StoryId("s-2"), StoryId("s-3"), 3.0)), Put(ALIASES, Alias("s-3", StoryId("s-1"), 3.0))],
        [Put(STORIES, Story(StoryId("s-1"), 1.0, 1.0, 1, of=StoryId("s-2")))],
    ],
    ids=["merged", "merged twice", "turned"],
)
def test_what_comes_finds_the_claims_told_under_the_storys_other_names(change):
    desk = Desk()
    vague = {"side": None, "place": None, "on": day(22)}
    desk.tells("wire", killed("a doctor", 9, **vague), story="s-2")
    desk.view.apply(change)
    assert not [d for d in desk.tells("agency", killed("a doctor", 9, **vague), story="s-1") if d.kind == "new_claim"]
    [told] = desk.tells("agency", killed("a nurse", 12, **vague), story="s-1")
    assert told.kind == "rival"
