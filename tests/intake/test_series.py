"""Real feeds captured again and again: nothing lost, nothing new twice, whichever way they are read."""

import datetime as dt
import json
import tarfile
from collections import defaultdict

import pytest

from monitor.core.intake import Intake
from monitor.core.parse import Document, Job, parse

from .desk import Desk

Captures = list[tuple[dt.datetime, bytes]]
QUICK = {"hv_aljazeera", "hv_bbc_world", "hv_mehr", "hv_nyt", "rnz_covid19", "philstar", "hv_banglatribune"}


@pytest.fixture(scope="module")
def series(shared) -> dict[str, Captures]:
    """Captures of each feed in order."""
    found: dict[str, Captures] = defaultdict(list)
    with tarfile.open(shared / "data/feeds/series.tar.xz") as archive:
        files = {m.name.partition("series/")[2]: archive.extractfile(m).read() for m in archive if m.isfile()}
    for row in map(json.loads, files["index.jsonl"].splitlines()):
        found[row["series"]].append((dt.datetime.fromisoformat(row["captured"]), files[row["file"]]))
    return {name: sorted(captures, key=lambda c: c[0]) for name, captures in found.items()}


def replay(captures: Captures, *, short: bool) -> list[tuple[Document, Intake]]:
    """What each capture brings."""
    desk, prints, results = Desk(), (), []
    for at, body in captures:
        desk.now = at
        document = parse(Job(body, at, known=prints if short else ()))
        prints = document.prints if document.entries or document.known else prints
        results.append((document, desk.take(document)))
    return results


def check(captures: Captures) -> None:
    whole, short = replay(captures, short=False), replay(captures, short=True)
    new = [item.id for _, result in whole for item in result.items if item.version == 1]
    assert len(new) == len(set(new))
    told = {(i.title, i.text) for _, result in whole for i in result.items}
    refused = {name for _, result in whole for name, _ in result.refused}
    lost = {e.id for document, _ in whole for e in document.entries if (e.title, e.text) not in told} - refused
    assert lost == set()
    for (document, one), (_, other) in zip(whole, short, strict=True):
        assert [(i.id, i.version, i.title) for i in one.items] == [(i.id, i.version, i.title) for i in other.items]
        assert document.entries or not one.items


def test_some_series_lose_nothing_and_repeat_nothing(series):
    for name in sorted(QUICK):
        check(series[name][:60])


@pytest.mark.slow
def test_every_series_loses_nothing_and_repeats_nothing(series):
    for captures in series.values():
        check(captures)
