"""Alerts of an invented conflict, one of each kind, for golden files and other tests."""

import datetime as dt

from monitor.core.claims.actors import Registry
from monitor.core.render import Names
from monitor.model import (
    Actor,
    ActorId,
    ActorKind,
    Alert,
    AlertId,
    Counts,
    Day,
    Development,
    IncidentId,
    ItemId,
    Metric,
    ObjectClass,
    Outcome,
    Party,
    Place,
    Quantity,
    Reason,
    RuleId,
    Severity,
    SourceId,
    Span,
    StoryId,
    WatchId,
)
from monitor.model import (
    DevelopmentKind as Kind,
)

NORTH, SOUTH = ActorId("northland"), ActorId("southmark")
WATCH = WatchId("north-south")
NAMES = Names(
    {WATCH: "Northland–Southmark"},
    Registry(
        [
            Actor(NORTH, "Northland", ActorKind.STATE),
            Actor(SOUTH, "Southmark", ActorKind.STATE),
            Actor(ActorId("northland/defence"), "Northland’s defence ministry", ActorKind.OFFICE, part_of=NORTH),
            Actor(ActorId("southmark/army"), "Southmark’s army", ActorKind.FORCE, part_of=SOUTH),
        ]
    ),
)
AT = dt.datetime(2026, 2, 26, 18, 5, tzinfo=dt.UTC)

ARMY = Party("Southmark’s army", ActorId("southmark/army"))
SOURCES = Party("Northland sources")
MINISTRY = Party("the Northland defence ministry", ActorId("northland/defence"))


def span(quote: str) -> Span:
    return Span(quote, "text", 0, len(quote))


def exactly(n: float, *, total: bool = False) -> Quantity:
    return Quantity(n, n, total=total)


def alert(
    *developments: Development,
    severity: Severity = Severity.HIGH,
    key: str = "a1",
    story: str = "s1",
    title: str = "Outposts change hands",
    why: str = "a new claim of at least 10 killed",
    corrects: tuple[AlertId, ...] = (),
    at: dt.datetime = AT,
) -> Alert:
    return Alert(
        id=AlertId(key),
        watch=WATCH,
        story=StoryId(story),
        item=ItemId(f"item-{key}"),
        at=at,
        severity=severity,
        outcome=Outcome.SENT,
        why=why,
        reasons=(Reason(RuleId("claims"), severity, why),),
        developments=developments,
        source=SourceId("example-wire"),
        title=title,
        url="https://example.org/wire/1",
        publisher="Example Wire",
        published=at - dt.timedelta(minutes=7),
        seen=at,
        corrects=corrects,
    )


OUTPOSTS = Development(
    Kind.NEW_CLAIM,
    incident=IncidentId("i1"),
    claimant=SOURCES,
    via=Party("Example Television"),
    metric=Metric.CAPTURED,
    object="outposts",
    object_class=ObjectClass.POSITIONS,
    side=SOUTH,
    quantity=exactly(13),
    place=Place("the Long Ridge"),
    day=Day(dt.date(2026, 2, 26), dt.date(2026, 2, 26)),
    span=span("Northland sources told Example Television that 13 outposts were taken and 10 soldiers killed."),
)
SOLDIERS = Development(
    Kind.NEW_CLAIM,
    incident=IncidentId("i1"),
    claimant=SOURCES,
    via=Party("Example Television"),
    metric=Metric.KILLED,
    object="soldiers",
    object_class=ObjectClass.COMBATANTS,
    side=SOUTH,
    quantity=exactly(10),
    span=OUTPOSTS.span,
)
DISPUTE = Development(
    Kind.DISPUTED,
    incident=IncidentId("i1"),
    claimant=ARMY,
    metric=Metric.KILLED,
    object="soldiers",
    side=SOUTH,
    previous=exactly(10),
    other=SOURCES,
    counts=Counts(3, 2, 1),
    span=span("The army called these figures false."),
)
FIGHTERS = Development(
    Kind.NEW_CLAIM,
    incident=IncidentId("i2"),
    claimant=ARMY,
    metric=Metric.KILLED,
    object="Northland fighters",
    side=NORTH,
    quantity=exactly(133),
    span=span("It said its strikes had killed 133 Northland fighters."),
)
STRIKES = Development(
    Kind.NEW_CLAIM,
    incident=IncidentId("i0"),
    claimant=ARMY,
    metric=Metric.KILLED,
    object="fighters",
    side=NORTH,
    quantity=Quantity(70, None),
    day=Day(dt.date(2026, 2, 22), dt.date(2026, 2, 22), stated=False),
    hedged=True,
    span=span("reportedly killed at least 70 fighters"),
)
CIVILIANS = Development(
    Kind.CONTRADICTED,
    incident=IncidentId("i0"),
    claimant=MINISTRY,
    metric=Metric.KILLED,
    object="civilians",
    object_class=ObjectClass.CIVILIANS,
    side=NORTH,
    quantity=exactly(31),
    previous=Quantity(70, None),
    previous_object="fighters",
    other=ARMY,
    counts=Counts(4, 2, 2),
    uncertain="the place is not named",
    span=span("The ministry insisted that 31 civilians had died."),
)
RAISED = Development(
    Kind.REVISED_UP,
    incident=IncidentId("i0"),
    claimant=ARMY,
    metric=Metric.KILLED,
    object="fighters",
    side=NORTH,
    quantity=exactly(80),
    previous=Quantity(70, None),
    span=span("The army now speaks of 80 fighters killed."),
)
RIVAL = Development(
    Kind.RIVAL,
    incident=IncidentId("i0"),
    claimant=Party("a doctor at the district hospital"),
    metric=Metric.KILLED,
    object="people",
    side=NORTH,
    quantity=Quantity(22, 22, approx=True),
    previous=exactly(31),
    previous_object="civilians",
    other=MINISTRY,
    span=span("A doctor at the district hospital counted about 22 bodies."),
)
DENIAL = Development(
    Kind.DENIED,
    incident=IncidentId("i3"),
    claimant=MINISTRY,
    other=ARMY,
    span=span("No such ambush took place, the ministry said."),
)
CAPITAL = Development(
    Kind.ESCALATED,
    incident=IncidentId("i4"),
    rung="strikes on the capital",
    span=span("Jets struck the capital early on Friday."),
)
WITHDRAWN = Development(
    Kind.RETRACTED,
    incident=IncidentId("i3"),
    claimant=Party("Example Wire"),
    metric=Metric.KILLED,
    object="soldiers",
    side=SOUTH,
    previous=exactly(40),
    span=span("Kill the story: the 40 dead were of another year."),
)
TOTAL = Development(
    Kind.NEW_CLAIM,
    claimant=ARMY,
    metric=Metric.KILLED,
    object="fighters",
    side=NORTH,
    quantity=exactly(210, total=True),
    span=span("210 fighters since Sunday, the army said."),
)
CONFIRMED = Development(
    Kind.CONFIRMED,
    claimant=ARMY,
    metric=Metric.KILLED,
    object="soldiers",
    side=SOUTH,
    quantity=exactly(2),
    previous=exactly(2),
    other=SOURCES,
    span=span("The army confirmed the death of two soldiers."),
)
CORROBORATED = Development(
    Kind.CORROBORATED,
    claimant=Party("the UN mission"),
    metric=Metric.KILLED,
    object="civilians",
    side=NORTH,
    quantity=Quantity(24, None, vague=True),
    other=MINISTRY,
    counts=Counts(9, 3, 2),
    span=span("The mission, too, spoke of dozens of civilians killed."),
)
BURST = Development(Kind.BURST, note="14 reports in 10 minutes, usually 1")
QUIET = Development(Kind.QUIET, note="no report for 6 hours, usually every 20 minutes")
FIRST = Development(Kind.FIRST_SEEN, claimant=None, note="")
CALMED = Development(Kind.DE_ESCALATED, rung="cease-fire", claimant=MINISTRY, span=span("A cease-fire holds."))
NEW_STORY = Development(Kind.NEW_STORY)
KEYWORD = Development(Kind.ITEM)

ALERTS = {
    "new_claim": alert(OUTPOSTS, SOLDIERS),
    "new_claim_hedged": alert(STRIKES),
    "dispute_and_new_claims": alert(DISPUTE, FIGHTERS),
    "contradiction": alert(CIVILIANS, severity=Severity.CRITICAL),
    "revised_up": alert(RAISED),
    "rival": alert(RIVAL),
    "denial": alert(DENIAL),
    "escalation": alert(CAPITAL, FIGHTERS, severity=Severity.CRITICAL),
    "de_escalation": alert(CALMED, severity=Severity.LOW),
    "retraction": alert(WITHDRAWN),
    "total": alert(TOTAL, severity=Severity.LOW),
    "confirmed": alert(CONFIRMED),
    "corroborated": alert(CORROBORATED),
    "burst": alert(BURST, severity=Severity.LOW),
    "quiet": alert(QUIET, severity=Severity.LOW),
    "first_seen": alert(FIRST, severity=Severity.LOW),
    "new_story": alert(NEW_STORY, severity=Severity.LOW),
    "item": alert(KEYWORD, severity=Severity.LOW),
}
