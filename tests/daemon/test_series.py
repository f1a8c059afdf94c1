"""Real feeds as they were captured again and again: once through, and with kills in the middle, the same is told."""

import signal
from collections import Counter

import pytest

from monitor.core.records import ALERTS
from monitor.model import MessageId
from monitor.store.sqlite import SqliteStore
from tests.daemon import recorded
from tests.daemon.world import FORKS

SERIES = [
    *("aljazeera_youtube_atom", "bbc", "hv_aljazeera", "hv_banglatribune", "hv_bbc_world", "hv_mehr", "hv_nyt"),
    *("nytimes_us", "philstar", "rnz", "rnz_covid19", "wl_reuters_direct_first"),
]
KILLS = ("accept.before:2", "sending.after:2", "send.after:3")


class Run:
    """One database, and the receipts of what was told."""

    def __init__(self, folder, series, tape):
        folder.mkdir()
        self.database, self.receipts = folder / "tocsin.db", folder / "receipts"
        self._words = [self.database, series, tape, self.receipts]

    def play(self, failpoint=""):
        """Play on from where it stands; the process's exit status."""
        process = FORKS.Process(target=recorded.play, args=(failpoint, *self._words))
        process.start()
        try:
            process.join()
            return process.exitcode
        finally:
            process.kill()

    def told(self):
        """How often each message, by kind and id, was delivered."""
        lines = self.receipts.read_text().split() if self.receipts.exists() else ()
        return Counter(tuple(line.split("/")) for line in lines)


def compare(tmp_path, series, tape):
    once, killed = Run(tmp_path / "once", series, tape), Run(tmp_path / "killed", series, tape)
    assert once.play() == 0
    deaths = sum(killed.play(failpoint) == -signal.SIGKILL for failpoint in KILLS)
    assert killed.play() == 0

    store = SqliteStore(once.database)
    news = Counter(item.id for item in store.history() if item.version == 1 and not item.baseline)
    alerted = Counter(alert.item for alert in store.view().latest(ALERTS, limit=10**6) if alert.outcome == "sent")
    assert alerted == news, "each new item is told of once; edits, repeats of an id and the baseline never"
    assert once.told().total() == len(once.told())
    assert Counter(kind for kind, _ in once.told())["alert"] == news.total()

    assert killed.told().keys() == once.told().keys()
    rows = SqliteStore(killed.database)
    assert all(copies <= rows.message(MessageId(name)).attempts for (_, name), copies in killed.told().items())
    assert killed.told().total() - len(killed.told()) <= deaths
    return deaths, news.total()


def test_a_recorded_feed_is_told_the_same_with_and_without_kills(tmp_path, shared):
    tape = recorded.captures(shared / "data/feeds/series.tar.xz", "hv_aljazeera")
    deaths, news = compare(tmp_path, "hv_aljazeera", tape[2:])
    assert deaths == len(KILLS)
    assert news > 10


@pytest.mark.slow
@pytest.mark.parametrize("series", SERIES)
def test_every_recorded_feed_is_told_the_same_with_and_without_kills(tmp_path, shared, series):
    compare(tmp_path, series, recorded.captures(shared / "data/feeds/series.tar.xz", series))
