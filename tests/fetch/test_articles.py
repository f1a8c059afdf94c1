"""Whole texts: only where they are wanted, once, and without harm if a page can't be read."""

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from monitor.core.parse import parse
from monitor.errors import FetchError
from monitor.fetch.articles import Articles
from monitor.model import Item, ItemId, Source, SourceId, SourceKind

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SOURCE = Source(SourceId("s"), "https://example.org/feed", "E", "E", SourceKind.WIRE)
STORY = [
    "Officials met on Friday to talk about the closed border gates, which have been shut since the weekend fighting.",
    "Traders said that hundreds of lorries were waiting on both sides, most of them loaded with fruit and cement.",
    "The provincial police chief told reporters that 27 positions had been destroyed and 133 fighters had been killed.",
]
PAGE = (
    "<html><head><title>T</title></head><body><nav><a href='/'>Home</a></nav><article><h1>T</h1>"
    + "".join(f"<p>{line}</p>" for line in STORY)
    + "</article><footer>Copyright</footer></body></html>"
)


class Pages:
    """Answers with one page, or refuses; remembers what was asked for."""

    def __init__(self, body: str = PAGE, error: FetchError | None = None) -> None:
        self.body, self.error, self.asked = body, error, []

    async def page(self, url, _):
        self.asked.append(url)
        if self.error:
            raise self.error
        return url, self.body.encode(), "text/html"


class Reader:
    """Parses where it stands."""

    async def parse(self, job, *, suspect=False):
        assert suspect
        return parse(job)


def item(number: int = 1, text: str = "Border gates stay shut.", **more) -> Item:
    return Item(ItemId(f"s:{number}"), SOURCE.id, NOW, "T", text, url=f"https://example.org/{number}", **more)


async def completed(pages: Pages, *items: Item, source=SOURCE, wanted=lambda _: True):
    return await Articles(pages, Reader()).complete(items, source, wanted, NOW)


async def test_a_short_item_gets_the_text_of_its_page():
    (whole,) = await completed(Pages(), item())
    assert whole.text.startswith("Border gates stay shut.\n")
    assert "133 fighters had been killed" in whole.text
    assert "Copyright" not in whole.text
    assert "article" in whole.marks


@pytest.mark.parametrize(
    ("which", "source", "wanted"),
    [
        (item(text="x" * 700), SOURCE, True),
        (item(baseline=True), SOURCE, True),
        (replace(item(), url=""), SOURCE, True),
        (item(), replace(SOURCE, whole_text=False), True),
        (item(), SOURCE, False),
    ],
    ids=["long", "baseline", "no address", "off", "unwanted"],
)
async def test_other_pages_are_not_asked_for(which, source, wanted):
    pages = Pages()
    assert await completed(pages, which, source=source, wanted=lambda _: wanted) == (which,)
    assert pages.asked == []


@pytest.mark.parametrize(
    ("pages", "mark"),
    [
        (Pages(error=FetchError("timeout", "late")), "no_article:timeout"),
        (Pages("<html><body>Accept our cookies.</body></html>"), "no_article:no_match"),
        (Pages("<html><title>Just a moment...</title></html>"), "no_article:blocked"),
        (Pages(""), "no_article:empty"),
    ],
)
async def test_an_item_whose_page_cannot_be_read_stays_as_it_is(pages, mark):
    (same,) = await completed(pages, item())
    assert (same.text, same.marks) == ("Border gates stay shut.", (mark,))


async def test_a_poll_fetches_few_pages_the_newest_first():
    pages = Pages()
    result = await completed(pages, *(item(n) for n in range(12)))
    assert pages.asked[0] == "https://example.org/11"
    assert len(pages.asked) == 10
    assert [r.marks for r in result[:2]] == [("no_article:many",)] * 2
    assert [r.id for r in result] == [f"s:{n}" for n in range(12)]


CAP = (
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A1</identifier><sender>o@example.org</sender>'
    "<sent>2026-03-01T10:00:00+05:00</sent><status>{}</status><msgType>Alert</msgType><scope>Public</scope><info>"
    "<event>Flood</event><headline>River over its banks</headline><description>It rose.</description></info></alert>"
)
INDEX = replace(SOURCE, format="cap")


async def alerts(pages: Pages, *items: Item, seconds=20.0):
    return await Articles(pages, Reader(), seconds).alerts(items, INDEX, NOW)


async def test_an_entry_of_a_cap_index_leads_to_its_alert():
    found = await alerts(Pages(CAP.format("Actual")), item())
    assert found["s:1"].title == "River over its banks"
    assert "cap:Actual" in found["s:1"].marks


async def test_alerts_that_could_not_be_read_are_told_from_pages_without_one():
    assert await alerts(Pages(error=FetchError("timeout", "late")), item()) == {"s:1": None}
    assert await alerts(Pages(error=FetchError("gone", "410")), item()) == {}
    assert await alerts(Pages(PAGE), item()) == {}


async def test_pages_that_never_come_hold_nothing_up():
    class Silent:
        async def page(self, *_):
            await asyncio.Event().wait()

    late = await Articles(Silent(), Reader(), 0.01).complete([item(1), item(2)], SOURCE, lambda _: True, NOW)
    assert [i.marks for i in late] == [("no_article:late",)] * 2
    assert await alerts(Silent(), item(), seconds=0.01) == {"s:1": None}
