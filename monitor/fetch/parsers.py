"""Worker processes that parse, each killable: a document that is too slow or too big is its source's failure."""

from __future__ import annotations

from monitor.core.parse.document import Document, Job


class Parsers:
    """A few parse workers. Use as an async context manager."""

    def __init__(self, workers: int = 2, *, seconds: float = 5.0, megabytes: int = 512) -> None:
        """`seconds` and `megabytes` bound one document, not the life of a worker."""

    async def parse(self, job: Job, *, suspect: bool = False) -> Document:
        """`core.parse.parse` in a worker.

        Raises ParseError (`too_slow`, `too_big`, `crashed` when the worker had to be replaced). A `suspect` source (see
        `SourceState.suspect`) never takes the last free worker.
        """
        raise NotImplementedError
