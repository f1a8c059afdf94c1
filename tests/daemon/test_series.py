"""Real feeds as they were captured again and again: once through, and with kills in the middle, the same is told."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from monitor.core.records import ALERTS
from monitor.model import MessageId
from monitor.store.sqlite import SqliteStore

from . import recorded

SERIES = [
    *("aljazeera_youtube_atom", "bbc", "hv_aljazeera", "hv_banglatribune", "hv_bbc_world", "hv_mehr", "hv_nyt"),
    *("nytimes_us", "philstar", "rnz", "rnz_covid19", "wl_reuters_direct_first"),
]
KILLS = ("accept.before:2", "sending.after:2", "send.after:3", "decide.after")


class Run:
    """One database, and the receipts of what was told."""

    def __init__(self, folder, archive, series, limit):
        self.database, self.receipts = folder / "tocsin.db", folder / "receipts"
        self._words = [self.database, archive, series, limit, self.receipts]

    def play(self, failpoint=""):
        """Play on from where it stands; the process's exit status."""
        words = [sys.executable, recorded.__file__, *map(str, self._words)]
        return subprocess.run(words, env=os.environ | {"TOCSIN_FAILPOINT": failpoint}, check=False).returncode

    def told(self):
        """How often each message was delivered."""
        return Counter(self.receipts.read_text().split()) if self.receipts.exists() else Counter()


def compare(tmp_path, archive, series, limit):
    once, killed = (Run(tmp_path / name, archive, series, limit) for name in ("once", "killed"))
    for run in (once, killed):
        run.database.parent.mkdir()
    assert once.play() == 0
    deaths = sum(killed.play(failpoint) == -signal.SIGKILL for failpoint in KILLS)
    assert killed.play() == 0

    store = SqliteStore(once.database)
    news = Counter(item.id for item in store.history() if item.version == 1 and not item.baseline)
    alerted = Counter(alert.item for alert in store.view().latest(ALERTS, limit=10**6) if alert.outcome == "sent")
    assert alerted == news, "each new item is told of once; edits, repeats of an id and the baseline never"
    assert once.told().total() == len(once.told()) == news.total()

    assert killed.told().keys() == once.told().keys()
    rows = SqliteStore(killed.database)
    assert all(copies <= rows.message(MessageId(name)).attempts for name, copies in killed.told().items())
    assert killed.told().total() - len(killed.told()) <= deaths
    return deaths, news.total()


def test_a_recorded_feed_is_told_the_same_with_and_without_kills(tmp_path, shared):
    deaths, news = compare(tmp_path, shared / "data/feeds/series.tar.xz", "hv_aljazeera", 7)
    assert deaths == len(KILLS)
    assert news > 20


@pytest.mark.slow
@pytest.mark.parametrize("series", SERIES)
def test_every_recorded_feed_is_told_the_same_with_and_without_kills(tmp_path, shared, series):
    compare(tmp_path, shared / "data/feeds/series.tar.xz", series, 10_000)
