"""An invented alert that shows newcomers how to read the real ones."""

from __future__ import annotations

import datetime as dt

from monitor.core import render
from monitor.core.claims.actors import Registry
from monitor.core.markup import Block
from monitor.core.render import Names
from monitor.model import (
    Actor,
    ActorId,
    ActorKind,
    Alert,
    AlertId,
    Counts,
    Development,
    DevelopmentKind,
    ItemId,
    Metric,
    Outcome,
    Party,
    Quantity,
    Reason,
    RuleId,
    Severity,
    SourceId,
    Span,
    StoryId,
    WatchId,
)

_NORTH, _WATCH = ActorId("northland"), WatchId("sample")
_AT = dt.datetime(2026, 2, 26, 18, 5, tzinfo=dt.UTC)
_QUOTE = "Officers in the south spoke of 40 fighters killed; the north’s ministry counted 12."
_RIVAL = Development(
    DevelopmentKind.RIVAL,
    claimant=Party("Northland’s ministry"),
    metric=Metric.KILLED,
    object="fighters",
    side=_NORTH,
    quantity=Quantity(12, 12),
    previous=Quantity(40, 40),
    other=Party("officers of Southmark"),
    counts=Counts(5, 2, 2),
    span=Span(_QUOTE, "text", 0, len(_QUOTE)),
)
_ALERT = Alert(
    AlertId("sample"),
    _WATCH,
    StoryId("sample"),
    ItemId("sample"),
    _AT,
    Severity.HIGH,
    Outcome.SENT,
    "",
    (Reason(RuleId("rivals"), Severity.HIGH, "rival claims about the same losses"),),
    (_RIVAL,),
    SourceId("example-wire"),
    url="https://example.org/",
    publisher="Example Wire",
    published=_AT - dt.timedelta(minutes=4),
    seen=_AT,
)


def sample(lang: str) -> list[Block]:
    """The sample as blocks of a message."""
    names = Names({_WATCH: "Northland–Southmark"}, Registry([Actor(_NORTH, "Northland", ActorKind.STATE)]))
    return render.page(_ALERT, names, lang)
