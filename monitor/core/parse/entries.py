"""The last step that all formats share: what a format found of an entry → `Entry`, with a stable identity."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from monitor.core.parse import dates, lang, origin
from monitor.core.parse.clean import one_line, plain, safe_url, tidy
from monitor.core.parse.document import Job
from monitor.core.text import canonical_url, normalise
from monitor.model import Entry

MAX_ENTRIES = 500
_MAX_ID = 300
_TITLE_FROM_TEXT = 100
# What web software adds below every text, in the words that WordPress ships.
_FOOTER = re.compile(r"\n?The post .{0,300} (?:appeared first on|first appeared on) .{0,100}\Z", re.DOTALL)
_TEASER = re.compile(
    r"\s*(?:\[?(?:\.\.\.|…)\]?|\[&hellip;\]|(?:Continue reading|Read more)\b.{0,200})\s*(?:→|»|>+)?\s*\Z", re.DOTALL
)
_SUFFIX = re.compile(r"#\d{1,6}\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as a format has it: markup, relative links, dates as written or as read by the format's library."""

    guid: str = ""
    link: str = ""
    base: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str | dt.datetime | None = None
    updated: str | dt.datetime | None = None
    byline: str = ""
    source: str = ""
    lang: str = ""
    marks: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


def build(found: Iterable[Found], job: Job, language: str = "") -> tuple[Entry, ...]:
    """Entries in document order, each with an identity of its own; what says nothing at all is left out."""
    return identify([entry for f in found if (entry := _entry(f, job, language))])


def identify(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give every entry its identity: guid → canonical address → title and date → all of it.

    A guid or address that different entries of the document share identifies none of them; true repetitions
    are dropped.
    """
    unique = list({(e.id, e.url, e.title, e.text): e for e in reversed(list(entries))}.values())[::-1]
    names = Counter(name for e in unique for name in {e.id, e.url})
    own = {name for name, count in names.items() if name and count == 1}
    # Only of those whose identity hangs on it: others may be left out of what is read (see `split`).
    dated = Counter(_dated(e) for e in unique if e.id not in own and e.url not in own)
    named = [_identified(e, own, same_title=dated[_dated(e)] > 1) for e in unique]
    return tuple({e.id: e for e in reversed(named)}.values())[::-1]


def _entry(found: Found, job: Job, language: str) -> Entry | None:
    url = safe_url(found.link, found.base or job.url)
    text = _text(found)
    title = one_line(found.title) or _title_from(text) or url
    if not title:
        return None
    published, odd = dates.settle(_time(found.published, job.at), job.at)
    updated, odd_update = dates.settle(_time(found.updated, job.at), job.at)
    dropped = "dropped_link" if found.link.strip() and not url else ""
    marks = (*found.marks, odd, odd_update, dropped)
    return Entry(
        id=_guid(found.guid),
        url=url,
        title=title,
        text=text,
        published=published or updated,
        updated=updated,
        lang=lang.settle(f"{title}\n{text}", found.lang, language),
        origin=origin.credited(title, text, one_line(found.byline), one_line(found.source)),
        marks=tuple(dict.fromkeys(filter(None, marks))),
        replaces=tuple(filter(None, map(_guid, found.replaces))),
    )


def _text(found: Found) -> str:
    """The whole text, and the summary before it where it is no mere beginning of it."""
    summary, content = (_FOOTER.sub("", plain(part)) for part in (found.summary, found.content))
    if not content or not summary:
        return content or summary
    beginning, whole = normalise(_TEASER.sub("", summary)), normalise(content)
    if beginning in whole:
        return content
    return summary if whole in beginning else f"{summary}\n{content}"


def _title_from(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= _TITLE_FROM_TEXT else line[:_TITLE_FROM_TEXT].rsplit(" ", 1)[0] + "…"


def _time(value: str | dt.datetime | None, at: dt.datetime) -> dt.datetime | None:
    return dates.parse(value, at) if isinstance(value, str) else value


def _guid(guid: str) -> str:
    """A guid without what changes from one delivery to the next: scheme, tracking, `#2`, spaces."""
    guid = " ".join(tidy(guid).split())
    if guid[:4].lower() == "http":
        address, mark, fragment = _SUFFIX.sub("", guid).partition("#")
        guid = canonical_url(address) + mark + fragment
    return guid if len(guid) <= _MAX_ID else _digest(guid)


def _identified(entry: Entry, own: Collection[str], *, same_title: bool) -> Entry:
    if entry.id in own:
        return entry
    marks = (*entry.marks, "shared_id" if entry.id else "no_id")
    if entry.url in own:
        return replace(entry, id=entry.url if len(entry.url) <= _MAX_ID else _digest(entry.url), marks=marks)
    identity = f"{_dated(entry)}\n{entry.id}\n{entry.url}\n{entry.text}" if same_title else _dated(entry)
    return replace(entry, id=_digest(identity), marks=marks)


def _dated(entry: Entry) -> str:
    # A clamped date is the time of the fetch, another one next time.
    known = entry.published if "future_date" not in entry.marks else None
    return f"{normalise(entry.title)}\n{known.isoformat() if known else ''}"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
