from __future__ import annotations
from dataclasses import dataclass
from monitor.model import ItemId


@dataclass(frozen=True, slots=True)
class Repeat:
    repeat: bool = False
    of: ItemId | None = None
    copy: ItemId | None = None
    why: str = ""


def repeat(item, vector, near):
    return Repeat()
