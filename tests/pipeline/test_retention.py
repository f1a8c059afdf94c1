"""What is remembered is bounded: every table is kept for a time, or has a reason to be kept for good."""

import datetime as dt
import importlib
import pkgutil

import pytest

import monitor
from monitor.core import incidents, ladder
from monitor.core.intake import REMEMBER
from monitor.core.ledger import book
from monitor.core.records import ALERTS
from monitor.core.retention import ANSWERABLE, KEPT
from monitor.core.stories import candidates
from monitor.core.view import Put, Table
from monitor.store.memory import MemoryStore
from tests.render.samples import ALERTS as SAMPLES

FOR_GOOD = {
    *("subscribers", "topics", "spent", "pauses", "bot_invites", "bot_requests"),  # one a chat or a person
    *("sources", "contacts", "pairs", "rule_mutes", "aliases"),  # as many as operators and parties make
    *("agenda", "bells", "recount_round", "bot_progress"),  # one in all
}


def tables():
    """Every table that the program declares."""
    names = (found.name for found in pkgutil.walk_packages(monitor.__path__, "monitor."))
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return {value.name for module in modules for value in vars(module).values() if isinstance(value, Table)}


def test_every_table_is_kept_for_a_time_or_for_a_reason():
    fading = {table.name for kept in KEPT.values() for table in kept}
    assert not fading & FOR_GOOD
    assert tables() - fading == FOR_GOOD


@pytest.mark.parametrize(
    "memory",
    [book.MEMORY, incidents.MEMORY, ladder.MEMORY, ladder.HISTORY, dt.timedelta(seconds=candidates.MEMORY), REMEMBER],
)
def test_nothing_is_forgotten_that_is_still_looked_for(memory):
    assert memory < ANSWERABLE


def test_alerts_outlive_their_items_and_go_in_the_end():
    store, alert = MemoryStore(), SAMPLES["new_claim"]
    store.apply([Put(ALERTS, alert)])

    def prune(now):
        for span, kept in KEPT.items():
            store.prune(kept, now - span)

    prune(alert.at + REMEMBER * 2)
    assert store.view().get(ALERTS, alert.id) == alert
    prune(alert.at + ANSWERABLE + dt.timedelta(seconds=1))
    assert store.view().get(ALERTS, alert.id) is None
