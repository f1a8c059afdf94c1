"""How long what is remembered is kept: state is bounded, and nothing goes that a guarantee still needs.

What items said goes first, when no feed can bring them back as news. What was claimed and told stays for more than a
year, so that a late correction finds the chats that got the original; every memory of the core is shorter than that.
Tables that are not named here are kept for good: they hold one record for each chat, mute, watch, source or pair of
parties, or one in all, and so don't grow with the news.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from monitor.core.audience import BUNDLES, THREADS
from monitor.core.counters import RECOUNTS
from monitor.core.incidents import INCIDENTS
from monitor.core.intake import REMEMBER, SEEN
from monitor.core.ledger import LEDGER
from monitor.core.origins import ORIGINS
from monitor.core.reach import REACHED
from monitor.core.records import ALERTS, DECISIONS, ITEMS
from monitor.core.ringing import SEEN as SEEN_ALERTS
from monitor.core.rules import state
from monitor.core.stories.records import FREQUENCIES, SIGNATURES, STORIES
from monitor.core.view import Table

ANSWERABLE = dt.timedelta(days=400)
"""For how long what was claimed and told can be corrected, compared and explained."""

KEPT: Mapping[dt.timedelta, tuple[Table[Any], ...]] = {
    REMEMBER: (SEEN, ITEMS, DECISIONS),
    ANSWERABLE: (
        *(ALERTS, REACHED, RECOUNTS, THREADS, BUNDLES, SEEN_ALERTS),
        *(LEDGER, INCIDENTS, ORIGINS),
        *(STORIES, SIGNATURES, FREQUENCIES),
        *(table for table in vars(state).values() if isinstance(table, Table) and table is not state.MUTES),
    ),
}
"""Which records go when they are older than this, by their table's `time`."""
