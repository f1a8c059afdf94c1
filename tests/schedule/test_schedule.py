"""When a source is looked at next, after good polls and bad ones."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import schedule
from monitor.core.intake import Intake
from monitor.core.parse import Document
from monitor.core.schedule import PROVEN, Pace, SourceState, Validators
from monitor.errors import FetchError, ParseError
from monitor.model import Entry, Item, ItemId, Source, SourceId, SourceKind

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
SOURCE = Source(SourceId("s"), "https://example.org/feed", "E", "E", SourceKind.WIRE)
KNOWN = Document("rss", (), known=1)


def state(**values) -> SourceState:
    return replace(SourceState(SOURCE.id, NOW), **values)


def polled(before: SourceState, *, at=NOW, source=SOURCE, pace=Pace(), document=KNOWN, new=(), chance=0.5, **more):  # noqa: B008
    """The state after a good poll that brought items published at these times."""
    items = tuple(Item(ItemId(str(t)), SOURCE.id, at, "T", "", published=t) for t in new)
    return schedule.succeeded(
        before,
        source,
        validators=Validators(),
        pace=pace,
        document=document,
        intake=Intake(items=items),
        now=at,
        chance=chance,
        **more,
    )


def failed(before: SourceState, kind: str, *, at=NOW, retry_after=None, chance=0.5) -> SourceState:
    return schedule.failed(before, SOURCE, FetchError(kind, kind, retry_after), now=at, chance=chance)


def wait(after: SourceState, at=NOW) -> float:
    return (after.due - at).total_seconds()


def with_rhythm(every: dt.timedelta, *, days: int = 7, at=NOW) -> SourceState:
    """A source that has published at even intervals for some days."""
    times = [at - every * i for i in range(int(dt.timedelta(days=days) / every))]
    return polled(state(), at=at, new=times)


# --- rhythm ------------------------------------------------------------------------------


def test_a_new_source_is_due_at_once():
    assert 0 <= wait(schedule.first(SOURCE, NOW, 0.99)) <= 30


def test_busier_sources_are_looked_at_more_often_as_the_root_of_their_rate():
    slow, fast = with_rhythm(3.7 * HOUR), with_rhythm(3.7 * HOUR / 16)
    assert 10 <= slow.interval / 60 <= 60
    assert slow.interval > 2 * fast.interval


def test_intervals_stay_within_the_sources_own_bounds():
    assert polled(state()).interval == SOURCE.max_interval
    assert with_rhythm(10 * SECOND, days=1).interval == SOURCE.min_interval


def test_intervals_follow_the_hour_of_the_day():
    noons = [NOW - DAY * i - HOUR / 12 * j for i in range(1, 7) for j in range(6)]
    after = polled(state(), new=noons)
    midnight = NOW + 12 * HOUR
    assert polled(after, at=midnight).interval > 1.5 * polled(after, at=NOW + 23.9 * HOUR).interval


def test_a_running_story_pulls_the_rhythm_up():
    assert polled(with_rhythm(HOUR), hot=True).interval < with_rhythm(HOUR).interval / 2


def test_chance_spreads_polls_by_a_tenth():
    early, late = (polled(with_rhythm(HOUR), chance=c) for c in (0.0, 0.999))
    assert wait(late) / wait(early) == pytest.approx(1.1 / 0.9, rel=0.01)


def test_caches_and_ttl_hold_polls_back_but_not_for_long():
    busy = with_rhythm(HOUR / 12)
    assert polled(busy, pace=Pace(fresh_for=500.0)).interval == 500.0
    assert polled(busy, pace=Pace(fresh_for=86400.0)).interval == 900.0
    entry = Entry("1", "", "T", "")
    assert polled(busy, document=Document("rss", (entry,), ttl=600.0)).interval == 600.0


def test_retry_after_binds_also_after_a_good_answer():
    assert polled(with_rhythm(HOUR), pace=Pace(not_before=NOW + 3 * HOUR)).due == NOW + 3 * HOUR


def test_hours_and_days_to_skip_are_skipped_within_reason():
    entry = Entry("1", "", "T", "")
    night = Document("rss", (entry,), skip_hours=(12, 13, 14))
    assert polled(state(), document=night).due == dt.datetime(2026, 3, 1, 15, tzinfo=dt.UTC)
    always = Document("rss", (entry,), skip_hours=tuple(range(24)))
    assert wait(polled(state(), document=always)) <= 13.5 * 3600
    assert NOW.weekday() == 6
    sunday = Document("rss", (entry,), skip_days=(6,))
    assert polled(state(), document=sunday).due == dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def test_success_clears_every_failure():
    after = polled(failed(failed(state(), "timeout"), "gone"))
    assert (after.failures, after.failing_since, after.error, after.what, after.parked) == (0, None, "", "", "")


def test_first_contact_is_the_first_document_with_entries():
    entry = Entry("1", "", "T", "")
    empty = polled(state(), document=Document("rss"))
    assert (empty.contacted, empty.error) == (None, "no_entries")
    assert polled(empty, document=Document("rss", (entry,))).contacted == NOW


def test_an_empty_feed_forgets_nothing():
    known = replace(with_rhythm(HOUR), validators=Validators(etag="a"), contacted=NOW - DAY)
    after = polled(known, document=Document("rss"))
    assert (after.validators, after.arrivals, after.contacted) == (known.validators, known.arrivals, known.contacted)
    assert after.failures == 1


# --- failures ----------------------------------------------------------------------------


def test_failures_back_off_doubling_up_to_a_cap():
    waits, current = [], state()
    for _ in range(12):
        current = failed(current, "timeout")
        waits.append(wait(current))
    assert waits[:4] == [60, 120, 240, 480]
    assert waits[-1] == 3600


@pytest.mark.parametrize(
    ("kind", "first", "cap"), [("http_4xx", 900, 21600), ("blocked", 900, 21600), ("too_slow", 900, 86400)]
)
def test_refusals_and_harmful_documents_back_off_further(kind, first, cap):
    assert wait(failed(state(), kind)) == first
    assert wait(failed(state(failures=50, failing_since=NOW), kind)) == cap


def test_retry_after_is_honoured_up_to_a_day():
    assert wait(failed(state(), "rate_limited", retry_after=7200.0)) == 7200
    assert wait(failed(state(), "rate_limited", retry_after=1e9)) == 86400
    assert wait(failed(state(), "rate_limited", retry_after=0.0)) == 900


def test_a_busy_host_is_no_failure():
    after = failed(state(failures=2, error="timeout"), "busy")
    assert (after.failures, after.error) == (2, "timeout")
    assert wait(after) <= 30


def test_a_source_that_is_gone_for_three_days_is_parked_and_still_looked_at():
    current, at = state(), NOW
    while at < NOW + 4 * DAY:
        current = failed(current, "gone", at=at)
        at = current.due
    assert current.parked.startswith("gone (410) since 2026-03-01")
    assert wait(current, current.polled) <= 1.1 * 86400
    assert schedule.is_bad(current, at)


def test_operators_hear_of_a_source_that_fails_for_an_hour():
    since = state(failures=3, failing_since=NOW)
    assert not schedule.is_bad(since, NOW + HOUR / 2)
    assert schedule.is_bad(since, NOW + HOUR)
    assert not schedule.is_bad(state(), NOW)


def test_a_silent_source_is_stale_by_its_own_rhythm():
    hourly = with_rhythm(HOUR)
    assert not schedule.is_stale(hourly, NOW + 12 * HOUR)
    assert schedule.is_stale(hourly, NOW + 25 * HOUR)
    assert not schedule.is_stale(with_rhythm(DAY / 2), NOW + 4 * DAY)


def test_an_office_that_rests_on_weekends_is_not_stale_on_mondays():
    monday = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    days = [monday - DAY * n for n in range(1, 14) if (monday - DAY * n).weekday() < 5]
    busy = polled(state(), at=monday - 2.6 * DAY, new=[day + HOUR * n for day in days for n in range(9)])
    assert not schedule.is_stale(busy, monday)
    assert schedule.is_stale(busy, monday + 4 * DAY)


def test_a_source_that_was_dead_when_it_was_met_is_stale():
    assert schedule.is_stale(polled(state(), new=[NOW - 900 * DAY]), NOW)
    assert not schedule.is_stale(polled(state(), new=[NOW - 20 * DAY]), NOW)
    assert not schedule.is_stale(polled(state(), new=[None]), NOW)


def test_harmful_and_unknown_sources_are_suspect():
    good = polled(state(), document=Document("rss", (Entry("1", "", "T", ""),)))
    assert state().suspect
    assert not good.suspect
    assert failed(good, "too_slow").suspect
    assert not failed(good, "timeout").suspect


# --- moves -------------------------------------------------------------------------------


def test_a_permanent_redirect_is_believed_when_it_has_proven_itself():
    current = state()
    for _ in range(PROVEN):
        assert schedule.address(current, SOURCE) == SOURCE.url
        current = polled(current, moved="https://new.example/feed")
    assert schedule.address(current, SOURCE) == "https://new.example/feed"
    assert schedule.address(polled(current), SOURCE) == "https://new.example/feed"


def test_a_redirect_that_changes_its_mind_starts_anew():
    current = state()
    for target in ("https://a.example/", "https://b.example/") * PROVEN:
        current = polled(current, moved=target)
    assert schedule.address(current, SOURCE) == SOURCE.url
    assert polled(polled(state(), moved="https://a.example/")).moved == ""


def test_an_address_that_stops_answering_is_given_up():
    current = state(moved="https://new.example/feed", moved_proven=PROVEN, moved_from=SOURCE.url)
    for _ in range(PROVEN):
        current = failed(current, "dns")
    assert schedule.address(current, SOURCE) == SOURCE.url


def test_an_empty_answer_is_asked_about_without_conditions():
    known = state(validators=Validators("https://example.org/feed", etag='"a"'))
    assert failed(known, "empty").validators == Validators()
    assert failed(known, "timeout").validators == known.validators


def test_an_edited_address_is_asked_itself():
    current = state(moved="https://new.example/feed", moved_proven=PROVEN, moved_from="https://old.example/feed")
    assert schedule.address(current, SOURCE) == SOURCE.url


def test_others_at_the_address_that_a_source_moved_to_are_known():
    moved = state(moved="https://new.example/feed", moved_proven=PROVEN, moved_from=SOURCE.url)
    there, too, off, page = (
        replace(SOURCE, id=SourceId(name), url=url, **more)
        for name, url, more in [
            ("there", "http://new.example/feed/", {}),
            ("too", SOURCE.url, {}),
            ("off", "https://new.example/feed", {"enabled": False}),
            ("page", "https://new.example/feed", {"selectors": (("item", "li"),)}),
        ]
    )
    others = [(SOURCE, moved), (there, None), (too, replace(moved, source=too.id)), (off, None), (page, None)]
    assert schedule.sharing("https://new.example/feed", SOURCE, others) == ("there", "too")


# --- any history -------------------------------------------------------------------------

EVENTS = st.lists(
    st.one_of(
        st.sampled_from(["timeout", "gone", "blocked", "too_slow", "busy", "http_5xx", "empty"]),
        st.lists(st.integers(-100_000, 0), max_size=5),
    ),
    max_size=25,
)


@given(EVENTS, st.floats(0, 0.999), st.floats(0, 1e9))
def test_whatever_happens_a_source_is_always_looked_at_again_within_a_day_and_a_half(events, chance, fresh):
    current, at = schedule.first(SOURCE, NOW, chance), NOW
    for event in events:
        if isinstance(event, str):
            error = ParseError(event, "") if event == "empty" else FetchError(event, "", fresh)
            current = schedule.failed(current, SOURCE, error, now=at, chance=chance)
        else:
            times = [at + SECOND * t for t in event]
            current = polled(current, at=at, new=times, pace=Pace(fresh_for=fresh), chance=chance)
        assert dt.timedelta() <= current.due - at <= 1.5 * DAY
        at = current.due
