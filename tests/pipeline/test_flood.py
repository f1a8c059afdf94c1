"""A site that publishes hundreds of items at once is one notice to operators and a digest to its readers."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from monitor.core.intake import FLOOD
from monitor.core.parse import parse
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.schedule import Validators
from monitor.core.view import Put
from monitor.fetch.http import Fetched
from monitor.model import ChatId, Subscriber, WatchId
from monitor.pipeline import Aside, Poller, decide_next, decide_time
from monitor.store.memory import MemoryStore

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
RULES = load(
    {
        "sources.yaml": "sources:\n  - {id: one, url: 'http://one.example/', publisher: One, owner: One, kind: wire}\n",
        "floods.yaml": "watch: Floods\nabout: [river]\nalert: [every item]\n",
    }
)
SOURCE = RULES.sources["one"]
TOWNS = ("Lima", "Oslo", "Quito", "Accra", "Riga")


class Web:
    """A feed that brings everything at once, and then what is ordinary."""

    def __init__(self, *numbers):
        self.documents = [self.document(range(n)) for n in numbers]

    @staticmethod
    def document(numbers):
        items = (
            f"<item><guid isPermaLink='false'>{n}</guid><title>{TOWNS[n % 5]} writes no {n} of the archive"
            f"{' on the river' if n < 5 else ''}</title></item>"
            for n in numbers
        )
        return f"<rss version='2.0'><channel><title>One</title>{''.join(items)}</channel></rss>".encode()

    async def fetch(self, source, *_, **__):
        return Fetched(source.url, 200, self.documents.pop(0), "application/rss+xml", Validators(url=source.url))


class Here:
    """Parses in this process: the documents are harmless."""

    async def parse(self, job, **_):
        return parse(job)


async def test_a_flood_is_one_notice_to_operators_and_a_digest_to_readers():
    store, now = MemoryStore(), NOON
    store.apply(Put(SUBSCRIBERS, s) for s in (Subscriber(ChatId(1), (WatchId("floods"),)), _operator()))
    store.enroll({SOURCE.id: NOON})
    poller = Poller(store, web := Web(1, FLOOD + 20), Here(), lambda: now, Aside(ThreadPoolExecutor(1)), lambda: 0.5)
    web.documents[0] = web.document([999])
    for _ in range(2):
        now = max(now, store.turns()[0].due)
        (lease,) = store.lease_sources("a", now, now + HOUR, 1)
        await poller.poll_once(lease, SOURCE)
    (notice,) = store.messages(["pending"])
    assert (notice.chat, f"{FLOOD + 20} new items at once" in notice.text) == (9, True)

    decider = store.lease_role("decider", "a", now, now + 9 * HOUR)
    assert decide_next(store, decider, RULES, 999) == FLOOD + 21
    assert store.messages(["pending"]) == [notice]
    decide_time(store, decider, RULES, now + HOUR)
    digest, _ = store.messages(["pending"])
    assert (digest.chat, digest.kind, digest.silent, len(digest.alerts)) == (1, "digest", True, 5)


def _operator():
    return Subscriber(ChatId(9), admin=True)
