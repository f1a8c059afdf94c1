"""What holds for any order and any repetition of claims."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.ledger import LEDGER
from monitor.model import ObjectClass

from .desk import ARMY, DOCTOR, MINISTRY, Desk, day, killed, kinds

SUN = day(22)
VOICES = (ARMY, MINISTRY, DOCTOR, "Sudmark sources", "United Nations monitors", None)
OUTLETS = ("wire", "agency", "times", "post")

figures = st.integers(1, 400)
told = st.tuples(st.sampled_from(VOICES), figures, st.sampled_from(OUTLETS))


def tell(desk: Desk, said: tuple[str | None, int, str], **more: object):
    who, figure, outlet = said
    return desk.tells(outlet, killed(who, figure, of=ObjectClass.CIVILIANS, on=SUN), **more)


@given(st.lists(told, max_size=12))
@settings(max_examples=60, deadline=None)
def test_telling_everything_once_more_in_any_outlet_changes_nothing(stream):
    desk = Desk()
    for said in stream:
        tell(desk, said, later=0.1)
    again = [tell(desk, (who, figure, "post"), later=0.1) for who, figure, _ in reversed(stream)]
    assert [kinds(d) for d in again] == [[] for _ in stream]


@given(st.lists(told, max_size=10))
@settings(max_examples=40, deadline=None)
def test_the_same_stream_gives_the_same_ledger_and_the_same_developments(stream):
    one, two = Desk(), Desk()
    assert [tell(one, s) for s in stream] == [tell(two, s) for s in stream]
    assert one.view.latest(LEDGER, limit=100) == two.view.latest(LEDGER, limit=100)


@given(st.lists(told, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_figure_is_ever_told_or_kept_that_nobody_gave(stream):
    desk = Desk()
    developments = [d for s in stream for d in tell(desk, s)]
    given_figures = {figure for _, figure, _ in stream}
    assert {d.quantity.low for d in developments} <= given_figures
    assert {d.previous.low for d in developments if d.previous} <= given_figures
    kept = {f.quantity.low for e in desk.view.latest(LEDGER, limit=100) for f in e.figures}
    assert kept <= given_figures


@given(st.lists(st.sampled_from(OUTLETS), min_size=1, max_size=8), figures)
@settings(max_examples=40, deadline=None)
def test_repeats_come_in_any_order_and_never_count_as_another_claimant(outlets, figure):
    desk = Desk()
    first = [tell(desk, (ARMY, figure, outlet), later=0.1) for outlet in outlets]
    assert [kinds(d) for d in first] == [["new_claim"]] + [[] for _ in outlets[1:]]
    [told] = tell(desk, (DOCTOR, figure, "wire"), later=0.1)
    assert told.kind == "corroborated"
    assert told.counts.claimants == 2
    assert told.counts.outlets == len({*outlets, "wire"})


@given(st.lists(figures, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_one_voice_is_told_once_for_each_new_figure_in_its_own_direction(values):
    desk = Desk()
    seen: list[int] = []
    last = 0
    for figure in values:
        found = kinds(tell(desk, (ARMY, figure, "wire"), later=0.1))
        if figure in seen:
            assert found == []
        elif not seen:
            assert found == ["new_claim"]
        else:
            assert found == ["revised_up" if figure > last else "revised_down"]
        if figure not in seen:
            last = figure
            seen.append(figure)
