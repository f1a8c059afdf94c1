"""An editor's own words: what a template can say, what it can't leave out, and that nothing gets past it."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core import render
from monitor.core.markup import Text, units
from monitor.core.template import FACTS, FILTERS, LONGEST, BadTemplate, fill, parse
from monitor.model import ChatId, Message, MessageId, RuleId, Subscriber
from tests.telegram_peer.entities import parse as telegram

from .samples import ALERTS, AT, NAMES, RIVAL, WATCH, alert
from .test_hostile import NASTY, hostile, made_of


def lines(text, developments=(), **facts):
    filled = fill(parse(text), facts, developments)
    return ["".join(part.text for part in line) for line in filled]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ who }}: {{ severity|upper }}", ["ISPR: HIGH"]),
        ("<b>{{ who }}</b>\n\nend", ["ISPR", "", "end"]),
        ("was {{ previous }}\n{{ who }}", ["ISPR"]),
        ("{% if previous %}was {{ previous }}{% else %}first figure{% endif %}", ["first figure"]),
        ("{% if not previous %}\nnew\n{% endif %}\n{{ who }}", ["new", "ISPR"]),
        ("{% for d in developments %}\n• {{ d.who }}: {{ d.what }}\n{% endfor %}\nend", ["• A: 1", "• B: 2", "end"]),
        ("{{ who | lower | capital }}", ["Ispr"]),
        ("{{ title|short }}", ["a very long headline that goes on and…"]),
    ],
)
def test_what_a_template_says(text, told):
    each = ({"who": "A", "what": "1"}, {"who": "B", "what": "2"})
    title = "a very long headline that goes on and on without an end"

    assert [line[:45] for line in lines(text, each, who="ISPR", severity="high", title=title)] == told


def test_styles_are_those_of_the_template():
    (line,) = fill(parse("<b>{{ who }}</b> says <i>so</i>"), {"who": "ISPR"}, ())

    assert line == (Text("ISPR", "b"), Text(" says "), Text("so", "i"))


@pytest.mark.parametrize(
    ("text", "offset", "what"),
    [
        ("{{ who }}\n{{ wo }}", 10, "'wo' is no fact"),
        ("{{ line|shout }}", 0, "'shout' is no filter"),
        ("{{ line }}{{ 7 * 7 }}", 10, "is no fact"),
        ("{{ line.__class__ }}", 0, "is no loop's name"),
        ("{% for d in developments %}{{ d.who.x }}{% endfor %}", 27, "is no fact"),
        ("{% for d in sources %}{% endfor %}", 0, "is no condition or loop"),
        ("{% set x = 1 %}", 0, "is no condition or loop"),
        ("{% if who %}x", 0, "'if' without its end"),
        ("x{% endif %}", 1, "'endif' ends nothing"),
        ("{% if who %}{% endfor %}", 12, "'endfor' ends nothing"),
        ("{% else %}", 0, "an else that belongs to no if"),
        ("<b>x", 0, "<b> is not closed"),
        ("<b><i>x</i></b>", 3, "a style inside a style"),
        ("{% if who %}<b>{% else %}</b>{% endif %}", 12, "<b> is not closed"),
        ("<a href='x'>x</a>", 0, "is no style"),
        ("<script>", 0, "is no style"),
        ("{{ who", 0, "without its other half"),
        ("{{ figure }} dead", 0, "a figure without who gives it"),
        ("x" * (LONGEST + 1), 0, "characters"),
        ("{% if who %}" * 8 + "{% endif %}" * 8, 72, "too deep"),
        (
            "{% for d in developments %}{% for e in developments %}{% endfor %}{% endfor %}",
            27,
            "is no condition or loop",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, offset, what):
    with pytest.raises(BadTemplate, match=r".") as caught:
        parse(text)

    assert (caught.value.offset, what in caught.value.what) == (offset, True)
    assert caught.value.mend


PIECES = [f"{{{{ {name} }}}}" for name in FACTS] + [f"{{{{ line|{name} }}}}" for name in FILTERS]
CONTROL = [
    "{% if previous %}", "{% else %}", "{% endif %}", "{% for d in developments %}", "{{ d.what }}", "{% endfor %}",
    "<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "\n", "\n\n", "{{ who }}", "{{ line }}", "{{", "%}", "<a>",
]  # fmt: skip
WRITTEN = st.lists(st.sampled_from(PIECES + CONTROL + NASTY) | st.text(max_size=20), max_size=30).map("".join)


@settings(max_examples=200, deadline=None)
@given(text=WRITTEN)
def test_any_text_is_a_template_or_is_told_with_a_place_in_it(text):
    offset = 0
    try:
        parse(text)
    except BadTemplate as error:
        offset = error.offset
    assert 0 <= offset <= len(text)


def templated(text, made, **fields):
    names = dataclasses.replace(NAMES, templates={(made.watch, made.reasons[0].rule): parse(text)})
    message = Message(MessageId("m"), ChatId(1), "alert", (made.id,), AT, **fields)
    return render.message(message, [made], Subscriber(ChatId(1)), names)


SAFE = [
    "{{ line }}",
    "<b>{{ line }}</b>",
    *PIECES,
    "\n",
    "\n\n",
    "<i>so</i> ",
    "{% if previous %}{{ quote }}{% endif %}",
]


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.sampled_from(SAFE), min_size=1, max_size=60), words=st.tuples(hostile, hostile, hostile))
@pytest.mark.parametrize("attachment", ["", "chart"])
def test_whatever_a_template_and_a_feed_say_it_fits_and_is_only_text(attachment, pieces, words):
    text = ("{{ line }}" + "".join(pieces))[: LONGEST - 40]
    try:
        parse(text)
    except BadTemplate:
        return  # cut in the middle of a piece
    told = templated(text, made_of(*words), attachment=attachment)

    shown, entities = telegram(told.html, "HTML")
    assert units(shown) <= (1024 if attachment else 4096)
    assert units(told.plain) <= (1024 if attachment else 4096)
    assert {e["type"] for e in entities} <= {"bold", "italic", "code", "text_link", "date_time", "blockquote"}


def test_the_source_is_linked_whether_the_template_does_it_or_not():
    made = ALERTS["new_claim"]

    for text in ("{{ line }}", "{{ line }}\n{{ link }}"):
        assert templated(text, made).html.count('<a href="') == 1


def test_what_must_be_said_is_said_without_the_template():
    made = dataclasses.replace(alert(RIVAL), developments=(RIVAL, *ALERTS["denial"].developments))
    told = templated("{{ who }}: {{ what }}", made, unconfirmed=1).plain

    assert "possible repeat" in told
    assert "never added up" in told
    assert "Denied by" in told
    assert "not verified facts" in told


def test_rules_without_a_template_keep_the_usual_words():
    made = ALERTS["new_claim"]
    names = dataclasses.replace(NAMES, templates={(WATCH, RuleId("another")): parse("{{ line }}!")})
    message = Message(MessageId("m"), ChatId(1), "alert", (made.id,), AT)

    usual = render.message(message, [made], Subscriber(ChatId(1)), NAMES)
    assert render.message(message, [made], Subscriber(ChatId(1)), names) == usual
