"""One bad thing stays one bad thing: document, item, message, moment of the database."""

import asyncio
import datetime as dt
import threading
from dataclasses import replace

from monitor.channels import terminal
from monitor.channels.base import Sent
from monitor.core.limits import Rates
from monitor.core.parse import parse
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.rules.state import HELD, Held
from monitor.core.view import Put
from monitor.daemon import Daemon, Pace
from monitor.errors import StoreError
from monitor.fetch.http import Fetched
from monitor.model import (
    ChatId,
    Development,
    DevelopmentKind,
    ItemId,
    MessageState,
    Outcome,
    Party,
    RuleId,
    Severity,
    SourceId,
    StoryId,
    Subscriber,
    WatchId,
)
from monitor.store.base import SOURCES
from monitor.store.memory import MemoryStore

SOURCE = "  - {{id: {0}, url: 'http://{0}.example/', publisher: {0}, owner: {0}, kind: independent, {1}}}\n"
PACE = "min_interval: 1s, max_interval: 1s"
RULES = load(
    {
        "sources.yaml": "sources:\n" + SOURCE.format("good", PACE) + SOURCE.format("evil", PACE),
        "all.yaml": "watch: Everything\nalert: [every item]\n",
    }
)
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PLACES = ("Lima", "Oslo", "Accra", "Quito", "Dhaka", "Hanoi", "Turin", "Perth", "Davos")


class Web:
    """The good source brings one more entry with each poll, up to `most`; the evil one's document upsets the parser."""

    def __init__(self, most=99):
        self.polls, self.most = 0, most

    async def fetch(self, source, validators, **_):
        self.polls += source.id == "good"
        items = "".join(
            f"<item><guid isPermaLink='false'>{p}</guid><title>Flood warning lifted in {p}</title></item>"
            for p in PLACES[: min(self.polls, self.most)]
        )
        body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        return Fetched(source.url, 200, b"evil" if source.id == "evil" else body, "text/xml", validators)


class Here:
    async def parse(self, job, **_):
        if job.body == b"evil":
            raise ZeroDivisionError("nobody foresaw this")
        return parse(job)


class Phone:
    """A channel that breaks its promise for one message."""

    def __init__(self, upset_by="nothing"):
        self.upset_by = upset_by
        self.texts = []

    async def open(self):
        pass

    async def close(self):
        pass

    async def send(self, outgoing):
        if self.upset_by in outgoing.rendered.plain:
            raise KeyError("a bug in the channel")
        self.texts.append(outgoing.rendered.plain)
        return Sent(len(self.texts))


class Poisoned:
    """The rules, except that one item upsets them."""

    def __init__(self, rules, item):
        self._rules, self._item = rules, item

    def __getattr__(self, name):
        return getattr(self._rules, name)

    def select(self, item, *rest):
        if self._item in item.title:
            raise RecursionError("nobody foresaw this either")
        return self._rules.select(item, *rest)


class PoisonedHold(Poisoned):
    """The rules, except that one watch upsets whoever asks for it."""

    def watch(self, name):
        if name == self._item:
            raise RecursionError("nor this")
        return self._rules.watch(name)

    def select(self, *given):
        return self._rules.select(*given)


def hold(name, watch, place):
    told = Development(DevelopmentKind.NEW_CLAIM, claimant=Party(f"the mayor of {place}"))
    where = ItemId(f"good:{place}"), SourceId("good"), StoryId(f"story of {place}")
    since = START.timestamp()
    return Held(
        name, WatchId(watch), RuleId("every-item"), since, told, Severity.HIGH, "a claim", "1/2", *where, until=since
    )


class Moody(MemoryStore):
    """A store that refuses each kind of write a few times."""

    def __init__(self):
        super().__init__()
        self.refusals = dict.fromkeys(("accept", "commit", "settle", "lease_sources"), 3)

    def _refuse(self, what):
        if self.refusals[what]:
            self.refusals[what] -= 1
            raise StoreError("database or disk is full")

    def accept(self, *args):
        self._refuse("accept")
        super().accept(*args)

    def commit(self, *args):
        self._refuse("commit")
        super().commit(*args)

    def settle(self, *args):
        self._refuse("settle")
        super().settle(*args)

    def lease_sources(self, *args):
        self._refuse("lease_sources")
        return super().lease_sources(*args)


def fast_clock():
    """A second lasts ten milliseconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return lambda: START + dt.timedelta(seconds=100 * (loop.time() - began))


LONG = dt.timedelta(minutes=10)
"""As fast as the clock goes, six seconds: a busy machine must not lose its own leases."""


async def run(store, phone, rules=RULES, *, until, clock=None, web=None, reload=None, lease=LONG):
    """Run the daemon until something is true (or two minutes went by)."""
    daemon = Daemon(
        store,
        phone,
        rules,
        fetcher=web or Web(),
        parsers=Here(),
        clock=clock or fast_clock(),
        pace=Pace(tick=0.02, lease=lease, role=LONG, rates=Rates((1000, 1.0), (1000, 1.0), (1000, 1.0))),
        follow=lambda rules: [terminal.subscriber(watch.id for watch in rules.watches)],
        reload=reload,
    )
    if reload:
        daemon.ask_to_reload()
    running = asyncio.create_task(daemon.run())
    end = asyncio.get_running_loop().time() + 120
    try:
        # The daemon sets no event of ours.
        while not until() and not running.done() and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    finally:
        daemon.stop()
        await running


def heard(phone):
    return {place for place in PLACES for text in phone.texts if f"lifted in {place}" in text}


async def test_a_document_that_upsets_the_parser_is_its_sources_failure():
    store, phone = MemoryStore(), Phone()
    await run(store, phone, until=lambda: heard(phone) == set(PLACES[1:]))
    assert heard(phone) == set(PLACES[1:])
    evil = store.view().get(SOURCES, SourceId("evil"))
    assert evil.error == "crashed"
    assert "ZeroDivisionError" in evil.what
    assert evil.failures


async def test_an_item_that_upsets_the_decision_is_passed_by_and_told_of():
    store, phone = MemoryStore(), Phone()
    rules = Poisoned(RULES, "Accra")
    await run(store, phone, rules, until=lambda: heard(phone) >= set(PLACES[1:]) - {"Accra"})
    assert heard(phone) == set(PLACES[1:]) - {"Accra"}
    assert store.counts().failed == 1
    (failed,) = [e for item in store.history() for e in store.entries(ItemId(item.id)) if e.failed]
    assert "Accra" in failed.item.title
    assert failed.failed.startswith("RecursionError")
    assert any("could not be decided" in text for text in phone.texts)


async def test_a_hold_that_upsets_the_decision_keeps_neither_items_nor_other_holds_back(caplog):
    """It stays due: the next start, which may be mended, tells of it."""
    store, phone = MemoryStore(), Phone()
    store.apply(Put(HELD, h) for h in (hold("h1", "evil", "Bonn"), hold("h2", "all", "Cork")))
    rules = PoisonedHold(RULES, "evil")

    def told():
        return heard(phone) == set(PLACES[1:]) and "mayor of Cork" in "".join(phone.texts)

    await run(store, phone, rules, until=told)
    assert told()
    assert store.counts().failed == 0
    assert sum("hold h1 of evil" in text for text in phone.texts) == 1
    assert caplog.text.count("was passed by") == 1
    assert [h.id for h in store.view().find(HELD, "open", ["all"])] == ["h1"]


async def test_an_item_that_was_passed_by_is_told_of_after_a_restart_with_mended_code():
    store, phone = MemoryStore(), Phone()
    await run(store, phone, Poisoned(RULES, "Accra"), until=lambda: store.counts().failed)
    await run(store, phone, until=lambda: "Accra" in heard(phone))
    assert "Accra" in heard(phone)
    assert store.counts().failed == 0


async def test_a_clock_that_is_set_back_does_not_stop_the_polls():
    store, phone, web = MemoryStore(), Phone(), Web()
    forward = fast_clock()
    jumped = []

    def clock():
        return forward() - (dt.timedelta(days=1) if jumped else dt.timedelta())

    def enough():
        if web.polls >= 3:
            jumped.append(True)
        return heard(phone) == set(PLACES[1:])

    await run(store, phone, until=enough, clock=clock, web=web)
    assert jumped
    assert heard(phone) == set(PLACES[1:])


class Slow(MemoryStore):
    """Takes its time over the first lease of sources: until it is let go on."""

    def __init__(self):
        super().__init__()
        self.asked, self.let = threading.Event(), threading.Event()

    def lease_sources(self, *args):
        self.asked.set()
        self.let.wait()
        return super().lease_sources(*args)


async def test_what_a_tick_leases_while_the_daemon_is_asked_to_end_is_polled_and_not_left_leased():
    store, web, loop = Slow(), Web(), asyncio.get_running_loop()

    def asked():
        if store.asked.is_set():
            loop.call_soon(store.let.set)  # after the daemon was asked to end
        return store.asked.is_set()

    await run(store, Phone(), until=asked, web=web)
    assert web.polls == 1
    assert store.view().get(SOURCES, SourceId("good")).contacted


async def test_a_message_that_upsets_the_channel_is_given_up_and_told_of():
    store, phone = MemoryStore(), Phone(upset_by="lifted in Oslo")
    others = set(PLACES[1:]) - {"Oslo"}
    await run(store, phone, until=lambda: heard(phone) == others and "was given up" in "".join(phone.texts))
    (dead,) = store.messages([MessageState.DEAD])
    assert (dead.attempts, dead.unconfirmed) == (4, 4)
    assert heard(phone) == others
    assert "was given up" in "".join(phone.texts)


async def test_a_database_that_refuses_for_a_while_loses_nothing(caplog):
    caplog.set_level("INFO")
    store, phone = Moody(), Phone()

    def learned():
        return {place for item in store.history() for place in PLACES if item.baseline and place in item.title}

    soon = dt.timedelta(seconds=30)
    await run(store, phone, until=lambda: len(heard(phone)) + len(learned()) == len(PLACES), lease=soon)
    assert heard(phone) == set(PLACES) - learned() != set()
    assert set(store.refusals.values()) == {0}
    assert caplog.text.count("the database refused") < sum(Moody().refusals.values()), "a lasting trouble is told once"
    assert "the database is back" in caplog.text


async def test_a_new_watch_tells_of_nothing_that_was_there_before_it():
    store, phone = MemoryStore(), Phone()
    await run(store, phone, until=lambda: len(heard(phone)) == 4, web=Web(most=5))
    known, more = (
        len(store.messages(list(MessageState), limit=99)),
        load(
            {
                "sources.yaml": "sources:\n" + SOURCE.format("good", PACE),
                "new.yaml": "watch: New\nalert: [every item]\n",
            }
        ),
    )
    web = Web()
    web.polls = len(PLACES) - 1
    await run(store, phone, more, until=lambda: heard(phone) >= {PLACES[-1]}, web=web)
    alerts = store.view().find(ALERTS, "watch", [WatchId("new")])
    before = [alert for alert in alerts if alert.outcome is Outcome.BASELINE]
    assert len(before) >= 4
    assert len(alerts) - len(before) == len(store.messages(list(MessageState), limit=99)) - known


async def test_once_a_day_every_chat_hears_silently_what_cannot_be_seen():
    store, phone = MemoryStore(), Phone()
    chat = Subscriber(ChatId(7))
    store.apply([Put(SUBSCRIBERS, chat), Put(SUBSCRIBERS, replace(chat, chat=ChatId(8), active=False))])
    await run(store, phone, until=lambda: any("Still watching" in text for text in phone.texts))
    daily = [m for m in store.messages(list(MessageState)) if "daily" in m.id]
    assert [(m.chat, m.silent) for m in daily] == [(7, True)]


async def test_operators_hear_which_rules_forget_when_their_key_changes():
    rule = "rules: [{id: a, developments: [new_claim], severity: low}]\n"
    before = load({"all.yaml": f"watch: Everything\n{rule}"})
    after = load({"all.yaml": f"watch: Everything\n{rule.replace('severity', 'key: [story], severity')}"})
    store, phone = MemoryStore(), Phone()
    store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(9), admin=True))])

    await run(store, phone, before, until=lambda: phone.texts, reload=lambda _: after)

    assert any("their memory starts fresh: all/a" in text for text in phone.texts)
