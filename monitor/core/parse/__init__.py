"""Bytes → entries: RSS, Atom and RDF, JSON Feed, CAP, sitemaps, channel pages, pages by selector.

Pure, but not harmless: a small hostile document can keep a parser busy for many seconds. So the daemon calls
`parse` only inside the workers of `monitor.fetch.Parsers`, which can be killed.
"""

from __future__ import annotations

from monitor.core.parse.document import Document, Format, Job

__all__ = ["Document", "Format", "Job", "parse"]


def parse(job: Job) -> Document:
    """Read one document; raises ParseError for a body that is no such document, and nothing else."""
    raise NotImplementedError
