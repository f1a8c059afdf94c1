"""What the rules of a watch make of developments."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.core.decide import decide
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import load, muting
from monitor.core.rules.diff import restarted
from monitor.core.rules.state import MUTES, Muting
from monitor.core.view import Draft, Put
from monitor.errors import StoreError
from monitor.model import Counts, Development, DevelopmentKind, Outcome, Party, Quantity, Severity, Subscriber
from monitor.store.memory import MemoryView
from tests.rules.conftest import NOON, SOURCES, claim, make_item

K = DevelopmentKind
SHORT = """
watch: Border
sides: {Pakistan: [Islamabad, ISPR], Taliban: [Kabul], TTP: [Pakistani Taliban]}
about: [outposts]
killed: [10, 50, 100, 500]
"""


def told(judgements):
    """(outcome, severity, rules) of each judgement."""
    return [(str(j.outcome), str(j.severity), sorted(r.rule for r in j.reasons)) for j in judgements]


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (K.NEW_CLAIM, "low"),
        (K.REVISED_UP, "low"),
        (K.REVISED_DOWN, "high"),
        (K.RIVAL, "high"),
        (K.CONTRADICTED, "high"),
        (K.DENIED, "high"),
        (K.DISPUTED, "high"),
        (K.RETRACTED, "high"),
    ],
)
def test_severities_of_the_short_form(desk, kind, severity):
    assert [j.severity for j in desk(SHORT).tell(claim(kind, low=3))] == [severity]


@pytest.mark.parametrize("kind", [K.CORROBORATED, K.CONFIRMED, K.QUIET, K.DE_ESCALATED, K.NEW_STORY])
def test_what_the_alert_list_does_not_name_is_not_told(desk, kind):
    assert desk(SHORT).tell(claim(kind, low=3)) == ()


def test_an_item_that_does_not_belong_is_not_judged(desk):
    assert desk(SHORT).tell(claim(), title="Rebels seize outposts in Congo") == ()


def test_developments_of_others_are_left_out(desk):
    others = claim(side="ukraine", claimant=Party("Kyiv", "ukraine"))

    assert desk(SHORT).tell(others) == ()
    assert desk(SHORT).tell(replace(others, side=None, actors=("ukraine", "russia"))) == ()
    assert desk(SHORT).tell(replace(others, side=None, actors=())) != ()


def test_a_government_s_losses_are_its_country_s(desk):
    assert desk(SHORT).tell(claim(side="afghanistan")) != ()
    assert desk(SHORT).tell(claim(side="taliban/defence-ministry")) != ()


# --- steps ---------------------------------------------------------------------------------


def test_a_step_is_told_once_for_each_key_and_the_highest_of_several_jumped(desk):
    border = desk(SHORT)

    assert told(border.tell(claim(low=12))) == [("sent", "low", ["killed", "new-claims"])]
    assert told(border.tell(claim(K.REVISED_UP, low=14), after=1)) == [("sent", "low", ["new-claims"])]
    assert told(border.tell(claim(K.REVISED_UP, low=133), after=2)) == [("sent", "high", ["killed", "new-claims"])]
    assert told(border.tell(claim(K.REVISED_UP, low=140), after=3)) == [("sent", "low", ["new-claims"])]
    assert told(border.tell(claim(low=60, key="i2/killed/taliban"), after=4))[0][1] == "high"


def test_a_denied_figure_reaches_no_step(desk):
    assert told(desk(SHORT).tell(claim(K.DENIED, low=80))) == [("sent", "high", ["denials"])]


def test_a_figure_that_somebody_else_gave_before_is_no_new_step(desk):
    border = desk(SHORT)
    border.tell(claim(low=60))

    assert border.tell(claim(K.CORROBORATED, low=60, key="i1/killed/people"), after=1) == ()
    rising = border.tell(claim(K.REVISED_UP, low=70, key="i1/killed/people"), after=2)
    assert told(rising) == [("sent", "low", ["new-claims"])]


def test_at_most_reaches_no_step_and_at_least_does(desk):
    border = desk(SHORT)

    assert told(border.tell(claim(quantity=Quantity(None, 60)))) == [("sent", "low", ["new-claims"])]
    assert told(border.tell(claim(quantity=Quantity(60, None)), after=40)) == [
        ("sent", "high", ["killed", "new-claims"])
    ]


def test_a_new_watch_takes_the_figure_before_as_its_baseline(desk):
    revised = claim(K.REVISED_UP, low=85, previous=Quantity(80, 80))

    assert told(desk(SHORT).tell(revised)) == [("sent", "low", ["new-claims"])]


def test_a_step_rearms_only_below_its_mark(desk):
    watch = desk("""
watch: Rivers
rules:
  - id: dead
    trigger: {threshold: {metric: killed, steps: [50], rearm_below: 40}}
    severity: high
""")
    assert told(watch.tell(claim(low=55))) == [("sent", "high", ["dead"])]
    assert watch.tell(claim(K.REVISED_DOWN, low=45), after=1) == ()
    assert watch.tell(claim(K.REVISED_UP, low=55), after=2) == ()
    assert watch.tell(claim(K.REVISED_DOWN, low=30), after=3) == ()
    assert told(watch.tell(claim(K.REVISED_UP, low=55), after=4)) == [("sent", "high", ["dead"])]


def test_a_missing_part_of_a_key_is_not_evaluable_and_said(desk):
    watch = desk("""
watch: Rivers
rules:
  - {id: dead, trigger: {threshold: {metric: killed, steps: [50]}}, key: [incident, side], severity: high}
  - {id: claims, developments: [new_claim], severity: low}
""")
    (judgement,) = watch.tell(claim(low=70, side=None))

    assert [r.rule for r in judgement.reasons] == ["claims"]
    assert "dead: not evaluable, side is not known" in judgement.clauses


# --- another account -------------------------------------------------------------------------


def test_critical_waits_as_high_for_an_independent_account(desk):
    border = desk(SHORT)
    six_hundred = claim(low=600)

    (first,) = border.tell(six_hundred)
    assert (first.severity, first.outcome) == (Severity.HIGH, Outcome.SENT)
    assert "independent claimants 1/2" in first.why

    same_side = claim(K.CORROBORATED, low=600, counts=Counts(3, 2, 1))
    assert border.tell(same_side, after=5) == ()

    other = claim(K.CORROBORATED, low=600, who="UN", actor="united-nations", counts=Counts(4, 3, 2))
    (lifted,) = border.tell(other, after=9)
    assert (lifted.severity, lifted.outcome) == (Severity.CRITICAL, Outcome.SENT)
    assert lifted.developments == (other,)
    assert border.tell(other, after=10) == ()


def test_a_step_of_the_ladder_becomes_critical_with_a_second_account(desk):
    border = desk(SHORT)
    rung = Development(
        K.ESCALATED, key="afghanistan|pakistan", rung="strike-on-capital", actors=("pakistan", "taliban")
    )

    assert [j.severity for j in border.tell(rung)] == ["high"]
    heard = replace(rung, kind=K.CORROBORATED, counts=Counts(2, 2, 2))
    assert [j.severity for j in border.tell(heard, after=14)] == ["critical"]


HOLD = """
watch: Rivers
rules:
  - id: toll
    title: Toll
    developments: [new_claim]
    severity: high
    corroborate: {independent_claimants: 2, hold: 6h}
"""


def test_a_hold_goes_out_whole_when_its_account_comes(desk):
    rivers = desk(HOLD)
    held = claim(low=58)

    assert told(rivers.tell(held)) == [("held", "high", ["toll"])]
    (out,) = rivers.tell(claim(K.CORROBORATED, low=58, counts=Counts(2, 2, 2)), after=30)

    assert (out.outcome, out.severity, out.item) == (Outcome.SENT, Severity.HIGH, "item-1")
    assert out.developments[0].quantity == held.quantity
    assert rivers.wait(600) == ()


def test_a_hold_that_runs_out_goes_low_as_a_single_claim(desk):
    rivers = desk(HOLD)
    rivers.tell(claim(low=58))

    assert rivers.wait(359) == ()
    (out,) = rivers.wait(360)
    assert (out.outcome, out.severity) == (Outcome.SENT, Severity.LOW)
    assert "single claim" in out.why
    assert rivers.wait(361) == ()


def test_a_hold_of_a_rule_on_trial_runs_out_into_the_log(desk):
    rivers = desk(HOLD.replace("    title: Toll", "    status: trial"))

    assert told(rivers.tell(claim(low=58))) == [("trial", "high", ["toll"])]
    assert told(rivers.wait(360)) == [("trial", "low", ["toll"])]


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (HOLD.replace("    title: Toll", "    enabled: false"), "its rule toll was switched off while it waited"),
        (HOLD.replace("id: toll", "id: figures"), "its rule toll is gone while it waited"),
        (HOLD.replace("Rivers", "Lakes\nid: lakes"), "its rule toll is gone while it waited"),
    ],
    ids=["off", "deleted", "watch deleted"],
)
def test_a_hold_of_a_rule_that_is_gone_is_never_sent_and_its_end_is_on_record(desk, now, why):
    rivers = desk(HOLD)
    rivers.tell(claim(low=58))
    rivers.take(now)

    (end,) = rivers.wait(360)
    assert (end.outcome, end.item, why in end.why) == (Outcome.LAPSED, "item-1", True)
    assert rivers.wait(361) == ()


def test_a_hold_of_a_rule_that_was_switched_off_is_not_released_either(desk):
    rivers = desk(HOLD)
    rivers.tell(claim(low=58))
    rivers.take(HOLD.replace("    title: Toll", "    enabled: false"))

    assert rivers.tell(claim(K.CORROBORATED, low=58, counts=Counts(2, 2, 2)), after=30) == ()
    assert told(rivers.wait(360)) == [("lapsed", "high", ["toll"])]


def test_a_hold_whose_rule_is_switched_on_again_in_time_is_told(desk):
    rivers = desk(HOLD)
    rivers.tell(claim(low=58))
    rivers.take(HOLD.replace("    title: Toll", "    enabled: false"))
    assert rivers.wait(200) == ()
    rivers.take(HOLD)

    assert told(rivers.wait(360)) == [("sent", "low", ["toll"])]


def test_a_hold_that_runs_out_under_a_mute_is_muted(desk):
    rivers = desk(HOLD)
    rivers.tell(claim(low=58))
    begin = NOON.timestamp()
    rivers.view.apply([Put(MUTES, Muting("m1", begin, begin + 86400, "ana", "known", rule="toll", story="s1"))])

    (out,) = rivers.wait(360)
    assert (out.outcome, "muted by ana: known (m1)" in out.why) == (Outcome.MUTED, True)


def test_a_hold_that_runs_out_goes_out_marked_where_mutes_cannot_be_read(desk):
    rivers = desk(HOLD)
    rivers.view = Unreadable()
    rivers.tell(claim(low=58))

    (out,) = rivers.wait(360)
    assert (out.outcome, "suppression state unavailable" in out.why) == (Outcome.SENT, True)


def test_a_denial_is_no_account_and_what_is_taken_back_waits_no_longer(desk):
    rivers = desk(HOLD)
    rivers.tell(claim(low=58))

    assert rivers.tell(claim(K.DENIED, low=58, counts=Counts(2, 2, 2)), after=5) == ()
    (end,) = rivers.tell(claim(K.RETRACTED, low=58), after=6)
    assert (end.outcome, end.item, "taken back while it waited" in end.why) == (Outcome.LAPSED, "item-1", True)
    assert rivers.wait(600) == ()


# --- throttle, mute, inhibition, trial ----------------------------------------------------------

THROTTLED = """
watch: Rivers
rules:
  - id: rivals
    developments: [rival, disputed]
    severity: low
    throttle: {same_key: 30m, backoff: 2, max: 2h}
"""


def test_a_throttle_backs_off_and_forgets(desk):
    rivers = desk(THROTTLED)
    outcomes = [
        (minute, rivers.tell(claim(K.RIVAL), after=minute)[0].outcome.value) for minute in (0, 10, 31, 70, 95, 500)
    ]

    assert outcomes == [
        (0, "sent"),
        (10, "throttled"),
        (31, "sent"),
        (70, "throttled"),
        (95, "sent"),
        (500, "sent"),
    ]


def test_a_throttle_tells_claimants_and_keys_apart(desk):
    rivers = desk(THROTTLED)
    rivers.tell(claim(K.RIVAL))

    assert rivers.tell(claim(K.RIVAL, who="UN", actor="united-nations"), after=1)[0].outcome is Outcome.SENT
    assert rivers.tell(claim(K.RIVAL, key="i2"), after=2)[0].outcome is Outcome.SENT


def test_no_throttle_blocks_denials_corrections_or_steps_up(desk):
    rivers = desk(SHORT.replace("killed: [10, 50, 100, 500]", "killed: [10, 11, 12, 13, 14]"))
    for minute, kind in enumerate([K.DENIED, K.DISPUTED, K.RETRACTED, K.REVISED_DOWN] * 2):
        assert rivers.tell(claim(kind, low=1), after=minute)[0].outcome is Outcome.SENT
    for low in range(10, 15):
        assert rivers.tell(claim(K.REVISED_UP, low=low), after=20 + low)[0].outcome is Outcome.SENT


def mute(rivers, **matchers):
    hour = NOON.timestamp() + 3600
    rivers.view.apply([_put(Muting("m1", NOON.timestamp(), hour, "ana", "known", **matchers))])


def _put(muting):
    from monitor.core.view import Put

    return Put(MUTES, muting)


def test_a_mute_hides_what_it_matches_until_it_ends_but_no_correction(desk):
    border = desk(SHORT)
    mute(border, watch="watch", rule="new-claims")

    (muted,) = border.tell(claim(low=3))
    assert muted.outcome is Outcome.MUTED
    assert "muted by ana: known" in muted.why
    assert border.tell(claim(K.RIVAL), after=1)[0].outcome is Outcome.SENT
    assert border.tell(claim(low=3, key="i9"), after=61)[0].outcome is Outcome.SENT

    silent = desk(SHORT)
    mute(silent, watch="watch")
    assert silent.tell(claim(K.RETRACTED))[0].outcome is Outcome.SENT


NEW_STORIES = """
watch: Border
rules:
  - {id: begun, developments: [new_story], severity: low}
"""


def test_a_new_story_is_told_with_the_item_that_announces_it(desk):
    border = desk(NEW_STORIES)
    assert border.tell() == ()
    assert told(border.tell(announces=True, after=1)) == [("sent", "low", ["begun"])]
    assert border.tell(after=2) == ()


class Unreadable(MemoryView):
    """A store whose mutes can't be read."""

    def latest(self, table, **bounds):
        if table is MUTES:
            raise StoreError("database disk image is malformed")
        return super().latest(table, **bounds)


def test_an_alert_whose_suppression_cannot_be_read_goes_out_marked(desk):
    border = desk(SHORT)
    border.view = Unreadable()

    (judgement,) = border.tell(claim(low=3))
    assert judgement.outcome is Outcome.SENT
    assert "suppression state unavailable: database disk image is malformed" in judgement.why


INHIBIT = """
watch: Rivers
rules:
  - {id: steps, trigger: {threshold: {metric: killed, steps: [50]}}, severity: high}
  - {id: claims, developments: [new_claim, revised_up], severity: low}
inhibit:
  - {id: steps-cover-claims, while: {rule: steps}, mute: [claims], same: [incident, claimant], for: 2h}
"""


def test_an_inhibition_works_within_one_item_and_for_its_time(desk):
    rivers = desk(INHIBIT)

    first, withheld = rivers.tell(claim(low=70))
    assert told([first, withheld]) == [("sent", "high", ["steps"]), ("inhibited", "low", ["claims"])]
    assert "claims: inhibited, inhibit:steps-cover-claims" in first.clauses
    assert told(rivers.tell(claim(K.REVISED_UP, low=72), after=60)) == [("inhibited", "low", ["claims"])]
    assert told(rivers.tell(claim(K.REVISED_UP, low=74), after=240)) == [("sent", "low", ["claims"])]


def test_an_inhibition_never_matches_on_a_missing_part(desk):
    rivers = desk(INHIBIT)

    (judgement,) = rivers.tell(claim(low=70, claimant=None))
    assert sorted(r.rule for r in judgement.reasons) == ["claims", "steps"]


def test_a_rule_on_trial_fires_into_the_log_only(desk):
    rivers = desk("watch: R\nstatus: trial\nrules: [{id: claims, developments: [new_claim], severity: high}]\n")

    assert told(rivers.tell(claim())) == [("trial", "high", ["claims"])]


def test_first_contact_is_a_baseline_and_teaches_the_rules(desk):
    border = desk(SHORT)

    assert [j.outcome for j in border.tell(claim(low=120), baseline=True)] == [Outcome.BASELINE]
    assert told(border.tell(claim(K.REVISED_UP, low=130), after=5)) == [("sent", "low", ["new-claims"])]


def test_corrections_reach_who_was_told_whatever_their_words(desk):
    border = desk(SHORT)
    border.tell(claim(low=40))

    vague = {"title": "CORRECTION: earlier report", "after": 60}
    assert told(border.tell(claim(K.RETRACTED, low=40), **vague)) == [("sent", "high", ["corrections"])]
    assert border.tell(claim(K.RETRACTED, low=40, incident="i7"), **vague) == ()


# --- other triggers ------------------------------------------------------------------------------


def test_each_item_once_and_edits_only_if_asked(desk):
    news = desk("watch: News\nabout: [quake]\nalert: [every item]\n")

    assert told(news.tell(title="Quake")) == [("sent", "low", ["every-item"])]
    assert news.tell(title="Quake, updated", version=2) == ()


def test_a_burst_counts_owners_and_fires_once_while_it_lasts(desk):
    news = desk("""
watch: News
rules:
  - {id: burst, trigger: {burst: {count: 2, distinct: owner, window: 30m}}, key: [story], severity: high}
""")
    assert news.tell() == ()
    assert news.tell(after=1) == ()
    assert told(news.tell(after=2, source="example-times")) == [("sent", "high", ["burst"])]
    assert news.tell(after=3, source="example-state") == ()
    assert news.tell(after=60) == ()
    assert told(news.tell(after=61, source="example-times")) == [("sent", "high", ["burst"])]


def test_first_seen_waits_for_history_and_then_tells_what_is_new(desk):
    news = desk("""
watch: News
rules:
  - id: first
    trigger: {first_seen: {memory: 90d, needs_history: 1h}}
    key: [claimant, metric]
    severity: high
""")
    assert news.tell(claim()) == ()
    assert news.tell(claim(), after=120) == ()
    assert told(news.tell(claim(who="UN", actor="united-nations"), after=121)) == [("sent", "high", ["first"])]


def test_a_feed_gone_quiet_is_told_once(desk):
    news = desk("watch: News\nrules: [{id: quiet, trigger: {flatline: {for: 2h}}, severity: info}]\n")
    news.tell()

    assert news.wait(119) == ()
    assert told(news.wait(120)) == [("sent", "info", ["quiet"])]
    assert news.wait(300) == ()
    news.tell(after=301)
    assert told(news.wait(500)) == [("sent", "info", ["quiet"])]


def test_warnings_by_severity_and_area_but_no_tests(desk):
    weather = desk("watch: Weather\nwarnings: [severe, extreme]\nareas: [Karachi, Sindh]\n")
    marks = {"title": "Flood warning for Karachi"}

    assert told(weather.tell(marks=("cap:severity=Severe", "cap:Actual"), **marks)) == [("sent", "high", ["warnings"])]
    assert told(weather.tell(marks=("cap:severity=Extreme",), **marks)) == [("sent", "critical", ["warnings"])]
    assert weather.tell(marks=("cap:severity=Moderate",), **marks) == ()
    assert weather.tell(marks=("cap:severity=Severe", "cap:Test"), **marks) == ()
    assert weather.tell(marks=("cap:severity=Severe",), title="Flood warning for Lahore") == ()


@pytest.mark.parametrize("state", ["unsigned", "signature_invalid"])
def test_a_warning_says_how_it_is_signed(desk, state):
    weather = desk("watch: Weather\nwarnings: [severe, extreme]\n")
    (alert,) = weather.tell(title="Flood warning", marks=("cap:severity=Severe", f"cap:{state}"))
    assert state.replace("_", " ") in str(alert)


# --- claim filters and routes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "fires"),
    [
        ("by: [Pakistan]", True),
        ("by: [Taliban]", False),
        ("by: [anyone]", True),
        ("about: [Taliban]", True),
        ("about: [TTP]", False),
        ("metric: [wounded]", False),
        ("value: {gte: 12, lt: 13}", True),
        ("value: {gt: 12}", False),
        ("hedged: false", True),
        ("official: true", False),
        ("total: true", False),
        ("object: [civilians]", False),
    ],
)
def test_claim_filters(desk, filters, fires):
    watch = desk(f"""
watch: Border
sides: {{Pakistan: [], Taliban: [], TTP: []}}
rules:
  - {{id: claims, developments: [new_claim], match: {{claim: {{{filters}}}}}, severity: low}}
""")
    assert bool(watch.tell(claim(low=12))) is fires


def test_routes_take_the_first_that_fits_and_go_on_where_told(desk):
    watch = desk("""
watch: R
rules:
  - {id: loud, developments: [rival], severity: high}
  - {id: claims, developments: [new_claim], severity: low}
routes:
  - {to: operators, if: {severity: high}, then: continue}
  - {to: nobody, if: {rule: [claims]}}
  - {to: followers}
""")
    assert watch.tell(claim(K.RIVAL))[0].to == ("operators", "followers")
    assert watch.tell(claim(), after=1)[0].to == ("nobody",)


def test_a_matching_rule_gives_the_words_it_matched(desk):
    watch = desk("""
watch: R
rules:
  - {id: strikes, developments: [new_claim], match: {text: {any: [strike]}}, severity: low}
""")
    assert watch.tell(claim(), title="A strike") != ()
    assert watch.tell(claim(), title="Calm") == ()


# --- memory and change ----------------------------------------------------------------------------


def changed(border, text):
    """The same desk with other rules and the memory it has."""
    after = type(border)(text)
    after.view, after.count = border.view, border.count
    return after


def test_memory_is_kept_when_severity_changes_and_starts_fresh_when_the_key_does(desk):
    border = desk(SHORT)
    border.tell(claim(low=60))

    louder = changed(border, SHORT.replace("[10, 50, 100, 500]", "{10: high, 50: high, 100: high, 500: critical}"))
    assert told(louder.tell(claim(K.REVISED_UP, low=70), after=1)) == [("sent", "low", ["new-claims"])]

    other_key = changed(border, SHORT + "rules: [{id: killed, key: [incident, claimant]}]\n")
    assert told(other_key.tell(claim(K.REVISED_UP, low=80), after=2)) == [("sent", "high", ["killed", "new-claims"])]
    assert restarted(border.watch, other_key.watch) == ["killed"]
    assert restarted(border.watch, louder.watch) == []


def test_the_same_items_and_rules_give_the_same_judgements(desk):
    def once():
        border = desk(SHORT)
        return [border.tell(claim(kind, low=low), after=n) for n, (kind, low) in enumerate(DAY)], border.view

    first, second = once(), once()
    assert first[0] == second[0]
    assert repr(first[0]) == repr(second[0])


DAY = [(K.NEW_CLAIM, 12), (K.REVISED_UP, 60), (K.RIVAL, 4), (K.DENIED, 60), (K.REVISED_UP, 600), (K.RETRACTED, 600)]


# --- near misses -------------------------------------------------------------------------------------------


def verdict(text, rules):
    files = load(
        {"sources.yaml": SOURCES, "b.yaml": f"watch: B\nsides: {{Pakistan: [ISPR], Taliban: [Kabul]}}\n{rules}"}
    )
    item = make_item(text=text)
    (found,) = decide(item, Draft(MemoryView()), files).record.verdicts
    return found


TWELVE = "Pakistan's military said on Monday that it had killed 12 Taliban fighters in Paktika."


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (
            "{id: a, trigger: {threshold: {metric: killed, steps: [20, 50]}}, severity: low}",
            "12 is below the first step",
        ),
        (
            "{id: a, developments: [new_claim], match: {claim: {value: {gte: 50}}}, severity: low}",
            "filter not passed, value: 12",
        ),
        ("{id: a, developments: [new_claim], key: [rung], severity: low}", "not evaluable, rung is not known"),
        ("{id: a, developments: [denied], severity: low}", None),
        (
            "{id: a, developments: [new_claim], match: {text: {any: [Khost]}}, severity: low}",
            "does not match, any: none of Khost",
        ),
    ],
)
def test_the_nearest_miss_is_on_record(rule, why):
    found = verdict(TWELVE, f"rules: [{rule}]\n")

    assert [m.rule for m in found.missed] == (["a"] if why else [])
    if why:
        assert found.outcome is None
        assert why in found.missed[0].why
        assert found.why.startswith("no rule fired; the nearest was a: ")


def test_the_nearest_of_many_misses_are_kept_beside_what_fired():
    rules = "".join(
        f"  - {{id: r{n}, trigger: {{threshold: {{metric: killed, steps: [{n}]}}}}, severity: low}}\n"
        for n in range(10, 60, 10)
    )
    found = verdict(TWELVE, f"rules:\n{rules}")

    assert found.outcome == "sent"
    assert [m.rule for m in found.missed] == ["r20", "r30", "r40"]


def test_an_item_that_brings_nothing_new_misses_nothing():
    assert verdict("Pakistan and the Taliban met in Doha.", "killed: [10]\n").missed == ()


# --- mutes that end ------------------------------------------------------------------------------------------


def test_operators_are_reminded_of_a_mute_before_and_when_it_ends(desk):
    place = desk("watch: B\nabout: [outposts]\nrules: [{id: a, developments: [new_claim], severity: low}]\n")
    start = NOON.timestamp()
    mute = Muting("m1", start, start + 6 * 3600, "ana", "known", rule="a")
    place.view.apply([Put(MUTES, mute), Put(SUBSCRIBERS, Subscriber(9, admin=True))])
    place.tell(claim())

    def told(hours):
        draft = Draft(place.view)
        found = [m.text for m in muting.due(draft, NOON + dt.timedelta(hours=hours))]
        place.view.apply(draft.changes())
        return found

    assert told(4) == []
    (before,) = told(5.2)
    assert before.startswith("A mute ends at 18:00 UTC: rule=a, by ana: known (m1).")
    assert told(5.4) == []
    (after,) = told(6)
    assert after.startswith("A mute has ended: rule=a, by ana: known (m1).")
    assert told(7) == []


@pytest.mark.parametrize("kind", [K.NEW_CLAIM, K.RETRACTED])
def test_without_a_key_only_a_correction_goes_out(desk, kind):
    rule = f"{{id: a, developments: [{kind}], key: [object], severity: low}}"
    place = desk(f"watch: B\nabout: [outposts]\nrules: [{rule}]\n")

    assert bool(place.tell(claim(kind, object_class=None))) is (kind is K.RETRACTED)


# --- who is one voice ---------------------------------------------------------------------------

ALLIES = HOLD + "independence: [[Taliban, TTP], [example-wire, Times]]\nsides: {Pakistan: [], Taliban: [], TTP: []}\n"


def borne_out(*voices, **more):
    """The figure from another claimant, the first of these, after the others."""
    return claim(K.CORROBORATED, low=58, counts=Counts(2, 2, len(voices)), voices=voices, **more)


@pytest.mark.parametrize(
    ("voices", "ends"),
    [(("ttp", "afghanistan"), []), (("united-nations", "afghanistan"), [("sent", "high", ["toll"])])],
)
def test_an_ally_of_the_claimant_is_no_other_account(desk, voices, ends):
    rivers = desk(ALLIES)
    rivers.tell(claim(low=58))

    assert told(rivers.tell(borne_out(*voices), after=30)) == ends


def test_who_repeats_an_ally_bears_nothing_out_though_others_did(desk):
    rule = "rules: [{id: again, developments: [corroborated], severity: low}]\n"
    rivers = desk("watch: Rivers\n" + rule + ALLIES.partition("hold: 6h}\n")[2])

    assert rivers.tell(borne_out("ttp", "afghanistan", "united-nations")) == ()
    (out,) = rivers.tell(borne_out("united-nations", "afghanistan", "ttp"), after=5)
    assert out.developments[0].counts == Counts(2, 2, 2)


def test_owners_that_are_one_voice_are_one_origin_and_one_of_a_burst(desk):
    rules = (
        "  - {id: burst, trigger: {burst: {count: 2, distinct: owner, window: 30m}}, key: [story], severity: low}\n"
        "  - {id: claims, developments: [new_claim], severity: info}\n"
    )
    rivers = desk(f"watch: Rivers\nindependence: [[example-wire, Times]]\nrules:\n{rules}")

    (out,) = rivers.tell(claim(counts=Counts(2, 2, 1), origins=("Example", "Times")))
    assert out.developments[0].counts == Counts(2, 1, 1)
    assert rivers.tell(source="example-times", after=1) == ()
    assert told(rivers.tell(source="example-state", after=2)) == [("sent", "low", ["burst"])]


def test_a_group_of_sources_is_one_watch_s_or_everybody_s(desk):
    groups = "groups: {mine: [example-times]}\nsources: {only: [wire, '@mine'], except: ['@bad']}\n"
    chosen = f"watch: Rivers\nabout: [flood]\n{groups}"
    shared = {"sources.yaml": SOURCES + "groups: {bad: [example-wire], mine: [example-state]}\n"}
    rivers = desk(chosen, **shared)

    found = [s for s in rivers.rules.sources if rivers.selects("A flood", source=s).selected]
    assert found == ["example-times"]
    broken = {**shared, "watch.yaml": chosen, "sources.yaml": "sources: [{id: x}]\n"}
    assert (
        load(broken, last_good=rivers.rules)
        .watches[0]
        .selects(make_item("A flood", source="example-times"), None, None, None)
        .selected
    )
