"""`tocsin sources`: what an operator sees of sources."""

import asyncio
import datetime as dt
import json
import re
import sys
from dataclasses import replace

import pytest

from monitor import clock
from monitor.cli.sources.health import judge
from monitor.core.schedule import SourceState
from monitor.core.view import Put
from monitor.model import SourceId
from monitor.store.base import SOURCES
from monitor.store.sqlite import SqliteStore
from tests.parse.writing import cap

from .server import FEED, serving

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


async def tocsin(*words: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_one_poll_is_shown_with_all_that_came():
    async with serving() as server:
        server.says("/feed", FEED, ETag='"a"', Cache_Control="max-age=60")
        status, out, _ = await tocsin("sources", "test", server.url("/feed"), "--private")
        assert status == 0
        assert "answered  200" in out
        assert "entries   1, 0 with a date" in out
        status, _, err = await tocsin("sources", "test", server.url("/feed"))
        assert (status, "not a public address" in err) == (1, True)


async def test_what_is_no_feed_or_an_empty_one_is_told_with_a_way_out():
    async with serving() as server:
        server.says("/page", b"<html><body>news</body></html>")
        status, _, err = await tocsin("sources", "test", server.url("/page"), "--private")
        assert (status, "a web page instead of a feed (html); `tocsin sources discover`" in err) == (1, True)
        server.says("/empty", b"<rss version='2.0'><channel><title>t</title></channel></rss>")
        status, out, err = await tocsin("sources", "test", server.url("/empty"), "--private")
        assert (status, "entries   0" in out, "a document without entries (no_entries)" in err) == (1, True, True)


async def test_the_article_behind_the_newest_short_entry_is_read_too():
    async with serving() as server:
        link = f"<link>{server.url('/a')}</link>".encode()
        server.says("/feed", FEED.replace(b"<title>x</title>", b"<title>x</title>" + link))
        text = "The ministry said on Friday that the bridge over the river had been closed. " * 20
        server.says("/a", f"<html><body><article><h1>x</h1><p>{text}</p></article></body></html>".encode())
        _, out, _ = await tocsin("sources", "test", server.url("/feed"), "--private")
        assert re.search(r"behind    https://127.0.0.1:\d+/a: 1,\d+ characters of text", out)
        server.says("/a", b"", 404)
        _, out, _ = await tocsin("sources", "test", server.url("/feed"), "--private")
        assert out.endswith("/a: no_article:http_4xx\n")


async def test_the_alerts_behind_an_index_are_read_too():
    entry = "<item><guid isPermaLink='false'>{0}</guid><title>{0}</title><link>{1}</link></item>"
    async with serving() as server:
        rows = "".join(entry.format(name, server.url(f"/{name}")) for name in ("one", "test"))
        server.says("/index", f"<rss version='2.0'><channel>{rows}</channel></rss>".encode())
        server.says("/one", cap(identifier="one").encode())
        server.says("/test", cap(identifier="test", status="Test").encode())
        _, out, _ = await tocsin("sources", "test", server.url("/index"), "--private", "--format", "cap")
    assert re.search(r"^alert     .* \(.*cap:Actual", out, re.MULTILINE)
    assert re.search(r"^refused   test: not real: .*cap:Test", out, re.MULTILINE)


async def test_what_a_source_asks_for_is_shown():
    asks = b"<ttl>30</ttl><skipHours><hour>2</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    async with serving() as server:
        server.says("/feed", FEED.replace(b"<item>", asks + b"<item>", 1), Retry_After="120")
        _, out, _ = await tocsin("sources", "test", server.url("/feed"), "--private")
    assert "asks      ttl 30 min; skip hours 2, 3 UTC; skip days Sun" in out
    assert "to be left alone until" in out


async def test_health_is_told_in_a_table_and_in_json(tmp_path, monkeypatch):
    entry = "  - {{id: {0}, url: 'http://{0}.example/', publisher: {0}, owner: {0}, kind: wire}}\n"
    (tmp_path / "sources.yaml").write_text("sources:\n" + entry.format("good") + entry.format("bad"))
    monkeypatch.setenv("TOCSIN_RULES", str(tmp_path))
    monkeypatch.setenv("TOCSIN_STATE", str(tmp_path))
    now = clock.now()
    good = SourceState(SourceId("good"), now, polled=now, succeeded=now, newest=now - HOUR, interval=600.0)
    bad = replace(
        good, source=SourceId("bad"), failures=9, failing_since=now - 3 * HOUR, error="dns", what="no such host"
    )
    store = SqliteStore(tmp_path / "tocsin.db")
    store.apply(Put(SOURCES, state) for state in (good, bad))
    store.close()
    status, out, _ = await tocsin("sources")
    assert (status, "newest 60 min ago" in out, "dns: no such host (9 tries)" in out) == (1, True, True)
    _, out, _ = await tocsin("sources", "--json")
    told = {row["id"]: row for row in map(json.loads, out.splitlines())}
    assert {name: row["state"] for name, row in told.items()} == {"good": "ok", "bad": "bad"}
    assert (told["bad"]["error"], told["good"]["stale"], told["good"]["silent"] // 60) == ("dns", False, 60)
    assert told["good"]["due"] == now.isoformat()


async def test_a_page_leads_to_its_feed():
    async with serving() as server:
        server.says("/", b'<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>')
        status, out, _ = await tocsin("sources", "discover", server.url("/"), "--private")
        assert (status, out) == (0, server.url("/feed") + "\t\n")


@pytest.mark.parametrize(
    ("word", "seen"),
    [
        ("new", None),
        ("new", SourceState(SourceId("s"), NOW)),
        ("ok", SourceState(SourceId("s"), NOW, polled=NOW)),
        ("failing", SourceState(SourceId("s"), NOW, polled=NOW, failures=1, failing_since=NOW)),
        ("bad", SourceState(SourceId("s"), NOW, polled=NOW, failures=9, failing_since=NOW - 2 * HOUR)),
        ("parked", SourceState(SourceId("s"), NOW, polled=NOW, failures=9, parked="gone")),
        (
            "stale",
            SourceState(SourceId("s"), NOW, polled=NOW, newest=NOW - 60 * HOUR, arrivals=(0.0, 1.0, 2.0, 3.0, 4.0)),
        ),
    ],
)
def test_a_source_is_judged_in_one_word(word, seen):
    assert judge(seen, NOW) == word
