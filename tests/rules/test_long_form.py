"""What only the long form says: ladders, filters of stances and events, templates, receivers, quiet hours."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.decide import decide
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import load, testing, yaml
from monitor.core.rules.diff import fresh
from monitor.core.rules.faults import Faults
from monitor.core.rules.written import written
from monitor.core.view import Draft, Put
from monitor.model import DevelopmentKind, Item, ItemId, ObjectClass, Severity, SourceId, Stance, Subscriber
from monitor.store.memory import MemoryView
from tests.rules.conftest import NOON, SOURCES, claim

SIDES = "watch: B\nsides: {Pakistan: [ISPR], Taliban: [Kabul]}\n"
ESCALATED = DevelopmentKind.ESCALATED


def reasons(found):
    return [(r.rule, str(r.severity)) for j in found for r in j.reasons]


def only(text):
    return load({"sources.yaml": SOURCES, "b.yaml": text}).watches[0]


# --- ladders -----------------------------------------------------------------------------


def test_steps_and_a_ladder_under_metrics_are_the_same_rules():
    short = only(SIDES + "killed: [10, 50, 100]\nshot_down: {3: critical}\n")
    long = only(SIDES + "metrics: {killed: {ladder: [10, 50, 100]}, shot_down: {ladder: {3: critical}}}\n")

    assert long.hash == short.hash


def test_a_metric_of_ones_own_counts_a_part_of_another(desk):
    place = desk(
        SIDES + "metrics: {civilian-dead: {counts: killed, object: [civilians], ladder: [5]}}\nalert: denials\n"
    )

    assert place.tell(claim(low=9, object_class=ObjectClass.COMBATANTS)) == ()
    assert reasons(place.tell(claim(low=9, object_class=ObjectClass.CIVILIANS))) == [("civilian-dead", "high")]


def test_a_ladder_is_armed_again_below_its_mark(desk):
    place = desk(SIDES + "metrics: {missing: {ladder: {20: low}, rearm_below: 10}}\nalert: denials\n")

    def told(low, after):
        return reasons(place.tell(claim(low=low, metric="missing"), after=after))

    assert [told(low, n) for n, low in enumerate((25, 30, 5, 25))] == [
        [("missing", "low")],
        [],
        [],
        [("missing", "low")],
    ]


def test_a_rule_may_go_by_a_ladder_and_say_its_own_severity(desk):
    rule = "rules: [{id: any-toll, trigger: {threshold: {metric: killed}}, severity: info}]\n"
    place = desk(SIDES + "metrics: {killed: {ladder: [10]}}\n" + rule)

    assert sorted(reasons(place.tell(claim(low=12)))) == [("any-toll", "info"), ("killed", "high")]


def test_only_the_rungs_of_the_event_ladder_are_told(desk):
    place = desk(SIDES + "event_ladder: [shelling, air-strike]\nalert: escalation\n")

    def told(rung):
        step = claim(ESCALATED, rung=rung, key=f"rung/{rung}", metric=None, made_by=(rung,))
        return reasons(place.tell(step))

    assert told("exchange-of-fire") == []
    assert told("air-strike") == [("escalation", "high")]


def test_an_event_ladder_of_severities_is_told_by_them(desk):
    place = desk(SIDES + "event_ladder: {shelling: info}\nalert: escalation\n")

    step = claim(ESCALATED, rung="shelling", metric=None)
    assert reasons(place.tell(step)) == [("escalation", "info")]


# --- filters -----------------------------------------------------------------------------


@pytest.mark.parametrize(("stance", "fires"), [(Stance.CONFIRMS, True), (Stance.ASSERTS, False), (None, False)])
def test_a_claim_filter_chooses_by_stance(desk, stance, fires):
    rule = "{id: sure, developments: [new_claim], match: {claim: {stance: [confirms]}}, severity: low}"
    place = desk(f"{SIDES}rules: [{rule}]\n")

    assert reasons(place.tell(claim(stance=stance))) == ([("sure", "low")] if fires else [])


def test_the_stance_of_a_claim_reaches_the_rules():
    rule = "{id: sure, developments: [new_claim], match: {claim: {stance: [confirms]}}, severity: low}"
    rules = load({"sources.yaml": SOURCES, "b.yaml": f"{SIDES}rules: [{rule}]\n"})

    def told(text):
        item = Item(ItemId("a"), SourceId("example-wire"), NOON, "", text)
        return [r.rule for a in decide(item, Draft(MemoryView()), rules).alerts for r in a.reasons]

    assert told("Pakistan's military confirmed on Monday that 12 of its soldiers were killed by the Taliban.") == [
        "sure"
    ]
    assert told("Pakistan's military said on Monday that 12 of its soldiers were killed by the Taliban.") == []


@pytest.mark.parametrize(
    ("more", "fires"),
    [
        ({"rung": "strike-on-capital", "actors": ("pakistan/military", "taliban")}, True),
        ({"rung": "air-strike", "actors": ("pakistan", "taliban")}, False),
        ({"rung": "strike-on-capital", "actors": ("pakistan", "india")}, False),
        ({"rung": "strike-on-capital", "actors": ()}, False),
    ],
)
def test_an_event_filter_chooses_by_rung_and_parties(desk, more, fires):
    match = "{event: {rungs: [strike-on-capital], between: [Pakistan, Taliban]}}"
    place = desk(f"{SIDES}rules: [{{id: capital, developments: [escalated], match: {match}, severity: high}}]\n")

    assert reasons(place.tell(claim(ESCALATED, metric=None, side=None, **more))) == (
        [("capital", "high")] if fires else []
    )


def test_an_actor_that_a_watch_brings_is_known_to_it():
    text = (
        "watch: B\nactors: [{name: Royal Guard, kind: force, part_of: pakistan}]\n"
        "sides: {Pakistan: [], Taliban: []}\nselect: {text: {any: [{actor: Royal Guard}]}}\n"
    )
    rules = load({"sources.yaml": SOURCES, "b.yaml": text})

    assert rules.registry.resolve("Royal Guard") == "royal-guard"
    assert rules.registry.party("royal-guard") == "pakistan"


# --- delivery ----------------------------------------------------------------------------

DELIVERY = (
    SIDES
    + """
alert: [new claims, denials]
receivers: {desk: {chat: -100}}
quiet_hours: {from: "22:00", to: "06:30", tz: Asia/Karachi, severity: high}
routes: [{to: desk, if: {severity: high}, then: continue}, {to: followers}]
"""
)


def deliver(at, text, *subscribers):
    """(chat, kind) of every message that an item causes at once, and when the rest is due."""
    rules, view = load({"sources.yaml": SOURCES, "b.yaml": DELIVERY}), MemoryView()
    view.apply(Put(SUBSCRIBERS, s) for s in subscribers)
    draft = Draft(view)
    item = Item(ItemId("a"), SourceId("example-wire"), at, "", text)
    decision = decide(item, draft, rules)
    return [m.chat for m in decision.messages], [a.wait for a in decision.alerts]


DENIED = "Pakistan's military denied on Monday that 12 of its soldiers had been killed by the Taliban at Torkham."
KILLED = "Pakistan's military said on Monday that it had killed 12 Taliban fighters in Paktika."
FOLLOWER = Subscriber(1, watches=("b",))


def test_a_receiver_gets_what_is_routed_to_it_and_followers_the_rest():
    assert deliver(NOON, KILLED, FOLLOWER) == ([1], [None])
    assert sorted(deliver(NOON, DENIED, FOLLOWER)[0]) == [-100, 1]


def test_what_a_receiver_has_set_in_its_chat_counts():
    assert deliver(NOON, DENIED, Subscriber(-100, level=Severity.CRITICAL))[0] == []


def test_quiet_hours_of_a_watch_hold_for_everybody_and_end_by_its_clock():
    night = NOON.replace(hour=20)  # 1 o'clock in Karachi
    until = dt.datetime(2026, 3, 3, 1, 30, tzinfo=dt.UTC)

    assert deliver(night, DENIED, FOLLOWER) == ([], [until])


def test_critical_never_waits():
    watch = only(DELIVERY)

    assert watch.quiet_until(Severity.CRITICAL, NOON.replace(hour=20)) is None
    assert watch.quiet_until(Severity.LOW, NOON) is None


def test_what_waits_comes_when_the_quiet_hours_end():
    rules, view = load({"sources.yaml": SOURCES, "b.yaml": DELIVERY}), MemoryView()
    view.apply([Put(SUBSCRIBERS, FOLLOWER)])
    night = NOON.replace(hour=20)
    draft = Draft(view)
    decide(Item(ItemId("a"), SourceId("example-wire"), night, "", DENIED), draft, rules)
    view.apply(draft.changes())

    from monitor.core.audience import due

    assert due(Draft(view), night + dt.timedelta(hours=5)) == ()
    assert [m.chat for m in due(Draft(view), night + dt.timedelta(hours=6))] == [-100, 1]


def test_a_terminal_reads_at_once():
    screen = Subscriber(7, watches=("b",), kind="terminal")

    assert 7 in deliver(NOON.replace(hour=20), DENIED, screen)[0]


# --- templates ---------------------------------------------------------------------------

TEMPLATED = (
    SIDES
    + """
templates:
  loud: |
    {{ severity|upper }}: {{ who }} says {{ what }}
  calm: "{{ line }}"
defaults: {template: calm}
rules: [{id: new-claims, template: loud}]
alert: new claims
tests:
  - name: in the desk's words
    given: [{at: 0m, text: "Pakistan's military said on Monday that it had killed 12 Taliban fighters in Paktika."}]
    expect: [{rule: new-claims, message_has: ["LOW: Pakistan's military says 12 Taliban fighters killed"]}]
"""
)


def problems(text):
    rules = load({"sources.yaml": SOURCES, "b.yaml": text})
    return [p for r in testing.run(rules, rules.watches[0], MemoryView) for p in r.problems]


def test_what_was_inhibited_is_suppressed_though_the_same_goes_out_by_another_rule():
    rules = SIDES + (
        "rules:\n"
        "  - {id: big, trigger: {threshold: {metric: killed, steps: [10]}}, severity: high}\n"
        "  - {id: any-toll, developments: [new_claim], severity: low}\n"
        "inhibit: [{id: covers, while: {rule: big}, mute: [any-toll], same: [incident], for: 2h}]\n"
        "tests:\n"
        "  - name: the big one covers it\n"
        "    given: [{at: 0m, text: Pakistan said on Monday that 12 Taliban fighters were killed in Paktika.}]\n"
        "    expect: [{rule: big}]\n"
        "    suppressed: [{rule: any-toll, why: 'inhibit:covers'}]\n"
    )

    assert problems(rules) == []
    assert problems(rules.replace("mute: [any-toll]", "mute: [big]")) != []


def test_a_rule_is_told_in_the_words_of_its_template():
    assert problems(TEMPLATED) == []
    (problem,) = problems(TEMPLATED.replace("|upper", ""))
    assert "message_has: \"LOW: Pakistan's military says" in problem


def test_names_know_the_template_of_each_rule():
    from monitor.core.wording import names

    rules = load(
        {"sources.yaml": SOURCES, "b.yaml": TEMPLATED.replace("alert: new claims", "alert: [new claims, denials]")}
    )
    told = {rule: template.text for (_, rule), template in names(rules).templates.items()}

    assert told["denials"] == "{{ line }}"
    assert told["new-claims"].startswith("{{ severity|upper }}")


@pytest.mark.parametrize("text", [DELIVERY, TEMPLATED, SIDES + "metrics: {dead: {counts: killed, ladder: [5]}}\n"])
def test_what_only_the_long_form_says_expands_to_itself(text):
    first = only(text)
    second = only(written(first.long))

    assert second.hash == first.hash
    assert written(second.long) == written(first.long)


def test_state_is_kept_when_words_and_loudness_change_and_fresh_when_the_key_does():
    def meaning(rule):
        return only(f"{SIDES}templates: {{t: '{{{{ line }}}}'}}\nrules: [{rule}]\n").rules[0].semantics

    plain = meaning("{id: a, developments: [rival], severity: low}")
    assert meaning("{id: a, developments: [rival], severity: high, template: t, throttle: {same_key: 1h}}") == plain
    assert meaning("{id: a, developments: [rival], severity: low, key: [story]}") != plain
    assert meaning("{id: a, developments: [rival, denied], severity: low}") != plain


def test_what_starts_fresh_is_told_by_watch_and_rule():
    def rules(key, more=""):
        text = f"{SIDES}rules: [{{id: a, developments: [rival], key: [{key}], severity: low}}]\n{more}"
        return load({"sources.yaml": SOURCES, "b.yaml": text})

    assert fresh(rules("story"), rules("story", "note: words\n")) == []
    assert fresh(rules("story"), rules("side")) == ["b/a"]


def test_a_rule_means_the_same_beside_other_watches():
    cap = "watch: W\nsources: {kinds: [wire]}\nwarnings: [severe, minor, extreme]\nareas: [Sindh, Karachi]\n"
    alone = load({"sources.yaml": SOURCES, "w.yaml": cap})
    among = load({"sources.yaml": SOURCES, "a.yaml": SIDES + "about: [many, other, words]\n", "w.yaml": cap})

    assert fresh(alone, among) == []
    assert "['extreme', 'minor', 'severe']" in alone.watches[0].rules[0].semantics


# --- the long form as text ---------------------------------------------------------------

LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t", exclude_characters="\ufffd"),
    min_size=1,
)
TEXTS = LINES.map(lambda text: text.strip("\n")).filter(bool)
VALUES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from("abcd"), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def values(node):
    """The words of a node, without places; as everywhere in rule files, without line breaks around them."""
    if isinstance(node, yaml.Mapping):
        return {key: values(value) for key, (_, value) in node.entries.items()}
    return [values(n) for n in node.items] if isinstance(node, yaml.Sequence) else node.text.strip("\n")


@given(st.dictionaries(st.sampled_from("xyz"), VALUES, min_size=1))
def test_what_is_written_reads_the_same(long):
    faults = Faults("x.yaml", "")
    node = yaml.compose(written(long), faults)

    assert not faults.errors
    assert values(node) == long


def test_a_template_is_written_as_it_looks():
    text = "{{ emoji }} {{ line }}\n\n{% if previous %}\n  was {{ previous }}\n{% endif %}"

    assert written({"templates": {"desk": text}}).splitlines() == [
        "templates:",
        "  desk: |",
        *(f"    {line}" if line else "" for line in text.split("\n")),
    ]


def test_numbers_and_flags_that_a_test_wants_stay_what_they_are():
    given = "given: [{at: 0m, text: x}]"
    text = f"tests: [{{name: t, {given}, expect: [{{where: {{low: 12, magnitude: 7.5, total: true, side: '3'}}}}]}}]\n"
    watch = only(SIDES + text)

    assert "where: {low: 12, magnitude: 7.5, total: true, side: '3'}" in written(watch.long)
    assert only(written(watch.long)).tests == watch.tests
