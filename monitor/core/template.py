"""The words of an alert as an editor writes them: facts, conditions, one loop, three styles. Data, not code.

A small part of what Jinja reads: `{{ who }}`, `{{ severity|upper }}`, `{% if previous %} … {% else %} … {% endif %}`,
`{% for d in developments %} … {% endfor %}`, and `<b>`, `<i>`, `<code>`. There is no expression, no call and no name
beyond FACTS, so that a template can neither fail, nor hang, nor reach anything. What it is filled with stays text:
facts are inserted after parsing and never read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from monitor.core.markup import BREAK, Inline, Text, Time, active, cut, shown

LONGEST = 2_000
"""Characters of a template; a message has 4,096."""
_DEEPEST = 6
_ROUNDS = 12
_LINES = 60

FACTS = {
    "severity": "info, low, high, critical",
    "emoji": "the coloured dot of the severity",
    "watch": "name of the watch",
    "rule": "title of the rule that leads",
    "why": "why it fired",
    "kind": "NEW CLAIM, RIVAL CLAIMS, …",
    "line": "the usual first line, with who says it",
    "who": "who says it, and via whom",
    "what": "what is claimed: figures, or the step of the ladder",
    "figure": "the figure alone: at least 70",
    "metric": "killed, wounded, …",
    "object": "what is counted, in the text's words",
    "side": "whose loss it is",
    "previous": "the earlier or the other's figure",
    "other": "who gave that",
    "place": "where, in the text's words",
    "day": "when it happened, as said or inferred",
    "quote": "the exact words",
    "title": "the item's headline",
    "publisher": "who printed it",
    "link": "the publisher, linked to the item",
    "published": "when the item was published",
    "seen": "when it was seen",
    "counts": "outlets, origins, independent accounts, in words",
    "outlets": "how many printed it",
    "origins": "how many origins",
    "claimants": "how many independent accounts",
    "caveats": "what must not be compared, added up or concluded",
}
"""What a template may name, and what it says. Any but the first six may be unknown and is then empty."""

OF_ONE = ("kind", "who", "what", "figure", "metric", "object", "side", "previous", "other", "place", "day", "quote")
"""Facts of each development in `{% for d in developments %}`, as `d.who`."""
_TELLING, _ATTRIBUTED = {"what", "figure"}, {"who", "line"}

FILTERS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "capital": lambda text: text[:1].upper() + text[1:],
    "short": lambda text: cut(text, 40),
}

Style = Literal["", "b", "i", "code"]
Facts = Mapping[str, str | Inline]
"""Name → words, already cleaned and cut; an unknown fact is not there, or empty."""


class BadTemplate(ValueError):
    """What is wrong with a template, at which character, and how to mend it."""

    def __init__(self, offset: int, what: str, mend: str, word: str = "", known: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.offset, self.what, self.mend = offset, what, mend
        self.word, self.known = word, known
        """A name that there is not, and those that there are."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the template's own."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Fact:
    """What is filled in; `of` is the loop's name, empty for the alert's own facts."""

    name: str
    of: str
    filters: tuple[str, ...]
    style: Style


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line."""


@dataclass(frozen=True, slots=True)
class If:
    """One of two parts, by whether a fact is known."""

    fact: Fact
    negated: bool
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class For:
    """A part for each development."""

    name: str
    body: tuple[Node, ...]


Node = Words | Fact | Break | If | For


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was found right."""

    nodes: tuple[Node, ...]
    text: str


# --- reading ------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\{\{(?P<fact>[^{}\n]*)\}\}|\{%(?P<tag>[^{}%\n]*)%\}|<(?P<close>/?)(?P<style>b|i|code)>"
    r"|(?P<break>\n)|(?P<odd>\{\{|\}\}|\{%|%\}|</?[A-Za-z][^>\n]*>?)"
)
_FACT = re.compile(r"\s*(?:(\w+)\.)?(\w+)\s*((?:\|\s*\w+\s*)*)\Z")
_IF = re.compile(r"if\s+(not\s+)?((?:\w+\.)?\w+)\Z")
_FOR = re.compile(r"for\s+(\w+)\s+in\s+developments\Z")


def parse(text: str) -> Template:
    """The template of a text. Raises BadTemplate with the place of the first mistake."""
    if len(text) > LONGEST:
        raise BadTemplate(0, f"a template of {len(text)} characters", f"at most {LONGEST}")
    reader = _Reader(text.strip("\n"))
    template = Template(reader.read(), text)
    if reader.told and not reader.attributed:
        mend = "add `{{ who }}`: a claim is never told as a fact"
        raise BadTemplate(reader.told[0], "a figure without who gives it", mend)
    return template


@dataclass
class _Open:
    """A condition or loop that is being read."""

    at: int
    tag: str
    nodes: list[Node] = field(default_factory=list)
    then: tuple[Node, ...] | None = None
    """What stands before `else`."""


class _Reader:
    """One pass over a template's tokens; no recursion, so that no depth can end the process."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open = [_Open(0, "")]
        self._style: tuple[Style, int, int] = ("", 0, 0)
        """The style, how deep and where it was opened."""
        self.told: list[int] = []
        self.attributed = False

    def read(self) -> tuple[Node, ...]:
        at = 0
        for token in _TOKEN.finditer(self._text):
            self._words(self._text[at : token.start()])
            at = token.end()
            self._token(token)
        self._words(self._text[at:])
        if len(self._open) > 1:
            tag = self._open[-1].tag.split()[0]
            raise BadTemplate(self._open[-1].at, f"{tag!r} without its end", f"add `{{% end{tag} %}}`")
        self._unstyled()
        return tuple(self._open[0].nodes)

    def _words(self, text: str) -> None:
        if text:
            self._put(Words(shown(text), self._style[0]))

    def _put(self, node: Node) -> None:
        self._open[-1].nodes.append(node)

    def _token(self, token: re.Match[str]) -> None:
        at = token.start()
        if token["fact"] is not None:
            self._put(self._fact(token["fact"], at))
        elif token["tag"] is not None:
            self._tag(token["tag"].strip(), at)
        elif token["break"]:
            self._put(Break())
        elif token["style"]:
            self._restyle(token, at)
        elif token["odd"].startswith("<"):
            mend = "there are <b>, <i> and <code>; a link comes with `{{ link }}`"
            raise BadTemplate(at, f"{token['odd']!r} is no style", mend)
        else:
            raise BadTemplate(at, f"{token['odd']!r} without its other half", "write `{{ fact }}` or `{% if fact %}`")

    def _restyle(self, token: re.Match[str], at: int) -> None:
        if token["close"]:
            if self._style[0] != token["style"] or self._style[1] != len(self._open):
                raise BadTemplate(at, f"{token.group()} closes nothing", "close a style where it was opened")
            self._style = ("", 0, 0)
        elif self._style[0]:
            raise BadTemplate(at, "a style inside a style", f"close <{self._style[0]}> first")
        else:
            self._style = (token["style"], len(self._open), at)  # type: ignore[assignment] # the pattern knows them

    def _styles_end_here(self) -> None:
        if self._style[1] == len(self._open):
            self._unstyled()

    def _unstyled(self) -> None:
        if self._style[0]:
            raise BadTemplate(self._style[2], f"<{self._style[0]}> is not closed", f"add `</{self._style[0]}>`")

    def _fact(self, inner: str, at: int) -> Fact:
        match = _FACT.match(inner)
        if not match:
            mend = "write one name, as `{{ who }}` or `{{ rule|upper }}`"
            raise BadTemplate(at, f"{inner.strip()!r} is no fact", mend)
        of, name = match[1] or "", match[2]
        filters = tuple(f.strip() for f in match[3].split("|") if f.strip())
        known = OF_ONE if of else tuple(FACTS)
        if of and of not in self._loops():
            raise BadTemplate(at, f"{of!r} is no loop's name", f"write it inside `{{% for {of} in developments %}}`")
        for word, words, what in ((name, known, "fact"), *((f, tuple(FILTERS), "filter") for f in filters)):
            if word not in words:
                raise BadTemplate(at, f"{word!r} is no {what}", f"there are: {', '.join(words)}", word, words)
        if name in _TELLING:
            self.told.append(at)
        self.attributed = self.attributed or name in _ATTRIBUTED
        return Fact(name, of, filters, self._style[0])

    def _loops(self) -> set[str]:
        return {match[1] for o in self._open if (match := _FOR.match(o.tag))}

    def _tag(self, tag: str, at: int) -> None:
        if tag == "else":
            self._else(at)
        elif tag in {"endif", "endfor"}:
            self._end(tag, at)
        elif _IF.match(tag) or (_FOR.match(tag) and not self._loops()):
            if len(self._open) > _DEEPEST:
                raise BadTemplate(at, "conditions too deep", f"at most {_DEEPEST}, one inside the other")
            self._open.append(_Open(at, tag))
        else:
            mend = "there are: if FACT, if not FACT, else, endif, for NAME in developments (not one in another), endfor"
            raise BadTemplate(at, f"{tag!r} is no condition or loop", mend)

    def _else(self, at: int) -> None:
        last = self._open[-1]
        if not last.tag.startswith("if") or last.then is not None:
            raise BadTemplate(at, "an else that belongs to no if", "one else for each if")
        self._styles_end_here()
        last.then, last.nodes = tuple(last.nodes), []

    def _end(self, tag: str, at: int) -> None:
        last = self._open[-1]
        if not last.tag.startswith(tag.removeprefix("end")):
            raise BadTemplate(at, f"{tag!r} ends nothing", "each ends what was opened last")
        self._styles_end_here()
        self._open.pop()
        body = tuple(last.nodes)
        if loop := _FOR.match(last.tag):
            self._put(For(loop[1], body))
        elif match := _IF.match(last.tag):
            fact = replace(self._fact(match[2], last.at), style="")
            then, otherwise = (body, ()) if last.then is None else (last.then, body)
            self._put(If(fact, bool(match[1]), then, otherwise))


# --- filling ------------------------------------------------------------------------------


@dataclass
class _Line:
    """A line being filled. `asked`: a fact or a condition stands in it; `told`: one of them gave words."""

    parts: list[Inline] = field(default_factory=list)
    own: list[bool] = field(default_factory=list)
    """Whether each part is the template's own words, not a fact."""
    asked: bool = False
    told: bool = False

    def safe(self) -> tuple[Inline, ...]:
        """The parts, with a break wherever a fact and its neighbour would become a mention or an address together."""
        texts = ["1" if isinstance(part, Time) else part.text for part in self.parts]
        places = active("".join(texts))
        return tuple(self._parts(texts, places)) if places else tuple(self.parts)

    def _parts(self, texts: list[str], places: list[int]) -> Iterator[Inline]:
        begin = 0
        for part, text, own in zip(self.parts, texts, self.own, strict=True):
            end = begin + len(text)
            inside = [p - begin for p in places if begin < p <= end and not (own and p < end)]
            if isinstance(part, Text):
                for place in reversed(inside):
                    text = text[:place] + BREAK + text[place:]  # noqa: PLW2901 - grows by a break at a time
                part = replace(part, text=text)  # noqa: PLW2901
            yield part
            begin = end


def fill(template: Template, facts: Facts, developments: Sequence[Facts]) -> list[tuple[Inline, ...]]:
    """The lines of a message. An empty one is a gap; a line of which no fact is known is left out."""
    filling = _Filling(developments[:_ROUNDS])
    filling.fill(template.nodes, {"": facts}, chosen=False)
    return [line.safe() for line in filling.lines if line.told or not line.asked][:_LINES]


class _Filling:
    def __init__(self, developments: Sequence[Facts]) -> None:
        self._developments = developments
        self.lines = [_Line()]

    def fill(self, nodes: tuple[Node, ...], scope: Mapping[str, Facts], *, chosen: bool) -> None:
        """Append what the nodes say. `chosen`: they are a condition's, whose own words count as told."""
        for node in nodes:
            match node:
                case Words():
                    self._add([Text(node.text, node.style)], told=chosen and not node.text.isspace(), own=True)
                case Break():
                    self.lines.append(_Line())
                case Fact():
                    part = _filled(node, scope)
                    self.lines[-1].asked = True
                    self._add(part, told=bool(part))
                case If():
                    self.lines[-1].asked = True
                    known = bool(_filled(node.fact, scope))
                    self.fill(node.then if known is not node.negated else node.otherwise, scope, chosen=True)
                    self.lines[-1].asked = True
                case For():
                    for one in self._developments:
                        self.lines[-1].asked = True
                        self.fill(node.body, {**scope, node.name: one}, chosen=False)
                    self.lines[-1].asked = True

    def _add(self, parts: list[Inline], *, told: bool, own: bool = False) -> None:
        line = self.lines[-1]
        line.parts += parts
        line.own += [own] * len(parts)
        line.told = line.told or told


def _filled(fact: Fact, scope: Mapping[str, Facts]) -> list[Inline]:
    value = scope.get(fact.of, {}).get(fact.name, "")
    if not isinstance(value, str):
        return [value]
    for name in fact.filters:
        value = FILTERS[name](value)
    return [Text(value, fact.style)] if value else []
