"""What only a file can do: be damaged, too new, older than the code, locked, or cut off by a crash."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlite_utils import Database

from monitor.errors import StoreError
from monitor.store.connection import SCHEMA
from monitor.store.migrations import migrations
from monitor.store.sqlite import SqliteStore

from .samples import NOON, NOTES, item, message, note

FULL = 2
"""Of `PRAGMA synchronous`."""


def test_what_was_committed_is_there_when_the_file_is_opened_again(tmp_path):
    path = tmp_path / "state" / "tocsin.db"
    SqliteStore(path).apply([note("a", 1, ["x"])], [message()])
    again = SqliteStore(path)
    assert again.view().find(NOTES, "word", ["x"])
    assert again.waiting(NOON, 1)


def test_every_commit_that_matters_reaches_the_disk(tmp_path):
    store = SqliteStore(tmp_path / "tocsin.db")
    reached = []

    def work(accepted, **what):
        (lease,) = store.lease_sources("a", NOON, NOON, 1)
        store.accept(lease, accepted, [], NOON, **what)
        with store._reading() as db:
            reached.append(db.execute("PRAGMA synchronous").fetchone()[0] == FULL)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    store.enroll({item().source: NOON})
    work([item()])
    work([])
    work([], messages=[message()])
    store.apply([note("a", 1, ["x"])])
    assert reached == [True, False, True]
    with store._reading() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (FULL,)


@pytest.mark.parametrize(
    "spoil", [lambda b: b"no database at all" + b[18:], lambda b: b[:4096] + b"\xff" * 4096 + b[8192:]]
)
def test_a_damaged_file_is_refused_with_a_way_out(tmp_path, spoil):
    path = tmp_path / "tocsin.db"
    store = SqliteStore(path)
    store.apply([note(f"n{n}") for n in range(500)])
    store.close()
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(StoreError, match="newest backup"):
        SqliteStore(path)


def test_a_file_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "tocsin.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tocsin', 'warp', '')")
    db.close()
    with pytest.raises(StoreError, match=r"newer Tocsin.*warp"):
        SqliteStore(path)


def test_looking_in_changes_nothing_and_refuses_what_this_version_has_not_opened(tmp_path):
    path = tmp_path / "tocsin.db"
    SqliteStore(path).close()
    assert SqliteStore(path, check=False).counts().decided == 0
    assert len(migrations.pending(Database(memory=True))) == SCHEMA
    older = tmp_path / "older.db"
    sqlite3.connect(older).close()
    with pytest.raises(StoreError, match="another version"):
        SqliteStore(older, check=False)


def test_a_path_that_cannot_be_written_names_itself(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"tocsin\.db"):
        SqliteStore(tmp_path / "file" / "tocsin.db")


def test_an_index_that_a_later_version_adds_finds_older_records(tmp_path):
    path = tmp_path / "tocsin.db"
    older = replace(NOTES, indexes={})
    before = SqliteStore(path)
    before.apply([replace(note("a", 1, ["x"]), table=older)])
    before.close()
    after = SqliteStore(path)
    assert [r.key for r in after.view().find(NOTES, "word", ["x"])] == ["a"]


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path):
    store = SqliteStore(tmp_path / "tocsin.db")
    (lease,) = (store.enroll({"s": NOON}), store.lease_sources("a", NOON, NOON, 1))[1]
    broken = note("b")
    broken.record = "not a note"
    with pytest.raises(AttributeError):
        store.accept(lease, [item()], [note("a"), broken], NOON)
    assert store.view().get(NOTES, "a") is None
    assert store.undecided(1) == []
    store.accept(lease, [item()], [note("a")], NOON)
    assert store.view().get(NOTES, "a")


def test_a_full_disk_is_an_error_and_once_there_is_room_everything_goes_on(tmp_path):
    store = SqliteStore(tmp_path / "tocsin.db")
    store.apply([note("before")])
    with store._reading() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        store.apply([note(f"n{n}", words=["w" * 3000]) for n in range(99)])
    assert [r.key for r in store.view().latest(NOTES, limit=9)] == ["before"]
    with store._reading() as db:
        db.execute("PRAGMA max_page_count = 100000")
    store.apply([note("after")])
    assert len(store.view().latest(NOTES, limit=9)) == 2


DYING = """
import datetime, pathlib, sys
from monitor.model import Item
from monitor.store.sqlite import SqliteStore

store = SqliteStore(pathlib.Path(sys.argv[1]))
noon = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
store.enroll({"s1": noon})
(lease,) = store.lease_sources("a", noon, noon, 1)
store.accept(lease, [Item("i1", "s1", noon, "Title", "Text")], [], noon + datetime.timedelta(hours=1))
"""


@pytest.mark.parametrize(("failpoint", "kept"), [("accept.before", 0), ("accept.after", 1)])
def test_a_process_that_dies_around_a_commit_leaves_all_of_it_or_nothing(tmp_path, failpoint, kept):
    path = tmp_path / "tocsin.db"
    died = subprocess.run(
        [sys.executable, "-c", DYING, path], env=os.environ | {"TOCSIN_FAILPOINT": failpoint}, check=False
    )
    assert died.returncode == -signal.SIGKILL
    store = SqliteStore(path)
    assert len(store.undecided(9)) == kept
    assert (store.turns()[0].due > NOON) == bool(kept)
