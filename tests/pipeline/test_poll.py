"""One poll: everything it brings is committed together, and every failure is on record with a next turn."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from monitor.core.parse import parse
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.schedule import Validators
from monitor.core.view import Put
from monitor.errors import FetchError, StaleLease
from monitor.fetch.http import Fetched
from monitor.model import (
    Alert,
    AlertId,
    ChatId,
    ItemId,
    Outcome,
    Severity,
    Source,
    SourceId,
    SourceKind,
    StoryId,
    Subscriber,
    WatchId,
)
from monitor.pipeline import Aside, Poller, Running
from monitor.store.base import SOURCES
from monitor.store.memory import MemoryStore, MemoryView

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SOURCE = Source(SourceId("one"), "http://one.example/feed", "One", "One", SourceKind.INDEPENDENT)


def feed(*titles):
    items = "".join(f"<item><guid isPermaLink='false'>{t}</guid><title>{t}</title></item>" for t in titles)
    return f"<rss version='2.0'><channel><title>One</title>{items}</channel></rss>".encode()


class Web:
    """Answers with what it was given, in turn; remembers what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def fetch(self, source, validators, **_):
        self.asked.append(validators)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        kept = replace(validators, url=source.url, etag=f"etag{len(self.asked)}")
        return Fetched(source.url, 200 if answer else 304, answer, "application/rss+xml", kept)


class Here:
    """Parses in this process: the documents of these tests are harmless."""

    async def parse(self, job, **_):
        return parse(job)


class Desk:
    """A poller over a memory store and a clock that the test moves."""

    def __init__(self, *answers):
        self.now = NOON
        self.store = MemoryStore()
        self.store.enroll({SOURCE.id: NOON})
        self.web = Web(*answers)
        self.aside = Aside(ThreadPoolExecutor(1))
        self.poller = Poller(self.store, self.web, Here(), lambda: self.now, self.aside, lambda: 0.5)

    def lease(self):
        self.now = max(self.now, self.store.turns()[0].due)
        (lease,) = self.store.lease_sources("a", self.now, self.now + dt.timedelta(seconds=90), 1)
        return lease

    async def poll(self):
        return await self.poller.poll_once(self.lease(), SOURCE)

    @property
    def state(self):
        return self.store.view().get(SOURCES, SOURCE.id)

    def titles(self):
        return [(u.item.title, u.item.baseline) for u in self.store.undecided(99)]


async def test_first_contact_is_a_baseline_and_what_comes_later_is_news():
    desk = Desk(feed("a", "b"), feed("c", "a", "b"))
    await desk.poll()
    await desk.poll()
    assert sorted(desk.titles()) == [("a", True), ("b", True), ("c", False)]
    assert desk.titles()[-1] == ("c", False)


async def test_validators_are_those_of_the_last_accepted_poll():
    desk = Desk(feed("a"), b"", feed("a"))
    desk.web.answers[1] = None
    for _ in range(3):
        await desk.poll()
    assert [v.etag for v in desk.web.asked] == ["", "etag1", "etag2"]
    assert len(desk.titles()) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (FetchError("timeout", "no answer within 30 s"), "timeout"),
        (b"<html><body>Please log in</body></html>", "html"),
        (b"\x00\x01 garbage", "garbage"),
        (b"   ", "empty"),
        (feed(), "no_entries"),
    ],
)
async def test_a_failure_is_on_record_and_tried_again(answer, kind):
    desk = Desk(feed("a"), answer, feed("b", "a"))
    await desk.poll()
    await desk.poll()
    assert (desk.state.error, desk.state.failures) == (kind, 1)
    assert desk.store.turns()[0].due > desk.now
    await desk.poll()
    assert (desk.state.error, desk.state.failures) == ("", 0)
    assert desk.titles() == [("a", True), ("b", False)]


async def test_a_source_that_never_answers_is_asked_for_ever_at_capped_intervals():
    desk = Desk(*[FetchError("dns", "no such host")] * 60)
    pauses = []
    for _ in range(60):
        await desk.poll()
        pauses.append(desk.store.turns()[0].due - desk.now)
    assert pauses[-1] <= dt.timedelta(days=1)
    assert desk.state.failures == 60


async def test_operators_hear_once_of_a_broken_source_and_once_that_it_is_well():
    desk = Desk(*[FetchError("dns", "no such host")] * 30, feed("a"))
    desk.store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(9), admin=True)), Put(SUBSCRIBERS, Subscriber(ChatId(5)))])
    for _ in range(31):
        await desk.poll()
    told = desk.store.messages(["pending"])
    assert [m.chat for m in told] == [9, 9]
    assert "well again" in told[0].text
    assert "no such host" in told[1].text


def alert(source, severity, at, watch="border"):
    key, item, story = AlertId(f"{source}{at}"), ItemId("i"), StoryId("s")
    about = (WatchId(watch), story, item, at, severity, Outcome.SENT, "", (), ())
    return Put(ALERTS, Alert(key, *about, SourceId(source)))


def test_a_running_story_hastens_its_own_sources_for_an_hour():
    view = MemoryView()
    view.apply([alert("one", Severity.HIGH, NOON), alert("two", Severity.LOW, NOON - dt.timedelta(hours=5))])
    view.apply([alert("three", Severity.LOW, NOON, "floods")])
    at = NOON + dt.timedelta(minutes=59)
    assert [Running().has(SourceId(n), view, at) for n in ("one", "two", "three")] == [True, True, False]
    assert not Running().has(SourceId("one"), view, at + dt.timedelta(minutes=1))


def test_what_runs_is_looked_up_again_after_a_while():
    view, running = MemoryView(), Running()
    assert not running.has(SourceId("one"), view, NOON)
    view.apply([alert("one", Severity.HIGH, NOON)])
    assert not running.has(SourceId("one"), view, NOON + dt.timedelta(seconds=29))
    assert running.has(SourceId("one"), view, NOON + dt.timedelta(seconds=30))


async def test_the_notice_names_the_error_and_the_side_that_lost_its_last_voice():
    desk = Desk(*[FetchError("dns", "no such host")] * 30)
    desk.store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(9), admin=True))])
    desk.poller = replace(desk.poller, silenced=lambda source: [f"side of {source.id} in Border"])
    for _ in range(30):
        await desk.poll()
    (told,) = desk.store.messages(["pending"])
    assert "failing since 01 Mar 12:00 UTC (dns): no such host" in told.text
    assert told.text.endswith("Nobody is heard any more of: side of one in Border.")


async def test_operators_hear_once_of_a_source_that_moved_to_where_another_is():
    desk = Desk(feed("a"), *[None] * 9)
    desk.store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(9), admin=True))])
    new, fetch = "https://new.example/feed?key=secret", desk.web.fetch

    async def moved(source, validators, **more):
        return replace(await fetch(source, validators, **more), moved=new)

    desk.web.fetch = moved
    desk.poller = replace(desk.poller, sharing=lambda _, url: [SourceId("two")] if url == new else [])
    for _ in range(9):
        await desk.poll()
    (told,) = desk.store.messages(["pending"])
    assert told.text == "one (One) has moved for good, to where two is polled too: one of them is enough"


async def test_operators_hear_once_of_a_source_that_is_led_to_plain_http():
    desk = Desk(feed("a"), None, None)
    desk.store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(9), admin=True))])
    fetch = desk.web.fetch

    async def led_astray(source, validators, **more):
        found = await fetch(source, validators, **more)
        return replace(found, validators=replace(found.validators, url="http://one.example/feed"))

    desk.web.fetch = led_astray
    secure = replace(SOURCE, url="https://one.example/feed")
    for _ in range(3):
        await desk.poller.poll_once(desk.lease(), secure)
    (told,) = desk.store.messages(["pending"])
    assert told.text.startswith("one (One) is led from https to plain http")


async def test_operators_hear_once_of_a_source_that_answers_and_publishes_nothing():
    desk = Desk(feed("a"), *[None] * 900)
    desk.store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(9), admin=True))])
    while desk.now < NOON + dt.timedelta(days=31):
        await desk.poll()
    (told,) = desk.store.messages(["pending"])
    assert "has published nothing since 01 Mar 2026" in told.text
    desk.web.answers[:] = [feed("b", "a"), None]
    await desk.poll()
    await desk.poll()
    well, _ = desk.store.messages(["pending"])
    assert well.text.startswith("one (One) is well again")


async def test_a_poll_that_lost_its_lease_records_nothing():
    desk = Desk(feed("a"))
    lease = desk.lease()
    desk.store.recover("a")
    with pytest.raises(StaleLease):
        await desk.poller.poll_once(lease, SOURCE)
    assert desk.titles() == []
    assert desk.state is None
    assert desk.web.asked == [Validators()]
