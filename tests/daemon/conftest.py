"""A world for each test."""

import pytest

from .world import World


@pytest.fixture
async def world(tmp_path):
    made = World(tmp_path)
    await made.open()
    yield made
    await made.close()
