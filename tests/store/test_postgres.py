"""What only a server can do: be shared, be lost and come back, keep a clock of its own, hide a password."""

import contextlib
import datetime as dt
import os
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import replace

import pytest

from monitor.errors import StaleLease, StoreError
from monitor.model import MessageState, SourceId
from monitor.settings import PostgresUrl
from monitor.store.base import DECIDER, Decided
from monitor.store.postgres import PostgresStore, is_new, troubles
from tests.postgres import PATIENCE, Server

from .samples import NOON, NOTES, PostgresInTheirTime, at, item, message, note

S1 = SourceId("s1")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def several(address):
    """Three processes' stores on one database."""
    stores = [PostgresStore(address) for _ in range(3)]
    yield stores
    for store in stores:
        store.close()


@contextlib.contextmanager
def opened(address, kind=PostgresStore, **options):
    with contextlib.closing(kind(address, **options)) as store:
        yield store


def together(*works):
    """Do these at once; returns what they raised."""
    raised = []

    def kept(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            raised.append(error)

    threads = [threading.Thread(target=kept, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def eventually(ask):
    """What `ask` answers once it answers anything."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


# --- being made ---


def test_several_that_start_at_once_make_one_schema(address):
    assert is_new(address)
    assert together(*[lambda: PostgresStore(address).close()] * 4) == []
    assert not is_new(address)


def test_a_database_of_a_newer_version_is_refused(address):
    with opened(address) as store, store._writing("test") as db:
        db.execute("INSERT INTO tocsin_steps (name) VALUES ('warp')", {})
    with pytest.raises(StoreError, match=r"newer Tocsin.*warp"):
        PostgresStore(address)


def test_looking_in_makes_nothing_and_refuses_what_this_version_has_not_opened(address):
    with pytest.raises(StoreError, match="tocsin run"):
        PostgresStore(address, check=False)
    with opened(address):
        pass
    with opened(address, check=False) as store:
        assert store.counts().decided == 0
        with store._writing("test") as db:
            db.execute("UPDATE tocsin_steps SET name = 'older'", {})
    with pytest.raises(StoreError, match="another version"):
        PostgresStore(address, check=False)


def test_an_index_that_a_later_version_adds_finds_older_records(address):
    older = replace(NOTES, indexes={"number": NOTES.indexes["number"]})
    with opened(address) as before:
        before.apply([replace(note(f"n{n}", n, ["x"], 7), table=older) for n in range(3)])
    with opened(address) as after:
        assert [r.key for r in after.view().find(NOTES, "word", ["x"])] == ["n2", "n1", "n0"]
        assert len(after.view().find(NOTES, "number", [7])) == 3


# --- records ---


def test_words_of_any_length_and_kind_are_kept_and_found(address):
    long, odd = "w" * 5000, "nul\0 snow\N{SNOWMAN} percent% colon:x :y"
    with opened(address) as store:
        store.apply([note(long, 2, [long, odd]), note(odd, 1, [long + "!"])])
        view = store.view()
        assert view.get(NOTES, long).words == (long, odd)
        assert [r.key for r in view.find(NOTES, "word", [odd])] == [long]
        assert [r.key for r in view.find(NOTES, "word", [long + "!"])] == [odd]
        assert set(view.get_many(NOTES, [long, odd, "no"])) == {long, odd}


def test_rare_words_are_looked_up_in_their_index_with_the_extension_intarray_too(address):
    with opened(address) as store, store._reading() as db:
        db.execute("CREATE EXTENSION intarray", {})
        store.apply(note(f"n{n}", n, [f"w{n % 5000}", "common"]) for n in range(10_000))
        db.execute("ANALYZE t_notes", {})
        question = """SELECT body FROM t_notes WHERE i_word && ARRAY['=w7', '=w8'] AND time >= 0
                      ORDER BY time DESC, key LIMIT 50"""
        plan = "\n".join(line for (line,) in db.execute(f"EXPLAIN {question}", {}).fetchall())
        assert "t_notes__word" in plan
        assert [r.key for r in store.view().find(NOTES, "word", ["w7"])] == ["n5007", "n7"]
        newest = question.replace("ARRAY['=w7', '=w8']", "ARRAY['=common']")
        plan = "\n".join(line for (line,) in db.execute(f"EXPLAIN {newest}", {}).fetchall())
        assert "t_notes_time" in plan


# --- sharing ---


def test_no_source_and_no_message_is_given_to_two(several):
    several[0].enroll({SourceId(f"s{n:03}"): NOON for n in range(120)})
    several[0].apply(messages=[message(f"m{n:03}", n) for n in range(120)])
    keys, taken = [f"m{n:03}" for n in range(120)], []

    def work(store):
        for start in range(0, 120, 10):
            taken.extend(lease.name for lease in store.lease_sources("o", NOON, NOON + MINUTE, 10))
            some = store.lease_messages("o", NOON, NOON + MINUTE, keys[start : start + 30])
            taken.extend(waiting.lease.name for waiting in some)

    assert together(*[lambda store=store: work(store) for store in several]) == []
    assert sorted(taken) == [*keys, *(f"s{n:03}" for n in range(120))]


def test_leases_are_compared_with_the_clock_of_the_database_alone(several):
    """A machine whose clock is wrong by hours neither takes what others hold nor keeps what it lost."""
    one, other, _ = several
    soon, ahead = dt.timedelta(seconds=1), NOON + dt.timedelta(hours=5)
    one.enroll({S1: NOON})
    one.apply(messages=[message()])
    role = one.lease_role(DECIDER, "one", NOON, NOON + MINUTE)
    (late,) = one.lease_sources("one", NOON, NOON + soon, 1)
    (sending,) = one.lease_messages("one", NOON, NOON + MINUTE, ["m1"])
    assert other.lease_role(DECIDER, "other", ahead, ahead + MINUTE) is None
    assert other.lease_messages("other", ahead, ahead + MINUTE, ["m1"]) == []
    (present,) = eventually(lambda: other.lease_sources("other", ahead, ahead + MINUTE, 1))
    with pytest.raises(StaleLease):
        one.accept(late, [item()], (), NOON)
    other.accept(present, [item()], (), NOON)
    one.release(role, NOON, NOON)
    second = other.lease_role(DECIDER, "other", ahead, ahead + MINUTE)
    assert second.fence > role.fence
    with pytest.raises(StaleLease):
        one.commit(role, [Decided(1, (note("late"),))])
    one.settle(sending.lease, replace(sending.message, state=MessageState.SENT))


def test_writers_that_meet_at_the_same_records_never_lock_each_other_out(several):
    """Each writes the same records, in an order of its own; somebody prunes meanwhile."""
    several[0].view().latest(NOTES, limit=1)
    keys = [f"k{n}" for n in range(30)]

    def write(store, step):
        for n in range(25):
            order = keys[n:] + keys[:n]
            store.apply([note(key, n, [key]) for key in order[::step]])

    def prune():
        for _ in range(25):
            several[2].prune([NOTES], at(0))

    assert together(lambda: write(several[0], 1), lambda: write(several[1], -1), prune) == []


def test_numbers_of_the_inbox_are_given_in_the_order_of_the_commits(several):
    """Whoever has read up to a number has missed none below it."""
    one, other, third = several
    one.enroll({SourceId("s1"): NOON, SourceId("s2"): NOON})
    first, second = one.lease_sources("o", NOON, NOON + MINUTE, 2)
    late = threading.Thread(target=lambda: other.accept(second, [item("late")], (), NOON))

    class Slow(PostgresStore):
        def _alone(self, db, work):
            super()._alone(db, work)
            if work == "inbox":
                late.start()
                assert eventually(lambda: waiting(third)), "the other one has not come to the inbox"

    def waiting(store):
        with store._reading() as db:
            return db.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", {}).fetchone()

    with opened(PostgresUrl(one._engine._url.text), Slow) as slow:
        slow.accept(first, [item("early")], (), NOON)
    late.join()
    assert [entry.item.id for entry in one.undecided(9)] == ["early", "late"]


# --- being lost ---


def test_a_server_that_was_killed_is_used_again_as_soon_as_it_is_back():
    with contextlib.closing(Server()) as server, opened(PostgresUrl(server.database())) as store:
        store.apply([note("before")])
        server.kill()
        for _ in range(2):
            with pytest.raises(StoreError, match="postgresql://tocsin@"):
                store.apply([note("meanwhile")])
        server.start()
        store.apply([note("after")])
        assert set(store.view().get_many(NOTES, ["before", "meanwhile", "after"])) == {"before", "after"}


def test_a_connection_that_the_server_ends_is_made_anew(several):
    store, other, _ = several
    with other._reading() as db:
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()", {})
    with pytest.raises(StoreError):
        store.counts()
    assert store.counts().decided == 0


def test_a_transaction_that_fails_leaves_nothing_behind(address):
    with opened(address, PostgresInTheirTime) as store:
        store.enroll({S1: NOON})
        (lease,) = store.lease_sources("a", NOON, at(60), 1)
        broken = note("b")
        broken.record = "not a note"
        with pytest.raises(AttributeError):
            store.accept(lease, [item()], [note("a"), broken], NOON)
        assert store.view().get(NOTES, "a") is None
        store.accept(lease, [item()], [note("a")], NOON)
        assert store.view().get(NOTES, "a")


# --- what is shown ---


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:s3cret-pw@localhost:1/db",
        "postgresql://ann:s3cret-pw@no-such-host.invalid/db?sslmode=disable",
        "postgresql://ann@localhost:1/db?password=s3cret-pw",
        "postgresql://ann:s3cret-pw@localhost:1/db?no_such_option=1",
        "postgresql://ann:s3cret-pw@localhost:port/db",
        "postgresql://ann:s3cret%2Dpw%zz@localhost:1/db",
    ],
)
def test_a_database_that_cannot_be_reached_names_itself_without_its_password(text):
    with pytest.raises(StoreError, match="postgresql://ann@") as raised:
        PostgresStore(PostgresUrl(text))
    told = "".join(traceback.format_exception(raised.value))
    assert "s3cret" not in told


def test_what_the_server_says_is_shown_without_the_password(address):
    url = PostgresUrl(address.text.replace("tocsin@", "nobody:s3cret-pw@"))
    with pytest.raises(StoreError, match='role "nobody" does not exist') as raised:
        PostgresStore(url)
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_without_the_driver_it_is_said_how_to_get_it():
    program = """
import sys
sys.modules["psycopg"] = None
from monitor.cli import main
sys.exit(main(["status"]))
"""
    env = os.environ | {"TOCSIN_DATABASE": "postgresql://ann:s3cret-pw@localhost/db"}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'tocsin[postgres]'" in done.stderr
    assert "s3cret" not in done.stderr


def test_a_server_is_looked_over(address):
    assert troubles(address, dt.datetime.now(dt.UTC)) == ["fsync is off: a power cut would ruin it"]  # noqa: TID251 - against the server's own
    assert "apart" in " ".join(troubles(address, NOON))
