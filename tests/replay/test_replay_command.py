"""`tocsin replay` from outside: items, versions, documents, --since, --against."""

import json
from pathlib import Path

import pytest

from monitor.cli import main

STREAMS = Path(__file__).parents[1] / "documents" / "streams"

SOURCES = (
    "sources:\n  - {id: wire, url: https://example.org/wire, publisher: Some Wire, owner: Some Wire Ltd, kind: wire}\n"
)
WATCH = "watch: Peru–Ecuador\nsides: {Peru: [Lima], Ecuador: [Quito]}\nabout: [Cenepa]\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return written_rules(tmp_path / "rules", WATCH)


def written_rules(folder: Path, watch: str) -> Path:
    folder.mkdir()
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "peru-ecuador.yaml").write_text(watch)
    return folder


def row(name: str, figure: str, hour: int, **more: str) -> dict[str, str]:
    text = f"{figure} Ecuadorean soldiers were killed on Wednesday, Peru's defence ministry said."
    seen = f"2026-03-04T{hour:02}:00:00Z"
    return {"id": name, "title": "Border", "text": text, "source": "wire", "published": seen, "seen": seen, **more}


def items(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


def replayed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> list[dict]:
    assert main(["replay", *map(str, words)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_for_each_alert_with_what_it_tells(tmp_path, rules, capsys):
    [line] = replayed(capsys, items(tmp_path / "i.jsonl", row("a", "Eleven", 10)), "--rules", rules)
    assert list(line)[:9] == ["item", "seen", "at", "watch", "story", "severity", "outcome", "why", "developments"]
    assert (line["item"], line["seen"], line["outcome"]) == ("a", "2026-03-04T10:00:00Z", "sent")
    [told] = line["developments"]
    assert (told["kind"], told["metric"], told["low"], told["high"], told["side"]) == (
        "new_claim",
        "killed",
        11,
        11,
        "ecuador",
    )
    assert told["claimant"] == {"text": "Peru's defence ministry", "actor": "peru/defence-ministry"}
    assert "Eleven" in told["quote"]


def test_a_known_id_with_another_figure_is_a_new_version_and_the_same_words_are_nothing(tmp_path, rules, capsys):
    file = items(tmp_path / "i.jsonl", row("a", "Eleven", 10), row("a", "Eleven", 11), row("a", "Twenty", 12))
    kinds = [d["kind"] for line in replayed(capsys, file, "--rules", rules) for d in line["developments"]]
    assert kinds == ["new_claim", "revised_up"]


def test_since_learns_from_what_is_older_and_prints_only_later_alerts(tmp_path, rules, capsys):
    file = items(tmp_path / "i.jsonl", row("a", "Eleven", 10), row("b", "Eleven", 11), row("c", "Twenty", 12))
    lines = replayed(capsys, file, "--rules", rules, "--since", "2026-03-04T11:00:00Z")
    assert [line["item"] for line in lines] == ["c"]


@pytest.mark.parametrize("since", ["2026-03-04T16:00:00+05:00", "2026-03-04T11:00", "90m"])
def test_since_takes_a_time_with_its_zone_or_a_length_of_time(tmp_path, rules, capsys, since):
    file = items(tmp_path / "i.jsonl", row("a", "Eleven", 10), row("b", "Eleven", 11), row("c", "Twenty", 12))
    lines = replayed(capsys, file, "--rules", rules, "--since", since)
    assert [line["item"] for line in lines] == ["c"]


def test_a_since_that_is_no_time_says_what_to_write(tmp_path, rules, capsys):
    file = items(tmp_path / "i.jsonl", row("a", "Eleven", 10))
    with pytest.raises(SystemExit):
        main(["replay", str(file), "--rules", str(rules), "--since", "yesterday"])
    assert "--since 'yesterday' is no time; write 30d, 12h, 2026-03-02 or" in capsys.readouterr().err


def test_against_prints_what_only_one_of_two_rule_sets_tells(tmp_path, rules, capsys):
    other = written_rules(tmp_path / "other", WATCH + "alert: [denials]\n")
    file = items(tmp_path / "i.jsonl", row("a", "Eleven", 10))
    assert [line["in"] for line in replayed(capsys, file, "--rules", rules, "--against", other)] == ["rules"]
    assert replayed(capsys, file, "--rules", rules, "--against", rules) == []


def feed(*entries: tuple[str, str]) -> str:
    inner = "".join(
        f"<item><guid>{guid}</guid><title>Border</title><link>https://example.org/{guid}</link><description>{text}</description>"
        "<pubDate>Wed, 04 Mar 2026 08:00:00 GMT</pubDate></item>"
        for guid, text in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Some Wire</title>{inner}</channel></rss>'


def test_recorded_documents_are_polled_in_order_and_the_first_is_a_baseline(tmp_path, rules, capsys):
    folder = tmp_path / "recorded" / "wire"
    folder.mkdir(parents=True)
    old = ("g1", "Nine Ecuadorean soldiers were killed on Wednesday, Peru's defence ministry said.")
    new = ("g2", "Thirty Ecuadorean soldiers were captured on Wednesday, Peru's defence ministry said.")
    (folder / "20260304T110000Z.xml").write_text(feed(new, old))
    (folder / "20260304T100000Z.xml").write_text(feed(old))
    (folder / "20260304T103000Z.xml").write_text("<html><body>Service unavailable</body></html>")
    lines = replayed(capsys, tmp_path / "recorded", "--rules", rules)
    told = [d for line in lines if line["outcome"] == "sent" for d in line["developments"]]
    assert [(d["metric"], d["low"]) for d in told] == [("captured", 30)]


@pytest.mark.parametrize(
    ("text", "what"),
    [('{"title": "no id"}', "needs an id"), ('{"id": "x"}', "neither `seen` nor"), ("{", "i.jsonl:1")],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path, rules, capsys, text, what):
    (tmp_path / "i.jsonl").write_text(text + "\n")
    with pytest.raises(SystemExit) as stopped:
        main(["replay", str(tmp_path / "i.jsonl"), "--rules", str(rules)])
    assert stopped.value.code == 2
    assert what in capsys.readouterr().err


def test_a_missing_path_is_wrong_usage(rules, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["replay", "nowhere.jsonl", "--rules", str(rules)])
    assert stopped.value.code == 2


@pytest.mark.parametrize("stream", sorted(p.name for p in STREAMS.iterdir() if p.is_dir()))
def test_replaying_a_stream_twice_prints_the_same_bytes(stream, capsys):
    words = ["replay", str(STREAMS / stream / "items.jsonl"), "--rules", str(STREAMS / stream / "rules")]
    assert main(words) == 0
    first = capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out == first
    assert first
