"""How fast messages may go."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.limits import PAUSES, Limiter, Pause, Rates
from monitor.core.view import Put
from monitor.model import ChatId, Message, MessageId
from monitor.store.memory import MemoryView

NOW = dt.datetime(2026, 2, 26, 18, tzinfo=dt.UTC)
START = NOW.timestamp()


def message(chat, number=0):
    return Message(MessageId(f"{chat}-{number}"), ChatId(chat), "alert", (), NOW)


def after(seconds):
    return NOW + dt.timedelta(seconds=seconds)


def test_a_chat_gets_one_message_a_second():
    limiter, view = Limiter(), MemoryView()
    assert len(limiter.choose([message(1)], view, NOW)) == 1
    assert limiter.choose([message(1)], view, after(1.0)) == []
    assert len(limiter.choose([message(1)], view, after(1.06))) == 1


def test_one_chat_s_limit_does_not_hold_the_others_up():
    limiter, view = Limiter(), MemoryView()
    limiter.choose([message(1)], view, NOW)
    assert [m.chat for m in limiter.choose([message(1), message(2)], view, NOW)] == [2]


def test_a_group_gets_fewer_than_twenty_a_minute():
    limiter, view = Limiter(), MemoryView()
    sent = sum(len(limiter.choose([message(-5, n)], view, after(1.1 * n))) for n in range(50))
    assert sent == 19


def test_over_all_no_second_holds_more_than_the_rate():
    limiter, view = Limiter(Rates(overall=(28, 1.0))), MemoryView()
    assert len(limiter.choose([message(c) for c in range(1, 100)], view, NOW)) == 28
    assert limiter.choose([message(c) for c in range(100, 200)], view, after(0.9)) == []
    assert limiter.wait(after(0.9)) == pytest.approx(0.1, abs=0.001)
    assert len(limiter.choose([message(c) for c in range(100, 200)], view, after(1.0))) == 28


def test_a_paused_chat_gets_nothing_before_its_time_also_after_a_restart():
    view = MemoryView()
    view.apply([Put(PAUSES, Pause(ChatId(1), START, START + 40))])
    assert Limiter().choose([message(1), message(2)], view, after(39)) == [message(2)]
    assert Limiter().choose([message(1)], view, after(40)) == [message(1)]


def test_three_floods_at_once_pause_everybody_until_the_first_of_them_is_over():
    view = MemoryView()
    view.apply([Put(PAUSES, Pause(ChatId(c), START, START + 2 + c)) for c in (1, 2, 3)])
    assert Limiter().choose([message(9)], view, after(1)) == []
    assert Limiter().choose([message(9)], view, after(3)) == [message(9)]


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(-3, 40).filter(bool)), max_size=300))
@settings(max_examples=50, deadline=None)
def test_no_window_of_time_ever_holds_more_than_its_rate(calls):
    rates, view, sent, at = Rates(), MemoryView(), [], 0.0
    limiter = Limiter(rates)
    for pause, chat in calls:
        at += pause / 10
        sent += [(at, m.chat) for m in limiter.choose([message(chat)], view, after(at))]
    for count, seconds, of in (
        (*rates.overall, sent),
        *((*rates.chat, [s for s in sent if s[1] == c]) for c in {c for _, c in sent}),
    ):
        times = [t for t, _ in of]
        assert all(sum(t <= u < t + seconds - 0.001 for u in times) <= count for t in times)
