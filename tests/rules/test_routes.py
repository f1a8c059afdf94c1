"""Routes of a watch, as far as the chats they reach."""

import pytest

from monitor.core.audience import audience
from monitor.core.records import SUBSCRIBERS
from monitor.core.view import Draft, Put
from monitor.model import Alert, Outcome, Severity, Subscriber
from monitor.store.memory import MemoryView
from tests.rules.conftest import NOON, claim

FOLLOWER = Subscriber(1, watches=("border",), level=Severity.INFO)
OPERATOR = Subscriber(2, level=Severity.INFO, admin=True)
BOTH = Subscriber(3, watches=("border",), level=Severity.INFO, admin=True)


@pytest.mark.parametrize(
    ("to", "chats"),
    [(("followers",), [1, 3]), (("operators",), [2, 3]), (("followers", "operators"), [1, 2, 3]), (("nobody",), [])],
)
def test_routes_reach_their_chats_once_each(to, chats):
    view = MemoryView()
    view.apply(Put(SUBSCRIBERS, s) for s in (FOLLOWER, OPERATOR, BOTH))
    told = (claim(),)
    alert = Alert("a", "border", "s", "i", NOON, Severity.HIGH, Outcome.SENT, "why", (), told, "src", to=to)

    assert [m.chat for m in audience(alert, Draft(view), NOON)] == chats
