"""A checked set of rule files: sources, actors and watches under one hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.core.rules.verdicts import Judgement, Selection
from monitor.core.view import Draft
from monitor.errors import Fault
from monitor.model import Development, Item, Placement, Reading, Source, SourceId, WatchId

if TYPE_CHECKING:
    from monitor.core.claims.actors import Registry
