"""What counts as new: each item once, whatever publishers do to ids, addresses, titles, dates and order."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.intake import FLOOD, MAX_VERSIONS, sort, with_alerts
from monitor.core.parse.document import Document
from monitor.core.parse.entries import MAX_ENTRIES
from monitor.model import Source, SourceId, SourceKind

from .desk import HOUR, NOW, Desk, entry, titles

DAY = dt.timedelta(days=1)
TEN = "Ten soldiers killed at the border post, army says"
CRICKET = "Cricket board names its squad for the summer tour"


@pytest.fixture
def desk() -> Desk:
    """A source that has been polled once."""
    desk = Desk()
    desk.poll(entry("Old", url="https://example.org/old"))
    return desk


def test_first_contact_is_a_silent_baseline():
    first = Desk().poll(entry("A"), entry("B"))
    assert first.baseline
    assert [item.baseline for item in first.items] == [True, True]


def test_an_empty_document_is_no_first_contact_and_changes_nothing(desk):
    fresh = Desk()
    assert fresh.poll().items == ()
    assert fresh.poll(entry("A")).baseline
    before = dict(desk.records)
    assert desk.poll().items == ()
    assert desk.records == before
    assert desk.poll(entry("Old", url="https://example.org/old")).items == ()


def test_new_entries_enter_oldest_first(desk):
    result = desk.poll(
        entry("New", at=NOW), entry("Undated"), entry("Older", at=NOW - HOUR), entry("Oldest", at=NOW - 2 * HOUR)
    )
    assert titles(result) == ["Oldest", "Older", "New", "Undated"]


def test_undated_entries_enter_from_the_end_of_the_document(desk):
    assert titles(desk.poll(entry("3"), entry("2"), entry("1"))) == ["1", "2", "3"]


def test_an_item_is_new_once(desk):
    assert titles(desk.poll(entry(TEN))) == [TEN]
    assert titles(desk.poll(entry(TEN))) == []
    desk.poll(entry("Other"))
    assert titles(desk.poll(entry(TEN), later=60 * DAY)) == []


def test_a_changed_entry_is_the_next_version_of_the_same_item(desk):
    new = desk.poll(entry(TEN, "1", text="Ten."))
    changed = desk.poll(entry(TEN.replace("Ten", "Twelve"), "1", text="Twelve."))
    assert titles(changed) == ["Twelve soldiers killed at the border post, army says#2"]
    assert changed.items[0].id == new.items[0].id
    assert changed.items[0].seen > new.items[0].seen


def test_spaces_and_dates_are_no_change(desk):
    desk.poll(entry(TEN, "1", text="a  b", at=NOW))
    assert desk.poll(entry(TEN, "1", text="a b", at=NOW + HOUR)).items == ()


def test_a_text_that_changes_all_the_time_is_ignored_in_the_end(desk):
    results = [desk.poll(entry("Clock", text=str(i))) for i in range(MAX_VERSIONS + 5)]
    assert sum(len(result.items) for result in results) == MAX_VERSIONS
    assert results[-1].refused == (("Clock", f"changed more than {MAX_VERSIONS} times"),)


def test_the_same_words_at_the_same_time_under_another_id_are_known(desk):
    desk.poll(entry(TEN, "1", url="https://example.org/1", text="x", at=NOW))
    assert desk.poll(entry(TEN, "2", url="https://example.org/2", text="x", at=NOW), known=1).items == ()


def test_the_same_title_on_another_day_is_another_item(desk):
    daily = "Morning briefing: what you need to know"
    desk.poll(entry(daily, "1", url="https://example.org/1", at=NOW))
    assert titles(desk.poll(entry(daily, "2", url="https://example.org/2", at=NOW + DAY), entry("Old"))) == [daily]


def test_the_same_address_under_another_id_is_known(desk):
    desk.poll(entry(TEN, "1", url="https://example.org/1"))
    assert desk.poll(entry(TEN, "2", url="https://example.org/1"), known=1).items == ()


def test_an_address_that_many_share_identifies_nothing(desk):
    desk.poll(entry(TEN, "1", url="https://example.org/live"))
    assert titles(desk.poll(entry(CRICKET, "2", url="https://example.org/live"), known=1)) == [CRICKET]


def test_an_id_used_again_for_another_story_is_a_new_item(desk):
    first = desk.poll(entry(TEN, "1", url="https://example.org/a", at=NOW))
    second = desk.poll(entry(CRICKET, "1", url="https://example.org/b", at=NOW + DAY))
    assert titles(second) == [CRICKET]
    assert first.items[0].id != second.items[0].id
    assert desk.poll(entry(CRICKET, "1", url="https://example.org/b", at=NOW + DAY)).items == ()


def test_a_headline_rewritten_with_its_address_is_an_edit(desk):
    desk.poll(entry(TEN, "1", url="https://example.org/ten-killed", at=NOW))
    edit = desk.poll(entry("Clash at the frontier", "1", url="https://example.org/clash", at=NOW))
    assert titles(edit) == ["Clash at the frontier#2"]


def test_two_entries_of_one_document_are_never_one_item(desk):
    one, other = (
        entry(TEN, "1", url="https://example.org/x", text="1"),
        entry(TEN, "2", url="https://example.org/x", text="2"),
    )
    assert len(desk.poll(one, other).items) == 2
    assert desk.poll(one, other).items == ()


def test_exact_repetitions_within_a_document_are_one_item(desk):
    copies = [entry(TEN, str(i), url="https://example.org/x", text="same") for i in range(3)]
    assert len(desk.poll(*copies).items) == 1


# --- ids that change, windows that roll over -----------------------------------------------


def stories(numbers, *, prefix="", shift=0):
    return [
        entry(
            f"Story number {i} of the day",
            f"{prefix}{i}",
            url=f"https://example.org/{i}",
            at=NOW + i * HOUR,
            text=f"{shift}",
        )
        for i in numbers
    ]


def test_a_source_that_gives_everything_other_ids_is_rekeyed():
    desk = Desk()
    desk.poll(*stories(range(10)))
    moved = [replace(e, url=f"{e.url}/v2") for e in stories(range(2, 12), prefix="new-")]
    result = desk.poll(*moved)
    assert (result.rekeyed, result.gap) == (8, False)
    assert titles(result) == ["Story number 10 of the day", "Story number 11 of the day"]
    assert desk.poll(*moved).items == ()


def test_a_window_that_rolled_over_loses_nothing_and_is_told():
    desk = Desk()
    desk.poll(*stories(range(10)))
    result = desk.poll(*stories(range(50, 60)))
    assert len(result.items) == 10
    assert (result.gap, result.rekeyed, result.baseline) == (True, 0, False)


def test_a_document_with_known_entries_has_no_gap(desk):
    assert not desk.poll(entry("New"), entry("Old", url="https://example.org/old")).gap
    assert not desk.poll(entry("Newer"), known=1).gap


def test_a_flood_is_taken_in_and_marked(desk):
    result = desk.poll(*stories(range(FLOOD + 1)))
    assert result.flood
    assert len(result.items) == FLOOD + 1
    assert all("flood" in item.marks for item in result.items)
    assert not desk.poll(*stories(range(300, 300 + FLOOD))).flood


def test_evergreens_are_new_and_marked(desk):
    (item,) = desk.poll(entry("Evergreen", at=NOW - 30 * DAY)).items
    assert "old" in item.marks


# --- CAP -----------------------------------------------------------------------------------


def test_an_update_is_a_new_version_of_the_alert_that_it_replaces(desk):
    (alert,) = desk.poll(entry("Flood", "A1", text="two metres")).items
    (update,) = desk.poll(entry("Flood", "A2", text="three metres", replaces=("A1",))).items
    (cancel,) = desk.poll(entry("Cancelled: Flood", "A3", text="over", replaces=("A2",))).items
    assert (update.id, update.version) == (alert.id, 2)
    assert (cancel.id, cancel.version) == (alert.id, 3)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_chain_of_alerts_in_one_document_is_one_item(desk, order):
    chain = [
        entry("Flood", "A1", text="two metres"),
        entry("Flood", "A2", text="three metres", replaces=("A1",)),
        entry("Cancelled: Flood", "A3", text="over", replaces=("A1", "A2")),
    ]
    document = [chain[place] for place in order]
    assert titles(desk.poll(*document)) == ["Flood", "Flood#2", "Cancelled: Flood#3"]
    assert desk.poll(*document).items == ()


def test_an_alert_that_stays_beside_its_update_does_not_come_back(desk):
    alert, update = entry("Flood", "A1", text="two"), entry("Flood", "A2", text="three", replaces=("A1",))
    (item,) = desk.poll(alert).items
    (changed,) = desk.poll(alert, update).items
    assert (changed.id, changed.version, changed.text) == (item.id, 2, "three")
    assert desk.poll(update, alert).items == desk.poll(update).items == ()


def test_alerts_that_replace_each_other_are_all_read(desk):
    ring = [entry(name, name, replaces=(other,)) for name, other in (("A", "B"), ("B", "C"), ("C", "A"), ("D", "D"))]
    assert titles(desk.poll(*ring)) == ["D", "B", "A#2", "C#3"]
    assert desk.poll(*ring).items == ()


def test_a_chain_as_long_as_a_document_is_read(desk):
    chain = [entry(f"{n}", replaces=(f"{n + 1}",)) for n in range(MAX_ENTRIES)]
    (*_, last) = desk.poll(*chain).items
    assert (last.title, last.version) == ("0", MAX_ENTRIES)
    assert desk.poll(*chain).items == ()
    (more,) = desk.poll(entry("more", replaces=("0",)), *chain).items
    assert (more.id, more.version) == (last.id, MAX_ENTRIES + 1)


def test_the_alerts_of_an_index_are_taken_in_the_order_in_which_they_were_sent():
    source = Source(SourceId("s"), "https://example.org/", "E", "E", SourceKind.OFFICIAL, format="cap")
    index = Document("rss", (entry("First", "1"), entry("Second", "2"), entry("Third", "3")))
    taken = sort(index, [], source, now=NOW, first=False)
    ids = {item.title: item.id for item in taken.items}
    alerts = {
        ids["First"]: entry("Flood", "A1", at=NOW - HOUR, marks=("cap:Actual", "cap:Alert")),
        ids["Second"]: entry("Flood up", "A2", at=NOW - HOUR, marks=("cap:Actual", "cap:Update"), replaces=("A1",)),
        ids["Third"]: entry("Storm", "B1", at=NOW - 2 * HOUR, marks=("cap:Actual", "cap:Alert")),
    }
    found = with_alerts(taken, alerts, [], source)
    assert titles(found) == ["Storm", "Flood", "Flood up#2"]
    assert found.items[1].id == found.items[2].id


def test_a_signature_and_an_expiry_change_nothing_that_an_alert_says(desk):
    desk.poll(entry("Flood", "A1", marks=("cap:Alert", "cap:unsigned")))
    assert desk.poll(entry("Flood", "A1", marks=("cap:Alert", "cap:expired", "cap:signed"))).items == ()


@pytest.mark.parametrize("status", ["Test", "Exercise", "Draft", "System", "Ack", "Error"])
def test_what_is_not_actual_is_refused_with_its_reason(desk, status):
    result = desk.poll(entry("Flood", "A1", marks=(f"cap:{status}", "cap:Alert")))
    assert (result.items, result.seen) == ((), ())
    assert result.refused == (("A1", f"not real: cap:{status}, cap:Alert"),)


# --- languages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "declared", "title", "language"),
    [
        ("en", "", "Ten killed", "en"),
        ("tr", "en", "On ölü", "tr"),
        ("en", "de", "Zehn Tote", "de"),
        ("ps", "en", "Ten killed", "en"),
    ],
)
def test_the_operator_knows_the_language_better_than_web_software(own, declared, title, language):
    desk = Desk(Source(SourceId("s"), "https://example.org/", "E", "E", SourceKind.WIRE, language=own))
    assert desk.poll(entry(title, lang=declared)).items[0].lang == language


# --- any history ---------------------------------------------------------------------------

POLLS = st.lists(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 1)), max_size=6, unique_by=lambda e: e[0]), max_size=8
)


@settings(max_examples=80, deadline=None)
@given(POLLS)
def test_in_any_history_nothing_is_new_twice_and_nothing_is_lost(polls):
    desk, new = Desk(), []
    for poll in polls:
        result = desk.poll(*(e for number, text in poll for e in stories([number], shift=text)))
        new += [item.title for item in result.items if item.version == 1]
        assert set(titles(result)) >= {i.title for i in result.items if i.version == 1}
    assert sorted(new) == sorted({f"Story number {number} of the day" for poll in polls for number, _ in poll})
