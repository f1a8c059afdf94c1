"""Worker processes that parse, each killable: a document that is too slow or too big is its source's failure."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from typing import Self

from monitor.core.parse.document import Document, Job
from monitor.errors import ParseError
from monitor.fetch.frames import HEADER, Failure, Reply, decode_reply, encode

_MOST_SUSPECTS = 100
_START = 30.0
"""Seconds that a new worker may take before it answers: it loads its libraries first."""


class Parsers:
    """A few parse workers, started when first needed. Use as an async context manager."""

    def __init__(self, workers: int = 3, *, seconds: float = 5.0, megabytes: int = 512, patience: float = 60.0) -> None:
        """`seconds` and `megabytes` bound one document, not the life of a worker. At least two workers are kept.

        `patience`: seconds that a suspect may wait for its turn, well below the lease of a poll.
        """
        self._seconds, self._megabytes, self._patience = seconds, megabytes, patience
        count = max(2, workers)
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._workers = [_Worker(seconds, megabytes) for _ in range(count)]
        for worker in self._workers:
            self._idle.put_nowait(worker)
        # Suspects leave one worker free for the sources that have proven harmless, and only so many of them wait: each
        # holds its document in memory.
        self._suspects, self._waiting = asyncio.Semaphore(count - 1), 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.kill() for worker in self._workers))

    async def parse(self, job: Job, *, suspect: bool = False) -> Document:
        """`core.parse.parse` in a worker.

        Raises ParseError (`too_slow`, `too_big`, `crashed` when the worker had to be replaced). A `suspect` source (see
        `SourceState.suspect`) never takes the last free worker; `busy`: too many of them are waiting already, or
        it has waited for too long.
        """
        if not suspect:
            return await self._parse(job)
        if self._waiting >= _MOST_SUSPECTS:
            raise ParseError("busy", "too many documents of unproven sources are waiting to be parsed")
        self._waiting += 1
        try:
            return await self._parse_in_turn(job)
        finally:
            self._waiting -= 1

    async def _parse_in_turn(self, job: Job) -> Document:
        try:
            async with asyncio.timeout(self._patience):
                await self._suspects.acquire()
        except TimeoutError:
            raise ParseError("busy", "documents of unproven sources keep the parsers busy") from None
        try:
            return await self._parse(job)
        finally:
            self._suspects.release()

    async def _parse(self, job: Job) -> Document:
        worker = await self._idle.get()
        try:
            return await worker.parse(job)
        finally:
            self._idle.put_nowait(worker)


class _Worker:
    """One worker process and, after it died, the next."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._seconds, self._megabytes = seconds, megabytes
        self._process: Process | None = None

    async def parse(self, job: Job) -> Document:
        """Parse in the process; every way out of here but an answer ends the process."""
        try:
            reply = await self._exchange(encode(job))
        except TimeoutError:
            raise ParseError("too_slow", f"parsing took over {self._seconds:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ParseError("crashed", "the document ended its parse worker") from None
        if isinstance(reply, Failure):
            raise ParseError(reply.kind, reply.what)
        return reply.document

    async def kill(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            # Reads the pipes to their end too, so that their transports close.
            await process.communicate()

    async def _exchange(self, frame: bytes) -> Reply:
        answered = False
        try:
            process = await self._running()
            async with asyncio.timeout(self._seconds):
                reply, tired = await _ask(process, frame)
            answered = not tired
        finally:
            # Also when cancelled half-way: the late answer must not be taken for the next document's.
            if not answered:
                await self.kill()
        return decode_reply(reply)

    async def _running(self) -> Process:
        if self._process is None:
            limits = (str(self._seconds), str(self._megabytes))
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "monitor.fetch.worker", *limits, stdin=PIPE, stdout=PIPE
            )
            async with asyncio.timeout(_START):
                await _receive(self._process)
        return self._process


async def _ask(process: Process, frame: bytes) -> tuple[bytes, bool]:
    if process.stdin is None:  # pragma: no cover - it was started with a pipe
        raise ConnectionError
    process.stdin.write(HEADER.pack(len(frame), False) + frame)
    await process.stdin.drain()
    return await _receive(process)


async def _receive(process: Process) -> tuple[bytes, bool]:
    if process.stdout is None:  # pragma: no cover - it was started with a pipe
        raise ConnectionError
    length, tired = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
    return await process.stdout.readexactly(length), tired
