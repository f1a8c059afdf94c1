"""A document that hurts is its source's failure, and nobody else's."""

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.core.parse import Job
from monitor.errors import ParseError
from monitor.fetch import Parsers
from monitor.fetch.frames import HEADER, Failure, decode_reply, encode

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GOOD = Job(b"<rss version='2.0'><channel><item><title>T</title><guid>1</guid></item></channel></rss>", AT)
NO_FEED = Job(b"<html><body></body></html>", AT)
# Each of the selector's steps may be any of 200 nested elements, and the first fits none: years on any machine.
SLOW = Job(b"<div>" * 200 + b"<p>", AT, format="page", selectors=(("item", f"b {'div ' * 9}p"),))


@pytest.fixture
async def parsers():
    async with Parsers(seconds=20.0) as running:
        yield running


@pytest.fixture
async def hasty():
    async with Parsers(seconds=3.0) as running:
        yield running


async def kind_of(parsers: Parsers, job: Job, **how) -> str:
    with pytest.raises(ParseError) as caught:
        await parsers.parse(job, **how)
    return caught.value.kind


async def test_documents_come_back_whole(parsers):
    first = await parsers.parse(GOOD)
    assert [(e.title, e.id) for e in first.entries] == [("T", "1")]
    assert (await parsers.parse(Job(GOOD.body, AT, known=first.prints))).known == 1


async def test_errors_come_back_as_they_are_and_the_worker_lives_on(parsers):
    assert await kind_of(parsers, NO_FEED) == "html"
    assert (await parsers.parse(GOOD)).entries


async def test_a_document_that_takes_too_long_ends_and_its_worker_is_replaced(hasty):
    assert await kind_of(hasty, SLOW) == "too_slow"
    assert (await hasty.parse(GOOD)).entries


async def test_suspects_leave_a_worker_to_the_others(hasty):
    suspects = [asyncio.create_task(kind_of(hasty, SLOW, suspect=True)) for _ in range(4)]
    await asyncio.sleep(0)
    assert (await hasty.parse(GOOD)).entries
    assert not all(task.done() for task in suspects)
    assert await asyncio.gather(*suspects) == ["too_slow"] * 4


async def test_a_suspect_waits_for_its_turn_only_so_long():
    async with Parsers(workers=2, seconds=3.0, patience=0.05) as parsers:
        first = asyncio.create_task(kind_of(parsers, SLOW, suspect=True))
        await asyncio.sleep(0)
        assert await kind_of(parsers, GOOD, suspect=True) == "busy"
        assert not first.done()
        assert (await parsers.parse(GOOD)).entries
        assert await first == "too_slow"
        assert (await parsers.parse(GOOD, suspect=True)).entries


async def test_only_so_many_suspects_wait(hasty):
    tasks = [asyncio.create_task(hasty.parse(SLOW, suspect=True)) for _ in range(101)]
    await asyncio.sleep(0)
    assert await kind_of(hasty, GOOD, suspect=True) == "busy"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (await hasty.parse(GOOD, suspect=True)).entries


async def test_a_caller_that_gives_up_does_not_leave_its_answer_to_the_next(parsers):
    task = asyncio.create_task(parsers.parse(SLOW))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    documents = await asyncio.gather(*(parsers.parse(GOOD) for _ in range(4)))
    assert [d.entries[0].title for d in documents] == ["T"] * 4


def worker(*jobs: Job, megabytes: int = 512, seconds: float = 5.0) -> subprocess.CompletedProcess[bytes]:
    """A worker of its own, fed with jobs."""
    frames = b"".join(HEADER.pack(len(frame), False) + frame for frame in map(encode, jobs))
    command = [sys.executable, "-m", "monitor.fetch.worker", str(seconds), str(megabytes)]
    return subprocess.run(command, input=frames, capture_output=True, check=False)


def replies(output: bytes) -> list:
    """The frames after the one that says ready."""
    found = []
    while output:
        length, _ = HEADER.unpack(output[: HEADER.size])
        found.append(output[HEADER.size : HEADER.size + length])
        output = output[HEADER.size + length :]
    return [decode_reply(frame) for frame in found[1:]]


def test_a_document_gets_so_much_memory_and_no_more():
    big = Job(b"<rss version='2.0'><channel><item><title>" + b"&#120;" * 2_000_000, AT)
    small, after = replies(worker(big, GOOD, megabytes=16).stdout)
    assert isinstance(small, Failure)
    assert small.kind == "too_big"
    assert after.document.entries


def test_processor_time_is_bounded_even_if_nobody_watches():
    done = worker(SLOW, seconds=0.2)
    assert done.returncode == -signal.SIGXCPU


def test_a_worker_whose_daemon_was_killed_ends_without_a_word():
    frame = encode(GOOD)
    command = [sys.executable, "-m", "monitor.fetch.worker", "5.0", "512"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as orphan:
        orphan.stdout.close()
        orphan.stdin.write(HEADER.pack(len(frame), False) + frame)
        orphan.stdin.close()
        assert orphan.stderr.read() == b""
    assert orphan.returncode == -signal.SIGPIPE


async def test_a_dead_worker_is_its_documents_failure(parsers):
    assert (await parsers.parse(GOOD)).entries
    # The one worker that is there takes it up at once, and never has done with it.
    task = asyncio.create_task(kind_of(parsers, SLOW))
    await asyncio.sleep(0.2)
    for worker in parse_workers():
        os.kill(worker, signal.SIGKILL)
    assert await task == "crashed"
    assert (await parsers.parse(GOOD)).entries


def parse_workers() -> list[int]:
    """The parse workers among the processes that this one started; other tests' servers live on."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text("ascii").split()
    return [int(child) for child in children if b"monitor.fetch.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]
