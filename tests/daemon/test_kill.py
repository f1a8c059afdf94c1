"""Nothing is lost, whenever the power goes; and each copy too many is explained by its row."""

import asyncio
import random

import pytest

FAILPOINTS = [
    "fetch.after",
    "accept.before",
    "accept.after",
    "decide.before",
    "decide.after",
    "sending.before",
    "sending.after",
    "send.after",
    "settle.before",
    "settle.after",
]


async def baseline(world):
    """First contact: the one entry that is there is learned from, and not told."""
    world.publish()
    await world.start()
    assert await world.until(lambda: "msg=accepted" in world.log())
    assert await world.stop() == 0


async def everything_arrives(world):
    """Start once more and let it come to rest; what is lost then is lost."""
    await world.start()
    await world.until(lambda: not world.lost())
    await world.until(lambda: not world.unsettled())
    await world.stop()


async def test_a_daemon_killed_at_every_failpoint_loses_nothing(world):
    await baseline(world)
    for failpoint in FAILPOINTS:
        world.publish(2)
        await world.start(failpoint=failpoint)
        await world.death()
    await everything_arrives(world)
    assert world.lost() == set()
    assert world.unexplained() == []
    assert world.unsettled() == []
    assert world.titles[0] not in world.heard()
    assert world.deaths == len(FAILPOINTS)


async def torture(world, kills, seed):
    """Publish all the time, lose answers now and then, kill at random: mostly at work, now and then while starting."""
    chance = random.Random(seed)
    await baseline(world)
    for _ in range(kills):
        await world.start()
        if chance.random() < 0.85:
            assert await world.until(world.running)
        for _ in range(chance.randint(8, 20)):
            world.publish(chance.randint(0, 1))
            world.losing += chance.random() < 0.1
            await asyncio.sleep(0.05)
        await world.kill()
    world.losing = 0
    await everything_arrives(world)
    assert world.lost() == set()
    assert world.unexplained() == []
    assert world.unsettled() == []
    assert len(world.arrived) >= 2 * kills, "too little happened for the kills to mean anything"


async def test_a_daemon_killed_at_random_loses_nothing(world):
    await torture(world, kills=3, seed=1)


@pytest.mark.slow
async def test_a_daemon_killed_forty_times_at_random_loses_nothing(world):
    await torture(world, kills=40, seed=2)


@pytest.mark.parametrize("mutant", ["SentBeforeSending", "ItemsApart", "DecidedApart"])
async def test_the_oracle_catches_a_broken_protocol(world, mutant):
    """Marked sent before sending, items apart from validators, messages apart from marks: each loses something."""
    world.publish()
    await world.start(failpoint="apart", mutant=mutant)
    assert await world.until(lambda: "msg=accepted" in world.log())
    world.publish()
    await world.death()
    await world.start(mutant=mutant)
    world.publish()
    assert await world.until(lambda: world.titles[-1] in world.heard())
    await world.stop()
    assert world.lost() == {world.titles[1]}
