"""Every mistake has a code, a place and a way to mend it; none is ever a traceback."""

import ast
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import rulefiles
from monitor.core import rules
from monitor.errors import RuleFileError

HERE = pathlib.Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
SOUND = {
    "sources.yaml": """
sources:
  - {id: example-wire, url: "https://example.org/w", publisher: Example Wire, owner: Example, kind: wire}
  - {id: example-times, url: "https://example.org/t", publisher: Example Times, owner: Times, kind: independent}
""",
    "border.yaml": "watch: Border\nabout: [outposts]\n",
}


def mistakes(path):
    files = {**SOUND, path.name: path.read_text("utf-8")}
    if "overlay" not in path.read_text("utf-8"):
        del files["border.yaml"]
    with pytest.raises(RuleFileError) as caught:
        rules.load(files)
    return caught.value.faults


def test_each_broken_file_is_told_exactly():
    told = [f"{fault} [{fault.code}]" for path in BROKEN for fault in mistakes(path)]

    assert told == (HERE / "broken" / "expected.txt").read_text("utf-8").splitlines()


def codes_in_use():
    """The second argument of every call that notes an error."""
    for path in pathlib.Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"add", "_unknown"}:
                yield from (a.value for a in node.args[1:2] if isinstance(a, ast.Constant))


def test_each_code_has_a_broken_file():
    codes = set(codes_in_use())

    assert len(codes) > 40
    assert codes == {fault.code for path in BROKEN for fault in mistakes(path)}


def test_a_caret_stands_under_the_mistake():
    (fault,) = mistakes(HERE / "broken" / "unknown-source.yaml")

    line, caret = fault.snippet.splitlines()
    assert line[caret.index("^") :].startswith("exmaple-times")


def test_all_mistakes_of_all_files_are_told_at_once():
    files = {
        "a.yaml": "watch: A\nabuot: [x]\nkilled: [many, 10]\nsources: [nowhere]\n",
        "b.yaml": "watch: B\nalert: [nothing]\n",
    }

    with pytest.raises(RuleFileError) as caught:
        rules.load(files)

    assert [(f.file, f.line, f.code) for f in caught.value.faults] == [
        ("a.yaml", 2, "unknown-key"),
        ("a.yaml", 3, "wrong-type"),
        ("a.yaml", 4, "unknown-source"),
        ("b.yaml", 2, "not-one-of"),
    ]


def test_what_only_follows_from_another_mistake_is_not_told():
    files = {
        "sources.yaml": "sources: [{id: example-wire}]",
        "a.yaml": "watch: A\nabout: [x]\nsources: [example-wire]\n",
    }

    with pytest.raises(RuleFileError) as caught:
        rules.load(files)

    assert {f.file for f in caught.value.faults} == {"sources.yaml"}


def test_a_broken_watch_is_replaced_by_its_last_good_version_and_the_others_load():
    good = rules.load({**SOUND, "other.yaml": "watch: Other\nabout: [floods]\n"})
    broken = {
        **SOUND,
        "border.yaml": "watch: Border\nabuot: [outposts]\n",
        "other.yaml": "watch: Other\nabout: [fires]\n",
    }

    loaded = rules.load(broken, last_good=good)

    assert [w.id for w in loaded.watches] == ["border", "other"]
    assert loaded.watches[0].hash == good.watches[0].hash
    assert loaded.watches[1].hash != good.watches[1].hash
    assert [f.code for f in loaded.quarantined] == ["unknown-key"]
    assert loaded.hash != good.hash


def test_a_new_watch_that_is_broken_is_left_out_and_told():
    good = rules.load(SOUND)

    loaded = rules.load({**SOUND, "new.yaml": "watch: ["}, last_good=good)

    assert [w.id for w in loaded.watches] == ["border"]
    assert [f.code for f in loaded.quarantined] == ["yaml-syntax"]


def test_broken_sources_keep_the_last_good_ones():
    good = rules.load(SOUND)

    for broken in ("sources: [{id: example-wire}]", "sources: ["):
        loaded = rules.load({**SOUND, "sources.yaml": broken}, last_good=good)
        assert dict(loaded.sources) == dict(good.sources)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"about: [x]\nwatch: Gr\xfc\xdfe\n", "not-utf8"), (b"#" * (5 << 20), "too-big")],
)
def test_files_that_cannot_be_read_are_told_with_their_place(tmp_path, content, code):
    (tmp_path / "a.yaml").write_bytes(content)

    with pytest.raises(RuleFileError) as caught:
        rules.load(rulefiles.read(tmp_path))

    assert [(f.file, f.code) for f in caught.value.faults] == [("a.yaml", code)]


def test_a_missing_directory_is_told(tmp_path):
    with pytest.raises(RuleFileError, match="no such directory"):
        rulefiles.read(tmp_path / "nowhere")


def faults_of(text):
    """The faults of a file, none if it loads; anything else it raises fails the test."""
    try:
        rules.load({"x.yaml": text})
    except RuleFileError as error:
        return error.faults or [None]
    return ()


KEYS = """
    watch about not sides killed alert select rules id trigger threshold any_of text any none severity developments
    tests given at @about high 10 {a,b} *x &x near regex anchor tokens to routes if
    metrics counts object ladder rearm_below killed event_ladder shelling escalation templates template {{line}}
    <b> {{what}} quiet_hours from 23:00 tz receivers chat actors name kind state match claim stance event rungs between
    defaults
"""
WORDS = st.sampled_from(KEYS.split())
VALUES = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(values=st.dictionaries(WORDS, VALUES, max_size=6))
def test_whatever_stands_in_a_watch_it_loads_or_is_told(values):
    import yaml

    text = yaml.safe_dump({"watch": "X", **values})
    assert all(f.line >= 1 and f.column >= 1 and f.mend for f in faults_of(text))


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=80))
def test_whatever_stands_in_a_file_it_loads_or_is_told(text):
    assert all(f.line >= 1 and f.column >= 1 and f.mend for f in faults_of(text))


def test_a_poisonous_depth_is_told():
    with pytest.raises(RuleFileError, match="nested deeper"):
        rules.load({"x.yaml": "watch: X\nabout: " + "[" * 5000 + "]" * 5000})
