"""The keys of every rule file: watches, sources, actors, shared lists, overlays. One table, read by all.

The loader checks against it, `tocsin schema` prints it, docs/rules.md is tested against it. What a key means is
decided in `compile`; what a short key stands for, in `expand`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, get_args

from monitor.core import template
from monitor.core.hours import is_zone
from monitor.core.ladder import RUNGS
from monitor.core.rules import yaml
from monitor.core.rules.faults import Faults, did_you_mean, nearest
from monitor.core.rules.grammar import (
    INVALID,
    ByShape,
    Choice,
    Field,
    Flag,
    Later,
    Listed,
    Named,
    Number,
    Record,
    Schema,
    Section,
    Text,
    Type,
    Value,
    Word,
    place_of,
)
from monitor.model import ActorKind, DevelopmentKind, Metric, ObjectClass, Severity, Source, SourceKind, Stance

SEVERITIES = tuple(Severity)
METRICS = tuple(Metric)
KINDS = tuple(DevelopmentKind)
KEY_PARTS = (
    "ledger", "incident", "story", "claimant", "metric", "side", "object", "total", "place", "rung", "source", "item",
)  # fmt: skip
_RUNG = Choice(RUNGS, "a rung of the ladder of events")
CAP_SEVERITIES = ("unknown", "minor", "moderate", "severe", "extreme")

_SLUG = Word("an id", "`killed-50`", r"[a-z0-9][a-z0-9._-]{0,63}", "small letters, digits and hyphens")
_DURATION = Word(
    "a length of time", "`30m`", r"\d+(?:\.\d+)?[smhd]", "a number and s, m, h or d: `90s`, `30m`, `6h`, `7d`"
)
_SEVERITY = Choice(SEVERITIES, "a severity")
_NAME = Word("a name", "`Pakistan`")
_TEXT = Word("some words", "`First figure for this incident`")
_METRIC = Word("a metric", "`killed`", r"[a-z][a-z0-9_-]{0,63}", "small letters and hyphens")
_CLOCK = Word("a time of day", "`06:30`", r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", "hours and minutes, like 06:30")


@dataclass(frozen=True)
class Wording:
    """The text of a template (see `core.template`)."""

    def read(self, node: yaml.Node, faults: Faults) -> Any:  # noqa: ANN401 - Text or INVALID
        """See `Type.read`."""
        text = _TEXT.read(node, faults)
        if text is INVALID or not isinstance(node, yaml.Scalar):
            return INVALID
        try:
            template.parse(node.text)
        except template.BadTemplate as error:
            at, meant = faults.within(node.at, node.text.strip("\n"), error.offset), nearest(error.word, error.known)
            faults.add(at, "bad-template", error.what, f"did you mean {meant!r}?" if meant else error.mend)
            return INVALID
        return Text(node.text.strip("\n"), node.at)

    def schema(self) -> Schema:
        """See `Type.schema`."""
        return {"type": "string", "minLength": 1, "maxLength": template.LONGEST}


# --- words --------------------------------------------------------------------------------


def _one_kind_of_term(term: Section, faults: Faults) -> None:
    kinds = [k for k in ("is", "near", "regex", "side", "actor") if k in term]
    if len(kinds) != 1:
        faults.add(
            term.at, "bad-term", "a term must say exactly one of is, near, regex, side, actor", "split it in two"
        )
    elif kinds == ["regex"] and "anchor" not in term:
        mend = "add `anchor:`, a plain word that is always in what the pattern matches"
        faults.add(term.keys_at["regex"], "unanchored-regex", "a regular expression without an anchor", mend)
    elif kinds == ["near"] and "tokens" not in term:
        faults.add(term.keys_at["near"], "missing-key", "near without `tokens`", "add `tokens: 15`")


FIELDS = Listed(Choice(("title", "lede", "text"), "a part of an item"))
TERM: Type = ByShape(
    "a word, a phrase or @list",
    "`air strikes`",
    scalar=Word("a word, a phrase or @list", "`air{, }strike{,s}`"),
    mapping=Record(
        "a term in full",
        {
            "is": Field(Word("a word or phrase"), "the word or phrase, braces allowed"),
            "case": Field(Choice(("any", "exact"), "a way of comparing case"), "exact: only as written"),
            "inflect": Field(Flag(), "false: only this form, no plural or tense"),
            "in": Field(FIELDS, "only in these parts: title, lede, text"),
            "near": Field(Listed(Later("term", lambda: TERM)), "two or more terms close together"),
            "tokens": Field(Number("a distance in words", 1, whole=True), "how many words near may span"),
            "regex": Field(Word("a regular expression"), "RE2 syntax, linear time; \\b at its ends knows Unicode"),
            "anchor": Field(Word("a plain word"), "a word that every match of the regex contains"),
            "side": Field(_NAME, "any name of a side of this watch"),
            "actor": Field(_NAME, "any name of an actor of the registry"),
        },
        _one_kind_of_term,
    ),
)
TERMS = Listed(TERM, "a list of terms")
NO_TERMS = Listed(TERM, "a list of terms", may_be_empty=True)

TEXT = Record(
    "a text match",
    {
        "any": Field(TERMS, "at least one of these"),
        "all": Field(TERMS, "every one of these"),
        "none": Field(NO_TERMS, "none of these"),
    },
)

SOURCES = Record(
    "a choice of sources",
    {
        "only": Field(Listed(_NAME), "ids and kinds of sources, @groups; without it, all"),
        "except": Field(Listed(_NAME), "ids and kinds of sources, @groups, that never count"),
        "kinds": Field(
            Listed(Choice(tuple(SourceKind), "a kind of source")), "wire, official, state_media, independent, un"
        ),
        "sides": Field(Listed(_NAME), "sources that are the voice of these sides"),
        "languages": Field(
            Listed(Word("a language", "`en`", r"[a-z]{2,3}", "two or three small letters")), "languages of items"
        ),
    },
)

SIDES = ByShape(
    "a number of sides, or their names",
    "`2`",
    scalar=Number("a number of sides", 1, whole=True),
    sequence=Listed(_NAME, "a list of sides"),
)

VALUE = Record(
    "a comparison",
    {
        "gte": Field(Number(), "this or more"),
        "gt": Field(Number(), "more than this"),
        "lte": Field(Number(), "this or less"),
        "lt": Field(Number(), "less than this"),
        "eq": Field(Number(), "exactly this"),
    },
)

CLAIM = Record(
    "a claim filter",
    {
        "by": Field(Listed(_NAME), "who claims: sides, actors, or `anyone`"),
        "about": Field(Listed(_NAME), "whose losses: sides or actors"),
        "metric": Field(Listed(Choice(METRICS, "a metric")), "what is counted"),
        "object": Field(
            Listed(Choice(tuple(ObjectClass), "a class of what is counted")), "people, combatants, civilians, …"
        ),
        "value": Field(VALUE, "the figure: its low end, or its high end where there is no low one"),
        "hedged": Field(Flag(), "false: not what is only said to be possible"),
        "official": Field(Flag(), "true: only a party's official word"),
        "total": Field(Flag(), "false: the figure of one incident; true: a total over a period"),
        "stance": Field(
            Listed(Choice(tuple(Stance), "a stance")), "what the claimant does: asserts, denies, disputes, …"
        ),
    },
)

EVENT = Record(
    "an event filter",
    {
        "rungs": Field(Listed(_RUNG), "only these rungs"),
        "between": Field(Listed(_NAME), "every one of these is a party: sides or actors"),
    },
)

MATCH: Record = Record(
    "a match",
    {
        "sources": Field(SOURCES, "which sources"),
        "fields": Field(FIELDS, "where words are looked for: title, lede, text"),
        "sides": Field(SIDES, "how many sides must be named, or which"),
        "text": Field(TEXT, "which words"),
        "claim": Field(CLAIM, "which claims; in a rule only"),
        "event": Field(EVENT, "which steps of the ladder of events; in a rule only"),
        "any_of": Field(Listed(Later("match", lambda: MATCH)), "one of these matches is enough"),
    },
)

# --- rules --------------------------------------------------------------------------------

_KEY = Listed(Choice(KEY_PARTS, "a part of a key"))


def _steps_rise(section: Section, faults: Faults) -> None:
    steps = section.get("steps", [])
    if any(a >= b for a, b in pairwise(steps)):
        faults.add(section.keys_at["steps"], "unordered-steps", "steps must rise", "sort them, each once")
    elif "rearm_below" in section and steps and section["rearm_below"] > steps[0]:
        mend = f"write at most {steps[0]}"
        faults.add(section.keys_at["rearm_below"], "bad-rearm", "rearm_below lies above the first step", mend)


THRESHOLD = Record(
    "a threshold",
    {
        "metric": Field(_METRIC, "what is counted: a metric, or one of `metrics`", required=True),
        "steps": Field(Listed(Number()), "figures whose crossing upward fires, once each; without it, the ladder's"),
        "rearm_below": Field(Number(), "a figure below which the steps may fire again"),
    },
    _steps_rise,
)
TRIGGERS = {
    "threshold": Field(THRESHOLD, "a figure crosses a step"),
    "burst": Field(
        Record(
            "a burst",
            {
                "count": Field(Number("a count", 2, whole=True), "how many", required=True),
                "distinct": Field(
                    Choice(("owner", "origin", "source", "item"), "what is counted"), "what is counted once"
                ),
                "window": Field(_DURATION, "within what time", required=True),
            },
        ),
        "many at once",
    ),
    "flatline": Field(
        Record("a flatline", {"for": Field(_DURATION, "how long nothing came that the rule matches", required=True)}),
        "nothing for long",
    ),
    "first_seen": Field(
        Record(
            "a first_seen",
            {
                "memory": Field(_DURATION, "how long back it looks", required=True),
                "needs_history": Field(_DURATION, "silent until the watch has worked this long"),
            },
        ),
        "the first of its key within the memory",
    ),
    "item": Field(Record("an item trigger", {"versions": Field(Flag(), "true: edits too")}), "each new item"),
    "cap": Field(
        Record(
            "a warning trigger",
            {
                "severity": Field(Listed(Choice(CAP_SEVERITIES, "a severity of CAP")), "which severities"),
                "event": Field(TERMS, "which kinds of event, as words"),
                "area": Field(TERMS, "which areas, as words"),
            },
        ),
        "an official warning (Common Alerting Protocol)",
    ),
}


def _one_trigger(trigger: Section, faults: Faults) -> None:
    if len(trigger) != 1:
        faults.add(
            trigger.at, "bad-trigger", f"{len(trigger)} triggers in one rule", "a rule has exactly one; write two rules"
        )


def _corroborate(section: Section, faults: Faults) -> None:
    if not {"independent_claimants", "origins", "official"} & set(section):
        mend = "add `independent_claimants: 2`, `origins: 2` or `official: true`"
        faults.add(section.at, "bad-corroborate", "a corroborate that asks for nothing", mend)
    elif ("send_as" in section) == ("hold" in section):
        faults.add(section.at, "bad-corroborate", "a corroborate needs send_as or hold, one of them", "add `hold: 6h`")


CORROBORATE = Record(
    "a corroborate",
    {
        "independent_claimants": Field(
            Number("a count", 2, whole=True), "how many claimants with an account of their own"
        ),
        "origins": Field(Number("a count", 2, whole=True), "how many origins"),
        "official": Field(Flag(), "true: an official word is enough"),
        "when": Field(Listed(_SEVERITY), "only for these severities; without it, all"),
        "send_as": Field(_SEVERITY, "goes out at once with this severity, and again when met"),
        "hold": Field(_DURATION, "waits this long, then goes out low as a single claim"),
    },
    _corroborate,
)


THROTTLE = Record(
    "a throttle",
    {
        "same_key": Field(_DURATION, "the shortest time between two of one rule and key", required=True),
        "backoff": Field(Number("a factor", 1), "each further one multiplies that time"),
        "max": Field(_DURATION, "up to this"),
        "never_blocks": Field(
            Listed(
                Choice(("step_up", "severity_up", "official", "denial", "correction"), "what a throttle never blocks")
            ),
            "what goes out all the same; steps, denials and corrections always do",
        ),
    },
)

RULE_SEVERITY = ByShape(
    "a severity, or one a step",
    "`high`",
    scalar=_SEVERITY,
    mapping=Named(_SEVERITY, "a severity for each step or rung"),
)


RULE = Record(
    "a rule",
    {
        "id": Field(_SLUG, "stable: state, mutes and tests hang on it", required=True),
        "title": Field(_TEXT, "what subscribers read"),
        "why": Field(_TEXT, "for the next editor"),
        "enabled": Field(Flag(), "false: as if it were not there"),
        "status": Field(Choice(("live", "trial"), "a status"), "trial: fires into the log only"),
        "developments": Field(Listed(Choice(KINDS, "a kind of development")), "fires for these"),
        "trigger": Field(Record("a trigger", TRIGGERS, _one_trigger), "or fires by itself"),
        "match": Field(MATCH, "what the item and the claim must be, beyond what the watch selects"),
        "key": Field(_KEY, "what is one and the same thing for steps, throttle and windows"),
        "severity": Field(RULE_SEVERITY, "how much it matters"),
        "corroborate": Field(CORROBORATE, "what must stand behind it"),
        "throttle": Field(THROTTLE, "how often at most"),
        "template": Field(_SLUG, "in whose words it is told: one of `templates`"),
    },
)

INHIBIT = Record(
    "an inhibition",
    {
        "id": Field(_SLUG, "its name in the log", required=True),
        "while": Field(
            Record(
                "a while",
                {
                    "rule": Field(Listed(_SLUG), "one of these rules fired", required=True),
                    "severity": Field(_SEVERITY, "at this severity or above"),
                },
            ),
            "what has fired",
            required=True,
        ),
        "mute": Field(Listed(_SLUG), "then these rules are silent", required=True),
        "same": Field(_KEY, "for the same of these; a missing part never matches", required=True),
        "for": Field(_DURATION, "how long", required=True),
    },
)

ROUTE = Record(
    "a route",
    {
        "to": Field(_SLUG, "who gets it: followers, operators, nobody, or one of `receivers`", required=True),
        "if": Field(
            Record(
                "a condition",
                {"severity": Field(_SEVERITY, "this or above"), "rule": Field(Listed(_SLUG), "these rules")},
            ),
            "only then",
        ),
        "then": Field(Choice(("stop", "continue"), "what comes next"), "continue: the next routes are asked too"),
    },
)

# --- tests --------------------------------------------------------------------------------

_WHERE = Named(Value(), "what the development must have")
GIVEN = Record(
    "a given item",
    {
        "at": Field(_DURATION, "time since the start of the test", required=True),
        "source": Field(_NAME, "an id of sources.yaml; without it, an independent source"),
        "id": Field(_NAME, "an item's id; the same id again is an edit"),
        "title": Field(_TEXT, "its title"),
        "text": Field(_TEXT, "its text"),
        "origin": Field(_NAME, "the agency it credits"),
        "lang": Field(_NAME, "its language"),
        "marks": Field(Listed(_NAME), "what the parser noted, as `cap:severity=Severe`"),
        "claims": Field(
            _TEXT, "write the sentence in `text`: claims are read from it, as they would be live", built=False
        ),
    },
)
EXPECTED = Record(
    "an expectation",
    {
        "at": Field(_DURATION, "at the item of this time"),
        "rule": Field(_SLUG, "this rule fired"),
        "kind": Field(Choice(KINDS, "a kind of development"), "a development of this kind"),
        "severity": Field(_SEVERITY, "with this severity"),
        "why": Field(_TEXT, "the reason contains this"),
        "where": Field(_WHERE, "claimant, metric, low, high, side, object, rung, …"),
        "text_has": Field(Listed(_TEXT), "the quoted words contain each"),
        "message_has": Field(Listed(_TEXT), "what subscribers read contains each"),
    },
)
TEST = Record(
    "a test",
    {
        "name": Field(_TEXT, "what must hold, as a sentence", required=True),
        "history": Field(Listed(GIVEN), "items learned before, silently; `at` counts back from the start"),
        "given": Field(Listed(GIVEN), "items in order", required=True),
        "expect": Field(Listed(EXPECTED, may_be_empty=True), "alerts that must be sent"),
        "held": Field(Listed(EXPECTED, may_be_empty=True), "what must wait for another account"),
        "suppressed": Field(Listed(EXPECTED, may_be_empty=True), "what must be throttled, muted or inhibited"),
        "never": Field(Listed(_SLUG), "rules that must not fire"),
        "nothing_else": Field(Flag(), "true: no alert beyond those expected"),
    },
)

# --- files --------------------------------------------------------------------------------

SIDE = ByShape(
    "names of a side",
    "`[Islamabad, ISPR]`",
    scalar=Listed(_NAME),
    sequence=Listed(_NAME, "a list of names", may_be_empty=True),
    mapping=Record(
        "a side",
        {
            "actor": Field(_NAME, "its id in the registry"),
            "aliases": Field(Listed(_NAME, may_be_empty=True), "more names of it"),
        },
    ),
)
LADDER = ByShape(
    "steps, or a severity for each",
    "`[10, 50, 100]`",
    scalar=Listed(Number("a step", 0)),
    sequence=Listed(Number("a step", 0), "a list of steps"),
    mapping=Named(_SEVERITY, "a severity for each step", numeric=True),
)
METRIC = Record(
    "a metric's ladder",
    {
        "counts": Field(Choice(METRICS, "a metric"), "which metric it is; without it, the one of its name"),
        "object": Field(
            Listed(Choice(tuple(ObjectClass), "a class of what is counted")), "only these: civilians, children, …"
        ),
        "ladder": Field(LADDER, "steps that raise the severity", required=True),
        "rearm_below": Field(Number(), "a figure below which the steps may fire again"),
    },
)


def _hours(section: Section, faults: Faults) -> None:
    zone = section.get("tz", "UTC")
    if not is_zone(zone):
        mend = "write a name of the tz database, like `Asia/Karachi`"
        faults.add(place_of(zone), "unknown-zone", f"{str(zone)!r} is no time zone", mend)
    if section["from"] == section["to"]:
        faults.add(section.keys_at["to"], "no-hours", "quiet hours that are none", "let them end later than they begin")


QUIET_HOURS = Record(
    "quiet hours",
    {
        "from": Field(_CLOCK, "when they begin", required=True),
        "to": Field(_CLOCK, "when they end", required=True),
        "tz": Field(Word("a time zone", "`Asia/Karachi`"), "whose clock; UTC without it"),
        "severity": Field(
            Choice(tuple(s for s in Severity if s is not Severity.CRITICAL), "a severity that can wait"),
            "up to this severity alerts wait until the end and come together; critical never waits",
        ),
    },
    _hours,
)
RECEIVER = Record(
    "a receiver",
    {"chat": Field(Number("a chat's number", whole=True), "the chat's number, as /where tells it", required=True)},
)


ALERTS: dict[str, tuple[tuple[DevelopmentKind, ...], Severity]] = {
    "new claims": ((DevelopmentKind.NEW_CLAIM, DevelopmentKind.REVISED_UP), Severity.LOW),
    "rival claims": ((DevelopmentKind.RIVAL,), Severity.HIGH),
    "contradictions": ((DevelopmentKind.CONTRADICTED,), Severity.HIGH),
    "denials": ((DevelopmentKind.DENIED, DevelopmentKind.DISPUTED), Severity.HIGH),
    "corrections": ((DevelopmentKind.RETRACTED, DevelopmentKind.REVISED_DOWN), Severity.HIGH),
    "escalation": ((DevelopmentKind.ESCALATED,), Severity.HIGH),
    "de-escalation": ((DevelopmentKind.DE_ESCALATED,), Severity.LOW),
    "confirmations": ((DevelopmentKind.CONFIRMED,), Severity.LOW),
    "corroboration": ((DevelopmentKind.CORROBORATED,), Severity.LOW),
    "new stories": ((DevelopmentKind.NEW_STORY,), Severity.LOW),
    "every item": ((DevelopmentKind.ITEM,), Severity.LOW),
}
"""Words of `alert:` → the developments they mean, and their severity."""
USUAL_ALERTS = ("new claims", "rival claims", "contradictions", "denials", "corrections", "escalation")

GROUPS = Named(Listed(_NAME, "a list of sources"), "named groups of sources", _SLUG)
WATCH = Record(
    "a watch",
    {
        "watch": Field(_TEXT, "the name of the situation, as subscribers see it", required=True),
        "version": Field(Choice(("1",), "a version of this language"), "the language's version: 1"),
        "id": Field(_SLUG, "stable name; without it, the file's name"),
        "owner": Field(_TEXT, "who looks after it"),
        "note": Field(_TEXT, "for the next editor"),
        "enabled": Field(Flag(), "false: as if the file were not there"),
        "status": Field(Choice(("live", "trial"), "a status"), "trial: every rule fires into the log only"),
        "include": Field(Listed(_NAME), "files under rules/ whose lists are added, by name"),
        "lists": Field(Named(NO_TERMS, "named lists of terms", _SLUG), "words used more than once, as @name"),
        "sides": Field(Named(SIDE, "sides and their names", _NAME), "the parties, each with more names for it"),
        "about": Field(TERMS, "words that make an item with one side (or none, if there are no sides) belong"),
        "not": Field(TERMS, "words that keep an item out"),
        "sources": Field(
            ByShape("sources", "`[wire, official]`", Listed(_NAME), Listed(_NAME), SOURCES),
            "ids, kinds or @groups; all without it",
        ),
        "groups": Field(GROUPS, "ids and kinds of sources that belong together, used as @name"),
        "independence": Field(
            Listed(Listed(_NAME, "a list of names"), "a list of lists"),
            "each list is one voice here: sources and owners one origin, sides and actors one claimant",
        ),
        **{m: Field(LADDER, f"steps of {m} that raise the severity") for m in METRICS},
        "warnings": Field(Listed(Choice(CAP_SEVERITIES, "a severity of CAP")), "official warnings of these severities"),
        "areas": Field(TERMS, "areas that warnings must name"),
        "alert": Field(
            Listed(Choice(tuple(ALERTS), "something to alert on")), "what to be told; without it, the usual six"
        ),
        "select": Field(MATCH, "which items belong (long form of about, not, sources)"),
        "escalation": Field(
            Named(_SEVERITY, "a severity for each rung", _RUNG), "severity of rungs of the ladder of events"
        ),
        "event_ladder": Field(
            ByShape(
                "rungs, or a severity for each",
                "`[shelling, air-strike]`",
                sequence=Listed(_RUNG, "a list of rungs"),
                mapping=Named(_SEVERITY, "a severity for each rung", _RUNG),
            ),
            "the rungs that the watch tells (long form of escalation)",
        ),
        "metrics": Field(Named(METRIC, "ladders by metric", _METRIC), "long form of the steps of metrics"),
        "actors": Field(
            Listed(Later("actor", lambda: ACTOR), "a list of actors", may_be_empty=True),
            "who is who, beyond the registry; for all watches",
        ),
        "defaults": Field(
            Record(
                "defaults",
                {
                    "throttle": Field(THROTTLE, "for every rule"),
                    "corroborate": Field(CORROBORATE, "for every rule"),
                    "template": Field(_SLUG, "for every rule"),
                },
            ),
            "what every rule has unless it says otherwise",
        ),
        "rules": Field(Listed(RULE, "a list of rules", may_be_empty=True), "long form of alert and the steps"),
        "inhibit": Field(Listed(INHIBIT, may_be_empty=True), "what makes other rules silent"),
        "routes": Field(Listed(ROUTE), "who gets what, first match; the last one without a condition"),
        "tests": Field(Listed(TEST, may_be_empty=True), "run by `tocsin check`"),
        "templates": Field(Named(Wording(), "templates by name", _SLUG), "words of messages, used by name"),
        "quiet_hours": Field(Listed(QUIET_HOURS), "when this watch's alerts wait, for everybody"),
        "receivers": Field(Named(RECEIVER, "receivers by name", _SLUG), "chats that routes may name"),
    },
    partial=True,
)

_URL = Word("an address", "`https://example.org/feed.xml`", r"https?://\S+", "begin with https://")
_PAIRS = Named(Word("a value"), "`name: value` lines", Word("a name", "`title`"))
SOURCE = Record(
    "a source",
    {
        "id": Field(_SLUG, "stable name", required=True),
        "url": Field(_URL, "its address", required=True),
        "publisher": Field(_TEXT, "who prints it", required=True),
        "owner": Field(_TEXT, "who owns the publisher: one owner is one voice", required=True),
        "kind": Field(Choice(tuple(SourceKind), "a kind of source"), "what it is", required=True),
        "side": Field(_NAME, "the party whose voice it is"),
        "language": Field(Word("a language", "`en`", r"[a-z]{2,3}(?:-[A-Za-z]+)?", "like en, ur, fa"), "of its items"),
        "format": Field(
            Choice(
                get_args(Source.__annotations__["format"]) or ("feed", "page", "channel", "sitemap", "cap"), "a format"
            ),
            "feed unless said otherwise",
        ),
        "min_interval": Field(_DURATION, "never asked more often"),
        "max_interval": Field(_DURATION, "asked at least this often"),
        "allow_private": Field(Flag(), "true: its address may be in a private network"),
        "whole_text": Field(Flag(), "false: never fetch the articles' own pages"),
        "enabled": Field(Flag(), "false: not asked"),
        "selectors": Field(_PAIRS, "for pages: CSS selectors of item, title, link, text, time"),
        "headers": Field(_PAIRS, "HTTP headers to send"),
    },
)
SOURCES_FILE = Record(
    "a sources file",
    {
        "sources": Field(Listed(SOURCE, may_be_empty=True), "the feeds", required=True),
        "groups": Field(GROUPS, "ids and kinds of sources that belong together, used as @name in every watch"),
    },
    partial=True,
)

ACTOR: Record = Record(
    "an actor",
    {
        "id": Field(
            Word("an id", "`pakistan/ispr`", r"[a-z0-9][a-z0-9./_-]{0,79}", "small letters, digits, hyphens"),
            "stable; without it, the name's",
        ),
        "name": Field(_NAME, "what to call it", required=True),
        "kind": Field(Choice(tuple(ActorKind), "a kind of actor"), "what it is", required=True),
        "aliases": Field(Listed(_NAME, may_be_empty=True), "its other names"),
        "part_of": Field(_NAME, "id of the party whose voice or force it is"),
        "capital": Field(_NAME, "a city that stands for it where it speaks"),
        "country": Field(_NAME, "two-letter code"),
    },
)
ACTORS_FILE = Record(
    "an actors file", {"actors": Field(Listed(ACTOR, may_be_empty=True), "who is who", required=True)}, partial=True
)
LISTS_FILE = Record(
    "a lists file",
    {"lists": Field(Named(NO_TERMS, "named lists of terms", _SLUG), "words", required=True)},
    partial=True,
)
OVERLAY = Record(
    "an overlay",
    {
        "overlay": Field(_SLUG, "the id of the watch it changes", required=True),
        "lists": Field(Named(TERMS, "named lists of terms", _SLUG), "terms added to the lists of that name"),
        "rules": Field(
            Named(
                Record(
                    "a changed rule",
                    {k: RULE.fields[k] for k in ("enabled", "severity", "throttle")},
                ),
                "changes by rule id",
                _SLUG,
            ),
            "enabled, severity, throttle of rules by id; nothing else",
        ),
    },
    partial=True,
)
FILES: dict[str, Record] = {
    "watch": WATCH,
    "sources": SOURCES_FILE,
    "actors": ACTORS_FILE,
    "overlay": OVERLAY,
    "lists": LISTS_FILE,
}
"""First key → what the file is. A watch may have lists too: the order decides."""


def kind_of(keys: Collection[str]) -> str | None:
    """Which of FILES a mapping with these top-level keys is."""
    return next((k for k in FILES if k in keys), None)


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@cache
def seconds(duration: str) -> float:
    """`30m` → 1800."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", duration)
    if not match:
        raise ValueError(duration)
    return float(match[1]) * _SECONDS[match[2]]


def guess(keys: list[str]) -> str:
    """What to write where a file has no key that tells what it is."""
    return did_you_mean(keys[0], FILES) if keys else "begin with `watch: NAME`, `sources:` or `actors:`"
