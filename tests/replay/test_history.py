"""Without PATH, the store's own history is replayed."""

import datetime as dt
import json
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.model import Item, ItemId, SourceId
from monitor.store.sqlite import SqliteStore

NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
TEXT = "Eleven Ecuadorean soldiers were killed on Wednesday, Peru's defence ministry said."


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "sources.yaml").write_text(
        "sources: [{id: wire, url: https://example.org/w, publisher: Wire, owner: Wire Ltd, kind: wire}]"
    )
    (folder / "peru-ecuador.yaml").write_text("watch: Peru–Ecuador\nsides: {Peru: [Lima], Ecuador: [Quito]}\n")
    return folder


def test_what_was_accepted_is_decided_again_in_its_order(tmp_path, rules, monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_DATABASE", str(tmp_path / "tocsin.db"))
    store = SqliteStore(tmp_path / "tocsin.db")
    store.enroll({SourceId("wire"): NOON})
    [lease] = store.lease_sources("here", NOON, NOON + dt.timedelta(hours=1), 1)
    items = [
        Item(ItemId(name), SourceId("wire"), NOON + dt.timedelta(hours=n), "Border", text, published=NOON)
        for n, (name, text) in enumerate([("a", TEXT), ("b", TEXT), ("c", TEXT.replace("Eleven", "Twenty"))])
    ]
    store.accept(lease, items, (), NOON)
    store.close()
    assert main(["replay", "--rules", str(rules)]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(t["item"], t["developments"][0]["kind"]) for t in told] == [("a", "new_claim"), ("c", "revised_up")]


def test_without_any_history_it_says_so(tmp_path, rules, monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_DATABASE", str(tmp_path / "none.db"))
    assert main(["replay", "--rules", str(rules)]) == 1
    assert "no database" in capsys.readouterr().err
