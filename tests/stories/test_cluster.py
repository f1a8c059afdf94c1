"""`tocsin cluster`: one answer a line, in order, as the items come."""

import json
import subprocess
import sys

ITEMS = [
    {
        "id": "a",
        "title": "Dam at Orsk cracks",
        "text": "",
        "source": "x",
        "published": "2026-03-02T06:00:00Z",
        "lang": "en",
    },
    {
        "id": "b",
        "title": "Dam at Orsk cracks",
        "text": "",
        "source": "y",
        "published": "2026-03-02T07:00:00Z",
        "lang": "en",
    },
    {"id": "c", "title": "Chess master retires", "text": None, "source": "y", "published": None},
]
COMMAND = [sys.executable, "-m", "monitor", "cluster"]


def _run(*lines):
    return subprocess.run(COMMAND, input="\n".join(lines), capture_output=True, text=True, timeout=300, check=False)


def test_answers_in_order():
    done = _run(*map(json.dumps, ITEMS))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [a["id"] for a in answers] == ["a", "b", "c"]
    assert all(set(a) == {"id", "story", "new_story", "repeat", "repeat_of", "novelty", "why"} for a in answers)
    assert [a["new_story"] for a in answers] == [True, False, True]
    assert [a["repeat_of"] for a in answers] == [None, "a", None]


def test_an_answer_comes_before_the_next_item():
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for item in ITEMS:
            process.stdin.write(json.dumps(item) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == item["id"]
        process.stdin.close()


def test_what_is_no_item_is_wrong_usage():
    for line in ("{", "[]", '{"title": "no id"}', '{"id": "a", "published": "yesterday"}'):
        done = _run(json.dumps(ITEMS[0]), line)
        assert done.returncode == 2
        assert "line 2" in done.stderr


def test_nothing_gives_nothing():
    assert _run("").stdout == ""
