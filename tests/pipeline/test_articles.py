"""Whole texts and alerts behind an index, from a poll to the inbox, over a server on loopback."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from monitor.core.parse import parse
from monitor.fetch import Fetcher
from monitor.model import Source, SourceId, SourceKind
from monitor.pipeline import Aside, Poller
from monitor.store.memory import MemoryStore
from tests.fetch.server import drip, serving

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
STORY = (
    b"<html><body><article><h1>T</h1><p>Traders said that dozens of lorries were waiting on both sides of the gate.</p>"
    b"<p>Most of them were loaded with fruit and with cement, and drivers had slept in their cabins since Monday.</p>"
    b"<p>The provincial police chief told reporters on Friday that 133 fighters had been killed in the clashes.</p>"
    b"</article></body></html>"
)


class Here:
    """Parses in this process: the documents of these tests are harmless."""

    async def parse(self, job, **_):
        return parse(job)


@dataclass
class Both:
    """Asks for feeds in one way and for pages in another."""

    fetch: Callable
    page: Callable


class Desk:
    """A poller that asks a real server and keeps all in memory."""

    def __init__(self, server, fetcher, wanted, **more):
        url = server.url("/feed")
        self.server = server
        self.source = Source(SourceId("one"), url, "One", "One", SourceKind.INDEPENDENT, allow_private=True, **more)
        self.now = NOON
        self.store = MemoryStore()
        self.store.enroll({self.source.id: NOON})
        aside = Aside(ThreadPoolExecutor(1))
        self.poller = Poller(self.store, fetcher, Here(), lambda: self.now, aside, lambda: 0.5, wanted)

    def feed(self, *entries):
        """What the feed says from now on, newest last: (name, title)."""
        items = "".join(
            f"<item><guid isPermaLink='false'>{name}</guid><title>{title}</title>"
            f"<link>{self.server.url('/' + name)}</link><description>{title} it says.</description></item>"
            for name, title in reversed(entries)
        )
        self.server.says("/feed", f"<rss version='2.0'><channel><title>One</title>{items}</channel></rss>".encode())

    async def poll(self, *entries):
        if entries:
            self.feed(*entries)
        self.now = max(self.now, self.store.turns()[0].due)
        (lease,) = self.store.lease_sources("a", self.now, self.now + dt.timedelta(seconds=90), 1)
        return await self.poller.poll_once(lease, self.source)

    def asked(self):
        return [request.path for request in self.server.requests if request.path != "/feed"]

    def inbox(self):
        return [u.item for u in self.store.undecided(99)]


@pytest.fixture
async def server():
    async with serving() as running:
        yield running


@pytest.fixture
async def fetcher():
    async with Fetcher(pause=0.0) as running:
        yield running


OLD = ("old", "Nothing of interest on the border")


def on_the_border(item, _):
    return "border" in item.title


async def test_only_what_somebody_wants_is_read_as_a_whole_and_only_once(server, fetcher):
    desk = Desk(server, fetcher, on_the_border)
    server.says("/gate", STORY)
    await desk.poll(OLD)
    (other, gate) = (await desk.poll(OLD, ("cup", "Cup final put off"), ("gate", "Gate at the border shut"))).items
    assert "133 fighters" in gate.text
    assert other.text == "Cup final put off it says."
    assert (await desk.poll()).items == ()
    assert (await desk.poll(OLD, ("gate", "Gate at the border shut"), ("x", "More"))).new == 1
    assert desk.asked() == ["/gate"]


async def test_an_edit_is_read_as_a_whole_too(server, fetcher):
    desk = Desk(server, fetcher, on_the_border)
    server.says("/gate", STORY)
    await desk.poll(OLD)
    await desk.poll(OLD, ("gate", "Gate at the border shut"))
    server.says("/gate", STORY.replace(b"133", b"27"))
    (edited,) = (await desk.poll(OLD, ("gate", "Gate at the border still shut"))).items
    assert (edited.version, "27 fighters" in edited.text) == (2, True)


async def test_no_page_is_asked_for_where_the_source_says_so(server, fetcher):
    desk = Desk(server, fetcher, on_the_border, whole_text=False)
    await desk.poll(OLD)
    assert (await desk.poll(OLD, ("gate", "Gate at the border shut"))).new == 1
    assert desk.asked() == []


@pytest.mark.parametrize("status", [404, 500, 200])
async def test_an_item_whose_page_cannot_be_had_goes_on_with_what_the_feed_gave(server, fetcher, status):
    desk = Desk(server, fetcher, on_the_border)
    server.says("/gate", b"<html><body>Sorry.</body></html>", status)
    await desk.poll(OLD)
    (gate,) = (await desk.poll(OLD, ("gate", "Gate at the border shut"))).items
    assert gate.text == "Gate at the border shut it says."
    assert gate.marks[-1].startswith("no_article:")
    assert desk.inbox()[-1] == gate


async def test_a_page_that_only_drips_is_given_up(server, fetcher):
    desk = Desk(server, fetcher, on_the_border)
    server.answers["/gate"] = drip
    await desk.poll(OLD)
    async with Fetcher(pause=0.0, deadline=0.5) as hasty:
        patient = desk.poller.fetcher.fetch
        desk.poller = replace(desk.poller, fetcher=Both(patient, hasty.page))
        (gate,) = (await desk.poll(OLD, ("gate", "Gate at the border shut"))).items
    assert gate.marks[-1] == "no_article:timeout"


# --- alerts behind an index ---------------------------------------------------------------


def cap(name, status="Actual", kind="Alert", references=""):
    refs = "".join(f"o@example.org,{r},2026-03-01T10:00:00+05:00 " for r in references.split())
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>urn:{name}</identifier>'
        f"<sender>o@example.org</sender><sent>2026-03-01T10:00:00+05:00</sent><status>{status}</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope><references>{refs}</references><info><event>Flood</event>"
        f"<headline>River over its banks ({name})</headline><description>It rose.</description></info></alert>"
    ).encode()


@pytest.fixture
async def index(server, fetcher):
    """An index of alerts that has been met before."""
    desk = Desk(server, fetcher, lambda *_: False, format="cap")
    await desk.poll(("zero", "Flood"))
    return desk


async def test_alerts_are_read_behind_their_index_and_followed_by_reference(index):
    zero = ("zero", "Flood")
    index.server.says("/one", cap("A1"))
    (alert,) = (await index.poll(zero, ("one", "Flood"))).items
    assert (alert.title, alert.text, alert.version) == ("River over its banks (A1)", "It rose.", 1)
    index.server.says("/two", cap("A2", kind="Update", references="urn:A1"))
    (update,) = (await index.poll(zero, ("one", "Flood"), ("two", "Flood, new level"))).items
    assert (update.id, update.version, update.title) == (alert.id, 2, "River over its banks (A2)")
    index.server.says("/three", cap("A3", kind="Cancel", references="urn:A2"))
    everything = (zero, ("one", "Flood"), ("two", "Flood, new level"), ("three", "Flood over"))
    (cancel,) = (await index.poll(*everything)).items
    assert (cancel.id, cancel.version) == (alert.id, 3)
    assert cancel.title.startswith("Cancelled: ")
    assert (await index.poll(*everything, ("zero", "Flood"))).items == ()
    assert index.asked() == ["/one", "/two", "/three"]


@pytest.mark.parametrize("status", ["Test", "Exercise", "Draft", "System"])
async def test_what_is_not_real_is_refused(index, status):
    index.server.says("/one", cap("A1", status))
    taken = await index.poll(("zero", "Flood"), ("one", "Flood"))
    assert (taken.items, len(taken.refused)) == ((), 1)
    assert (await index.poll(("zero", "Flood"), ("one", "Flood"), ("zero", "Flood"))).items == ()


async def test_an_alert_that_cannot_be_had_now_is_had_by_a_later_poll(index):
    index.server.says("/one", b"", 503)
    assert (await index.poll(("zero", "Flood"), ("one", "Flood"))).items == ()
    index.server.says("/one", cap("A1"))
    (alert,) = (await index.poll()).items
    assert alert.title == "River over its banks (A1)"


async def test_an_entry_without_an_alert_is_never_told_as_one(index):
    index.server.says("/one", b"<html><body>About us</body></html>", 404)
    (entry,) = (await index.poll(("zero", "Flood"), ("one", "Flood"))).items
    assert entry.baseline
    assert "no_alert" in entry.marks
