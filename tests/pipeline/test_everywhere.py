"""Processes that share a store: one request in flight a host, one holder a role."""

import asyncio
import datetime as dt

import pytest

from monitor import clock, life
from monitor.errors import FetchError, StaleLease, StoreError
from monitor.everywhere import Everywhere
from monitor.fetch.hosts import Hosts
from monitor.store.base import DECIDER, SENDER
from monitor.store.memory import MemoryStore
from monitor.store.roles import Roles

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def machines(store, count, pause=0.0, patience=60.0, first=0):
    """So many processes' turns at hosts, numbered from the first."""
    names = (f"m{first + n}" for n in range(count))
    return [Hosts(0.0, patience, Everywhere(store, name, clock.now, pause)) for name in names]


async def test_several_machines_never_ask_one_host_at_once_and_others_do_not_wait_for_it():
    at_once, most, other = 0, 0, asyncio.Event()

    async def ask(hosts):
        nonlocal at_once, most
        async with hosts.turn("a.example"):
            at_once += 1
            most = max(most, at_once)
            await other.wait()
            at_once -= 1

    async def ask_another(hosts):
        async with hosts.turn("b.example"):
            other.set()

    three = machines(MemoryStore(), 3)
    await asyncio.gather(*(ask(hosts) for hosts in three for _ in range(2)), ask_another(three[0]))
    assert most == 1


async def test_a_host_rests_between_the_requests_of_two_machines():
    one, other = machines(MemoryStore(), 2, pause=0.3)
    loop = asyncio.get_running_loop()
    async with one.turn("a.example"):
        left = loop.time()
    async with other.turn("a.example"):
        assert loop.time() - left > 0.25


async def test_a_host_that_another_machine_does_not_leave_is_busy():
    store = MemoryStore()
    (one,), (other,) = machines(store, 1), machines(store, 1, patience=0.5, first=1)
    async with one.turn("a.example"):
        with pytest.raises(FetchError, match=r"a\.example is busy") as raised:
            async with other.turn("a.example"):
                pass
    assert raised.value.kind == "busy"


async def test_a_database_that_is_lost_meanwhile_spoils_no_answer(caplog):
    class Lost(MemoryStore):
        def release(self, *_):
            raise StoreError("the server is gone")

    async with machines(Lost(), 1)[0].turn("a.example"):
        pass
    assert "until the lease runs out" in caplog.text


# --- roles ---


class Hands:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


def test_a_role_is_renewed_once_half_of_it_is_over_and_lost_only_by_silence():
    store, hands = MemoryStore(), Hands()
    one, other = (Roles(store, owner, hands, MINUTE) for owner in ("one", "other"))
    first = one.hold(DECIDER)
    assert other.hold(DECIDER) is None
    hands.now += MINUTE * 0.4
    assert one.hold(DECIDER) is first
    hands.now += MINUTE * 0.2
    assert one.hold(DECIDER).until == hands.now + MINUTE
    hands.now += MINUTE * 0.9
    assert other.hold(DECIDER) is None
    hands.now += MINUTE * 0.1
    second = other.hold(DECIDER)
    assert second.fence > first.fence
    with pytest.raises(StaleLease):
        store.commit(first, ())
    one.forget(DECIDER)
    assert one.hold(DECIDER) is None


def test_a_role_that_is_released_is_free_at_once():
    store, hands = MemoryStore(), Hands()
    one, other = (Roles(store, owner, hands, MINUTE) for owner in ("one", "other"))
    one.hold(DECIDER)
    one.release()
    assert other.hold(DECIDER)
    one.release()
    assert other.hold(DECIDER)


def test_who_released_all_roles_takes_none_again():
    """A thread that was on its way to one when the process was asked to end comes too late."""
    store, hands = MemoryStore(), Hands()
    one, other = (Roles(store, owner, hands, MINUTE) for owner in ("one", "other"))
    one.hold(DECIDER)
    one.release()
    assert one.hold(DECIDER) is None
    assert one.hold(SENDER) is None
    assert other.hold(SENDER)


def test_a_process_keeps_its_name_and_knows_as_whom_it_lived_before(tmp_path):
    assert life.name(tmp_path) is None
    first, second = life.begin(tmp_path), life.begin(tmp_path)
    assert first.before is None
    assert (second.name, second.before) == (first.name, first.owner)
    assert second.owner != first.owner
    assert life.name(tmp_path) == first.name
    with pytest.raises(StoreError, match="TOCSIN_STATE"):
        life.begin(tmp_path / "nowhere")
