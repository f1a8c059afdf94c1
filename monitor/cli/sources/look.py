"""One poll of one address, everything shown, with what stands behind its links; and the feeds that a page points to."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
from dataclasses import replace

from monitor.core import intake
from monitor.core.parse import Document, Job
from monitor.core.schedule import Validators
from monitor.errors import FetchError, ParseError, UsageError
from monitor.fetch import Fetched, Fetcher, Parsers
from monitor.fetch.articles import Articles, needs_page
from monitor.model import Item, Source, SourceId, SourceKind

_SHOWN = 5
_MENDS = {
    "html": "`tocsin sources discover` finds the feeds that a page points to, `format: page` reads the page itself",
    "no_entries": "the daemon takes that for a failure of the source",
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def run(args: argparse.Namespace) -> int:
    """0 if something was read, else 1."""
    try:
        return asyncio.run(_test(_source(args)) if args.action == "test" else _discover(args))
    except (FetchError, ParseError) as error:
        mend = f"; {_MENDS[error.kind]}" if error.kind in _MENDS else ""
        print(f"tocsin: {error} ({error.kind}){mend}", file=sys.stderr)
        return 1


def _source(args: argparse.Namespace) -> Source:
    if "://" in args.source:
        return replace(_unnamed(args.source, private=args.private), format=args.format)
    from monitor import rulefiles
    from monitor.core.rules import load
    from monitor.settings import Settings

    sources = load(rulefiles.read(Settings.read().rules)).sources
    if args.source not in sources:
        raise UsageError(f"{args.source}: neither an address nor the id of a source")
    return sources[SourceId(args.source)]


def _unnamed(url: str, *, private: bool) -> Source:
    return Source(SourceId("test"), url, "test", "test", SourceKind.INDEPENDENT, allow_private=private)


async def _test(source: Source) -> int:
    from monitor import clock

    now = clock.now()
    async with Fetcher() as fetcher, Parsers() as parsers:
        fetched = await fetcher.fetch(source, Validators())
        print(_told(fetched))
        job = Job(
            fetched.body or b"",
            at=now,
            content_type=fetched.content_type,
            url=fetched.url,
            format=source.format,
            selectors=source.selectors,
            language=source.language,
        )
        document = await parsers.parse(job)
        print(_read(document))
        if not document.entries and document.kind != "cap":
            raise ParseError("no_entries", "a document without entries")
        for line in await _behind(document, source, Articles(fetcher, parsers), now):
            print(line)
    return 0


async def _behind(document: Document, source: Source, articles: Articles, now: dt.datetime) -> list[str]:
    """What stands behind the links: the alerts of a CAP index, or the article of the newest short entry."""
    taken = intake.sort(document, [], source, now=now, first=False)
    if source.format == "cap":
        alerts = intake.with_alerts(taken, await articles.alerts(taken.items, source, now), [], source)
        refused = [f"refused   {entry}: {why}" for entry, why in alerts.refused]
        return [*(f"alert     {_alert(item)}" for item in alerts.items), *refused]
    short = [item for item in taken.items if needs_page(item, source)][-1:]
    return [
        f"behind    {item.url}: {_article(item)}"
        for item in await articles.complete(short, source, lambda _: True, now)
    ]


def _alert(item: Item) -> str:
    version = f"version {item.version} of {item.id}: " if item.version > 1 else ""
    return f"{version}{item.title} ({', '.join(item.marks) or 'not marked as anything'})"


def _article(item: Item) -> str:
    failed = next((mark for mark in item.marks if mark.startswith("no_article:")), "")
    return failed or f"{len(item.text):,} characters of text"


def _told(fetched: Fetched) -> str:
    lines = [f"answered  {fetched.status} {fetched.url}"]
    lines += [f"moved     for good to {fetched.moved}"] if fetched.moved else []
    lines += [f"marks     {', '.join(fetched.marks)}"] if fetched.marks else []
    lines.append(f"body      {len(fetched.body or b''):,} bytes, {fetched.content_type or 'no content type'}")
    lines.append(f"cache     ETag {fetched.validators.etag or '-'}, Last-Modified {fetched.validators.modified or '-'}")
    if fetched.pace.fresh_for is not None:
        lines.append(f"          fresh for {fetched.pace.fresh_for:.0f} s")
    if fetched.pace.not_before is not None:
        lines.append(f"          to be left alone until {fetched.pace.not_before:%Y-%m-%d %H:%M} UTC")
    return "\n".join(lines)


def _read(document: Document) -> str:
    dated = sum(e.published is not None for e in document.entries)
    whole = sum(len(e.text) >= 600 for e in document.entries)
    lines = [
        f"document  {document.kind}: {document.title or 'no title'} [{document.lang or 'no language'}]",
        f"entries   {len(document.entries)}, {dated} with a date, {whole} with a long text",
    ]
    lines += [f"asks      {asks}"] if (asks := _asks(document)) else []
    lines += [f"odd       {', '.join(document.marks)}"] if document.marks else []
    for entry in document.entries[:_SHOWN]:
        when = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "no date"
        credit = f" [{entry.origin}]" if entry.origin else ""
        odd = f" ({', '.join(entry.marks)})" if entry.marks else ""
        lines.append(f"  {when}  {entry.title}{credit}{odd}\n{'':20}{entry.url}")
    return "\n".join(lines)


def _asks(document: Document) -> str:
    """What a document says about when to come again."""
    parts = [f"ttl {document.ttl / 60:.0f} min"] if document.ttl else []
    parts += [f"skip hours {', '.join(map(str, document.skip_hours))} UTC"] if document.skip_hours else []
    parts += [f"skip days {', '.join(_DAYS[d] for d in document.skip_days)}"] if document.skip_days else []
    return "; ".join(parts)


async def _discover(args: argparse.Namespace) -> int:
    from monitor import clock
    from monitor.core.parse.discover import feeds

    async with Fetcher(pause=0.0) as fetcher, Parsers() as parsers:
        url, body, content_type = await fetcher.page(args.url, _unnamed(args.url, private=args.private))
        job = Job(body, at=clock.now(), content_type=content_type, url=url)
        try:
            document = await parsers.parse(job)
        except ParseError:
            found = feeds(job)
        else:
            found = ((url, document.title),)
    for address, title in found:
        print(f"{address}\t{title}")
    if not found:
        print("tocsin: the page points to no feed; a `format: page` source can still read it", file=sys.stderr)
    return 0 if found else 1
