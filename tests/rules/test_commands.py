"""`tocsin rules` on recorded items and on a database."""

import json
import re

import pytest

from monitor import clock, rulefiles
from monitor.cli.rules import picture
from monitor.core.decide import decide
from monitor.core.records import ALERTS
from monitor.core.rules import load
from monitor.core.rules.diff import changes, heaviest
from monitor.core.stories.records import ALIASES, STORIES, Alias, Story
from monitor.core.view import Draft, Put
from monitor.replaying import item_of
from monitor.store.sqlite import SqliteStore
from tests.rules.conftest import command

WATCH = """
watch: Border
sides: {Pakistan: [Islamabad, ISPR], Taliban: [Kabul]}
about: [outposts]
killed: [10, 50, 100, 500]
"""
ROWS = [
    {"id": "a", "text": "Pakistan's military said it had killed 700 Taliban fighters in Paktika."},
    {"id": "b", "text": "Pakistan's rupee fell."},
    {"id": "c", "text": "The Taliban denied that 700 of its fighters had been killed by Pakistan in Paktika."},
]


@pytest.fixture
def place(tmp_path):
    """A directory with rules and recorded items of an hour ago, and how to ask `tocsin rules` there."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "border.yaml").write_text(WATCH)
    now = clock.now().replace(microsecond=0).isoformat()
    rows = [{"title": "", "source": f"outlet-{r['id']}", "seen": now, "published": now, **r} for r in ROWS]
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    return tmp_path


def today():
    return clock.now().date()


def tocsin(place, *words):
    """(exit status, standard output, standard error) of `tocsin rules …` in that directory."""
    return command(place, "rules", *words)


@pytest.fixture
def history(place):
    """The same place after a daemon has decided the items."""
    rules = load(rulefiles.read(place / "rules"))
    (place / "state").mkdir()
    store = SqliteStore(place / "state" / "tocsin.db")
    for line in (place / "items.jsonl").read_text().splitlines():
        draft = Draft(store.view())
        decide(item_of(json.loads(line)), draft, rules)
        store.apply(draft.changes())
    store.close()
    return place


def test_backtest_counts_per_day_and_rule_and_draws(place):
    status, out, _ = tocsin(place, "backtest", "items.jsonl", "--svg", "days.svg")

    assert status == 0
    table = {line.split()[0]: line.split()[1:] for line in out.splitlines()[1:] if line.startswith("border/")}
    assert table["border/new-claims"] == ["1"]
    assert table["border/denials"] == ["1"]
    assert "border: a follower would get 2 messages in 1 days, 2.0 a day, at most 2" in out
    titles = re.findall("<title>(.*?)</title>", (place / "days.svg").read_text())
    assert f"border/denials, {today()}: 1" in titles


def test_backtest_tells_what_never_happened(place):
    more = "rules: [{id: few, developments: [new_claim], match: {claim: {value: {lt: 5}}}, severity: low}]\n"
    (place / "rules" / "border.yaml").write_text(WATCH + more + "alert: [new claims]\n")

    _, out, _ = tocsin(place, "backtest", "items.jsonl")

    assert "never fired: border/few; the nearest was item a: 700 Taliban fighters killed" in out
    assert "filter not passed, value: 700" in out
    assert "never seen, words of border: outposts" in out


def test_backtest_over_weeks_counts_by_week(place):
    rows = [
        {**ROWS[0], "id": f"n{n}", "seen": f"2026-03-{n + 1:02}T12:00:00Z", "source": "outlet-a"} for n in range(20)
    ]
    (place / "items.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (place / "rules" / "border.yaml").write_text(WATCH + "alert: [every item]\n")

    _, out, _ = tocsin(place, "backtest", "items.jsonl")

    assert out.splitlines()[1].split() == ["week", "of", "02-23", "03-02", "03-09", "03-16"]
    assert next(line for line in out.splitlines() if line.startswith("alerts")).split()[1:] == ["1", "7", "7", "5"]


def test_backtest_shows_what_changes_against_other_rules(place):
    (place / "old").mkdir()
    (place / "old" / "border.yaml").write_text(WATCH + "alert: [new claims]\n")

    _, out, _ = tocsin(place, "backtest", "items.jsonl", "--against", "old")

    assert "1 (0)" in out
    assert [line for line in out.splitlines() if line.startswith(("+ ", "- "))] == [
        next(line for line in out.splitlines() if "border c: Denials" in line)
    ]


def test_a_backtest_has_a_column_for_a_day_without_alerts(place):
    rows = [{**ROWS[0], "id": f"n{n}", "seen": f"2026-03-0{n}T12:00:00Z", "source": "outlet-a"} for n in (1, 4)]
    (place / "items.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (place / "rules" / "border.yaml").write_text(WATCH + "alert: [every item]\n")

    _, out, _ = tocsin(place, "backtest", "items.jsonl")
    _, later, _ = tocsin(place, "backtest", "items.jsonl", "--since", "2026-03-05")

    assert out.splitlines()[1].split() == ["03-01", "03-02", "03-03", "03-04"]
    assert next(line for line in out.splitlines() if line.startswith("alerts")).split()[1:] == ["1", "·", "·", "1"]
    assert later.splitlines()[1] == "no alerts"


def test_a_compared_day_is_labelled_with_both_counts_in_a_column_wide_enough(place):
    now = {("2026-03-01", "a"): 12, ("2026-03-02", "a"): 3}
    drawn = picture.svg(now, {("2026-03-01", "a"): 17, ("2026-03-02", "a"): 3})

    labels = re.findall(r'<text class="n" x="([\d.]+)" y="[\d.]+" text-anchor="middle">(.*?)</text>', drawn)
    assert [text for _, text in labels] == ["12 (17)", "3"]
    assert float(labels[1][0]) - float(labels[0][0]) >= 6 * len("12 (17)")


@pytest.mark.parametrize(
    "words",
    [
        ("backtest", "nothing.jsonl"),
        ("backtest", "broken.jsonl"),
        ("backtest", "items.jsonl", "--since", "yesterday"),
        ("backtest", "items.jsonl", "--watch", "nothing"),
        ("backtest", "items.jsonl", "--svg", "nowhere/days.svg"),
        ("explain", "a", "--items", "nothing.jsonl"),
        ("explain", "a", "--items", "items.jsonl", "--rule", "denails"),
        ("route", "border", "--rule", "denails"),
        ("mute", "--rule", "denails", "--why", "x"),
    ],
)
def test_what_is_not_there_is_wrong_usage(history, words):
    (history / "broken.jsonl").write_text("{")

    status, _, err = tocsin(history, *words)

    assert (status, "error:" in err) == (2, True)


def test_backtest_without_items_is_wrong_usage(place):
    (place / "none.jsonl").write_text("")

    assert tocsin(place, "backtest", "none.jsonl")[0] == 2


def test_explain_tells_each_clause_and_why_not(place):
    _, fired, _ = tocsin(place, "explain", "a", "--items", "items.jsonl")
    _, not_fired, _ = tocsin(place, "explain", "b", "--items", "items.jsonl")
    status, _, err = tocsin(place, "explain", "nothing", "--items", "items.jsonl")

    assert "new-claims: 700 Taliban fighters killed" in fired
    assert "step 500 reached, and told before" in fired
    assert "border: does not belong" in not_fired
    assert "sides: 1 of 2 needed" in not_fired
    assert (status, err) == (1, "tocsin: nothing here has the id 'nothing'\n")
    assert "rival-claims, contradictions, denials, corrections: no development of theirs in the item" in fired


def test_explain_tells_when_a_rule_may_speak_again(place):
    first, denied = (tocsin(place, "explain", item, "--items", "items.jsonl")[1] for item in ("a", "c"))

    assert re.search(r"new-claims: .*: fires; last told .* \(low, 1 in a row\), the same again from .* UTC", first)
    assert re.search(r"denials: .*: fires; last told .* \(high, 1 in a row\), no throttle blocks it", denied)


def test_explain_tells_what_nearly_fired(place):
    rule = "{id: few, developments: [new_claim], match: {claim: {value: {lt: 5}}}, severity: low}"
    (place / "rules" / "border.yaml").write_text(f"{WATCH}rules: [{rule}]\nalert: [new claims]\n")

    _, out, _ = tocsin(place, "explain", "a", "--items", "items.jsonl", "--rule", "few")

    assert "    nearly, few: 700 Taliban fighters killed – Pakistan's military: filter not passed, value: 700" in out


def test_explain_of_one_rule_from_the_database(history):
    _, out, _ = tocsin(history, "explain", "c", "--rule", "rival-claims")

    assert "rival-claims: " in out
    assert "denials: " not in out.partition("now, by rules")[2]


def test_pending_lists_what_waits_for_another_account(history):
    status, out, _ = tocsin(history, "pending")

    assert status == 0
    assert "border/killed critical, sent lower" in out
    assert "independent claimants 1/2" in out


def test_a_mute_is_previewed_listed_and_ended(history):
    too_broad = tocsin(history, "mute", "--watch", "border", "--why", "x")
    too_long = tocsin(history, "mute", "--rule", "denials", "--why", "x", "--for", "999w")
    silent = tocsin(history, "mute", "--rule", "denials")
    done = tocsin(history, "mute", "--rule", "denials", "--why", "known", "--by", "ana", "--for", "2d")
    listed = tocsin(history, "mute")[1]

    assert (too_broad[0], too_long[0], silent[0], done[0]) == (2, 2, 2, 0)
    assert "would have hidden 1 alert" in done[1]
    assert "rule=denials, by ana: known" in listed

    assert tocsin(history, "unmute", listed.split()[0])[0] == 0
    assert tocsin(history, "mute")[1] == "nothing is muted\n"
    assert tocsin(history, "unmute", "nothing")[0] == 2


@pytest.mark.parametrize("change", ["merged", "turned"])
def test_a_muted_story_is_previewed_under_the_names_it_has_had(history, change):
    store = SqliteStore(history / "state" / "tocsin.db")
    then = store.view().latest(ALERTS, limit=1)[0].story
    now = {"merged": Put(ALIASES, Alias(then, "s0", 0.0)), "turned": Put(STORIES, Story(then, 0.0, 0.0, of="s0"))}
    store.apply([now[change]])
    store.close()

    def hidden(story):
        return re.search(
            r"hidden (\d+)", tocsin(history, "mute", "--watch", "border", "--story", story, "--preview")[1]
        )[1]

    assert hidden(then) == hidden("s0") != "0"
    assert hidden("elsewhere") == "0"


def test_status_tells_what_is_loaded_and_by_what_was_decided(history):
    status, out, _ = tocsin(history, "status")

    assert status == 0
    assert "watch     border" in out
    assert "(these)" in out

    (history / "rules" / "border.yaml").write_text("watch: [")
    status, out, _ = tocsin(history, "status")
    assert status == 1
    assert "quarantined all: there is no last good version, a daemon can't start" in out
    assert "(other rules than these)" in out


def test_status_tells_what_stands_in_for_a_broken_file(history):
    source = "{id: a, url: 'https://a.example/', publisher: A, owner: A, kind: wire}"
    (history / "rules" / "sources.yaml").write_text(f"sources: [{source}]\n")
    rulefiles.start(history / "rules", history / "state" / "rules.json")
    (history / "rules" / "border.yaml").write_text("watch: [")
    (history / "rules" / "new.yaml").write_text("watch: [")
    (history / "rules" / "sources.yaml").write_text("")

    _, out, _ = tocsin(history, "status")

    assert "quarantined border.yaml: 1 mistake; its last good version, read " in out
    assert "quarantined new.yaml: 1 mistake; left out, there is no good version of it" in out
    assert "quarantined sources.yaml: 1 mistake; its last good version, read " in out


def test_route_names_receivers_and_quiet_hours(place):
    quiet = "quiet_hours: {from: '22:00', to: '06:00', severity: low}\n"
    more = f"{quiet}receivers: {{desk: {{chat: -5}}}}\nroutes: [{{to: desk}}]\n"
    (place / "rules" / "border.yaml").write_text(WATCH + more)

    assert tocsin(place, "route", "border")[1] == "desk: chat -5\n"
    assert "it waits for the end" in tocsin(place, "route", "border", "--severity", "low")[1]


def test_route_names_the_destinations(place):
    assert tocsin(place, "route", "border")[1] == "followers: nobody yet\n"
    assert tocsin(place, "route", "nothing")[0] == 2


def test_diff_weighs_what_changed(place):
    (place / "old").mkdir()
    (place / "old" / "border.yaml").write_text(WATCH)
    (place / "rules" / "border.yaml").write_text(
        WATCH.replace("[outposts]", "[outposts, shelling]") + "killed: [10, 50]\n"
    )

    assert tocsin(place, "diff", "old")[0] == 1  # a duplicate key

    (place / "rules" / "border.yaml").write_text(WATCH.replace("[outposts]", "[outposts, shelling]"))
    assert tocsin(place, "diff", "old")[1].splitlines() == [
        "border: minor",
        "  minor lists.about[shelling]: — → shelling",
    ]
    assert tocsin(place, "diff", "rules")[1] == "nothing changed in meaning\n"


def test_a_rule_that_is_new_is_one_difference(place):
    rule = "{id: few, developments: [new_claim], match: {claim: {value: {lt: 5}}}, severity: low}"
    before, after = (
        load({"w.yaml": WATCH + more}).watches[0].long
        for more in (
            "rules: []\n",
            f"rules: [{rule}]\nalert: [new claims, rival claims, contradictions, denials, corrections, escalation]\n",
        )
    )

    assert [(c.path, c.weight) for c in changes(before, after)] == [("rules[few]", "minor")]
    assert [(c.path, c.weight) for c in changes(after, before)] == [("rules[few]", "major")]


@pytest.mark.parametrize(
    ("changed", "weight"),
    [
        (WATCH.replace("[outposts]", "[shelling]"), "major"),
        (WATCH + "not: [cricket]\n", "minor"),
        (WATCH.replace("[10, 50, 100, 500]", "{10: low, 50: low, 100: low, 500: low}"), "patch"),
        (WATCH.replace("watch: Border", "watch: The border"), "patch"),
    ],
)  # fmt: skip
def test_weights_of_changes(changed, weight):
    before, after = (load({"w.yaml": text}).watches[0].long for text in (WATCH, changed))

    assert heaviest(changes(before, after)) == weight
