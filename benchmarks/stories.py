"""Groups the same items with several methods, side by side: B-cubed F1, F1 of first items (NEW), CPU an item.

    python benchmarks/stories.py FOLDER [--weights FOLDER] [--most N] [--svg FILE]

Needs `--group bench`. Reads claims.jsonl.gz and headlines.jsonl.gz. Each method's bar is chosen on the
first half in time and reported on the second, with its state carried over. `--weights` holds a join.json learned on the
first halves only (`train_stories.py --part first`); without it Tocsin runs with the weights it ships, which have seen
these items. What an item costs among a million others is measured by live.py.
"""

from __future__ import annotations

import argparse
import collections
import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import msgspec
from rapidfuzz import fuzz
from train_stories import item, read

from monitor.core import stories
from monitor.core.stories import join, models
from monitor.core.text import tokens
from monitor.core.view import Draft
from monitor.store.memory import MemoryView

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
    """All that `tocsin cluster` does, repeats and novelty too, with these trees at this bar."""
    view, out, used = MemoryView(), [], replace(trees, threshold=bar)
    load = lambda kind, name: used if name == "join" else models.load(kind, name)  # noqa: E731
    with patch.object(join, "load", load), patch.object(stories, "load", load):
        for row in rows:
            draft = Draft(view)
            placed = stories.place(item(row), draft)
            out.append((placed.story, placed.new_story))
            view.apply(draft.changes())
    return out


def methods(trees: models.Trees, window: float) -> dict[str, tuple[tuple[float, ...], Callable]]:
    found = {
        kind.name: (kind.bars, lambda rows, bar, kind=kind: by_average(rows, bar, kind(), window))
        for kind in (TokenSet, MinHashed, TfIdf)
    }
    return found | {"Tocsin": ((0.25, 0.3, 0.4), lambda rows, bar: tocsin(rows, bar, trees))}


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
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument(
        "--most", type=int, default=1300, help="so many items of each set (the slow methods compare all)"
    )
    parser.add_argument("--svg", type=Path)
    args = parser.parse_args()
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
