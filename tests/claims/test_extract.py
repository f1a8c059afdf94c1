"""The filter: items in, readings out, one JSON object a line."""

import json
import subprocess
import sys

import pytest

CLAIM = {
    "claimant", "via", "stance", "hedged", "metric", "object", "side", "low", "high", "approx", "total", "place", "day",
    "quote", "in", "start", "end",
}  # fmt: skip


def extract(*lines: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "extract"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


def test_items_come_back_in_order_with_all_parts():
    rows = [
        {"id": "a", "title": "Raid", "text": "Police said three men were killed.", "published": "2031-05-08T12:00:00Z"},
        {"id": "b", "text": "Ankara vowed to continue."},
    ]
    first, second = (json.loads(line) for line in extract(*map(json.dumps, rows)).stdout.splitlines())
    assert [first["id"], second["id"]] == ["a", "b"]
    (claim,) = first["claims"]
    assert set(claim) >= CLAIM
    assert (claim["claimant"]["text"], claim["low"], claim["day"]) == ("Police", 3, "2031-05-08")
    assert second["statements"][0]["quote"] == "vowed to continue"


def test_days_are_unknown_without_a_date():
    line = json.dumps({"id": "a", "text": "On Thursday three men were killed, police said."})
    assert json.loads(extract(line).stdout)["claims"][0]["day"] is None


@pytest.mark.parametrize("line", ["no json", "[]", '{"text": "no id"}', '{"id": "a", "published": "yesterday"}'])
def test_what_is_no_item_is_named_by_its_line(line: str):
    assert "line 1" in extract(line, status=2).stderr


def test_nothing_in_nothing_out():
    assert extract().stdout == ""
