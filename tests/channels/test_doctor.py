"""`tocsin doctor` against the peer, and without anything."""

import pytest

from monitor.cli import main

SOURCES = "sources:\n  - {id: a, url: 'https://example.org/a', publisher: A, owner: A Ltd, kind: wire}\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "sources.yaml").write_text(SOURCES)
    (tmp_path / "rules" / "quakes.yaml").write_text("watch: Quakes\nabout: [earthquake]\n")
    monkeypatch.setenv("TOCSIN_RULES", str(tmp_path / "rules"))
    monkeypatch.setenv("TOCSIN_STATE", str(tmp_path / "state"))
    return tmp_path


def test_a_sound_installation_without_a_token_is_well(home, capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "1 watch, 1 source" in out
    assert "WRONG" not in out


def test_a_broken_rule_file_is_found(home, capsys):
    (home / "rules" / "quakes.yaml").write_text("watch: [\n")
    assert main(["doctor"]) == 1
    assert "WRONG" in capsys.readouterr().out


def test_the_live_check_sends_edits_answers_and_takes_all_away_again(home, peer, monkeypatch, capsys):
    peer.sim("users", first=900, count=1)
    monkeypatch.setenv("TOCSIN_TELEGRAM_TOKEN", peer.token)
    monkeypatch.setenv("TOCSIN_TELEGRAM_API", peer.address)
    assert main(["doctor", "--chat", "900"]) == 0
    out = capsys.readouterr()
    assert "@tocsin_test_bot" in out.out
    assert out.out.count("arrived as number") == 3
    assert peer.messages(900) == []
    assert peer.token not in out.out + out.err


def test_a_wrong_token_and_an_unknown_chat_are_findings(home, peer, monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_TELEGRAM_API", peer.address)
    monkeypatch.setenv("TOCSIN_TELEGRAM_TOKEN", peer.token)
    assert main(["doctor", "--chat", "901"]) == 1
    assert "chat not found" in capsys.readouterr().out.casefold()
    wrong = "654321:WRONG-0123456789abcdefghijklmnopqrst"
    monkeypatch.setenv("TOCSIN_TELEGRAM_TOKEN", wrong)
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "refuses this token" in out
    assert wrong not in out
