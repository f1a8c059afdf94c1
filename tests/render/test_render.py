"""What subscribers read. `TOCSIN_GOLDEN=write pytest tests/render` writes the golden files anew."""

import dataclasses
import os
import pathlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core import render, texts
from monitor.core.markup import units
from monitor.core.texts import keys, say
from monitor.model import (
    AlertId,
    ChatId,
    Counts,
    Message,
    MessageId,
    Metric,
    Party,
    Place,
    Quantity,
    Reason,
    RuleId,
    Severity,
    Subscriber,
)
from monitor.model import (
    DevelopmentKind as Kind,
)

from .samples import (
    ALERTS,
    AT,
    CAPITAL,
    DENIAL,
    MINISTRY,
    NAMES,
    OUTPOSTS,
    RIVAL,
    SOUTH,
    STRIKES,
    WATCH,
    alert,
)

GOLDEN = pathlib.Path(__file__).parent / "golden"
READER = Subscriber(ChatId(1))


def message(*alerts, kind="alert", **fields):
    return Message(MessageId("m1"), ChatId(1), kind, tuple(a.id for a in alerts), AT, **fields)


def rendered(*alerts, reader=READER, **fields):
    return render.message(message(*alerts, **fields), alerts, reader, NAMES)


PAGES = {
    **{name: rendered(a, severity=a.severity) for name, a in ALERTS.items()},
    "digest": rendered(*list(ALERTS.values())[:12], kind="digest"),
    "correction": rendered(ALERTS["retraction"], kind="correction"),
    "possible_repeat": rendered(ALERTS["rival"], unconfirmed=1),
    "caption": rendered(ALERTS["contradiction"], attachment="chart"),
    "admin": rendered(ALERTS["denial"], reader=dataclasses.replace(READER, admin=True)),
}


@pytest.mark.parametrize("name", PAGES)
def test_each_kind_reads_as_its_golden_file(name):
    page = PAGES[name]
    buttons = "\n".join(" | ".join(f"[{b.label}] {b.data}" for b in row) for row in page.buttons)
    text = f"{page.html}\n\n--- plain\n{page.plain}\n\n--- buttons\n{buttons}\n"
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("TOCSIN_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def first_line(page):
    return page.plain.split("\n")[0]


@pytest.mark.parametrize("name", ["new_claim", "rival", "contradiction", "revised_up", "total", "new_claim_hedged"])
def test_the_first_line_names_the_claimant_before_the_figure(name):
    line, lead = first_line(PAGES[name]), ALERTS[name].developments[0]
    figure = f"{lead.quantity.low:,.0f}"
    assert line.index(lead.claimant.text[:24]) < line.index(figure)


def test_unnamed_sources_stay_unnamed_sources():
    assert "Northland sources, via Example Television" in first_line(PAGES["new_claim"])


def test_a_claim_without_a_claimant_is_not_told_as_a_fact():
    page = rendered(alert(dataclasses.replace(OUTPOSTS, claimant=None, via=None)))
    assert first_line(page).startswith("🟠 Told by Example Wire (without naming a source):")


def test_an_escalation_is_told_in_somebody_s_voice():
    assert "as told by Example Wire" in first_line(PAGES["escalation"])


def test_the_side_that_lost_is_said_to_have_given_no_figure():
    assert "No figure from Southmark so far." in PAGES["new_claim"].plain


def test_a_side_s_words_on_its_own_losses_are_told_as_such():
    own = dataclasses.replace(STRIKES, claimant=DENIAL.claimant)
    page = rendered(alert(own))
    assert "Losses of Northland: told by its own side, the Northland defence ministry." in page.plain
    assert "No figure from" not in page.plain


def test_both_sides_of_a_rivalry_are_in_the_first_line_and_nothing_is_added_up():
    line = first_line(PAGES["rival"])
    assert "about 22 people killed" in line
    assert "31 civilians killed" in line
    assert "53" not in PAGES["rival"].plain


def test_several_rival_figures_each_stand_beside_the_one_they_answer():
    second = dataclasses.replace(RIVAL, object="women", quantity=Quantity(3, 3), previous=Quantity(5, 5))
    page = rendered(alert(RIVAL, second))
    assert first_line(page).endswith("31 civilians killed")
    assert "• Rival figures – a doctor at the district hospital: 3 women killed" in page.plain
    assert "the Northland defence ministry: 5 civilians killed" in page.plain


def test_rival_claims_are_not_called_a_contradiction():
    assert "contradict" not in PAGES["rival"].plain.casefold()
    assert "RIVAL CLAIMS" in PAGES["rival"].plain


def test_totals_are_said_to_be_totals():
    assert "in total" in first_line(PAGES["total"])
    assert "A total is not the figure of one incident." in PAGES["total"].plain


def test_an_inferred_comparison_is_told_as_a_possibility():
    assert "Possibly the same incident (the place is not named)." in PAGES["contradiction"].plain


def test_a_denial_names_what_it_denies_and_whose_claim_that_was_once():
    vague = dataclasses.replace(DENIAL, metric=Metric.KILLED, object="civilians", previous=Quantity())
    line = first_line(rendered(alert(vague)))
    assert line == "🟠 Denied by the Northland defence ministry: civilians killed, claimed by Southmark’s army"
    assert first_line(PAGES["denial"]).endswith("the claim by Southmark’s army")


def test_parties_are_called_as_the_watch_calls_them():
    sides = {WATCH: {SOUTH: "the South"}}
    names = dataclasses.replace(NAMES, sides=sides)
    told = alert(OUTPOSTS)
    page = render.message(message(told), [told], READER, names)
    assert first_line(page).endswith("13 outposts captured (the South’s losses)")
    assert "No figure from the South so far." in page.plain


def test_a_second_account_and_a_denial_of_a_step_name_the_step():
    second = dataclasses.replace(CAPITAL, kind=Kind.CORROBORATED, rung="strike-on-capital", place=Place("Northport"))
    denied = dataclasses.replace(second, kind=Kind.DENIED, claimant=MINISTRY, other=Party("Northport"))
    told = "strike on the capital (Northport)"
    line = f"🟠 Second account, told by Example Wire (without naming a source): {told}"
    assert first_line(rendered(alert(second))) == line
    assert first_line(rendered(alert(denied))) == f"🟠 Denied by the Northland defence ministry: {told}"


def test_who_tells_a_claim_does_not_stand_behind_its_denial():
    page = rendered(alert(dataclasses.replace(DENIAL, counts=Counts(4, 3, 2))))
    assert "independent account" not in page.plain


def test_a_long_first_line_is_shortened_and_told_in_full_below():
    who = "the deputy spokesman of the provincial directorate of public health"
    long = dataclasses.replace(RIVAL, claimant=Party(who))
    page = rendered(alert(long))
    assert units(first_line(page)) <= 130
    assert "about 22 people killed" in first_line(page)
    assert f"• Rival figures – {who}: about 22 people killed" in page.plain


def test_what_one_rule_found_in_one_voice_stands_in_one_line():
    whys = ["New claims: 13 outposts captured – A", "New claims: 10 soldiers killed – A", "Steps: 10 reaches 10"]
    told = dataclasses.replace(alert(OUTPOSTS), reasons=tuple(Reason(RuleId("r"), Severity.LOW, why) for why in whys))
    assert "• New claims: 13 outposts captured, 10 soldiers killed – A\n• Steps: 10 reaches 10" in rendered(told).plain


def test_every_reason_that_fired_is_told():
    several = dataclasses.replace(
        ALERTS["denial"],
        reasons=tuple(Reason(r.rule, r.severity, why) for r in ALERTS["denial"].reasons for why in ("one", "two")),
    )
    assert "• one\n• two" in rendered(several).plain


def test_an_unconfirmed_earlier_copy_marks_this_one_as_a_possible_repeat():
    assert "possible repeat" in PAGES["possible_repeat"].plain
    assert "possible repeat" not in PAGES["rival"].plain


def test_buttons_carry_the_message_s_id_and_fit_64_bytes():
    page = rendered(ALERTS["contradiction"], severity=Severity.CRITICAL, reader=dataclasses.replace(READER, admin=True))
    data = [b.data for row in page.buttons for b in row]
    assert data == ["mute:m1", "why:m1", "sources:m1", "seen:m1", "wrong:m1"]
    long = dataclasses.replace(message(ALERTS["denial"]), id=MessageId("f" * 20))
    page = render.message(long, [ALERTS["denial"]], READER, NAMES)
    assert all(len(b.data.encode()) <= 64 for row in page.buttons for b in row)


def test_a_notice_of_plain_words_shows_its_words_as_they_are():
    page = render.message(message(text="Source <x> failed & again\nat 7"), [], READER, NAMES)
    assert page.html == "Source &lt;x&gt; failed &amp; again\nat 7"
    assert page.plain == "Source <x> failed & again\nat 7"


def test_every_text_of_the_catalogue_can_be_said():
    source = (pathlib.Path(texts.__file__).parent / "en.ftl").read_text(encoding="utf-8")
    values = dict.fromkeys(re.findall(r"\$([\w-]+)", source), 2)
    assert all(say(key, **values) for key in keys())


def test_an_unknown_language_falls_back_to_english():
    assert say("killed", "xx") == "killed"
    with pytest.raises(KeyError):
        say("no such text")


words = st.text(max_size=3000)


@given(words, words, words, st.integers(1, 14), st.sampled_from(["", "chart"]))
@settings(max_examples=60, deadline=None)
def test_nothing_is_ever_too_long_and_figure_claimant_and_link_stay(title, quote, name, several, attachment):
    claim = dataclasses.replace(
        RIVAL,
        claimant=Party("The Claimant " + name),
        place=Place(name),
        object=quote,
        uncertain=title,
        span=dataclasses.replace(RIVAL.span, quote=quote),
    )
    many = [dataclasses.replace(claim, claimant=Party(f"Claimant {i} {name}")) for i in range(several)]
    page = rendered(alert(claim, *many, title=title, why=title), attachment=attachment)
    limit = render.CAPTION_LIMIT if attachment else render.TEXT_LIMIT
    assert units(page.plain) <= limit
    assert "about 22" in page.html
    assert "The Claimant" in page.html
    assert "https://example.org/wire/1" in page.html


def test_a_joined_message_tells_each_of_its_alerts_whatever_their_length():
    long = dataclasses.replace(RIVAL, claimant=Party("word " * 99), object="thing " * 99)
    alerts = [alert(long, key=f"a{i}") for i in range(12)]
    page = rendered(*alerts, kind="digest")
    assert page.html.count("https://example.org/wire/1") == len(alerts)
    assert AlertId("a11") == alerts[-1].id
