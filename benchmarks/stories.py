"""Groups the same items with several methods, side by side: B-cubed F1, F1 of first items (NEW), CPU an item.

    python benchmarks/stories.py FOLDER [--weights FOLDER] [--most N] [--svg FILE]
    python benchmarks/stories.py --live N [--seconds S]

Needs `--group bench`. The first form reads claims.jsonl.gz and headlines.jsonl.gz. Each method's bar is chosen on the
first half in time and reported on the second, with its state carried over. `--weights` holds a join.json learned on the
first halves only (`train_stories.py --part first`); without it Tocsin runs with the weights it ships, which have seen
these items. The second form measures the cost of an item with N made-up items alive in SQLite, loaded in bulk.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import math
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
from rapidfuzz import fuzz
from train_stories import item, read

from monitor.core import stories
from monitor.core.stories import aliases, join, models, records, vectors
from monitor.core.text import tokens
from monitor.core.view import Draft
from monitor.model import Item, ItemId, SourceId
from monitor.store.memory import MemoryView
from monitor.store.sqlite import SqliteStore

Grouped = list[tuple[str, bool]]
"""For each item its group, and whether it began that group."""


def text(row: dict) -> str:
    return f"{row.get('title') or ''} {row.get('text') or ''}"


# --- methods -------------------------------------------------------------------------------


def by_average(rows: list[dict], bar: float, likeness: Callable, window: float) -> Grouped:
    """Join the group whose members are on average the most alike, within the window (seconds), at the bar or over."""
    groups: list[list] = []
    out = []
    for row in rows:
        now, mine = item(row).seen.timestamp(), likeness.prepare(row)
        alive = [k for k, group in enumerate(groups) if now - group[0] <= window]
        scores = [(sum(likeness(mine, other) for other in groups[k][1:]) / (len(groups[k]) - 1), k) for k in alive]
        best, k = max(scores, default=(-1.0, -1))
        if best < bar:
            k = len(groups)
            groups.append([now])
        groups[k][0] = now
        groups[k].append(mine)
        out.append((str(k), best < bar))
    return out


class TokenSet:
    name, bars = "rapidfuzz token_set_ratio", (40, 45, 50, 55)

    def prepare(self, row: dict) -> str:
        return " ".join(tokens(text(row)))

    def __call__(self, a: str, b: str) -> float:
        return fuzz.token_set_ratio(a, b)


class MinHashed:
    name, bars = "MinHash (datasketch, 64, char-4)", (0.05, 0.08, 0.11, 0.15)

    def prepare(self, row: dict):  # datasketch has no types
        from datasketch import MinHash

        said = " ".join(tokens(text(row)))
        mine = MinHash(num_perm=64)
        mine.update_batch([said[i : i + 4].encode() for i in range(max(1, len(said) - 3))])
        return mine

    def __call__(self, a, b) -> float:
        return a.jaccard(b)


class TfIdf:
    """Online: document frequencies are those of the items so far."""

    name, bars = "TF-IDF, words, online", (0.03, 0.05, 0.08, 0.12)

    def __init__(self) -> None:
        self.seen, self.total = collections.Counter(), 0

    def prepare(self, row: dict) -> dict[str, float]:
        counts = collections.Counter(tokens(text(row)))
        raw = {t: (1 + math.log(n)) * math.log((self.total + 2) / (self.seen[t] + 1)) for t, n in counts.items()}
        length = math.sqrt(sum(x * x for x in raw.values())) or 1.0
        self.seen.update(counts.keys())
        self.total += 1
        return {t: x / length for t, x in raw.items()}

    def __call__(self, a: dict[str, float], b: dict[str, float]) -> float:
        return sum(x * b[t] for t, x in a.items() if t in b)


def tocsin(rows: list[dict], bar: float, trees: models.Trees) -> Grouped:
    view, out = MemoryView(), []
    for row in rows:
        one, draft = item(row), Draft(view)
        seen = stories.compare(one, draft)
        alive = stories.still_open(one, seen.candidates)
        chances = [trees.probability(f) for f in join.features(seen.vector, one.seen.timestamp(), alive)]
        best = max(range(len(chances)), key=chances.__getitem__, default=None)
        chosen = alive[best].story if best is not None and chances[best] >= bar else None
        out.append((stories.record(one, seen, chosen, draft), chosen is None))
        view.apply(draft.changes())
    return out


def methods(trees: models.Trees, window: float) -> dict[str, tuple[tuple[float, ...], Callable]]:
    found = {
        kind.name: (kind.bars, lambda rows, bar, kind=kind: by_average(rows, bar, kind(), window))
        for kind in (TokenSet, MinHashed, TfIdf)
    }
    return found | {"Tocsin": ((0.3, 0.4, 0.5), lambda rows, bar: tocsin(rows, bar, trees))}


# --- figures -------------------------------------------------------------------------------


def figures(rows: list[dict], told: Grouped, warm: list[dict]) -> tuple[float, float]:
    """B-cubed F1 and NEW F1 of the rows, after the warm ones."""
    seen, first = {row["story_id"] for row in warm}, []
    for row in rows:
        first.append(row["story_id"] not in seen)
        seen.add(row["story_id"])
    both = collections.Counter((group, row["story_id"]) for row, (group, _) in zip(rows, told, strict=True))
    groups, gold = collections.Counter(), collections.Counter()
    for (group, story), n in both.items():
        groups[group] += n
        gold[story] += n
    precision = sum(n * n / groups[group] for (group, _), n in both.items()) / len(rows)
    recall = sum(n * n / gold[story] for (_, story), n in both.items()) / len(rows)
    right = sum(new and is_first for (_, new), is_first in zip(told, first, strict=True))
    return f1(precision, recall), f1(right / max(1, sum(new for _, new in told)), right / max(1, sum(first)))


def f1(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r else 0.0


def compared(rows: list[dict], run: Callable[[list[dict], float], Grouped], bars: tuple[float, ...]) -> tuple:
    """Bar, B-cubed F1, NEW F1 and CPU ms an item: the bar chosen on the first half, the figures of the second."""
    middle, tried = len(rows) // 2, []
    for bar in bars:
        began = time.process_time()
        told = run(rows, bar)
        cost = 1000 * (time.process_time() - began) / len(rows)
        tuned = figures(rows[:middle], told[:middle], [])[0]
        tried.append((tuned, bar, *figures(rows[middle:], told[middle:], rows[:middle]), cost))
    return max(tried)[1:]


# --- a million live items --------------------------------------------------------------------


TABLES = (records.SIGNATURES, records.STORIES, records.FREQUENCIES, records.ALIASES)
LIVELY = 50_000
"""So many of the latest stories still get items."""


def made_up(number: int, chance: random.Random) -> tuple[Item, str]:
    """An item of forty words, and its story: common words as in any language (Zipf), and four of the story's own."""
    story = max(0, number - chance.randrange(1, LIVELY // 2)) if chance.random() < 0.5 else number
    said = [f"w{int(chance.paretovariate(0.9)) % 60_000}" for _ in range(36)] + [f"n{story}x{k}" for k in range(4)]
    chance.shuffle(said)
    seen = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=2 * number)
    return Item(ItemId(f"i{number}"), SourceId("s"), seen, " ".join(said[:10]), " ".join(said[10:])), f"s{story}"


class Frequencies:
    """How common terms are, in a dict: all that `vector` and `count` ask for."""

    def __init__(self) -> None:
        self.known: dict[str, records.Frequency] = {}

    def get(self, _, term: str):
        return self.known.get(term)

    def get_many(self, _, terms) -> dict:
        return {t: self.known[t] for t in terms if t in self.known}

    def put(self, _, frequency: records.Frequency) -> None:
        self.known[frequency.term] = frequency


def load(path: Path, items: int, seconds: float) -> int:
    """Fill a new store with what placing made-up items would have left there; stops after so many seconds."""
    made, chance, ends = Frequencies(), random.Random(1), time.monotonic() + seconds
    prepared = SqliteStore(path)
    for table in TABLES:
        prepared.view().latest(table, limit=1)  # the first question makes the table
    prepared.close()
    with sqlite3.connect(path, isolation_level=None) as db:
        db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN; CREATE TEMP TABLE found (value, at, key)"
        )
        recent: collections.OrderedDict[str, records.Story] = collections.OrderedDict()
        for number in range(items):
            one, of = made_up(number, chance)
            v = vectors.vector(one, made)
            old = recent.get(of) or records.Story(of, one.seen.timestamp(), one.seen.timestamp())
            mine = stories.signature(one, v, of)
            recent[of] = aliases.added(old, mine)
            vectors.count(one, v, made)
            insert(db, records.SIGNATURES, mine)
            db.executemany("INSERT INTO found VALUES (?, ?, ?)", [(k, mine.seen, mine.item) for k in mine.keys])
            db.execute('INSERT INTO "t_signatures__story" VALUES (?, ?, ?)', (of, mine.seen, mine.item))
            if len(recent) > LIVELY:
                insert(db, records.STORIES, recent.popitem(last=False)[1])
            if time.monotonic() > ends:
                break
        for story in recent.values():
            insert(db, records.STORIES, story)
        for frequency in made.known.values():
            insert(db, records.FREQUENCIES, frequency)
        db.execute('INSERT INTO "t_signatures__key" SELECT * FROM found ORDER BY 1, 2, 3')
        db.execute("COMMIT")
    return number + 1


def insert(db: sqlite3.Connection, table, record) -> None:
    row = (table.key(record), table.time(record), msgspec.json.encode(record))
    db.execute(f'INSERT OR REPLACE INTO "t_{table.name}" (key, time, body) VALUES (?, ?, ?)', row)  # noqa: S608


def live(items: int, seconds: float, measured: int = 1000) -> None:
    """Load in a process of its own, so that the peak is that of placing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.db"
        with ProcessPoolExecutor(1) as other:
            items = other.submit(load, path, items, seconds).result()
        store, chance, costs, walls = SqliteStore(path, check=False), random.Random(2), [], []
        for number in range(items, items + measured):
            one = made_up(number, chance)[0]
            began, wall = time.process_time(), time.perf_counter()
            draft = Draft(store.view())
            stories.place(one, draft)
            costs.append(1000 * (time.process_time() - began))
            walls.append(1000 * (time.perf_counter() - wall))
            store.apply(draft.changes())
        for name, figures in (("CPU", sorted(costs)), ("wall", sorted(walls))):
            report(items, name, figures, Path(folder))


def report(items: int, name: str, costs: list[float], folder: Path) -> None:
    size = sum(f.stat().st_size for f in folder.iterdir()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    mean, high = sum(costs) / len(costs), costs[int(0.99 * len(costs))]
    print(
        f"{items} items  {name} mean {mean:.2f} ms  p99 {high:.2f} ms  file {size:.0f} MB  peak {peak:.0f} MiB",
        flush=True,
    )


# --- out -----------------------------------------------------------------------------------


def svg(points: list[tuple[str, str, float, float]]) -> str:
    """A picture of (set, method, B-cubed F1, CPU ms): cost on a logarithmic axis, quality upwards."""
    colours = {"claims": "#1f6feb", "headlines": "#d1242f"}
    x = lambda ms: 70 + 150 * (math.log10(max(ms, 0.1)) + 1)  # noqa: E731 - two axes, two lines
    y = lambda quality: 330 - 600 * (quality - 0.5)  # noqa: E731
    parts = [f'<text x="{x(ms):.0f}" y="345" text-anchor="middle">{ms:g} ms</text>' for ms in (0.1, 1, 10, 100)]
    parts += [
        f'<text x="60" y="{y(q) + 4:.0f}" text-anchor="end">{q:.1f}</text>' for q in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    ]
    for name, method, quality, ms in points:
        spot = f'cx="{x(ms):.0f}" cy="{y(quality):.0f}"'
        parts.append(f'<circle {spot} r="5" fill="{colours[name]}"/>')
        parts.append(f'<text x="{x(ms) + 9:.0f}" y="{y(quality) + 4:.0f}">{method} ({name})</text>')
    title = '<text x="70" y="18" font-weight="bold">B-cubed F1 of the second half, CPU an item</text>'
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="860" height="360" font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="860" height="360" fill="white"/>', title, *parts, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--weights", type=Path)
    parser.add_argument(
        "--most", type=int, default=1300, help="so many items of each set (the slow methods compare all)"
    )
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--live", type=int)
    parser.add_argument("--seconds", type=float, default=600, help="stop loading after so long")
    args = parser.parse_args()
    if args.live:
        live(args.live, args.seconds)
        return
    if args.data is None:
        parser.error("name a FOLDER, or --live N")
    trees = models.load(models.Trees, "join")
    if args.weights:
        trees = msgspec.json.decode((args.weights / "join.json").read_bytes(), type=models.Trees)
    points = []
    for name, days in (("claims", 21), ("headlines", 3)):
        rows = read(args.data / f"{name}.jsonl.gz")
        rows = rows[:: math.ceil(len(rows) / args.most)]
        for method, (bars, run) in methods(trees, 86_400 * days).items():
            bar, b3, new, cost = compared(rows, run, bars)
            print(f"{name:9} {method:34} bar {bar:<5} B3 {b3:.3f}  NEW {new:.3f}  {cost:7.2f} ms", flush=True)
            points.append((name, method, b3, cost))
    if args.svg:
        args.svg.write_text(svg(points))


if __name__ == "__main__":
    sys.exit(main())
