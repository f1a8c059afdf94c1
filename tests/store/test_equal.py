"""SQLite, PostgreSQL and memory give the same answers to any sequence of questions and changes."""

import itertools
import pathlib
import tempfile
from dataclasses import replace

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from monitor.core.view import Drop
from monitor.errors import StaleLease
from monitor.model import ChatId, MessageId, MessageState, Severity, SourceId
from monitor.settings import PostgresUrl
from monitor.store.base import Decided
from monitor.store.memory import MemoryStore
from monitor.store.sqlite import SqliteStore

from .samples import NOTES, PostgresInTheirTime, at, item, message, note

OWNERS = st.sampled_from(["a", "b"])
ROLES = st.sampled_from(["decider", "sender"])
SECONDS = st.integers(0, 12)
KEYS = st.sampled_from(["k1", "k2", "k3"])
WORDS = st.lists(st.sampled_from(["x", "y", "z"]), max_size=2)
PUTS = st.lists(st.builds(note, KEYS, st.integers(-2, 3).map(float), WORDS, st.sampled_from([0, 1, 2**63])), max_size=3)
SOURCES = [SourceId(f"s{n}") for n in range(3)]
NAMES = [f"m{n}" for n in range(6)]
MESSAGES = st.lists(
    st.builds(
        message,
        st.sampled_from(NAMES),
        st.integers(1, 2),
        st.sampled_from(Severity),
        alerts=st.lists(st.sampled_from(["a1", "a2"]), max_size=2, unique=True),
        kind=st.sampled_from(["alert", "correction"]),
        not_before=st.none() | SECONDS.map(at),
    ),
    max_size=3,
)


class SameAnswers(RuleBasedStateMachine):
    """Every step is done to all stores; every answer, StaleLease included, must be the same."""

    server = None

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        shared = PostgresInTheirTime(PostgresUrl(self.server.database()))
        self.stores = (SqliteStore(pathlib.Path(self.folder.name) / "t.db"), MemoryStore(), shared)
        self.now = 0
        self.leases = []
        self.roles = []
        self.held = []
        self.names = itertools.count()

    def all(self, ask):
        answers = []
        for store in self.stores:
            try:
                answers.append(ask(store))
            except StaleLease:
                answers.append(StaleLease)
        assert answers[0] == answers[1] == answers[2]
        return answers[0]

    @rule(seconds=SECONDS)
    def time_passes(self, seconds):
        self.now += seconds

    @rule(sources=st.lists(st.sampled_from(SOURCES), unique=True), due=SECONDS)
    def enroll(self, sources, due):
        self.all(lambda s: s.enroll(dict.fromkeys(sources, at(due))))

    @rule(owner=OWNERS, seconds=SECONDS, limit=st.integers(0, 3))
    def lease_sources(self, owner, seconds, limit):
        self.leases += self.all(lambda s: s.lease_sources(owner, at(self.now), at(self.now + seconds), limit))

    @rule(data=st.data(), count=st.integers(0, 3), puts=PUTS, due=SECONDS)
    def accept(self, data, count, puts, due):
        if self.leases:
            lease = data.draw(st.sampled_from(self.leases))
            items = [item(f"i{next(self.names)}", lease.name, at(self.now)) for _ in range(count)]
            self.all(lambda s: s.accept(lease, items, puts, at(self.now + due)))

    @rule(source=st.sampled_from(SOURCES), due=SECONDS)
    def hasten(self, source, due):
        self.all(lambda s: s.hasten(source, at(due)))

    @rule(role=ROLES, owner=OWNERS, seconds=SECONDS)
    def lease_role(self, role, owner, seconds):
        lease = self.all(lambda s: s.lease_role(role, owner, at(self.now), at(self.now + seconds)))
        self.roles += [lease] if lease else []

    @rule(data=st.data(), seconds=SECONDS)
    def release(self, data, seconds):
        if self.roles:
            lease = data.draw(st.sampled_from(self.roles))
            self.all(lambda s: s.release(lease, at(self.now), at(self.now + seconds)))

    @rule(data=st.data(), puts=PUTS, messages=MESSAGES, failed=st.sampled_from(["", "ValueError"]))
    def commit(self, data, puts, messages, failed):
        entries = self.all(lambda s: s.undecided(3))
        if self.roles and entries:
            lease = data.draw(st.sampled_from(self.roles))
            count = data.draw(st.integers(1, len(entries)))
            decided = [Decided(e.seq, tuple(puts), tuple(messages), failed) for e in entries[:count]]
            self.all(lambda s: s.commit(lease, decided))

    @rule(since=SECONDS)
    def retry_failed(self, since):
        self.all(lambda s: s.retry_failed(at(since)))

    @rule(puts=PUTS, messages=MESSAGES)
    def apply(self, puts, messages):
        self.all(lambda s: s.apply(puts, messages))

    @rule(data=st.data(), puts=PUTS)
    def apply_in_a_role(self, data, puts):
        if self.roles:
            lease = data.draw(st.sampled_from(self.roles))
            self.all(lambda s: s.apply(puts, lease=lease))

    @rule(keys=st.lists(KEYS))
    def drop(self, keys):
        self.all(lambda s: s.apply(Drop(NOTES, key) for key in keys))

    @rule(owner=OWNERS, seconds=SECONDS, keys=st.lists(st.sampled_from(NAMES), unique=True))
    def lease_messages(self, owner, seconds, keys):
        until = at(self.now + seconds)
        self.held += self.all(lambda s: s.lease_messages(owner, at(self.now), until, [MessageId(k) for k in keys]))

    @rule(
        data=st.data(),
        state=st.sampled_from(MessageState),
        not_before=st.none() | SECONDS,
        chat=st.none() | st.integers(1, 2),
    )
    def record(self, data, state, not_before, chat):
        if self.held:
            held = data.draw(st.sampled_from(self.held))
            when = None if not_before is None else at(self.now + not_before)
            changed = replace(held.message, state=state, attempts=held.message.attempts + 1, not_before=when)
            if chat is None:
                self.all(lambda s: s.hold(held.lease, changed))
            else:
                self.all(lambda s: s.settle(held.lease, replace(changed, chat=ChatId(chat))))

    @rule(owner=OWNERS)
    def recover(self, owner):
        self.all(lambda s: s.recover(owner))

    @rule(before=SECONDS)
    def prune(self, before):
        # A pruned message may be leased no more: its holder's record is then of nothing.
        self.held.clear()
        self.all(lambda s: s.prune([NOTES], at(before)))

    @rule(
        words=WORDS, number=st.integers(1, 2), since=st.none() | st.floats(-2, 3), limit=st.none() | st.integers(0, 3)
    )
    def ask(self, words, number, since, limit):
        self.all(lambda s: s.view().find(NOTES, "word", words, since=since, limit=limit))
        self.all(lambda s: s.view().find(NOTES, "number", [number, 2**63], since=since, limit=limit))
        self.all(lambda s: s.view().latest(NOTES, since=since, limit=2 if limit is None else limit))
        self.all(lambda s: s.view().get(NOTES, "k1"))
        self.all(lambda s: s.view().get_many(NOTES, ["k1", "k2", "none"]))

    @invariant()
    def same(self):
        self.all(lambda s: s.turns())
        self.all(lambda s: s.undecided(99))
        self.all(lambda s: list(s.history()))
        self.all(lambda s: s.waiting(at(self.now), 99))
        self.all(lambda s: s.messages(list(MessageState)))
        self.all(lambda s: s.messages_of("a1"))
        self.all(lambda s: s.counts())

    def teardown(self):
        for store in self.stores:
            store.close()
        self.folder.cleanup()


TestSameAnswers = SameAnswers.TestCase
# A failure is shown as it was found: shrinking one of these takes minutes.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TestSameAnswers.settings = settings(max_examples=25, stateful_step_count=30, deadline=None, phases=_PHASES)


@pytest.fixture(autouse=True, scope="module")
def _server(postgres):
    SameAnswers.server = postgres
