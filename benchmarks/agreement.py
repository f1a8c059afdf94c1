"""How far our entries agree with what other feed parsers expect of their own test documents.

    python benchmarks/agreement.py [--shared DIR] [--differences]

Of gofeed, feed-rs and rss-parser: documents with an expectation beside them. Counted are documents with as many
entries (what has neither title, text nor address tells nothing and is not counted), and in these the titles, links and
dates that agree: titles as plain text, links as canonical addresses, dates to the second.
"""

import argparse
import datetime as dt
import json
import pathlib
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from monitor.core.parse import Job, dates, parse
from monitor.core.parse.clean import one_line, safe_url
from monitor.errors import ParseError
from monitor.model import Entry

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


class Expected(NamedTuple):
    """What another parser expects of one entry."""

    title: str
    link: str
    date: str
    text: str

    @property
    def tells(self) -> bool:
        return bool(one_line(self.title) or one_line(self.text) or safe_url(self.link))


def expectations(peer: str, name: str, files: dict[str, bytes]) -> list[Expected] | None:
    """What a peer expects of a document; None if nothing is written down."""
    beside = {
        "gofeed": f"{name.rpartition('.')[0]}.json",
        "feed-rs": f"{name.rpartition('.')[0]}.serde.json",
        "rss-parser": f"{name.rpartition('.')[0].replace('/input/', '/output/')}.json",
    }[peer]
    if beside == name or beside not in files:
        return None
    read = {"gofeed": of_gofeed, "feed-rs": of_feed_rs, "rss-parser": of_rss_parser}[peer]
    return list(read(json.loads(files[beside].decode(errors="replace"))))


def of_gofeed(feed: Any) -> Iterator[Expected]:
    for e in feed.get("items") or feed.get("entries") or []:
        links = [e.get("link") or "", *(e.get("links") or [])]
        link = next((at if isinstance(at, str) else at.get("href", "") for at in links if at), "")
        text = e.get("content") or e.get("description") or e.get("summary") or ""
        date = e.get("publishedParsed") or e.get("pubDateParsed") or e.get("updatedParsed") or ""
        yield Expected(e.get("title") or "", link, date, text if isinstance(text, str) else text.get("value", ""))


def of_feed_rs(feed: Any) -> Iterator[Expected]:
    for e in feed["entries"]:
        links = [at["href"] for at in e["links"] if at["rel"] in {None, "alternate"}]
        text = (e["summary"] or {}).get("content") or (e["content"] or {}).get("body") or ""
        title = (e["title"] or {}).get("content") or ""
        yield Expected(title, next(iter(links), ""), e["published"] or e["updated"] or "", text)


def of_rss_parser(feed: Any) -> Iterator[Expected]:
    for e in feed["feed"]["items"]:
        fields = (e.get("title"), e.get("link"), e.get("isoDate"), e.get("content") or e.get("summary"))
        yield Expected(*(field if isinstance(field, str) else "" for field in fields))


def compare(ours: list[Entry], theirs: list[Expected]) -> Iterator[tuple[str, str, str]]:
    """What differs in which field, and `=` for what does not."""
    for mine, other in zip(ours, theirs, strict=True):
        when = dates.parse(other.date, AT)
        pairs = [("titles", mine.title, one_line(other.title)), ("links", mine.url, safe_url(other.link))]
        pairs += [("dates", str(mine.published)[:19], str(when)[:19])] if when else []
        for field, have, want in pairs:
            if want:
                yield field, "=" if have == want else have, want


def run(shared: pathlib.Path, *, differences: bool) -> None:
    with tarfile.open(shared / "data/feeds/peers.tar.xz") as archive:
        files = {m.name.partition("peers/")[2]: archive.extractfile(m).read() for m in archive if m.isfile()}
    print(f"{'':12}{'documents':>10}{'as many':>9}{'titles':>14}{'links':>14}{'dates':>14}")
    for peer in ("gofeed", "feed-rs", "rss-parser"):
        seen, same, total = Counter(), Counter(), Counter()
        for name in sorted(files):
            theirs = expectations(peer, name, files) if name.startswith(f"{peer}/") else None
            if theirs is None:
                continue
            theirs = [e for e in theirs if e.tells]
            try:
                ours = list(parse(Job(files[name], AT)).entries)
            except ParseError:
                ours = []
            seen["documents"] += 1
            if len(ours) != len(theirs):
                print(f"  {name}: {len(ours)} entries, not {len(theirs)}") if differences else None
                continue
            seen["as many"] += 1
            for field, have, want in compare(ours, theirs):
                total[field] += 1
                same[field] += have == "="
                if differences and have != "=":
                    print(f"  {name}: {field}: {have[:90]!r}, not {want[:90]!r}")
        row = "".join(f"{f'{same[field]} of {total[field]}':>14}" for field in ("titles", "links", "dates"))
        print(f"{peer:12}{seen['documents']:10}{seen['as many']:9}{row}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "shared")
    parser.add_argument("--differences", action="store_true")
    args = parser.parse_args()
    run(args.shared, differences=args.differences)


if __name__ == "__main__":
    main()
