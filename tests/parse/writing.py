"""Feed documents written for these tests."""

import datetime as dt
from html import escape

from monitor.core.parse import Document, Job, parse

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def item(title="", guid="", link="", *, date="", text="", extra="") -> str:
    """One RSS item; values are escaped, `extra` is markup."""
    fields = (("title", title), ("guid", guid), ("link", link), ("pubDate", date), ("description", text))
    return "<item>" + "".join(f"<{n}>{escape(v)}</{n}>" for n, v in fields if v) + extra + "</item>"


def rss(*items: str, head: str = "<title>Example Post</title>", declaration: str = '<?xml version="1.0"?>') -> bytes:
    """An RSS document of these items."""
    return f'{declaration}<rss version="2.0" {NAMESPACES}><channel>{head}{"".join(items)}</channel></rss>'.encode()


def atom(*entries: str, head: str = "<title>Example Post</title>") -> bytes:
    """An Atom document of these entries."""
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'.encode()


def cap(
    identifier="A1", *, kind="Alert", status="Actual", references="", info: str | None = None, version="1.2"
) -> str:
    """One CAP alert, without a declaration."""
    if info is None:
        info = (
            "<info><language>en-US</language><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity>"
            "<certainty>Observed</certainty><expires>2026-03-02T12:00:00+00:00</expires>"
            "<headline>River over its banks</headline><description>The river rose by two metres.</description>"
            "<instruction>Leave the valley.</instruction><area><areaDesc>Lower valley</areaDesc></area></info>"
        )
    refs = f"<references>{references}</references>" if references else ""
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}"><identifier>{identifier}</identifier>'
        f"<sender>office@example.org</sender><sent>2026-03-01T10:00:00+05:00</sent><status>{status}</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{refs}{info}</alert>"
    )


def read(body: bytes | str, **how) -> Document:
    """Parse a document as if fetched at `AT` from example.org."""
    data = body.encode() if isinstance(body, str) else body
    return parse(Job(data, **{"at": AT, "url": "https://example.org/feed.xml", **how}))
