"""The one function to read first: what an item changes, whom that concerns, and why.

    place → read → record in the ledger, climb the ladders → every watch judges → alerts → messages

All of it is pure: it reads through the draft's view and writes into the draft. `item.seen` is the only clock.
"""

from __future__ import annotations

from monitor.core.records import Decision

__all__ = ["Decision"]
