"""The shipped files, their schemas, the long form, and the commands on them."""

import json
import pathlib

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import rulefiles
from monitor.core.rules import load
from monitor.core.rules.form import ALERTS, FILES, METRICS
from monitor.core.rules.schema import schema
from monitor.core.rules.written import written
from tests.rules.conftest import SOURCES, command

ROOT = pathlib.Path(__file__).parents[2]
RULES = ROOT / "rules"


def tocsin(*words):
    return command(ROOT, *words)


# --- shipped ---------------------------------------------------------------------------------------


def test_the_shipped_rules_are_right_and_their_tests_hold():
    status, out, err = tocsin("check", RULES)

    assert (out, status) == ("", 0)
    assert " 0 warnings" in err


@pytest.mark.parametrize("kind", FILES)
def test_the_written_schemas_are_the_grammar_s(kind):
    assert json.loads((ROOT / "docs" / "schema" / f"{kind}.json").read_text("utf-8")) == schema(kind)


def test_schema_writes_what_stands_in_the_docs(tmp_path):
    assert tocsin("schema", "--write", tmp_path)[0] == 0

    written_now = {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()}
    assert written_now == {p.name: p.read_text("utf-8") for p in (ROOT / "docs" / "schema").iterdir()}
    assert tocsin("schema", "actors")[1] == written_now["actors.json"]


@pytest.mark.parametrize("path", [p.relative_to(RULES).as_posix() for p in RULES.rglob("*.yaml")])
def test_shipped_files_name_a_schema_and_fulfil_it(path):
    text = (RULES / path).read_text("utf-8")
    named = text.partition("$schema=")[2].split()[0]

    loaded = json.loads(((RULES / path).parent / named).read_text("utf-8"))
    jsonschema.Draft7Validator(loaded).validate(yaml.safe_load(text))


# --- the long form -----------------------------------------------------------------------------------


def test_the_long_form_of_each_shipped_watch_is_the_same_rules_and_expands_to_itself():
    files = rulefiles.read(RULES)
    for watch in load(files).watches:
        long = written(watch.long)
        again = load({**files, watch.file: long}).watch(watch.id)
        assert again.hash == watch.hash
        assert written(again.long) == long


SHORT = st.fixed_dictionaries(
    {"watch": st.sampled_from(["Border", "Küste", "on", "12:30"])},
    optional={
        "sides": st.dictionaries(st.sampled_from(["Pakistan", "X"]), st.builds(lambda: ["A b", "Zenda"]), max_size=2),
        "about": st.lists(st.sampled_from(["air strikes", "no", "12:30", "010", "a{,b}"]), min_size=1, max_size=3),
        "not": st.lists(st.sampled_from(["T20", "yes"]), min_size=1, max_size=2),
        "alert": st.lists(st.sampled_from(list(ALERTS)), min_size=1, max_size=4, unique=True),
        "sources": st.sampled_from([["wire"], ["example-wire", "un"], {"languages": ["en"]}]),
        "warnings": st.just(["severe"]),
        **{str(m): st.sampled_from([[10], [5, 6.5, 7], {10: "low", 20: "critical"}]) for m in METRICS[:4]},
    },
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(short=SHORT)
def test_any_short_form_and_its_long_form_are_the_same_rules(short):
    first = load({"sources.yaml": SOURCES, "w.yaml": yaml.safe_dump(short)}).watches[0]
    long = written(first.long)
    second = load({"sources.yaml": SOURCES, "w.yaml": long}).watches[0]

    assert second.hash == first.hash
    assert written(second.long) == long


def test_a_default_is_overridden_one_by_one():
    text = "watch: B\nabout: [x]\nrules:\n  - {id: rival-claims, severity: low}\nalert: [rival claims, denials]\n"
    rules = {r.id: r for r in load({"b.yaml": text}).watches[0].rules}

    assert rules["rival-claims"].severity == "low"
    assert rules["rival-claims"].kinds == {"rival"}
    assert rules["denials"].severity == "high"


def test_meaning_changes_the_hash_and_wording_does_not():
    def hashed(text):
        return load({"b.yaml": text}).watches[0].hash

    plain = hashed("watch: B\nabout: [x]\n")
    assert hashed("# words\nwatch: Another name\nabout:\n  - x\nnote: for the next editor\n") == plain
    assert hashed("watch: B\nabout: [y]\n") != plain


def test_an_overlay_extends_lists_and_changes_severity_by_id():
    overlay = "overlay: b\nlists: {about: [y]}\nrules: {new-claims: {severity: high}, denials: {enabled: false}}\n"
    watch = load({"b.yaml": "watch: B\nabout: [x]\n", "local/b.yaml": overlay}).watches[0]
    rules = {r.id: r for r in watch.rules}

    assert watch.long["lists"]["about"] == ["x", "y"]
    assert rules["new-claims"].severity == "high"
    assert not rules["denials"].enabled


def test_a_source_that_speaks_for_nobody_known_is_a_warning():
    text = SOURCES.replace("side: Pakistan", "side: Ruritania")

    assert [w.code for w in load({"sources.yaml": text}).warnings] == ["unknown-side"]


# --- commands ------------------------------------------------------------------------------------------


def test_check_tells_mistakes_with_places_on_standard_output(tmp_path):
    (tmp_path / "b.yaml").write_text("watch: B\nabuot: [x]\n")

    status, out, _ = tocsin("check", tmp_path)

    assert status == 1
    assert out.splitlines() == [
        "b.yaml:2:1: 'abuot' is no key of a watch — did you mean 'about'? [unknown-key]",
        "    abuot: [x]",
        "    ^",
    ]


FAILING = """
watch: B
about: [quake]
alert: [every item]
tests:
  - name: silence
    given: [{at: 0m, title: A quake}]
    nothing_else: true
"""


def test_check_runs_the_tests_and_tells_what_differs(tmp_path):
    (tmp_path / "b.yaml").write_text(FAILING)

    status, out, _ = tocsin("check", tmp_path)

    assert status == 1
    assert out.startswith("b.yaml:6:5: test failed: silence [test-failed]\n    nothing else, but: at 0m, low")


def test_check_of_one_file_knows_its_neighbours(tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "b.yaml").write_text("watch: B\nabout: [x]\nsources: [example-wire]\n")
    (tmp_path / "broken.yaml").write_text("watch: [\n")

    assert tocsin("check", tmp_path / "b.yaml")[0] == 0


def test_expand_prints_what_loads_again(tmp_path):
    _, out, _ = tocsin("rules", "expand", "--rules", RULES, "pakistan-afghanistan")

    assert load({"sources.yaml": (RULES / "sources.yaml").read_text("utf-8"), "w.yaml": out}).watches
    assert tocsin("rules", "expand", "--rules", RULES, "nothing")[0] == 2
    assert tocsin("rules", "expand", "--rules", RULES, "rules/pakistan-afghanistan.yaml")[1] == out


def test_sources_at_one_address_are_a_warning():
    entry = "- {{id: {0}, publisher: {0}, owner: {0}, kind: wire, url: '{1}'{2}}}\n"
    page = ", format: page, selectors: {item: "
    rows = [
        ("a", "http://example.org/feed", ""),
        ("b", "https://www.example.org/feed/", ", enabled: false"),
        ("c", "https://example.org/feed?utm_source=x", ""),
        ("d", "https://example.org/page", page + "li}"),
        ("e", "https://example.org/page", page + "div}"),
    ]
    sources = "sources:\n" + "".join(entry.format(*row) for row in rows)

    assert [(w.line, w.code) for w in load({"sources.yaml": sources}).warnings] == [(4, "shared-address")]


def test_a_name_that_two_sides_claim_is_a_warning():
    one = "watch: A\nsides: {Ruritania: [Guard], Strelsau: []}\n"
    other = "watch: B\nsides:\n  Borduria: [Guard]\n"

    assert [(w.file, w.line, w.code) for w in load({"a.yaml": one, "b.yaml": other}).warnings] == [
        ("b.yaml", 3, "shared-name")
    ]


def test_sides_in_any_script_are_sides_of_their_own(desk):
    watch = desk("watch: X\nsides: {طالبان: [], پاکستان: [اسلام آباد]}\n")

    assert watch.selects("پاکستان اور طالبان میں جھڑپ").selected
    assert not watch.selects("پاکستان میں بارش").selected


# --- init ------------------------------------------------------------------------------------------------


def test_init_writes_rules_that_pass_the_check_and_overwrites_nothing(tmp_path):
    words = ["init", tmp_path, "--name", "Küste: Nord", "--sides", "Ruritania, Strelsau", "--about", "air strikes, no"]
    feeds = ["--feed", "https://www.example.org/a.xml", "--feed", "https://example.org/b.xml"]

    assert tocsin(*words, *feeds)[0] == 0
    rules = load(rulefiles.read(tmp_path))
    assert [w.name for w in rules.watches] == ["Küste: Nord"]
    assert list(rules.sources) == ["example-org", "example-org-2"]
    for path in tmp_path.rglob("*.yaml"):
        named = path.read_text().partition("$schema=")[2].split()[0]
        jsonschema.Draft7Validator(json.loads((path.parent / named).read_text())).validate(
            yaml.safe_load(path.read_text())
        )

    (tmp_path / "sources.yaml").write_text("sources: []\n")
    assert tocsin(*words, *feeds)[0] == 0
    assert (tmp_path / "sources.yaml").read_text() == "sources: []\n"


def test_init_without_answers_is_wrong_usage(tmp_path):
    assert tocsin("init", tmp_path)[0] == 2
    assert tocsin("init", tmp_path, "--name", "X", "--about", "y", "--feed", "nothing")[0] == 2


# --- warnings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "line", "what"),
    [
        ("sources: {kinds: [un]}", 3, "no source is left"),
        (
            "not: [x]\nrules: [{id: a, developments: [rival], match: {text: {any: [x]}}, severity: low}]",
            4,
            "only words",
        ),
        ("rules: [{id: a, developments: [rival], match: {sources: {kinds: [un]}}, severity: low}]", 3, "in common"),
        (
            "rules:\n- {id: a, developments: [rival], severity: low}\n- {id: b, developments: [rival], severity: info}",
            5,
            "'a'",
        ),
        ("lists: {spare: [x]}", 3, "used nowhere"),
        (
            "rules: [{id: a, trigger: {threshold: {metric: killed, steps: [5]}}, severity: {5: low, 9: low}}]",
            3,
            "no step",
        ),
        (
            "rules: [{id: a, developments: [rival], match: {claim: {value: {gt: 9, lt: 9}}}, severity: low}]",
            3,
            "no number",
        ),
        (
            """rules:\n- {id: a, trigger: {threshold: {metric: killed, steps: [5]}}, severity: low,
   match: {claim: {metric: missing}}}""",
            4,
            "wants claims of missing",
        ),
        (
            """rules:\n- {id: a, trigger: {burst: {count: 3, window: 1h}}, severity: low,
   match: {sources: {kinds: [wire]}}}""",
            4,
            "is left 1 sources",
        ),
        ("rules: [{id: a, developments: [rival], severity: high}]", 3, "no test names it"),
        ("defaults: {throttle: {same_key: 1h, backoff: 2}}", 3, "lengthens nothing"),
        ("defaults: {throttle: {same_key: 6h, max: 1h}}", 3, "cuts it"),
        ("defaults: {corroborate: {origins: 2, when: [high], send_as: critical}}", 3, "lowers nothing"),
        (
            "rules: [{id: a, developments: [rival], severity: low, corroborate: {origins: 2, when: [high], hold: 1h}}]",
            3,
            "never of these severities",
        ),
        ("not: [cricket|tennis]", 3, "'|' means nothing"),
        ("not: [cricket OR tennis]", 3, "'OR' means nothing"),
    ],
)
def test_what_cannot_be_reached_is_a_warning_with_its_place(more, line, what):
    loaded = load({"sources.yaml": SOURCES, "b.yaml": f"watch: B\nabout: [y]\n{more}\n"})

    assert [(w.line, what in w.what) for w in loaded.warnings] == [(line, True)]
