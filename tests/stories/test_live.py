"""A store that the benchmark fills in bulk is the one that placing the same items one by one leaves behind."""

import importlib.util
import pathlib
import random

import pytest

from monitor.core import stories
from monitor.core.stories import records
from monitor.core.view import Draft
from monitor.model import ItemId, StoryId
from monitor.store.memory import MemoryView
from monitor.store.sqlite import SqliteStore

LIVE = pathlib.Path(__file__).parents[2] / "benchmarks" / "live.py"


@pytest.fixture(scope="module")
def live():
    spec = importlib.util.spec_from_file_location("live", LIVE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _told(live, items):
    """Items of common and rare words, every other one of a story that began before."""
    chance, begun = random.Random(5), []
    for number in range(items):
        said = [live._spelt(int(chance.paretovariate(0.6))) for _ in range(chance.randrange(8, 60))]
        if number % 2 or not begun:
            begun.append(StoryId(f"s{number}"))
        yield live._item(number, said), chance.choice(begun[-9:])


def test_a_bulk_load_leaves_what_placing_leaves(live, tmp_path):
    told, view = list(_told(live, 260)), MemoryView()
    for item, of in told:
        draft, now = Draft(view), item.seen.timestamp()
        story = draft.get(records.STORIES, of) or records.Story(of, now, now)
        stories.record(item, stories.compare(item, draft), story, draft)
        view.apply(draft.changes())
    live.fill(tmp_path / "live.db", iter(told))
    filled = SqliteStore(tmp_path / "live.db").view()
    for table in live.TABLES:
        assert filled.latest(table, limit=99_999) == view.latest(table, limit=99_999)
    assert max(f.items for f in view.latest(records.FREQUENCIES, limit=99_999)) > 64 * 3
    last = view.get(records.SIGNATURES, ItemId("i259"))
    for index, values in (("key", last.keys), ("story", [last.story])):
        found = [v.find(records.SIGNATURES, index, values) for v in (filled, view)]
        assert found[0] == found[1]
        assert last in found[0]
