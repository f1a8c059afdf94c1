"""How well whole streams of invented crises are told, by the labels beside them (`gold.jsonl`).

The floors are a little below what was measured; they hold the level, they are no goal.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from monitor.core.rules import load
from monitor.model import Outcome
from monitor.replaying import item_of, line, replay, versions
from monitor.rulefiles import read

STREAMS = Path(__file__).parents[1] / "documents" / "streams"
NEAR = ({"rival", "contradicted"}, {"denied", "disputed"})
PRECISION, RECALL = 0.95, 0.9


def rows(file: Path) -> list[dict]:
    return [json.loads(text) for text in file.read_text("utf-8").splitlines()]


def sent(folder: Path) -> dict[tuple[str, str], list[dict]]:
    """Alerts that went out, by item and the time it was seen."""
    found = defaultdict(list)
    ruleset = load(read(folder / "rules"))
    for decision in replay(versions(map(item_of, rows(folder / "items.jsonl"))), ruleset):
        for alert in decision.alerts:
            if alert.outcome is Outcome.SENT:
                row = line(alert)
                found[row["item"], row["seen"]].append(row)
    return found


def tells(want: dict, alerts: list[dict]) -> bool:
    return any(fits(want, told) for alert in alerts for told in alert["developments"])


def fits(want: dict, told: dict) -> bool:
    kind = want["kind"] == told["kind"] or any({want["kind"], told["kind"]} <= near for near in NEAR)
    figure = (want["low"], want["high"]) in ((None, None), (told["low"], told["high"]))
    who = (want["claimant"] or "").lower().split()
    named = ((told["claimant"] or {}).get("text") or "").lower()
    return kind and figure and want["metric"] in (None, told["metric"]) and all(w in named for w in who)


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[int, int, int, int]]:
    """Stream → messages, false ones, developments wanted, found."""
    result = {}
    for folder in sorted(p for p in STREAMS.iterdir() if (p / "gold.jsonl").exists()):
        told, gold = sent(folder), rows(folder / "gold.jsonl")
        messages = sum(map(len, told.values()))
        false = sum(len(told.get((g["item"], g["seen"]), ())) for g in gold if not g["developments"])
        wanted = [(g, d) for g in gold for d in g["developments"] if d.get("must", True)]
        found = sum(tells(d, told.get((g["item"], g["seen"]), [])) for g, d in wanted)
        result[folder.name] = (messages, false, len(wanted), found)
    return result


def test_hardly_a_message_is_false(measured):
    messages, false = (sum(m[n] for m in measured.values()) for n in (0, 1))
    assert 1 - false / messages >= PRECISION, measured


def test_hardly_a_development_is_missed(measured):
    wanted, found = (sum(m[n] for m in measured.values()) for n in (2, 3))
    assert found / wanted >= RECALL, measured
