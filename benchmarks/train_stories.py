"""Learns the weights of `monitor/core/stories/weights/` from labelled streams. Needs `--group bench`.

    python benchmarks/train_stories.py FOLDER [--part first|second|all] [--out FOLDER]
                                              [--only background|join|first|repeat|novelty]

FOLDER holds claims.jsonl.gz, headlines.jsonl.gz (story_id), rewordings.jsonl.gz (date_group) and new_facts.jsonl.gz
(nuggets). The streams run through the real code: features come from the state that `tocsin cluster` would have had. The
join is learned from right placements first, then from the model's own (DAgger: Ross, Gordon, Bagnell, 2011), on each
stream whole and thinned out, so that it sees large and small stories alike. `--part` learns on one half in time (or of
the events) only, for honest figures.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import functools
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from monitor.core import stories
from monitor.core.stories import firsts, join, novelty, repeats
from monitor.core.stories.models import Trees
from monitor.core.stories.vectors import terms
from monitor.core.text import tokens
from monitor.core.view import Draft
from monitor.model import Item, ItemId, SourceId
from monitor.store.memory import MemoryView

WEIGHTS = Path(stories.__file__).parent / "weights"
BACKGROUND = (
    "claims",
    "headlines",
    "new_facts",
    "rewordings",
    "../claims/attribution_articles",
    "../claims/shootings",
    "../claims/attacks",
)
Policy = Callable[[list[list[float]], list[collections.Counter]], int | None]


def read(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return sorted(rows, key=lambda r: (r.get("published") or "", r["id"]))


def half(rows: list[dict], part: str, by: str | None = None) -> list[dict]:
    """One half in time, or, with `by`, every other value of that field."""
    if part == "all":
        return rows
    if by:
        values = sorted({row[by] for row in rows})[part == "second" :: 2]
        return [row for row in rows if row[by] in values]
    middle = len(rows) // 2
    return rows[:middle] if part == "first" else rows[middle:]


def item(row: dict) -> Item:
    seen = dt.datetime.fromisoformat(row["published"])
    return Item(
        ItemId(row["id"]), SourceId(row.get("source") or ""), seen, row.get("title") or "", row.get("text") or ""
    )


def thinned(rows: list[dict], seed: int) -> list[dict]:
    """Another stream of the same kind: some stories left out, others cut down."""
    chance = random.Random(seed)
    kept = {story: chance.choice([0, 0.1, 0.3, 0.6, 1]) for story in sorted({row["story_id"] for row in rows})}
    return [row for row in rows if chance.random() < kept[row["story_id"]]]


def desk(updates: list[dict], noise: list[dict], seed: int) -> list[dict]:
    """What a desk sees: long events side by side, as titles with leads, among items that belong to nothing else."""
    chance = random.Random(seed)
    begins = {}
    for row in updates:
        begins.setdefault(row["story_id"], dt.datetime.fromisoformat(row["published"]))
    rows = []
    for row in updates:
        day = (dt.datetime.fromisoformat(row["published"]) - begins[row["story_id"]]).days
        if day < 60 and chance.random() < 0.5:
            rows.append(headed(row, 24 * day + chance.uniform(0, 20), row["story_id"], chance))
    rows += [headed(row, chance.uniform(0, 60 * 24), row["id"], chance) for row in chance.sample(noise, 250)]
    return sorted(rows, key=lambda r: (r["published"], r["id"]))


def headed(row: dict, hours: float, story: str, chance: random.Random) -> dict:
    """The row at so many hours, with the beginning of its first sentence as a title, and one to three sentences."""
    said = [s for s in row["text"].replace("\n", " ").split(". ") if s][: chance.randint(1, 3)] or [row["text"]]
    at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
    title = " ".join(said[0].split()[: chance.randint(6, 11)])
    return {"id": row["id"], "title": title, "text": ". ".join(said), "published": at.isoformat(), "story_id": story}


# --- same story? ---------------------------------------------------------------------------


def joins(rows: list[dict], policy: Policy) -> Iterator[tuple[list[float], float]]:
    """Features of each candidate, and the share of its items that are of the item's true story."""
    view, truth = MemoryView(), collections.defaultdict(collections.Counter)
    for row in rows:
        one, draft = item(row), Draft(view)
        seen = stories.compare(one, draft)
        open_ = stories.still_open(one, seen.candidates)
        features = join.features(seen.vector, one.seen.timestamp(), open_)
        held = [truth[c.story.id] for c in open_]
        shares = [h[row["story_id"]] / h.total() for h in held]
        yield from zip(features, shares, strict=True)
        chosen = policy(features, shares)
        story = stories.record(one, seen, None if chosen is None else open_[chosen].story, draft)
        truth[story][row["story_id"]] += 1
        view.apply(draft.changes())


def rightly(_: list[list[float]], purity: list[float]) -> int | None:
    best = max(range(len(purity)), key=purity.__getitem__, default=None)
    return best if best is not None and purity[best] > 0.5 else None


def learned(model: Trees) -> Policy:
    def policy(features: list[list[float]], _: list[float]) -> int | None:
        chances = [model.probability(row) for row in features]
        best = max(range(len(chances)), key=chances.__getitem__, default=None)
        return best if best is not None and chances[best] >= model.threshold else None

    return policy


def learn_join(streams: list[list[dict]], desk: list[dict], threshold: float) -> Trees:
    samples = []
    for rows in [*streams, desk, *(thinned(rows, seed) for seed in range(2) for rows in streams)]:
        samples += joins(rows, rightly)
    model = soft_fit(samples, threshold)
    for turn in (1, 2):
        for rows in [*streams, desk, *(thinned(rows, 100 * turn + seed) for seed in range(2) for rows in streams)]:
            samples += joins(rows, learned(model))
        model = soft_fit(samples, threshold)
    return model


MORE, LESS = 1, -1
JOIN_SIGNS = dict.fromkeys(
    ("average", "centroid", "nearest", "nearest_three", "cover", "shared_rarity", "usual", "specific_1", "specific_2"),
    MORE,
) | {"specific": MORE, "lead_centroid": MORE, "lead_nearest": MORE, "lead_cover": MORE, "gap": LESS, "unseen": LESS}
"""Which way a feature can only speak: what rises with chance in one set is then not learned as falling."""
ALIKE = ("likeness", "token_sort", "token_set", "cover", "grams", "grams_new", "grams_least")
REPEAT_SIGNS = dict.fromkeys(ALIKE, MORE)


def soft_fit(samples: list[tuple[list[float], float]], threshold: float) -> Trees:
    """Each sample counts as joined with its share as weight, and as not joined with the rest."""
    x = np.array([features for features, _ in samples], dtype=np.float32)
    share = np.array([share for _, share in samples])
    y, weight = np.r_[np.ones(len(x)), np.zeros(len(x))], np.r_[share, 1 - share]
    return boosted(np.vstack([x, x]), y, weight, JOIN_SIGNS, (join.FEATURES, threshold))


def boosted(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, signs: dict[str, int], shape: tuple[tuple[str, ...], float]
) -> Trees:
    """Small trees: with few stories to learn from, larger ones and more of them did no better on stories not seen."""
    features, threshold = shape
    model = HistGradientBoostingClassifier(
        max_iter=60,
        max_leaf_nodes=8,
        learning_rate=0.1,
        min_samples_leaf=60,
        l2_regularization=5.0,
        monotonic_cst=[signs.get(name, 0) for name in features],
        early_stopping=False,
        random_state=0,
    )
    model.fit(x[weight > 0], y[weight > 0], sample_weight=weight[weight > 0])
    # scikit-learn has no public way to read the trees of this model.
    trees = tuple(node(predictor.nodes, 0) for (predictor,) in model._predictors)  # noqa: SLF001
    return Trees(features, round(float(model._baseline_prediction[0, 0]), 5), trees, threshold)  # noqa: SLF001


# --- the first word of a story? --------------------------------------------------------------


def beginnings(rows: list[dict], model: Trees) -> Iterator[tuple[list[float], bool]]:
    """Features of each item that joins no story, and whether it is the first of its true one."""
    view, told = MemoryView(), set()
    for row in rows:
        one, draft = item(row), Draft(view)
        seen = stories.compare(one, draft)
        ranked = stories.rank(one, seen, model)
        joined = bool(ranked) and ranked[0].probability >= model.threshold
        if not joined and seen.near:
            features = firsts.features(seen.vector, one.seen.timestamp(), seen.near, ranked)
            yield features, row["story_id"] not in told
        stories.record(one, seen, ranked[0].candidate.story if joined else None, draft)
        told.add(row["story_id"])
        view.apply(draft.changes())


FIRST_MIX = np.array([-1.0, 1.0, 0.6, -0.4])
"""Chosen by hand like `MIX`: learned freely, the third weight changed its sign from one half to the other."""


def learn_first(
    learning: list[list[dict]], others: list[list[dict]], learn: Callable[[list[list[dict]]], Trees]
) -> dict:
    """Each of two lists of streams is grouped by the join that has learned from the other: it is surer of its own."""
    samples = []
    for streams, join_learned in ((learning, learn(others)), (others, learn(learning))):
        for rows in streams:
            for stream in (rows, *(thinned(rows, seed) for seed in range(300, 304))):
                samples += beginnings(stream, join_learned)
    x, y = np.array([s[0] for s in samples]), np.array([s[1] for s in samples])
    return mixed(firsts.FEATURES, FIRST_MIX, x, y)


def mixed(names: tuple[str, ...], mix: np.ndarray, x: np.ndarray, y: np.ndarray) -> dict:
    """Features that count by `mix` once they are scaled. Learned: the scale, and which mixture means which chance."""
    scale = StandardScaler().fit(x)
    model = LogisticRegression().fit((scale.transform(x) @ mix)[:, None], y)
    weights = model.coef_[0][0] * mix / scale.scale_
    base = model.intercept_[0] - float((weights * scale.mean_).sum())
    return {"features": names, "base": round(base, 5), "weights": [round(float(w), 5) for w in weights]}


# --- a repeat? -----------------------------------------------------------------------------


def pairs(rows: list[dict], same: Callable[[dict, dict], bool | None]) -> Iterator[tuple[list[float], bool]]:
    """Features of each item beside its nearest earlier ones, where `same` knows whether it repeats them."""
    view, told = MemoryView(), {}
    for row in rows:
        one, draft = item(row), Draft(view)
        seen = stories.compare(one, draft)
        for features, near in zip(repeats.features(seen.vector, seen.near), seen.near, strict=False):
            answer = same(row, told[near.signature.item])
            if answer is not None:
                yield features, answer
        told[row["id"]] = row
        stories.record(one, seen, None, draft)
        view.apply(draft.changes())


def same_update(row: dict, earlier: dict) -> bool:
    return row["date_group"] == earlier["date_group"]


def same_facts(row: dict, earlier: dict) -> bool | None:
    """A sentence with a fact that the earlier one lacks is no repeat; which others are, nobody said."""
    if row["duplicate_of"] == earlier["id"]:
        return True
    return False if set(row["nuggets"]) - set(earlier["nuggets"]) else None


def learn_repeat(updates: list[dict], facts: list[dict], threshold: float) -> Trees:
    samples = list(pairs(updates, same_update))
    updates_seen = len(samples)
    samples += pairs(facts, same_facts)
    x = np.array([features for features, _ in samples], dtype=np.float32)
    y = np.array([answer for _, answer in samples], dtype=float)
    # Sentences are many and tell little: a tenth of an update each.
    weight = np.where(np.arange(len(y)) < updates_seen, 1.0, 0.1)
    return boosted(x, y, weight, REPEAT_SIGNS, (repeats.FEATURES, threshold))


# --- how new? ------------------------------------------------------------------------------


def news(rows: list[dict]) -> Iterator[tuple[list[float], bool, str]]:
    """Features of each sentence that carries a fact, and whether one of its facts was not told before."""
    view, told = MemoryView(), collections.defaultdict(set)
    for row in rows:
        one, draft = item(row), Draft(view)
        seen = stories.compare(one, draft)
        best = stories.chosen(one, seen)
        if row["nuggets"]:
            known = told[row["story_id"]]
            yield novelty.features(seen.vector, seen.near), bool(set(row["nuggets"]) - known), row["story_id"]
            known |= set(row["nuggets"])
        stories.record(one, seen, best.candidate.story if best else None, draft)
        view.apply(draft.changes())


MIX = np.array([1.0, -1.0, 0.3, 0.3])
"""How much each feature counts, after scaling. Chosen by hand: weights learned on some events misled on the others."""


def learn_novelty(rows: list[dict]) -> dict:
    samples = list(news(rows))
    x, y = np.array([s[0] for s in samples]), np.array([s[1] for s in samples])
    return mixed(novelty.FEATURES, MIX, x, y)


# --- how common is a word? ---------------------------------------------------------------------


def common(files: list[Path], least: float = 0.002) -> dict[str, float]:
    """In which share of news texts a term usually occurs: the lower third of the files, so that no topic counts."""
    shares = [share(read(path)) for path in files]
    usual = {term: sorted(s.get(term, 0.0) for s in shares)[len(files) // 3] for term in set().union(*shares)}
    return {term: round(x, 4) for term, x in sorted(usual.items()) if x >= least and not term[-1].isdigit()}


def share(rows: list[dict]) -> dict[str, float]:
    words = [tokens(f"{row.get('title') or ''} {row.get('text') or ''}")[:60] for row in rows]
    counts = collections.Counter(term for said in words for term in {t for w in said for t in terms(w)})
    return {term: n / len(rows) for term, n in counts.items()}


# --- out -----------------------------------------------------------------------------------


def node(nodes: np.ndarray, place: int) -> float | list:
    one = nodes[place]
    if one["is_leaf"]:
        return round(float(one["value"]), 5)
    below, above = (node(nodes, int(one[side])) for side in ("left", "right"))
    return [int(one["feature_idx"]), round(float(one["num_threshold"]), 6), below, above]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=["first", "second", "all"], default="all")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--only", choices=["background", "join", "first", "repeat", "novelty"])
    parser.add_argument("--join-bar", type=float, default=0.3)
    parser.add_argument("--repeat-bar", type=float, default=0.3)
    args = parser.parse_args()
    if args.only in (None, "background"):
        write(args.out / "background.json", common([args.data / f"{name}.jsonl.gz" for name in BACKGROUND]))
    data = {name: read(args.data / f"{name}.jsonl.gz") for name in ("claims", "headlines", "rewordings", "new_facts")}
    updates, facts = half(data["rewordings"], args.part, "story_id"), half(data["new_facts"], args.part, "story_id")
    if args.only in (None, "join", "first"):
        noise = half(read(args.data / "../claims/shootings.jsonl.gz"), args.part)
        streams = [half(data[name], args.part) for name in ("claims", "headlines")]
        learn = functools.partial(learn_join, desk=desk(updates, noise, 1), threshold=args.join_bar)
        if args.only != "first":
            write(args.out / "join.json", msgspec.to_builtins(learn(streams)))
        if args.only != "join":
            halves = ([half(rows, part) for rows in streams] for part in ("first", "second"))
            write(args.out / "first.json", learn_first(*halves, learn))
    if args.only in (None, "repeat"):
        write(args.out / "repeat.json", msgspec.to_builtins(learn_repeat(updates, facts, args.repeat_bar)))
    if args.only in (None, "novelty"):
        write(args.out / "novelty.json", learn_novelty(facts))


def write(path: Path, model: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(model, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
