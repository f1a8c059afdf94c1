"""What every store promises: see `monitor.store.base.Store`."""

import threading
from dataclasses import replace

import pytest

from monitor.core.view import Drop
from monitor.errors import StaleLease
from monitor.model import ChatId, MessageId, MessageState, Severity, SourceId
from monitor.store.base import Decided

from .samples import NOON, NOTES, at, item, message, note

S1, S2, S3 = map(SourceId, ("s1", "s2", "s3"))


def polled(store, *sources, now=NOON, owner="a", limit=10):
    """Lease what is due, after enrolling."""
    store.enroll(dict.fromkeys(sources, NOON))
    return store.lease_sources(owner, now, now + (at(60) - NOON), limit)


def accepted(store, *items):
    (lease,) = polled(store, S1)
    store.accept(lease, items, (), NOON)


def decider(store, owner="a", now=NOON):
    return store.lease_role("decider", owner, now, now + (at(60) - NOON))


def taken(store, *names, owner="a", now=NOON):
    return store.lease_messages(owner, now, now + (at(60) - NOON), [MessageId(name) for name in names])


def names(messages):
    return [m.id for m in messages]


# --- tables ---


def test_a_record_is_found_by_its_key_and_by_each_value_of_its_indexes(store):
    store.apply([note("a", 1, ["x", "y"], 7), note("b", 2, ["y"])])
    view = store.view()
    assert view.get(NOTES, "a").words == ("x", "y")
    assert view.get(NOTES, "c") is None
    assert [r.key for r in view.find(NOTES, "word", ["x", "y"])] == ["b", "a"]
    assert [r.key for r in view.find(NOTES, "number", [7])] == ["a"]
    assert view.find(NOTES, "word", []) == []


def test_a_later_record_replaces_the_earlier_one_and_its_index_values(store):
    store.apply([note("a", 1, ["x"]), note("a", 2, ["y"]), note("a", 3, ["z"])])
    view = store.view()
    assert view.find(NOTES, "word", ["x", "y"]) == []
    assert [r.time for r in view.find(NOTES, "word", ["z"])] == [3]
    assert len(view.latest(NOTES, limit=10)) == 1


def test_what_is_dropped_is_neither_found_nor_got_and_may_come_again(store):
    store.apply([note("a", 1, ["x"]), note("b", 2, ["x"])])
    store.apply([Drop(NOTES, "a"), Drop(NOTES, "never there")])
    view = store.view()
    assert view.get(NOTES, "a") is None
    assert [r.key for r in view.find(NOTES, "word", ["x"])] == ["b"]
    store.apply([Drop(NOTES, "a"), note("a", 3, ["y"])])
    assert view.get(NOTES, "a").words == ("y",)


def test_answers_come_newest_first_with_ties_by_key_bounded_by_time_and_number(store):
    store.apply([note(key, time, ["w"]) for key, time in (("b", 1), ("a", 1), ("c", 3), ("d", -2))])
    view = store.view()
    assert [r.key for r in view.find(NOTES, "word", ["w"])] == ["c", "a", "b", "d"]
    assert [r.key for r in view.find(NOTES, "word", ["w"], since=1, limit=2)] == ["c", "a"]
    assert [r.key for r in view.latest(NOTES, since=1, limit=9)] == ["c", "a", "b"]
    assert [r.key for r in view.latest(NOTES, limit=1)] == ["c"]


def test_numbers_and_words_are_different_values_and_large_numbers_keep_apart(store):
    store.apply([note("a", words=["1"]), note("b", number=1), note("c", number=2**63), note("d", number=2**64 - 1)])
    view = store.view()
    assert [r.key for r in view.find(NOTES, "word", ["1"])] == ["a"]
    assert view.find(NOTES, "word", [1]) == []
    assert [r.key for r in view.find(NOTES, "number", [2**63])] == ["c"]
    assert [r.key for r in view.find(NOTES, "number", [1, 2**64 - 1])] == ["b", "d"]


def test_pruning_forgets_old_records_decided_items_and_settled_messages_only(store):
    accepted(store, item("old"), item("waiting"))
    seq = store.undecided(1)[0].seq
    store.commit(decider(store), [Decided(seq, messages=(message("sent"), message("unsent")))])
    (held,) = taken(store, "sent")
    store.settle(held.lease, replace(held.message, state=MessageState.SENT))
    store.apply([note("a", 1, ["w"]), note("b", at(20).timestamp(), ["w"])])
    assert store.prune([NOTES], at(10)) == 3
    assert [r.key for r in store.view().find(NOTES, "word", ["w"])] == ["b"]
    assert [i.id for i in store.history()] == ["waiting"]
    assert store.message(MessageId("sent")) is None
    assert names(store.messages_of("a1")) == ["unsent"]


# --- poll ---


def test_due_sources_are_leased_longest_due_first_and_to_one_owner_only(store):
    store.enroll(dict.fromkeys([S1], at(5)))
    store.enroll(dict.fromkeys([S1, S2], at(1)))
    assert [lease.name for lease in store.lease_sources("a", at(1), at(9), 5)] == [S2]
    assert [lease.name for lease in store.lease_sources("b", at(5), at(9), 5)] == [S1]
    assert store.lease_sources("c", at(8), at(20), 5) == []
    assert [lease.name for lease in store.lease_sources("c", at(9), at(20), 1)] == [S2]


def test_some_sources_can_be_left_to_others(store):
    store.enroll(dict.fromkeys([S1, S2, S3], at(1)))
    assert [lease.name for lease in store.lease_sources("a", at(1), at(9), 1, [S1, S3])] == [S2]
    assert [lease.name for lease in store.lease_sources("a", at(1), at(9), 5)] == [S1, S3]


def test_enrolling_again_keeps_turns_and_rests_what_is_gone(store):
    store.enroll(dict.fromkeys([S1, S2], at(1)))
    store.enroll(dict.fromkeys([S2, S3], at(7)))
    assert [(t.source, t.due) for t in store.turns()] == [(S2, at(1)), (S3, at(7))]
    assert [lease.name for lease in store.lease_sources("a", at(9), at(20), 5)] == [S2, S3]


def test_accepting_records_items_what_is_known_and_the_next_turn_and_ends_the_lease(store):
    (lease,) = polled(store, S1)
    store.accept(lease, [item("i1"), item("i2")], [note("etag")], at(30))
    assert [u.item for u in store.undecided(9)] == [item("i1"), item("i2")]
    assert store.view().get(NOTES, "etag")
    assert store.turns()[0].due == at(30)
    assert store.turns()[0].owner is None
    with pytest.raises(StaleLease):
        store.accept(lease, [item("i3")], [note("late")], at(40))
    assert len(store.undecided(9)) == 2
    assert store.view().get(NOTES, "late") is None


def test_a_poll_that_outlived_its_lease_is_discarded_whole(store):
    (late,) = polled(store, S1)
    (present,) = store.lease_sources("b", at(60), at(120), 5)
    with pytest.raises(StaleLease):
        store.accept(late, [item("i1")], [note("etag")], at(99))
    assert store.undecided(9) == []
    assert store.view().get(NOTES, "etag") is None
    store.accept(present, [item("i1")], (), at(99))
    assert len(store.undecided(9)) == 1


def test_hastening_brings_a_turn_forward_and_never_puts_it_off(store):
    store.enroll(dict.fromkeys([S1], at(50)))
    store.hasten(S1, at(80))
    assert store.turns()[0].due == at(50)
    store.hasten(S1, at(20))
    assert store.turns()[0].due == at(20)


# --- decide ---


def test_the_inbox_is_one_order_over_all_sources_and_marks_survive(store):
    for lease, name in zip(polled(store, S1, S2), ("i1", "i2"), strict=True):
        store.accept(lease, [item(name)], (), at(60))
    first, second = store.undecided(9)
    assert first.seq < second.seq
    assert store.undecided(1) == [first]
    store.commit(decider(store), [Decided(first.seq, failed="ValueError: no")])
    assert store.undecided(9) == [second]
    assert [i.id for i in store.history()] == ["i1", "i2"]
    assert [(e.seq, e.decided, e.failed) for e in store.entries(first.item.id)] == [(first.seq, True, "ValueError: no")]
    assert [e.decided for e in store.entries(second.item.id)] == [False]
    counts = store.counts()
    assert (counts.undecided, counts.decided, counts.failed) == (1, 1, 1)


def test_what_was_passed_by_can_be_put_back_in_its_place(store):
    accepted(store, item("i1", seen=at(1)), item("i2", seen=at(2)), item("i3", seen=at(3)))
    store.commit(
        decider(store), [Decided(u.seq, failed="bug" if u.item.id != "i3" else "") for u in store.undecided(9)]
    )
    assert store.retry_failed(at(2)) == 1
    assert [u.item.id for u in store.undecided(9)] == ["i2"]
    assert store.counts().failed == 1


def test_history_starts_where_it_is_asked_to(store):
    accepted(store, item("i1", seen=at(1)), item("i2", seen=at(2)))
    assert [i.id for i in store.history(at(2))] == ["i2"]


def test_only_one_decider_at_a_time_and_its_successor_fences_it_off(store):
    accepted(store, item())
    first = decider(store, "a")
    assert decider(store, "b", at(59)) is None
    assert decider(store, "a", at(59)).fence == first.fence
    second = decider(store, "b", at(119))
    assert second.fence > first.fence
    seq = store.undecided(1)[0].seq
    with pytest.raises(StaleLease):
        store.commit(first, [Decided(seq, (note("a"),), (message(),))])
    assert store.undecided(9)
    assert store.view().get(NOTES, "a") is None
    assert store.message(MessageId("m1")) is None
    store.commit(second, [Decided(seq, (note("a"),), (message(),))])
    assert store.undecided(9) == []


def test_decisions_write_records_and_messages_once(store):
    accepted(store, item("i1"), item("i2"))
    one, two = store.undecided(2)
    store.commit(
        decider(store),
        [
            Decided(one.seq, (note("a", 1),), (message("m1"),)),
            Decided(two.seq, (note("a", 2),), (message("m1", chat=9),)),
        ],
    )
    assert store.view().get(NOTES, "a").time == 2
    assert store.message(MessageId("m1")).chat == 1


def test_time_alone_may_change_things_too(store):
    store.commit(decider(store), [Decided(None, (note("a"),), (message(),))])
    assert store.view().get(NOTES, "a")
    assert store.message(MessageId("m1"))


# --- deliver ---


def test_each_chat_offers_its_most_severe_then_oldest_message(store):
    store.apply(
        messages=[
            message("low", 1),
            message("high", 1, Severity.HIGH),
            message("high2", 1, Severity.HIGH),
            message("other", 2),
            message("critical", 3, Severity.CRITICAL),
        ]
    )
    assert names(store.waiting(NOON, 9)) == ["critical", "high", "other"]
    assert names(store.waiting(NOON, 1)) == ["critical"]


def test_a_correction_does_not_overtake_what_it_mends(store):
    store.apply(messages=[message("wrong", 1), message("mended", 1, Severity.CRITICAL, kind="correction")])
    assert names(store.waiting(NOON, 9)) == ["wrong"]


def test_a_chat_whose_next_message_is_held_or_not_due_offers_none(store):
    store.apply(messages=[message("m1", 1, not_before=at(5)), message("m2", 1), message("m3", 2), message("m4", 2)])
    assert names(store.waiting(NOON, 9)) == ["m3"]
    assert len(taken(store, "m3")) == 1
    assert store.waiting(NOON, 9) == []
    assert names(store.waiting(at(5), 9)) == ["m1"]


def test_a_message_is_taken_once_and_a_late_holder_changes_nothing(store):
    store.apply(messages=[message("m1"), message("m2", 2)])
    (late,) = taken(store, "m1", owner="a")
    assert [w.message.id for w in taken(store, "m1", "m2", owner="b")] == ["m2"]
    (present,) = taken(store, "m1", owner="b", now=at(60))
    for record in (store.hold, store.settle):
        with pytest.raises(StaleLease):
            record(late.lease, replace(late.message, state=MessageState.DEAD))
    store.hold(present.lease, replace(present.message, state=MessageState.SENDING, attempts=1))
    assert store.message(MessageId("m1")).state is MessageState.SENDING


def test_settling_records_the_outcome_with_what_else_it_changed(store):
    store.apply(messages=[message()])
    (held,) = taken(store, "m1")
    store.hold(held.lease, replace(held.message, state=MessageState.SENDING, attempts=1))
    sent = replace(held.message, state=MessageState.SENT, attempts=1, remote=77)
    store.settle(held.lease, sent, [note("pause")], [message("told", 7)])
    assert names(store.waiting(NOON, 9)) == ["told"]
    assert store.message(MessageId("m1")) == sent
    assert store.view().get(NOTES, "pause")
    assert taken(store, "m1", now=at(100)) == []
    assert store.messages([MessageState.SENT]) == [sent]
    assert store.counts().messages == {MessageState.SENT: 1, MessageState.PENDING: 1}
    with pytest.raises(StaleLease):
        store.settle(held.lease, sent)


def test_a_message_left_in_sending_is_offered_again_once_its_holder_is_gone(store):
    store.apply(messages=[message()])
    (held,) = taken(store, "m1")
    store.hold(held.lease, replace(held.message, state=MessageState.SENDING, attempts=1))
    assert store.waiting(at(59), 9) == []
    assert [m.state for m in store.waiting(at(60), 9)] == [MessageState.SENDING]
    store.recover("somebody else")
    assert store.waiting(NOON, 9) == []
    store.recover("a")
    assert [m.attempts for m in store.waiting(NOON, 9)] == [1]


def test_the_messages_of_an_alert_are_found(store):
    store.apply(messages=[message("m1", alerts=["a1", "a2"]), message("m2", 2, alerts=["a2"])])
    assert names(store.messages_of("a2")) == ["m1", "m2"]
    assert names(store.messages_of("a1")) == ["m1"]
    assert names(store.messages([MessageState.PENDING])) == ["m2", "m1"]


def test_an_upgraded_group_takes_its_unsent_messages_along(store):
    store.apply(messages=[message("m1", 1), message("m2", 1), message("m3", 1), message("m4", 2)])
    (held,) = taken(store, "m1")
    store.settle(held.lease, replace(held.message, state=MessageState.SENT))
    (moved,) = taken(store, "m2")
    store.settle(moved.lease, replace(moved.message, chat=ChatId(-100)))
    chats = {m.id: m.chat for m in store.messages([MessageState.SENT, MessageState.PENDING])}
    assert chats == {"m1": 1, "m2": -100, "m3": -100, "m4": 2}


# --- the whole ---


def test_what_may_have_arrived_holds_up_only_what_may_mend_it(store):
    store.apply(messages=[message("a", chat=1), message("b", chat=1), message("fix", chat=1, kind="correction")])
    (held,) = taken(store, "a")
    lost = replace(held.message, state=MessageState.UNCERTAIN, not_before=at(5))
    store.settle(held.lease, lost)
    assert names(store.waiting(at(1), 9)) == ["b"]
    (held,) = taken(store, "b", now=at(1))
    store.settle(held.lease, replace(held.message, state=MessageState.SENT))
    assert store.waiting(at(2), 9) == []
    assert names(store.waiting(at(6), 9)) == ["a"]
    (held,) = taken(store, "a", now=at(6))
    store.settle(held.lease, replace(held.message, state=MessageState.SENT))
    assert names(store.waiting(at(7), 9)) == ["fix"]


def test_recovery_ends_the_leases_of_this_owner_only(store):
    store.enroll(dict.fromkeys([S1, S2], NOON))
    store.lease_sources("a", NOON, at(60), 1)
    store.lease_sources("b", NOON, at(60), 1)
    decider(store, "a")
    store.recover("a")
    assert [lease.name for lease in store.lease_sources("c", NOON, at(60), 9)] == [S1]
    assert decider(store, "c").owner == "c"


def test_the_newest_beat_of_each_loop_is_kept(store):
    store.beat("poll", at(1))
    store.beat("poll", at(2))
    store.beat("decide", at(1))
    assert store.beats() == {"poll": at(2), "decide": at(1)}


def test_threads_share_a_store(store):
    store.enroll(dict.fromkeys([SourceId(f"s{n}") for n in range(40)], NOON))
    taken_by: dict[str, list[str]] = {}

    def work(owner):
        taken_by[owner] = [lease.name for _ in range(5) for lease in store.lease_sources(owner, NOON, at(60), 4)]

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = sorted(name for names in taken_by.values() for name in names)
    assert everything == sorted(f"s{n}" for n in range(40))
