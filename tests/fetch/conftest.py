"""A server and a fetcher for each test."""

import pytest

from monitor.fetch import Fetcher

from .server import serving


@pytest.fixture
async def server():
    async with serving() as running:
        yield running


@pytest.fixture
async def fetcher():
    """With the usual patience: a busy machine may take seconds for an answer."""
    async with Fetcher(pause=0.0) as running:
        yield running


@pytest.fixture
async def hasty():
    """For servers that never come to an end."""
    async with Fetcher(deadline=1.0, pause=0.0) as running:
        yield running
