"""Messages that are out are kept up to date, silently."""

import dataclasses
import datetime as dt

import pytest

from monitor.core import audience
from monitor.core.counters import recounted
from monitor.core.incidents import Scene
from monitor.core.ledger import LEDGER, Entry, Figure
from monitor.core.origins import Voice
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.view import Draft, Put
from monitor.model import ChatId, ClaimId, IncidentId, ItemId, Metric, Stance, Subscriber
from monitor.store.memory import MemoryView
from tests.render.samples import AT, OUTPOSTS, SOURCES, WATCH, alert

CLAIM = dataclasses.replace(OUTPOSTS, key="k")
SENT = alert(CLAIM)


def entry(outlets, origins, voice="northland sources"):
    figure = Figure(
        ClaimId("c"),
        CLAIM.quantity,
        AT.timestamp(),
        AT.timestamp(),
        ItemId("i"),
        1,
        CLAIM.span,
        outlets=tuple(f"outlet {n}" for n in range(outlets)),
        origins=tuple(f"origin {n}" for n in range(origins)),
    )
    return Entry(
        voice,
        "k",
        IncidentId("i1"),
        Voice(voice, voice),
        SOURCES,
        Stance.ASSERTS,
        Metric.CAPTURED,
        None,
        "outposts",
        None,
        False,
        False,
        Scene(),
        (figure,),
    )


class Desk:
    def __init__(self, sent=SENT):
        self.sent_alert = sent
        self.view, self.now = MemoryView(), AT
        self.view.apply([Put(SUBSCRIBERS, Subscriber(ChatId(1), (WATCH,)))])
        self.view.apply([Put(SUBSCRIBERS, Subscriber(ChatId(0), (WATCH,), kind="terminal"))])
        draft = Draft(self.view)
        draft.put(ALERTS, sent)
        self.sent = audience.audience(sent, draft, AT)
        self.view.apply(draft.changes())

    def grown(self, *entries, minutes=1):
        self.now += dt.timedelta(minutes=minutes)
        self.view.apply([Put(LEDGER, e) for e in entries])
        draft = Draft(self.view)
        messages = audience.due(draft, self.now)
        self.view.apply(draft.changes())
        return messages

    def shown(self):
        return recounted(self.sent_alert, self.view).developments[0].counts


@pytest.fixture
def desk():
    return Desk()


def test_a_new_origin_edits_the_message_silently(desk):
    [edit] = desk.grown(entry(3, 2))
    original = next(m for m in desk.sent if m.chat == 1)
    assert (edit.kind, edit.chat, edit.silent, edit.reply_to) == ("edit", 1, True, original.id)
    assert (desk.shown().outlets, desk.shown().origins) == (3, 2)


def test_the_same_counts_again_edit_nothing(desk):
    desk.grown(entry(3, 2))
    assert desk.grown(entry(3, 2)) == ()


def test_outlets_count_by_steps_that_matter(desk):
    assert desk.grown(entry(1, 1)) == ()
    assert len(desk.grown(entry(3, 1))) == 1
    assert desk.grown(entry(4, 1)) == ()
    assert len(desk.grown(entry(9, 1))) == 1


def test_there_is_at_most_one_edit_a_minute(desk):
    assert len(desk.grown(entry(3, 2))) == 1
    assert desk.grown(entry(20, 9), minutes=0.5) == ()
    assert len(desk.grown(minutes=0.6)) == 1


def test_a_figure_that_another_voice_vouches_for_is_an_account_more(desk):
    desk.grown(entry(1, 1), entry(1, 1, "the mission"))
    assert desk.shown().claimants == 2


def test_what_is_one_voice_in_the_watch_is_counted_once():
    development = dataclasses.replace(CLAIM, one_voice=(("origin 1", "origin 0"), ("the mission", "northland sources")))
    desk = Desk(alert(development))

    desk.grown(entry(3, 3), entry(1, 1, "the mission"))
    assert (desk.shown().outlets, desk.shown().origins, desk.shown().claimants) == (3, 2, 1)


def test_old_messages_are_left_alone(desk):
    assert desk.grown(entry(9, 9), minutes=60 * 13) == ()
