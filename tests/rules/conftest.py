"""What the tests of the rules share: items, developments, and a watch in front of them."""

import contextlib
import datetime as dt
import io

import pytest

from monitor.cli import main
from monitor.core.rules import load
from monitor.core.rules.judge import due, judge
from monitor.core.view import Draft
from monitor.model import Development, DevelopmentKind, Item, Metric, Party, Placement, Quantity, Reading
from monitor.store.memory import MemoryView

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
SOURCES = """
sources:
  - {id: example-wire, url: "https://example.org/w", publisher: Example Wire, owner: Example, kind: wire}
  - {id: example-times, url: "https://example.org/t", publisher: Example Times, owner: Times, kind: independent}
  - {id: example-state, url: "https://example.org/s", publisher: TV, owner: State, kind: state_media, side: Pakistan}
"""


def make_item(title="", text="", **more):
    fields = {"id": "item-1", "source": "example-wire", "seen": NOON, "title": title, "text": text, **more}
    return Item(**fields)


def claim(kind=DevelopmentKind.NEW_CLAIM, low=12, who="ISPR", actor="ispr", **more):
    fields = {
        "incident": "i1",
        "key": "i1/killed/taliban",
        "metric": Metric.KILLED,
        "side": "taliban",
        "quantity": Quantity(low, low),
        "claimant": Party(who, actor),
        **more,
    }
    return Development(kind, **fields)


class Desk:
    """One watch with its memory: items and developments in, judgements out."""

    def __init__(self, text, **files):
        self.take(text, **files)
        self.view = MemoryView()
        self.count = 0

    def take(self, text, **files):
        """Go by these rules from now on."""
        self.rules = load({"sources.yaml": SOURCES, "watch.yaml": text, **files})
        self.watch = self.rules.watches[0]

    def selects(self, title="", text="", **more):
        item = make_item(title, text, **more)
        return self.watch.selects(item, Reading(), Placement("s1", False), self.rules.sources.get(item.source))

    def tell(
        self,
        *developments,
        after=0.0,
        title="Pakistan strikes the Taliban at outposts",
        announces=False,
        story="s1",
        **more,
    ):
        """Judge an item `after` minutes past noon that changed these things."""
        self.count += 1
        at = NOON + dt.timedelta(minutes=after)
        item = make_item(title, **{"id": f"item-{self.count}", "seen": at, **more})
        placement = Placement(story, new_story=False, announces=announces)
        source = self.rules.sources[item.source]
        selection = self.watch.selects(item, Reading(), placement, source)
        draft = Draft(self.view)
        found = judge(self.watch, selection, item, source, placement, developments, draft, at)
        self.view.apply(draft.changes())
        return found

    def wait(self, after):
        """What time alone brings, `after` minutes past noon."""
        draft = Draft(self.view)
        works = list(due(self.rules, draft, NOON + dt.timedelta(minutes=after)))
        found = tuple(judgement for _, work in works for judgement in work(draft))
        self.view.apply(draft.changes())
        return found


@pytest.fixture
def desk():
    return Desk


def command(directory, *words):
    """(exit status, standard output, standard error) of `tocsin …` in a directory, without a new process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(directory), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(w) for w in words])
        except SystemExit as end:
            status = end.code
    return status, out.getvalue(), err.getvalue()
