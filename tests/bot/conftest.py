"""A peer that enforces Telegram's limits is not needed here: one without, for all tests of the folder."""

import pytest

from tests.telegram_peer.client import Peer


@pytest.fixture(scope="session")
def peer():
    """A Bot API server of our own."""
    server = Peer("--no-limits")
    yield server
    server.close()
