"""Several daemons on one PostgreSQL database: whatever becomes of one of them, or of the server, nothing is lost."""

import contextlib
import random

import pytest

from monitor.settings import PostgresUrl
from tests.postgres import Server

from .world import World

BOTH = ("a", "b")


@pytest.fixture
async def world(tmp_path, address):
    made = World(tmp_path, address)
    await made.open()
    yield made
    await made.close()


def holder(world, role="decider"):
    """Which of them has taken a role."""
    with world.store() as store, store._reading() as db:
        row = db.execute("SELECT owner FROM roles WHERE name = :role", {"role": role}).fetchone()
    return row and row[0] and row[0].partition("/")[0]


async def started(world, *names, **options):
    for name in names:
        await world.start(name, **options)
        assert await world.until(lambda name=name: world.running(name))


async def baseline(world):
    """First contact: the one entry that is there is learned from, and not told."""
    world.publish()
    await started(world, "a")
    assert await world.until(lambda: "msg=accepted" in world.log("a"))
    assert await world.stop("a") == 0


def at_rest(world):
    return not world.lost() and not world.unsettled()


async def all_is_well(world):
    assert await world.until(lambda: at_rest(world))
    assert world.lost() == set()
    assert world.unexplained() == []
    assert world.titles[0] not in world.heard()


async def test_whoever_decides_and_delivers_is_killed_and_the_other_takes_over(world):
    await baseline(world)
    await started(world, *BOTH)
    for _ in range(2):
        world.publish(2)
        assert await world.until(lambda: at_rest(world))
        dead = holder(world)
        await world.kill(dead)
        world.publish(2)
        await all_is_well(world)
        assert holder(world) != dead
        await started(world, dead)
    assert world.deaths == 2


async def test_who_is_asked_to_end_hands_over_at_once(world):
    await baseline(world)
    await started(world, *BOTH)
    world.publish()
    assert await world.until(lambda: at_rest(world))
    first = holder(world)
    assert await world.stop(first) == 0
    with world.store() as store, store._reading() as db:
        left = db.execute(
            "SELECT name FROM roles WHERE owner LIKE :who AND until > extract(epoch FROM clock_timestamp())",
            {"who": f"{first}/%"},
        ).fetchall()
    assert left == []
    world.publish()
    await all_is_well(world)


@pytest.mark.parametrize(
    ("stall", "sender"),
    [
        ("StillBeforeAccept", "b"),
        ("StillBeforeCommit", "b"),
        ("StillInCommit", "b"),
        ("StillBeforeHold", "b"),
        ("StillBeforeSettle", "a"),
    ],
)
async def test_one_that_stood_still_for_too_long_changes_nothing_when_it_wakes(world, stall, sender):
    """The other does its work meanwhile. What was sent but not recorded is sent again, and marked so.

    How many marked copies there are is a matter of luck: on a busy machine the other's lease may end too.
    """
    await baseline(world)
    await started(world, "a", mutant=stall)
    world.publish()
    assert await world.until(lambda: world.still("a"))
    await started(world, "b")
    await all_is_well(world)
    before = world.log("a")
    world.wake("a")
    refused = "the database refused" if stall == "StillInCommit" else "discarded: a/"
    assert await world.until(lambda: refused in world.log("a")[len(before) :])
    ((first, *again),) = world.arrived.values()
    assert (first["by"], first["unconfirmed"]) == (sender, 0)
    assert again or sender == "b"
    assert world.unexplained() == []
    world.publish(2)
    await all_is_well(world)


async def test_a_server_that_is_killed_and_comes_back_finds_everybody_at_work(tmp_path):
    with contextlib.closing(Server()) as server:
        world = World(tmp_path, PostgresUrl(server.database()))
        await world.open()
        try:
            await baseline(world)
            await started(world, *BOTH)
            world.publish(5)
            assert await world.until(lambda: world.arrived)
            server.kill()
            world.publish(5)
            assert await world.until(lambda: all("the database refused" in world.log(name) for name in BOTH))
            server.start()
            await all_is_well(world)
        finally:
            await world.close()


async def torture(world, kills, seed):
    """Publish all the time, lose answers now and then, kill one or the other at random."""
    chance = random.Random(seed)
    await baseline(world)
    await started(world, *BOTH)
    for _ in range(kills):
        for _ in range(chance.randint(1, 20)):
            world.publish(chance.randint(0, 1))
            world.losing += chance.random() < 0.1
            await world.until(lambda: False, 0.05)
        name = chance.choice(BOTH)
        await world.kill(name)
        await world.start(name)
    world.losing = 0
    await all_is_well(world)
    assert len(world.arrived) >= kills, "too little happened for the kills to mean anything"


async def test_daemons_killed_at_random_lose_nothing(world):
    await torture(world, kills=4, seed=1)


@pytest.mark.slow
async def test_daemons_killed_forty_times_at_random_lose_nothing(world):
    await torture(world, kills=40, seed=2)
