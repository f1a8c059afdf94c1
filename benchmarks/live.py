"""What an item costs with N items alive in SQLite: CPU, time by the clock, memory.

    python benchmarks/live.py N [--file FILE] [--measured M]

Needs `--group bench`. Invents N items and records them as `stories.place` would have, in bulk and by its functions,
then places M more, one by one, each committed by itself as the decider does on a quiet day. `--file` keeps the store:
a second run with the same N takes it up again and only measures.

The text is invented by Simon's model (On a Class of Skew Distribution Functions, 1955): a word is new, or said again as
often as it was said before, with new words as rare as Heaps' law has them in agency copy (10 n^0.6, fitted to 140,000
words). Half of the items go on with a story: they take words from an item that this story had before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import resource
import sqlite3
import tempfile
import time
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from monitor.core import stories
from monitor.core.stories import aliases, records, vectors
from monitor.core.view import Draft
from monitor.model import Item, ItemId, SourceId, StoryId
from monitor.store.sqlite import SqliteStore

Told = tuple[Item, StoryId]
TABLES = (records.SIGNATURES, records.STORIES, records.FREQUENCIES, records.ALIASES)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_MEDIAN, _SPREAD, _FEWEST, _MOST = 42, 0.45, 8, 130
"""Words of an item, title included: log-normal, as in feeds with summaries."""
_HEAPS, _EXPONENT = 10.5, 0.6
_GOES_ON = 0.5
_RECENT = 25_000
"""A story that goes on had its last item among so many."""
_TAKEN = 0.35
"""The share of its words that an item takes from its predecessor; every tenth is a copy and takes more."""
_COPIED, _COPIES = 0.9, 0.1
_TITLE, _SENTENCE = 10, 14
_PAUSE = 8
"""Seconds between items: a million in three months."""


# --- invented news -------------------------------------------------------------------------


def news(items: int, seed: int = 1) -> Iterator[Told]:
    """So many items in order of acceptance, each with its story."""
    import numpy as np  # here, so that it does not count as memory of placing

    chance = np.random.default_rng(seed)
    lengths = np.clip(chance.lognormal(np.log(_MEDIAN), _SPREAD, items), _FEWEST, _MOST).astype(np.int64)
    before = _predecessors(items, chance)
    words = _words(lengths, before, chance)
    story, at, spelt = list(range(items)), 0, cache(_spelt)
    for number, (length, earlier) in enumerate(zip(lengths.tolist(), before.tolist(), strict=True)):
        if earlier >= 0:
            story[number] = story[earlier]
        said = [spelt(word) for word in words[at : at + length].tolist()]
        at += length
        yield _item(number, said), aliases.story_id(f"i{story[number]}")


def _predecessors(items: int, chance: Any) -> Any:
    """For each item the one that it goes on from, -1 if it begins a story."""
    import numpy as np

    number = np.arange(items)
    earlier = number - 1 - (chance.random(items) * np.minimum(number, _RECENT)).astype(np.int64)
    return np.where((chance.random(items) < _GOES_ON) & (number > 0), earlier, -1)


def _words(lengths: Any, before: Any, chance: Any) -> Any:
    """The words of all items, one after the other, as numbers: the place where each was said first."""
    import numpy as np

    begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    of = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(of))
    source = (chance.random(len(of)) * place).astype(np.int64)
    new = chance.random(len(of)) < np.minimum(1.0, _HEAPS * _EXPONENT * np.maximum(place, 1) ** (_EXPONENT - 1))
    share = np.where(before >= 0, np.where(chance.random(len(lengths)) < _COPIES, _COPIED, _TAKEN), 0.0)
    taken = chance.random(len(of)) < share[of]
    its = before[of]
    source = np.where(taken, begins[its] + (chance.random(len(of)) * lengths[its]).astype(np.int64), source)
    source = np.where(new & ~taken, place, source)
    while True:
        further = source[source]
        if (further == source).all():
            return source
        source = further


_CONSONANTS, _VOWELS = "bdfghjklmnprstvwxz", "aeiouy"
_SYLLABLES = [c + v for c in _CONSONANTS for v in _VOWELS]


def _spelt(word: int) -> str:
    """A word for a number; the commonest are short, and rare ones share their beginnings with some others."""
    size, rest = 1, word
    while rest >= len(_SYLLABLES) ** size:
        rest -= len(_SYLLABLES) ** size
        size += 1
    rest = rest * 7919 % len(_SYLLABLES) ** size
    return "".join(_SYLLABLES[rest // len(_SYLLABLES) ** k % len(_SYLLABLES)] for k in range(size))


def _item(number: int, said: list[str]) -> Item:
    title, text = said[:_TITLE], said[_TITLE:]
    lines = [" ".join(text[k : k + _SENTENCE]) for k in range(0, len(text), _SENTENCE)]
    seen = START + dt.timedelta(seconds=_PAUSE * number)
    return Item(ItemId(f"i{number}"), SourceId("s"), seen, " ".join(title), ". ".join(lines))


# --- a store full of them ------------------------------------------------------------------


class Learned:
    """What `vectors.vector` and `vectors.count` know of terms and learn from items, with nothing written down twice.

    Words of invented items are their own tokens, so nothing has to be taken apart, and a logarithm is looked up.
    """

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.last: dict[str, float] = {}
        self.total = 0
        self._terms = cache(vectors.terms)
        self._log = cache(math.log)
        self._usual = vectors.background()

    def vector(self, one: Item) -> vectors.Vector:
        """As `vectors.vector` has it."""
        said = [one.title.split(), *(line.split() for line in one.text.split(". ") if line)]
        counts = Counter(chain.from_iterable(map(self._terms, chain(said[0], *said))))
        seen = {term: self.seen.get(term, 0) for term in counts}
        whole, log, usual = self._log(self.total + vectors.PRIOR + 2), self._log, self._usual
        rarity = {t: whole - log(n + vectors.PRIOR * usual.get(t, 0.0) + 1) for t, n in seen.items()}
        raw = {t: (1 + log(n)) * max(0.0, rarity[t]) for t, n in counts.items()}
        length = math.sqrt(sum([x * x for x in raw.values()])) or 1.0
        words = tuple(chain.from_iterable(said))
        text = "\n".join(" ".join(line) for line in said)
        return vectors.Vector(
            text, words, rarity, seen, self.total, {t: x / length for t, x in raw.items()}, headed=True
        )

    def count(self, one: Item, seen: dict[str, int]) -> None:
        """As `vectors.count` has it; the hash of an item and a term goes on from that of the item."""
        begun, now = crc32(f"{one.id} ".encode()), one.seen.timestamp()
        for term, items in (*seen.items(), (records.TOTAL, self.total)):
            step = 1 << max(0, (items // vectors.EXACT).bit_length())
            if step == 1 or crc32(term.encode(), begun) % step == 0:
                self.seen[term], self.last[term] = items + step, now
        self.total = self.seen[records.TOTAL]

    def frequencies(self) -> Iterator[records.Frequency]:
        """The records of all terms."""
        return (records.Frequency(term, items, self.last[term]) for term, items in self.seen.items())


def fill(path: Path, told: Iterator[Told]) -> None:
    """A new store with what `stories.record` leaves there of these items, each in its story."""
    prepared = SqliteStore(path)
    for table in TABLES:
        prepared.view().latest(table, limit=1)  # the first question makes the table
    prepared.close()
    with sqlite3.connect(path, isolation_level=None) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN")
        _write(db, told)
        db.execute("COMMIT")


def _write(db: sqlite3.Connection, told: Iterator[Told]) -> None:
    learned, alive = Learned(), OrderedDict[str, records.Story]()
    found: dict[str, array[int]] = {}
    ids: list[tuple[float, str]] = []
    for one, of in told:
        v, now = learned.vector(one), one.seen.timestamp()
        mine = stories.signature(one, v, of)
        learned.count(one, v.seen)
        _insert(db, records.SIGNATURES, mine)
        db.execute('INSERT INTO "t_signatures__story" VALUES (?, ?, ?)', (of, now, one.id))
        for key in mine.keys:
            found.setdefault(key, array("l")).append(len(ids))
        ids.append((now, one.id))
        alive[of] = _grown(alive.pop(of, None) or records.Story(of, now, now), mine)
        if now - next(iter(alive.values())).last > 2 * _RECENT * _PAUSE:
            _insert(db, records.STORIES, alive.popitem(last=False)[1])
    for story in alive.values():
        _insert(db, records.STORIES, story)
    for frequency in learned.frequencies():
        _insert(db, records.FREQUENCIES, frequency)
    postings = ((key, *ids[place]) for key in sorted(found, key=str.encode) for place in found[key])
    db.executemany('INSERT INTO "t_signatures__key" VALUES (?, ?, ?)', postings)


def _grown(story: records.Story, mine: records.Signature) -> records.Story:
    """As `aliases.added` has it; a story of one item needs no sums."""
    if story.items:
        return aliases.added(story, mine)
    square = sum([x * x for x in mine.weights.values()])
    return records.Story(story.id, story.first, mine.seen, 1, mine.weights, square=square)


def _insert(db: sqlite3.Connection, table: Any, record: Any) -> None:
    row = (table.key(record), table.time(record), msgspec.json.encode(record))
    db.execute(f'INSERT INTO "t_{table.name}" (key, time, body) VALUES (?, ?, ?)', row)  # noqa: S608 - names are ours


# --- figures -------------------------------------------------------------------------------


def filled(path: Path, items: int, measured: int) -> None:
    """The store, and beside it the items that come next; what is there already is kept."""
    coming = path.with_suffix(".coming.json")
    if coming.exists():
        return
    told = news(items + measured)
    fill(path, (next(told) for _ in range(items)))
    coming.write_bytes(msgspec.json.encode([item for item, _ in told]))


def measure(path: Path) -> None:
    """Place what comes next; a line of figures for CPU and for the clock."""
    store = SqliteStore(path, check=False)
    costs: dict[str, list[float]] = {
        "place, CPU": [],
        "place, clock": [],
        "and commit, CPU": [],
        "and commit, clock": [],
    }
    for item in msgspec.json.decode(path.with_suffix(".coming.json").read_bytes(), type=list[Item]):
        cpu, clock = time.process_time(), time.perf_counter()
        draft = Draft(store.view())
        stories.place(item, draft)
        placed = time.process_time(), time.perf_counter()
        store.apply(draft.changes())
        ended = time.process_time(), time.perf_counter()
        for spent, seconds in zip(
            costs.values(), (placed[0] - cpu, placed[1] - clock, ended[0] - cpu, ended[1] - clock), strict=True
        ):
            spent.append(1000 * seconds)
    for name, spent in costs.items():
        _report(name, sorted(spent))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB, file {path.stat().st_size / 1e6:.0f} MB", flush=True)


def _report(name: str, spent: list[float]) -> None:
    mean = sum(spent) / len(spent)
    middle, high = spent[len(spent) // 2], spent[int(0.99 * len(spent))]
    print(f"{name:18} mean {mean:.2f} ms  p50 {middle:.2f}  p99 {high:.2f}  most {spent[-1]:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=int)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--measured", type=int, default=3000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.file or Path(folder) / "live.db"
        with ProcessPoolExecutor(1) as other:  # so that the peak is that of placing
            other.submit(filled, path, args.items, args.measured).result()
        measure(path)


if __name__ == "__main__":
    main()
