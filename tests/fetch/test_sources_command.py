"""`tocsin sources`: what an operator sees of sources."""

import asyncio
import datetime as dt
import sys

import pytest

from monitor.cli.sources.health import judge
from monitor.core.schedule import SourceState
from monitor.model import SourceId

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
