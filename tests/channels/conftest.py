"""A peer for all tests of a folder."""

import pytest

from tests.telegram_peer.client import Peer


@pytest.fixture(scope="session")
def peer():
    """A Bot API server of our own, without limits unless a test asks for them."""
    server = Peer("--no-limits")
    yield server
    server.close()
