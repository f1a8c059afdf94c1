"""The way of a message: what every ending of a call makes of its row."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.base import BadMarkup, Dead, Migrated, RetryAt, Sent, Uncertain
from monitor.channels.outcome import REPEATS, after, begin
from monitor.core.limits import PAUSES
from monitor.core.records import SUBSCRIBERS
from monitor.core.view import Put
from monitor.model import AlertId, ChatId, Message, MessageId, MessageState, Subscriber
from monitor.store.memory import MemoryView

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
CHAT, OPERATOR = ChatId(5), ChatId(9)


@pytest.fixture
def view():
    made = MemoryView()
    made.apply([Put(SUBSCRIBERS, Subscriber(CHAT)), Put(SUBSCRIBERS, Subscriber(OPERATOR, admin=True))])
    return made


def message(**changes):
    return replace(Message(MessageId("m1"), CHAT, "alert", (AlertId("a1"),), NOON), **changes)


def ended(view, delivery, **changes):
    return after(begin(message(**changes)), delivery, view, NOON)


def test_a_call_is_counted_before_it_is_made():
    begun = begin(message())
    assert (begun.state, begun.attempts, begun.unconfirmed) == (MessageState.SENDING, 1, 0)


def test_a_row_left_in_sending_counts_as_a_call_of_unknown_outcome():
    again = begin(begin(message()))
    assert (again.state, again.attempts, again.unconfirmed) == (MessageState.SENDING, 2, 1)


def test_a_row_left_in_sending_is_repeated_three_times_and_then_dead():
    row = begin(message())
    for repeat in range(1, REPEATS + 1):
        row = begin(row)
        assert (row.state, row.unconfirmed) == (MessageState.SENDING, repeat)
    assert begin(row).state is MessageState.DEAD
    assert begin(row).attempts == 1 + REPEATS == 4


def test_a_delivered_message_knows_its_number(view):
    settled = ended(view, Sent(77))
    assert (settled.message.state, settled.message.remote) == (MessageState.SENT, 77)
    assert not settled.notices


def test_a_refused_call_waits_longer_each_time_and_never_gives_up(view):
    waits = []
    for attempts in (0, 1, 2, 50):
        settled = ended(view, RetryAt("refused"), attempts=attempts).message
        assert (settled.state, settled.unconfirmed) == (MessageState.PENDING, 0)
        waits.append((settled.not_before - NOON).total_seconds())
    assert waits == [2, 4, 8, 300]


def test_a_flooded_chat_is_paused_for_as_long_as_it_asked(view):
    settled = ended(view, RetryAt("429", 35.0, flooded=True))
    assert settled.message.not_before == NOON + dt.timedelta(seconds=35)
    (put,) = settled.puts
    assert put.table is PAUSES
    assert (put.record.chat, put.record.until) == (CHAT, NOON.timestamp() + 35)


def test_a_lost_answer_is_tried_again_as_a_possible_repeat_and_given_up_at_last(view):
    row = message()
    for count in range(1, REPEATS + 1):
        settled = after(begin(row), Uncertain("timeout"), view, NOON)
        row = settled.message
        assert (row.state, row.unconfirmed) == (MessageState.UNCERTAIN, count)
        assert row.not_before > NOON
        assert not settled.notices
    settled = after(begin(row), Uncertain("timeout"), view, NOON)
    assert (settled.message.state, settled.message.attempts) == (MessageState.DEAD, 1 + REPEATS)
    assert [n.chat for n in settled.notices] == [OPERATOR]
    assert "m1" in settled.notices[0].text


def test_a_refusal_after_a_lost_answer_keeps_the_mark(view):
    assert ended(view, RetryAt("refused"), unconfirmed=1).message.unconfirmed == 1


def test_a_gone_chat_pauses_its_subscriber_and_is_told_of(view):
    settled = ended(view, Dead("bot was blocked by the user", chat_gone=True))
    assert settled.message.state is MessageState.DEAD
    assert [(p.record.chat, p.record.active) for p in settled.puts] == [(CHAT, False)]
    assert [n.chat for n in settled.notices] == [OPERATOR]


def test_a_dead_notice_is_not_told_of(view):
    assert not ended(view, Dead("blocked"), kind="notice").notices


def test_refused_markup_goes_out_plain_once(view):
    settled = ended(view, BadMarkup("can't parse entities"))
    assert (settled.message.state, settled.message.plain) == (MessageState.PENDING, True)
    assert settled.notices
    assert ended(view, BadMarkup("again"), plain=True).message.state is MessageState.DEAD


def test_an_upgraded_group_takes_its_subscription_along(view):
    settled = ended(view, Migrated(ChatId(-100)))
    assert (settled.message.state, settled.message.chat) == (MessageState.PENDING, -100)
    after_move = {p.record.chat: p.record.active for p in settled.puts}
    assert after_move == {CHAT: False, -100: True}


def test_a_group_that_two_calls_were_refused_for_is_moved_once(view):
    """Or what it follows would be gone: by then nothing is left under the old number."""
    view.apply(ended(view, Migrated(ChatId(-100))).puts)
    assert ended(view, Migrated(ChatId(-100))).puts == ()
    assert view.get(SUBSCRIBERS, "-100").active


ENDINGS = st.sampled_from([RetryAt("refused"), RetryAt("429", 5.0, flooded=True), Uncertain("timeout"), "crash"])


@given(st.lists(ENDINGS, max_size=20))
def test_a_message_is_sent_again_until_its_outcome_is_known_or_three_repeats_are_not(endings):
    """Whatever the calls do: at most three repeats of unknown outcome, never silence about them, no end otherwise."""
    row, unknown = message(), 0
    for ending in endings:
        begun = begin(row)
        if begun.state is MessageState.DEAD:
            row = begun
            break
        row = begun if ending == "crash" else after(begun, ending, MemoryView(), NOON).message
        unknown += ending == "crash" or isinstance(ending, Uncertain)
        if row.state is MessageState.DEAD:
            break
    assert unknown <= 1 + REPEATS
    assert (row.state is MessageState.DEAD) <= (unknown == 1 + REPEATS)
    assert row.attempts >= unknown
