"""What polling costs, and what adaptive polling earns.

    python benchmarks/feeds.py cost
    python benchmarks/feeds.py hostile
    python benchmarks/feeds.py polling [--shared DIR] [--plot FILE.svg]
    python benchmarks/feeds.py load [--sources 10000] [--hostile 0] [--interval 900] [--seconds 2000]

`cost`: processor time of one poll of a feed with 50 entries, each kind of poll against a whole feedparser parse; and
of requests that bring nothing new, beside a bare aiohttp GET of the same, with the server in a process of its own.
`hostile`: documents made to hurt, each in a fresh parse worker: what came of it, in how many seconds, how much memory.
`polling`: the schedule is played over the publication times of recorded feeds, and against fixed intervals with
the same number of requests; mean seconds from publication to detection.
`load`: the daemon polls that many sources, each a host of its own on loopback: 60 % unchanged, 20 % changed, 10 %
failing, 10 % slow; and hostile ones that drip, hang, flood, send bombs or garbage, or redirect in a circle. How late
polls of the harmless ones begin, and what it takes.
"""

import argparse
import asyncio
import bisect
import contextlib
import datetime as dt
import gzip
import io
import itertools
import json
import logging
import math
import multiprocessing
import os
import pathlib
import random
import resource
import statistics
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import aiohttp
import feedparser
from aiohttp import web

from monitor import clock
from monitor.channels.terminal import Terminal
from monitor.core import schedule
from monitor.core.intake import Intake
from monitor.core.parse import Job, parse
from monitor.core.rules import Ruleset
from monitor.core.rules import load as load_rules
from monitor.core.schedule import SourceState, Validators
from monitor.daemon import Daemon
from monitor.errors import ParseError
from monitor.fetch import Fetched, Fetcher, Parsers
from monitor.model import Item, ItemId, Source, SourceId, SourceKind
from monitor.pipeline import Aside, Poller
from monitor.store.base import SOURCES
from monitor.store.sqlite import SqliteStore

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
WORDS = [
    "officials",
    "said",
    "that",
    "ten",
    "soldiers",
    "were",
    "killed",
    "near",
    "the",
    "border",
    "post",
    "on",
    "Friday",
]
TOWN = ["road", "school", "market", "budget", "rain", "bridge", "harbour", "of", "the", "and", "for", "new", "will"]


# --- cost --------------------------------------------------------------------------------


def document(first: int, count: int = 50, text: Callable[[int], str] | None = None) -> bytes:
    """A feed like a wire's: about 42 kB for 50 entries. `text` words the entry with that number."""
    same = "<p>" + " ".join(random.Random(5).choices(WORDS, k=90)) + "</p>"
    text = text or (lambda _: same)
    items = "".join(
        f"<item><title>Report number {i} from the border</title><link>https://example.org/news/{i}?utm_source=rss</link>"
        f'<guid isPermaLink="false">https://example.org/?p={i}</guid>'
        f"<pubDate>Sun, 01 Mar 2026 11:{i % 60:02}:00 GMT</pubDate><dc:creator><![CDATA[A. Writer]]></dc:creator>"
        f"<category><![CDATA[World]]></category><category><![CDATA[Conflict]]></category>"
        f"<description><![CDATA[{text(i)}]]></description></item>"
        for i in range(first + count - 1, first - 1, -1)
    )
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'<?xml version="1.0"?><rss version="2.0" {names}><channel><title>E</title>{items}</channel></rss>'.encode()


def cpu(work: Callable[[], object], times: int = 100) -> float:
    """Milliseconds of processor time, the best of some runs."""
    best = math.inf
    for _ in range(times):
        start = time.process_time_ns()
        work()
        best = min(best, time.process_time_ns() - start)
    return best / 1e6


def cost() -> None:
    body, newer = document(0), document(2)
    prints = parse(Job(body, AT)).prints
    whole = cpu(lambda: feedparser.parse(io.BytesIO(newer)))
    rows = {
        "feedparser, whole": whole,
        "ours, whole": cpu(lambda: parse(Job(newer, AT))),
        "ours, 2 of 50 new": cpu(lambda: parse(Job(newer, AT, known=prints))),
        "ours, nothing new in other bytes": cpu(lambda: parse(Job(body + b" ", AT, known=prints))),
        "same bytes (SHA-256)": cpu(lambda: sha256(body).hexdigest()),
        "in a worker, 2 of 50 new (wall)": asyncio.run(in_worker(newer, prints)),
        **asyncio.run(requested()),
    }
    print(f"{len(body):,} bytes, 50 entries\n{'':40}{'ms':>8}{'of a whole parse':>20}")
    for name, figure in rows.items():
        print(f"{name:40}{figure:8.3f}{figure / whole:20.3f}")


async def in_worker(body: bytes, prints: tuple[str, ...]) -> float:
    async with Parsers() as parsers:
        times = []
        for _ in range(30):
            start = time.perf_counter_ns()
            await parsers.parse(Job(body, AT, known=prints))
            times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 1e6


async def requested(rounds: int = 10, requests: int = 100) -> dict[str, float]:
    """Milliseconds of processor time of a request that brings nothing new, beside a bare one: the best round."""
    rows = {}
    with answering() as base, tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(pathlib.Path(folder) / "cost.db")
        async with aiohttp.ClientSession() as bare, Fetcher(pause=0.0) as fetcher, Parsers() as parsers:
            poller = Poller(store, fetcher, parsers, clock.now, Aside(ThreadPoolExecutor(4)))
            for what, path in (("304", ""), ("304, a new connection", "close"), ("same bytes", "same")):
                source = Source(
                    SourceId(what), f"{base}/{path}", "E", "E", SourceKind.WIRE, allow_private=True, whole_text=False
                )
                known = (await fetcher.fetch(source, Validators())).validators
                store.enroll({source.id: clock.now()})
                works = {
                    "bare aiohttp": lambda url=source.url: get(bare, url),
                    "the fetcher": lambda source=source, known=known: fetcher.fetch(source, known),
                    "the whole poll": lambda source=source: poll(store, poller, source),
                }
                for how, work in [*works.items()] * rounds:
                    name = f"{what}: {how}"
                    rows[name] = min(rows.get(name, math.inf), await per_request(work, requests))
        store.close()
    return rows


async def per_request(work: Callable[[], Awaitable[object]], requests: int) -> float:
    for _ in range(3):
        await work()
    start = time.process_time_ns()
    for _ in range(requests):
        await work()
    return (time.process_time_ns() - start) / requests / 1e6


async def get(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url, headers={"If-None-Match": '"a"'}) as response:
        return await response.read()


async def poll(store: SqliteStore, poller: Poller, source: Source) -> None:
    due = clock.now() + dt.timedelta(days=1)
    (lease,) = store.lease_sources("us", due, due + dt.timedelta(minutes=3), 1)
    await poller.poll_once(lease, source)


@contextlib.contextmanager
def answering() -> Iterator[str]:
    """The address of a server in a process of its own."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("fork").Process(target=serve, args=(sender,), daemon=True)
    server.start()
    yield f"http://127.0.0.1:{receiver.recv()}"
    server.terminate()
    server.join()


def serve(port: Any) -> None:
    body = document(0)

    async def answer(request: web.BaseRequest) -> web.Response:
        known = "If-None-Match" in request.headers and request.path != "/same"
        response = web.Response(status=304) if known else web.Response(body=body, headers={"ETag": '"a"'})
        if request.path == "/close":
            response.force_close()
        return response

    async def run() -> None:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


# --- hostile ---------------------------------------------------------------------------

HEAD, TAIL = b"<rss version='2.0'><channel>", b"</channel></rss>"
LAUGHS = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in itertools.pairwise("abcdefghij")).encode()


def inside(text: bytes) -> bytes:
    """A feed with one entry of that description."""
    return HEAD + b"<item><title>x</title><description>" + text + b"</description></item>" + TAIL


HOSTILE: dict[str, tuple[bytes, dict[str, Any]]] = {
    "20,000 attributes": (HEAD + b"<item " + b"".join(b' a%d="1"' % n for n in range(20_000)) + b"/>" + TAIL, {}),
    "60,000 unclosed tags, ill-formed": (HEAD + b"<item><description>&" + b"<b>" * 60_000, {}),
    "119,000 unclosed tags, ill-formed": (HEAD + b"<item><description>&" + b"<b>" * 119_000, {}),
    "100,000 links in CDATA": (inside(b"<![CDATA[" + b'<a href="' * 100_000 + b"]]>"), {}),
    "20,000 nested tables": (inside(b"<![CDATA[" + b"<table><tr><td>" * 20_000 + b"]]>"), {}),
    "style flood": (inside(b"<![CDATA[" + b'<p style="color:red;' * 100_000 + b"]]>"), {}),
    "1.9 million &": (inside(b"&" * 1_900_000), {}),
    "1.9 million &#120;": (inside(b"&#120;" * 316_000), {}),
    "40,000 items": (HEAD + b"<item><title>x</title></item>" * 40_000 + TAIL, {}),
    "40,000 items, ill-formed": (HEAD + b"<item><title>x &</title></item>" * 40_000 + TAIL, {}),
    "title of 1.9 MB": (HEAD + b"<item><title>" + b"x" * 1_900_000 + b"</title></item>" + TAIL, {}),
    "billion laughs": (b"<!DOCTYPE rss [<!ENTITY a 'lol'>" + LAUGHS + b"]>" + inside(b"&j;"), {}),
    "page of 600,000 nested tags": (b"<b>" * 600_000 + b"text " * 1000, {"format": "article"}),
    "page of 60,000 nested links": (b"<li><a href='/x'>" * 60_000, {"format": "page", "selectors": (("item", "li"),)}),
    "channel of 20,000 nested messages": (
        b"<div class='tgme_widget_message' data-post='x/1'>" * 20_000,
        {"format": "channel"},
    ),
    "1.9 MB of JSON brackets": (b'{"items":' + b"[" * 1_900_000, {}),
}


def hostile() -> None:
    print(f"{'':36}{'MB in':>6}{'':4}{'became':12}{'seconds':>8}{'MB':>6}")
    for name, (body, how) in HOSTILE.items():
        became, seconds, megabytes = asyncio.run(in_fresh_worker(Job(body, AT, url="https://example.org/", **how)))
        print(f"{name:36}{len(body) / 1e6:6.1f}{'':4}{became:12}{seconds:8.2f}{megabytes:6.0f}")


async def in_fresh_worker(job: Job) -> tuple[str, float, float]:
    """What a document becomes, and the seconds and the most memory that its worker took."""
    good = Job(document(0, 2), AT)
    async with Parsers() as parsers:
        await parsers.parse(good)
        memory = [0.0]
        watching = asyncio.create_task(watch(*children(), memory))
        start = time.perf_counter()
        try:
            became = f"{len((await parsers.parse(job)).entries)} entries"
        except ParseError as error:
            became = error.kind
        seconds = time.perf_counter() - start
        await asyncio.sleep(0.02)
        watching.cancel()
    return became, seconds, max(memory)


async def watch(worker: str, memory: list[float]) -> None:
    """Notes the highest resident memory of a process while it lives."""
    while peak := megabytes(worker):
        memory.append(peak)
        await asyncio.sleep(0.01)


def children() -> list[str]:
    return pathlib.Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()


def megabytes(process: str) -> float:
    """Most resident memory of a process so far; 0 if it has ended."""
    try:
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


# --- polling -----------------------------------------------------------------------------

Recording = tuple[list[float], list[list[float]]]
"""Publication times of a feed, and the spans of time in which none was missed."""
FASTEST, SLOWEST = 60.0, 3600.0
"""Bounds of the interval, as sources have them that say nothing."""


def recordings(shared: pathlib.Path) -> dict[str, Recording]:
    """Of each series: a capture vouches for the time since its middle entry, a day at most.

    Older entries are what was left over, or kept on purpose: others of their time are gone already.
    """
    published: dict[str, dict[str, float]] = defaultdict(dict)
    spans: dict[str, list[list[float]]] = defaultdict(list)
    for row, at, entries in captures(shared / "data/feeds/series.tar.xz"):
        for entry, time_ in entries.items():
            published[row["series"]].setdefault(entry, time_)
        spans[row["series"]] += [vouched(entries, at, 86_400.0)] if entries else []
    return {name: (sorted(times.values()), merged(spans[name])) for name, times in published.items()}


def snapshots(shared: pathlib.Path) -> dict[str, Recording]:
    """Of each document with ten and more dated entries: a feed list as people have them, quick and slow."""
    return {
        row["file"]: (sorted(entries.values()), [span])
        for row, at, entries in captures(shared / "data/feeds/documents.tar.xz")
        if len(entries) >= 10 and (span := vouched(entries, at, 3 * 86_400.0))[1] - span[0] > 1800
    }


def captures(archive: pathlib.Path) -> Iterator[tuple[dict[str, Any], float, dict[str, float]]]:
    """Index row, time of the capture, and publication times by id; what can't be read or has no time is left out."""
    with tarfile.open(archive) as members:
        files = {m.name.partition("/")[2]: members.extractfile(m).read() for m in members if m.isfile()}
    for row in map(json.loads, files["index.jsonl"].splitlines()):
        at = dt.datetime.fromisoformat(row["captured"]) if row["captured"] else None
        with contextlib.suppress(ParseError):
            entries = parse(Job(files[row["file"]], at)).entries if at else ()
            times = {e.id: e.published.timestamp() for e in entries if e.published and "future_date" not in e.marks}
            if at:
                yield row, at.timestamp(), times


def vouched(entries: dict[str, float], at: float, longest: float) -> list[float]:
    """The span for which a capture vouches."""
    times = sorted(entries.values())
    return [max(times[len(times) // 2], at - longest), at]


def merged(spans: list[list[float]]) -> list[list[float]]:
    """Overlapping spans as one; those of under half a day teach nothing."""
    result: list[list[float]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1] + 3600:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return [span for span in result if span[1] - span[0] > 43_200]


def adaptive(name: str, recording: Recording) -> tuple[int, list[float]]:
    """Requests made and delays met by our schedule.

    A span begins as a daemon does: the feed holds what was published before, which is learned from and not counted.
    """
    published, spans = recording
    source = Source(SourceId(name), "u", "p", "o", SourceKind.WIRE, min_interval=FASTEST, max_interval=SLOWEST)
    state, draw = SourceState(source.id, AT), random.Random(1)
    requests, delays, seen = 0, [], 0
    for start, end in spans:
        now = start
        while now <= end:
            requests += 1
            reached = bisect.bisect_right(published, now)
            new = published[seen:reached]
            delays += [now - time for time in new] if now > start else []
            state = after_poll(state, source, new, now, draw.random())
            seen, now = reached, state.due.timestamp()
    return requests, delays


def after_poll(state: SourceState, source: Source, new: list[float], now: float, chance: float) -> SourceState:
    at = dt.datetime.fromtimestamp(now, dt.UTC)
    items = tuple(
        Item(ItemId(str(time)), source.id, at, "T", "", published=dt.datetime.fromtimestamp(time, dt.UTC))
        for time in new
    )
    return schedule.succeeded(
        state,
        source,
        validators=Validators(),
        pace=schedule.Pace(),
        document=None,
        intake=Intake(items=items),
        now=at,
        chance=chance,
    )


def fixed(recording: Recording, interval: float) -> list[float]:
    """Delays met by polling at even intervals, begun at ten phases: the first poll of a span owes its luck to none."""
    published, spans = recording
    return [
        (begun - time) % interval
        for start, end in spans
        for time in published[bisect.bisect_right(published, start) : bisect.bisect_right(published, end)]
        for begun in (start + interval * (phase + 0.5) / 10 for phase in range(10))
    ]


def clairvoyant(recordings: Iterable[Recording], window: float) -> float:
    """The ratio to fixed polling of one who knows the true rate of every window of time beforehand: (E√λ)²/Eλ.

    What counts vary beyond chance (Poisson) is taken for a gamma distribution of λ, for which this is
    (Γ(k+½)/Γ(k))²/k with k = mean²/(variance - mean).
    """
    counts = [
        bisect.bisect_right(published, start + window * (n + 1)) - bisect.bisect_right(published, start + window * n)
        for published, spans in recordings
        for start, end in spans
        for n in range(int((end - start) / window))
    ]
    mean, variance = statistics.fmean(counts), statistics.pvariance(counts)
    k = mean**2 / max(variance - mean, 1e-9)
    return math.exp(2 * (math.lgamma(k + 0.5) - math.lgamma(k))) / k


def compared(found: dict[str, Recording]) -> tuple[list[tuple[str, int, int, float, float]], tuple[Any, ...]]:
    """For each feed: items, requests, mean delay and that of a fixed interval for this feed; then one for all."""
    rows, total, requests, delays = [], 0.0, 0, []
    for name, recording in sorted(found.items()):
        made, met = adaptive(name, recording)
        span = sum(end - start for start, end in recording[1])
        total, requests, delays = total + span, requests + made, delays + met
        if met:
            rows.append((name, len(met), made, statistics.fmean(met), statistics.fmean(fixed(recording, span / made))))
    even = statistics.fmean(delay for recording in found.values() for delay in fixed(recording, total / requests))
    return rows, ("all, one interval for all", len(delays), requests, statistics.fmean(delays), even)


def polling(shared: pathlib.Path, plot: pathlib.Path | None) -> None:
    found = {name: recording for name, recording in recordings(shared).items() if recording[1]}
    rows, whole = compared(found)
    print(f"{'':26}{'items':>7}{'requests':>10}{'mean s':>9}{'fixed s':>9}{'ratio':>7}")
    lists = snapshots(shared)
    # The others are of weblogs and of other parsers' tests.
    news = {name: recording for name, recording in lists.items() if not name.startswith(("ffp", "peer"))}
    more = [
        (f"{len(some)} {what}", *compared(some)[1][1:])
        for what, some in (("documents", lists), ("of publishers", news))
    ]
    for name, items, made, mean, even in (*rows, whole, *more):
        print(f"{name:26}{items:7}{made:10}{mean:9.0f}{even:9.0f}{mean / even:7.2f}")
    for minutes in (60, 30, 15):
        print(
            f"knowing each {minutes} minutes' true rate beforehand: {clairvoyant(found.values(), minutes * 60.0):.2f}"
        )
    if plot:
        plot.write_text(drawn([(row[0], row[3], row[4]) for row in (*rows, ("all", *whole[1:]), *more)]))


def drawn(rows: list[tuple[str, float, float]]) -> str:
    """Bars: adaptive above fixed, for each feed."""
    widest = max(max(a, b) for _, a, b in rows)
    bars = []
    for number, (name, mean, even) in enumerate(rows):
        y = 30 + number * 34
        bars.append(f'<text x="180" y="{y + 16}" text-anchor="end">{name}</text>')
        for shift, value, colour in ((0, mean, "#2a6f97"), (12, even, "#bbb")):
            width = value / widest * 400
            bars.append(f'<rect x="190" y="{y + shift}" width="{width:.0f}" height="11" fill="{colour}"/>')
            bars.append(f'<text x="{195 + width:.0f}" y="{y + shift + 10}" font-size="10">{value:.0f} s</text>')
    title = "Mean delay from publication to detection: adaptive (blue), fixed (grey), same requests"
    size = f'width="680" height="{50 + len(rows) * 34}"'
    font = 'font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}><text x="10" y="18">{title}</text>'
    return f"{head}{''.join(bars)}</svg>\n"


# --- load --------------------------------------------------------------------------------

KINDS = ("same",) * 6 + ("changed",) * 2 + ("failing", "slow")
LATER = ("after an answer", "after a failure")
HOSTILE = ("drip", "hang", "flood", "bomb", "loop", "garbage")


class Timed(Fetcher):
    """Notes how late each poll of a harmless source begins, and whether a host is asked twice at once."""

    def __init__(self, store: SqliteStore, **limits: float) -> None:
        super().__init__(**limits)
        self.store, self.hosts, self.twice = store, set(), 0
        self.first: dict[SourceId, dt.datetime] = {}
        self.late: dict[str, list[float]] = {"first contacts": [], "after a failure": [], "after an answer": []}
        self.hostile = 0

    async def fetch(self, source: Source, validators: Validators, *, url: str = "") -> Fetched:
        if source.id.endswith(HOSTILE):
            self.hostile += 1
        else:
            state = self.store.view().get(SOURCES, source.id)
            late = (clock.now() - (state.due if state else self.first[source.id])).total_seconds()
            self.late[LATER[bool(state.failures)] if state and state.polled else "first contacts"].append(late)
        self.twice += source.id in self.hosts
        self.hosts.add(source.id)
        try:
            return await super().fetch(source, validators, url=url)
        finally:
            self.hosts.discard(source.id)


def load(sources: int, hostile: int, interval: float, seconds: float) -> None:
    logging.disable(logging.CRITICAL)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("fork").Process(target=serve_mix, args=(sender,), daemon=True)
    server.start()
    port = receiver.recv()
    paths = [KINDS[n % len(KINDS)] for n in range(sources)] + [HOSTILE[n % len(HOSTILE)] for n in range(hostile)]
    # The hostile ones stand between the others.
    random.Random(3).shuffle(paths)
    rules = {"sources.yaml": "sources:\n" + "".join(written(n, path, port, interval) for n, path in enumerate(paths))}
    asyncio.run(run_load(rules, interval, seconds))
    server.terminate()
    server.join()


def spread(ruleset: Ruleset, interval: float) -> dict[SourceId, dt.datetime]:
    """First turns as they are after a while: evenly over the interval."""
    now, count = clock.now(), len(ruleset.sources)
    return {s: now + dt.timedelta(seconds=interval * n / count) for n, s in enumerate(ruleset.sources)}


def written(number: int, path: str, port: int, interval: float) -> str:
    """A source on a host of its own."""
    url = f"http://127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}:{port}/{path}"
    every = f"min_interval: {interval:.0f}s, max_interval: {interval:.0f}s"
    who = f"publisher: P{number}, owner: P{number}, kind: independent"
    return f"- {{id: s{number}-{path}, url: '{url}', {who}, allow_private: true, {every}}}\n"


async def run_load(rules: dict[str, str], interval: float, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(pathlib.Path(folder) / "load.db")
        ruleset = load_rules(rules)
        async with Timed(store) as fetcher, Parsers() as parsers:
            fetcher.first = spread(ruleset, interval)
            store.enroll(fetcher.first)
            daemon = Daemon(store, Terminal(), ruleset, fetcher=fetcher, parsers=parsers)
            running = asyncio.create_task(daemon.run())
            start = time.process_time()
            loads = await watched(seconds)
            spent = time.process_time() - start
            daemon.stop()
            await running
        told(len(ruleset.sources), fetcher, seconds)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"processor {spent / seconds:.0%}; memory {memory:.0f} MB, the largest parse worker {worker:.0f} MB")
        print(f"load of the machine {min(loads):.1f}-{max(loads):.1f}; undecided items {store.counts().undecided}")
        store.close()


async def watched(seconds: float) -> list[float]:
    """Wait; the machine's load meanwhile."""
    end, loads = time.monotonic() + seconds, [os.getloadavg()[0]]
    while (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(left, 15.0))
        loads.append(os.getloadavg()[0])
    return loads


def told(sources: int, fetcher: Timed, seconds: float) -> None:
    print(f"{sources} sources, {seconds:.0f} s, {fetcher.hostile} polls of hostile ones")
    for what, late in fetcher.late.items():
        ordered = sorted(late) or [0.0]
        p50, p99 = (ordered[len(ordered) * part // 100] for part in (50, 99))
        print(
            f"{len(late)} polls of harmless ones, {what}, late s: p50 {p50:.2f}, p99 {p99:.2f}, worst {ordered[-1]:.2f}"
        )
    print(f"polled twice at once: {fetcher.twice}")


def serve_mix(port: Any) -> None:
    """A server for all hosts of 127.0.0.0/8: harmless feeds and hostile ones."""
    asked: dict[str, int] = defaultdict(int)
    bodies = {"same": feed(0), "slow": feed(0), "garbage": random.Random(4).randbytes(300_000)}
    bodies["flood"] = b"<rss version='2.0'><channel><item><description>&" + b"<b>" * 60_000
    bomb = gzip.compress(b"<rss>" + bytes(60_000_000), mtime=0)

    fixed = {
        "failing": lambda: web.Response(status=500),
        "bomb": lambda: web.Response(body=bomb, headers={"Content-Encoding": "gzip"}),
        "loop": lambda: web.Response(status=302, headers={"Location": "/loop"}),
    }

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.strip("/")
        asked[request.host] += 1
        await asyncio.sleep({"slow": 3.0, "hang": 600.0}.get(path, 0.0))
        if path in fixed:
            return fixed[path]()
        if path == "drip":
            return await dripped(request)
        if path == "changed":
            return web.Response(body=feed(asked[request.host]))
        same = "If-None-Match" in request.headers
        return web.Response(status=304) if same else web.Response(body=bodies[path], headers={"ETag": '"a"'})

    async def run() -> None:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 0, backlog=4096).start()  # noqa: S104 - all of 127.0.0.0/8
        port.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


async def dripped(request: web.BaseRequest) -> web.StreamResponse:
    """A byte every other second."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(300):
        await response.write(b" ")
        await asyncio.sleep(2)
    return response


def feed(first: int) -> bytes:
    """Twenty entries, each with words of its own, one in ten with dead. The next `first` brings one new entry."""
    return document(first, 20, text=local)


def local(number: int) -> str:
    draw = random.Random(number)
    toll = f" Police said {number % 40 + 1} people were killed." if number % 10 == 0 else ""
    return f"<p>The council of {draw.choice(TOWN)} {' '.join(draw.choices(TOWN, k=80))}.{toll}</p>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cost", "hostile", "polling", "load"))
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "shared")
    parser.add_argument("--plot", type=pathlib.Path)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--hostile", type=int, default=0)
    parser.add_argument("--interval", type=float, default=900.0)
    parser.add_argument("--seconds", type=float, default=2000.0)
    args = parser.parse_args()
    if args.what == "load":
        load(args.sources, args.hostile, args.interval, args.seconds)
    elif args.what == "cost":
        cost()
    elif args.what == "hostile":
        hostile()
    else:
        polling(args.shared, args.plot)


if __name__ == "__main__":
    main()
