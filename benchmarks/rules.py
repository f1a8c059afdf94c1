"""How fast items are matched against many rules: one automaton for all, against one regular expression a rule.

    python benchmarks/rules.py [--rules 100 1000 10000] [--items 400] [--full]

Every rule is a watch of its own with two or three phrases to find, one to keep out and a step of its own; words are
drawn by Zipf's law from an invented vocabulary, so that a few are in every item and most are rare. An item has a
headline and a lede (400 characters), with --full a whole article (3,800). Rates are CPU time of one core, best of
`--rounds`; `hits` and `looked at` are per item. Loading is reading YAML, checking, expanding and compiling everything.
"""

import argparse
import datetime as dt
import random
import re
import time

from monitor.core.rules import Ruleset, load
from monitor.model import Item, ItemId, Placement, Reading, SourceId, StoryId

SYLLABLES = [c + v + e for c in "bcdfghjklmnprstvwz" for v in "aeiou" for e in ("", "n", "r", "s")]
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def vocabulary(chance: random.Random, size: int = 60_000) -> tuple[list[str], list[float]]:
    words = sorted({"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(size)})
    chance.shuffle(words)
    return words, [1 / (rank + 8) for rank in range(len(words))]


def rule_file(number: int, words: list[str], chance: random.Random) -> str:
    def rare() -> str:
        return chance.choice(words)

    about = ", ".join([rare(), f"{rare()} {rare()}", rare()][: chance.randint(2, 3)])
    return f"watch: W{number}\nabout: [{about}]\nnot: [{rare()}]\nkilled: [10, 50]\nalert: [new claims]\n"


def items(count: int, length: int, words: list[str], weights: list[float], chance: random.Random) -> list[Item]:
    found = []
    for number in range(count):
        text = " ".join(chance.choices(words, weights, k=length // 7))
        found.append(Item(ItemId(str(number)), SourceId("x"), NOW, text[:80], text[80:length]))
    return found


def automaton(rules: Ruleset, batch: list[Item]) -> int:
    reading, placement = Reading(), Placement(StoryId("s"), new_story=False)
    return sum(s.selected for item in batch for _, s in rules.select(item, reading, placement, None))


def one_regex_a_rule(patterns: list[tuple[re.Pattern[str], re.Pattern[str]]], batch: list[Item]) -> int:
    texts = [f"{item.title}\n{item.text}" for item in batch]
    return sum(bool(yes.search(t)) and not no.search(t) for t in texts for yes, no in patterns)


def patterns_of(rules: Ruleset) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    def either(terms: list[str]) -> re.Pattern[str]:
        return re.compile(r"\b(?:" + "|".join(map(re.escape, terms)) + r")(?:s|es|ed|ing)?\b", re.IGNORECASE)

    return [(either(w.long["lists"]["about"]), either(w.long["lists"]["not"])) for w in rules.watches]


def best(rounds: int, work) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true", help="whole articles")
    args = parser.parse_args()
    chance = random.Random(7)
    words, weights = vocabulary(chance)
    batch = items(args.items, 3_800 if args.full else 400, words, weights, chance)
    print(f"{'rules':>7} {'load s':>7} {'items/s':>9} {'selected':>9} {'looked at':>10} {'one regex a rule':>17}")
    for count in args.rules:
        files = {f"w{n}.yaml": rule_file(n, words, chance) for n in range(count)}
        started = time.process_time()
        rules = load(files)
        loaded = time.process_time() - started
        automaton(rules, batch)
        rate = len(batch) / best(args.rounds, lambda r=rules: automaton(r, batch))
        selected = automaton(rules, batch) / len(batch)
        reading, placement = Reading(), Placement(StoryId("s"), new_story=False)
        looked = sum(len(rules.select(i, reading, placement, None)) for i in batch) / len(batch)
        few = batch[: max(1, 2_000 // count)]
        patterns = patterns_of(rules)
        plain = len(few) / best(1, lambda p=patterns, f=few: one_regex_a_rule(p, f))
        print(f"{count:7} {loaded:7.2f} {rate:9.0f} {selected:9.1f} {looked:10.1f} {plain:13.1f} /s", flush=True)


if __name__ == "__main__":
    main()
