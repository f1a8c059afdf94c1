"""Alerts → the words of one message, as HTML and as plain text, within a channel's limits.

The first line stands alone: it is all that a lock screen shows. The claimant comes before the figure, the
other side's answer (or that there is none) is in the same message, and outlets, origins and independent
accounts are told apart. Where room is short, reasons and quotes go first; claimant, figure and link stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from monitor.core import phrases
from monitor.core.claims.actors import Registry
from monitor.core.markup import (
    ESSENTIAL,
    Block,
    Inline,
    Line,
    Link,
    Text,
    Time,
    clean,
    cut,
    html,
    plain,
    stripped,
    units,
)
from monitor.core.template import Template
from monitor.core.templated import Telling, blocks
from monitor.core.texts import say
from monitor.model import (
    ActorId,
    Alert,
    Button,
    ChatId,
    Day,
    Development,
    DevelopmentKind,
    Message,
    MessageId,
    Metric,
    Party,
    RuleId,
    Severity,
    Subscriber,
    WatchId,
)

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""What Telegram allows, after parsing (https://core.telegram.org/bots/api#sendmessage, #sendphoto)."""

EMOJI = {Severity.INFO: "⚪", Severity.LOW: "🟡", Severity.HIGH: "🟠", Severity.CRITICAL: "🔴"}
_LINE = 120
"""Characters of the first line, about: what a lock screen shows. A longer one is shortened and told in full below."""
_HEADLINE, _TITLE, _QUOTE, _REASON, _PLACE, _NAME = 300, 160, 500, 160, 80, 60
_SHORT_NAME, _SHORT_OBJECT = 32, 24
_FIGURES, _OTHERS, _REASONS, _QUOTES = 3, 6, 5, 2
_ENTRY = 200
"""With `audience.JOINED` entries a digest fits by construction."""

_ORDER = [
    DevelopmentKind.RETRACTED,
    DevelopmentKind.CONTRADICTED,
    DevelopmentKind.ESCALATED,
    DevelopmentKind.RIVAL,
    DevelopmentKind.DENIED,
    DevelopmentKind.DISPUTED,
    DevelopmentKind.NEW_CLAIM,
    DevelopmentKind.REVISED_UP,
    DevelopmentKind.REVISED_DOWN,
    DevelopmentKind.CONFIRMED,
    DevelopmentKind.CORROBORATED,
    DevelopmentKind.DE_ESCALATED,
    DevelopmentKind.BURST,
    DevelopmentKind.QUIET,
    DevelopmentKind.FIRST_SEEN,
    DevelopmentKind.NEW_STORY,
    DevelopmentKind.ITEM,
]
"""Which development leads where one decision brought several."""

_OF_TITLES = {DevelopmentKind.FIRST_SEEN, DevelopmentKind.NEW_STORY, DevelopmentKind.ITEM}
_OF_NOTES = {DevelopmentKind.BURST, DevelopmentKind.QUIET}
_OF_RUNGS = {DevelopmentKind.ESCALATED, DevelopmentKind.DE_ESCALATED}
_UNNAMED = {DevelopmentKind.NEW_CLAIM, DevelopmentKind.CORROBORATED}
"""What has words of its own where the text names nobody."""
_ANSWERS = {DevelopmentKind.DENIED, DevelopmentKind.DISPUTED, DevelopmentKind.RETRACTED}
_RIVALS = {DevelopmentKind.RIVAL, DevelopmentKind.CONTRADICTED}
_REVISIONS = {DevelopmentKind.REVISED_UP: "up-from", DevelopmentKind.REVISED_DOWN: "down-from"}
_NO_LOSS = {Metric.FREED, Metric.RESCUED, Metric.DISPLACED, Metric.LAUNCHED, Metric.MAGNITUDE}
_LINKS = {
    DevelopmentKind.RIVAL: "against",
    DevelopmentKind.CONTRADICTED: "against",
    DevelopmentKind.CORROBORATED: "also-by",
    DevelopmentKind.CONFIRMED: "also-by",
    DevelopmentKind.DENIED: "claimed-by",
    DevelopmentKind.DISPUTED: "claimed-by",
}
"""How a development's line names whom it answers."""


@dataclass(frozen=True, slots=True)
class Names:
    """How people know the things that alerts name by id; an unknown id is told as it is."""

    watches: Mapping[WatchId, str] = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry.base)
    sides: Mapping[WatchId, Mapping[ActorId, str]] = field(default_factory=dict)
    """What each watch calls its sides ("TTP"), which need not be what the registry calls them."""
    templates: Mapping[tuple[WatchId, RuleId], Template] = field(default_factory=dict)
    """The words of a watch's own for what a rule tells."""
    here: WatchId | None = None
    """The watch whose words are used."""

    def within(self, key: WatchId) -> Names:
        """The same, in the words of one watch."""
        return replace(self, here=key)

    def side(self, key: ActorId) -> str:
        """A party as the watch calls it, else by its own name; safe to show."""
        ours = self.sides.get(self.here, {}) if self.here else {}
        named = ours.get(key) or ours.get(self.registry.party(key))
        return clean(named, _NAME) if named else self.actor(key)

    def watch(self, key: WatchId) -> str:
        """A watch's name, safe to show."""
        return clean(self.watches.get(key, key), _NAME)

    def actor(self, key: ActorId) -> str:
        """An actor's name, safe to show."""
        try:
            return clean(self.registry.get(key).name, _NAME)
        except KeyError:
            return clean(key, _NAME)

    def party(self, key: ActorId | None) -> ActorId | None:
        """The party that an actor speaks or fights for."""
        return self.registry.party(key) if key else None


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in both forms; each fits the limit of what it goes with (4,096, or 1,024 for a caption)."""

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()


def message(message: Message, alerts: Sequence[Alert], subscriber: Subscriber, names: Names) -> Rendered:
    """The words of one message. `alerts` are those it carries, oldest first. Pure; never fails on a feed's text."""
    if message.text or not alerts:
        return _ready(message)
    blocks = _blocks(message, alerts, subscriber.lang, names)
    limit = CAPTION_LIMIT if message.attachment else TEXT_LIMIT
    return Rendered(html(blocks, limit), plain(blocks, limit), _buttons(message, subscriber))


def _ready(message: Message) -> Rendered:
    """Words that were ready when they were enqueued: markup of ours, or plain words to be shown as they are."""
    if message.html:
        return Rendered(message.text, stripped(message.text), message.buttons)
    lines = Block(tuple((Text(clean(line)),) for line in message.text.splitlines()))
    return Rendered(html([lines], TEXT_LIMIT), plain([lines], TEXT_LIMIT), message.buttons)


def notice(blocks: Sequence[Block]) -> str:
    """The ready-made words of a notice."""
    return html(blocks, TEXT_LIMIT)


def headline(alert: Alert, names: Names, lang: str = "en") -> str:
    """What an alert says, in one line: the line that a lock screen, a digest or a list shows."""
    leading = _groups(alert)[:1]
    return _first_line(leading[0], alert, names.within(alert.watch), lang) if leading else clean(alert.title, _TITLE)


def page(alert: Alert, names: Names, lang: str = "en") -> list[Block]:
    """One alert as the blocks of a message, to be shown within another one."""
    shown = Message(MessageId(""), ChatId(0), "alert", (alert.id,), alert.at)
    return [b for b in _single(shown, alert, lang, names) if b.lines]


def quotes(alert: Alert) -> list[str]:
    """The exact words behind an alert's developments, each once, the leading one first; safe to show."""
    spans = [d.span for group in _groups(alert) for d in group if d.span]
    found = list(dict.fromkeys(clean(span.quote, _QUOTE) for span in spans))
    return [quote for quote in found if quote and not any(quote in other for other in found if other != quote)]


def _blocks(message: Message, alerts: Sequence[Alert], lang: str, names: Names) -> list[Block]:
    if len(alerts) > 1 or message.kind == "digest":
        return list(_digest(message, alerts, lang, names))
    return [b for b in _single(message, alerts[0], lang, names) if b.lines]


# --- one alert ---------------------------------------------------------------------------


def _single(message: Message, alert: Alert, lang: str, names: Names) -> Iterable[Block]:
    groups, names = _groups(alert), names.within(alert.watch)
    template = names.templates.get((alert.watch, alert.reasons[0].rule)) if alert.reasons else None
    if template:
        yield from blocks(template, _telling(message, groups, alert, names, lang))
    else:
        yield from _usual(message, groups, alert, names, lang)
    if any(group[0].kind not in _OF_TITLES | _OF_NOTES for group in groups):
        yield Block(((Text(say("claims-only", lang), "i"),),), 3)


Groups = list[tuple[Development, ...]]


def _lead(message: Message, alert: Alert, names: Names, lang: str) -> str:
    line = headline(alert, names, lang)
    return cut(say("correction-line", lang, line=line), _HEADLINE) if message.kind == "correction" else line


def _telling(message: Message, groups: Groups, alert: Alert, names: Names, lang: str) -> Telling:
    lead = groups[:1]
    return Telling(
        alert,
        groups,
        names.watch(alert.watch),
        EMOJI[alert.severity],
        _lead(message, alert, names, lang),
        _who(lead[0][0], alert, lang) if lead else clean(alert.publisher or alert.source, _NAME),
        _what(lead[0], alert, names, lang) if lead else clean(alert.title, _TITLE),
        tuple(_answers(groups, names, lang)),
        _label(message, groups, alert, names, lang),
        bool(message.unconfirmed) or message.kind == "correction",
        tuple(_others(groups, alert, names, lang)),
        _origin(alert, lang),
        names.side,
        lang,
    )


def _usual(message: Message, groups: Groups, alert: Alert, names: Names, lang: str) -> Iterable[Block]:
    line = _lead(message, alert, names, lang)
    yield Block(((Text(f"{EMOJI[alert.severity]} "), Text(line, "b")),), ESSENTIAL)
    yield Block((_label(message, groups, alert, names, lang),), 8)
    yield Block(tuple(_others(groups, alert, names, lang)), 7, gap=True)
    yield Block(tuple((Text(t),) for t in _answers(groups, names, lang)), 8, gap=True)
    for place, quote in enumerate(quotes(alert)[:_QUOTES]):
        yield Block(((Text(f"“{quote}”"),),), 5, quote=True, gap=place == 0)
    yield Block((_origin(alert, lang),), ESSENTIAL, gap=True)
    yield Block(tuple((Text(t),) for t in _standing(groups, line, lang)), 7)
    yield Block(tuple(_reasons(alert, lang)), 4)


def _groups(alert: Alert) -> Groups:
    """Developments of one kind by one claimant, told in one line; the leading group first."""
    ranked = sorted(alert.developments, key=lambda d: _ORDER.index(d.kind))
    return [tuple(group) for _, group in groupby(ranked, key=_teller)]


def _teller(development: Development) -> tuple[object, ...]:
    """What developments that share a line have in common. Each rival or revised figure has a line of its own,

    so that it stands beside the very figure that it answers.
    """
    d = development
    own_line = (d.metric, d.object, d.quantity, d.previous) if d.kind in _RIVALS or d.kind in _REVISIONS else ()
    names = tuple(someone.text if someone else "" for someone in (d.claimant, d.via, d.other))
    return (d.kind, *names, (d.rung or "") if d.kind in _OF_RUNGS else "", *own_line)


def _first_line(group: tuple[Development, ...], alert: Alert, names: Names, lang: str) -> str:
    """What leads, as briefly as a lock screen needs it."""
    line = _told(group, alert, names, lang)
    for shorter in (_sideless, _short):
        if units(line) > _LINE:
            line = _told(tuple(map(shorter, group)), alert, names, lang)
    return line


def _sideless(development: Development) -> Development:
    return replace(development, side=None)


def _short(development: Development) -> Development:
    d = _sideless(development)
    return replace(
        d,
        claimant=_short_party(d.claimant),
        via=_short_party(d.via),
        other=_short_party(d.other),
        object=cut(clean(d.object), _SHORT_OBJECT) if d.object else None,
        previous_object=cut(clean(d.previous_object), _SHORT_OBJECT) if d.previous_object else None,
    )


def _short_party(party: Party | None) -> Party | None:
    return replace(party, text=cut(clean(party.text), _SHORT_NAME)) if party else None


def _told(group: tuple[Development, ...], alert: Alert, names: Names, lang: str) -> str:
    group = tuple(_of_their_sides(development, names, lang) for development in group)
    first = group[0]
    key = first.kind.value
    if first.claimant is None and first.kind in _UNNAMED:
        key += "-unnamed"
    line = say(key, lang, who=_who(first, alert, lang), what=_what(group, alert, names, lang))
    return cut(_linked(line, first, lang), _HEADLINE)


def _of_their_sides(development: Development, names: Names, lang: str) -> Development:
    claimant, other = (_of_its_side(p, names, lang) for p in (development.claimant, development.other))
    return replace(development, claimant=claimant, other=other)


def _of_its_side(party: Party | None, names: Names, lang: str) -> Party | None:
    """An office whose words do not say whose it is ("Ministry of Defence"), with its side."""
    if party is None or party.actor is None or "/" not in party.actor:
        return party
    side = names.side(ActorId(party.actor.partition("/")[0]))
    if _named_in(side, party.text):
        return party
    return replace(party, text=say("of-side", lang, figure=party.text, side=side))


def _who(development: Development, alert: Alert, lang: str) -> str:
    if development.kind in _OF_TITLES or (development.kind in _OF_RUNGS and development.claimant is None):
        return clean(alert.publisher or alert.source, _NAME)
    return phrases.who(development, alert.publisher or alert.source, lang)


def _what(group: tuple[Development, ...], alert: Alert, names: Names, lang: str) -> str:
    first = group[0]
    if first.kind in _OF_TITLES:
        return clean(alert.title or first.note, _TITLE)
    if first.kind in _OF_NOTES:
        return clean(first.note or alert.title, _TITLE)
    if first.rung or first.kind in _OF_RUNGS:
        return phrases.step(first, lang)
    if first.kind in _ANSWERS:
        return ", ".join(_answered(group, names, lang)[:_FIGURES]) or _unnamed(first, lang)
    return ", ".join(_figures(group, names, lang)[:_FIGURES]) or say("the-claim", lang)


def _answered(group: tuple[Development, ...], names: Names, lang: str) -> list[str]:
    """What is denied, disputed or withdrawn: the other's figures, where they are known."""
    return _figures(tuple(map(_answering, group)), names, lang)


def _answering(development: Development) -> Development:
    d = development
    return replace(d, quantity=d.previous or d.quantity, object=d.previous_object or d.object)


def _unnamed(development: Development, lang: str) -> str:
    """What is denied or disputed where no figure is known."""
    form = "claim" if development.kind is DevelopmentKind.DENIED else "figures"
    if development.other is None:
        return say(f"the-{form}", lang)
    return say(f"{form}-of", lang, other=phrases.party(development.other))


def _figures(group: tuple[Development, ...], names: Names, lang: str) -> list[str]:
    """Each figure; whose loss it is stands once, behind the last figure of that side."""
    told: list[str] = []
    for place, development in enumerate(group):
        text = phrases.loss(development, lang)
        following = group[place + 1].side if place + 1 < min(len(group), _FIGURES) else None
        if text and development.side and following != development.side:
            text = _sided(text, development, names, lang)
        if text and text not in told:
            told.append(text)
    return told


def _sided(text: str, development: Development, names: Names, lang: str) -> str:
    side = names.side(development.side) if development.side else ""
    if _named_in(side, development.object or ""):
        return text
    if development.metric in _NO_LOSS:
        return say("of-side", lang, figure=text, side=side)
    form = "losses-s" if side.endswith("s") else "losses"
    return say(form, lang, figure=text, side=side)


def _named_in(side: str, words: str) -> bool:
    """Whether `Pakistani soldiers` already says that they are Pakistan's."""
    stems = [w.casefold() for w in side.split() if len(w) > 2]
    return any(word.startswith(stem) for word in words.casefold().split() for stem in stems)


def _linked(line: str, development: Development, lang: str) -> str:
    """The line with whom, or which earlier figure, it answers."""
    kind, other = development.kind, development.other
    earlier = phrases.earlier(development, lang)
    if kind in _REVISIONS and development.previous:
        return say(_REVISIONS[kind], lang, line=line, previous=phrases.quantity(development.previous, lang))
    if kind not in _LINKS or other is None or development.rung or (kind in _RIVALS and not earlier):
        return line
    if kind in _ANSWERS and not phrases.loss(_answering(development), lang):
        return line  # it says already whose claim it was
    return say(_LINKS[kind], lang, line=line, previous=earlier, other=phrases.party(other))


def _label(message: Message, groups: Groups, alert: Alert, names: Names, lang: str) -> Line:
    kinds = dict.fromkeys(f"label-{group[0].kind}" for group in groups)
    first = ["label-correction"] if message.kind == "correction" else list(kinds)[:3]
    parts = [*(say(key, lang) for key in first), names.watch(alert.watch)]
    if message.unconfirmed:
        parts.insert(0, f"⚠️ {say('repeat', lang)}")
    return (Text(" · ".join(parts)),)


def _others(groups: Groups, alert: Alert, names: Names, lang: str) -> Iterable[Line]:
    rest = _figures(groups[0], names, lang)[_FIGURES:] if groups else []
    told = [_told(group, alert, names, lang) for group in groups]
    lines = [f"• {t}" for t in (*_left_out(groups, told, alert, names, lang), *rest, *told[1:])]
    for line in lines[:_OTHERS]:
        yield (Text(line),)
    if len(lines) > _OTHERS:
        yield (Text(say("more-developments", lang, n=len(lines) - _OTHERS)),)


def _left_out(groups: Groups, told: list[str], alert: Alert, names: Names, lang: str) -> list[str]:
    """What the first line had no room for: whose losses, or more, then the whole of it."""
    line = headline(alert, names, lang)
    if not told or line == told[0]:
        return []
    if line != _told(tuple(map(_sideless, groups[0])), alert, names, lang):
        return told[:1]
    sides = dict.fromkeys(names.side(d.side) for d in groups[0] if d.side)
    return [say("losses-of", lang, side=say("with-article", lang, side=side)) for side in sides]


def _answers(groups: Groups, names: Names, lang: str) -> Iterable[str]:
    """What the losing side says, or that it said nothing; what must not be compared or added up."""
    developments = [d for group in groups for d in group]
    heard = {names.party(d.claimant.actor) for d in developments if d.claimant}
    lines: dict[str, None] = {}
    for d in developments:
        if d.kind is DevelopmentKind.NEW_CLAIM and d.side and d.claimant:
            lines[_answer(d, heard, names, lang)] = None
        if d.uncertain:
            unknown = d.kind in _ANSWERS and not d.answers
            key = "answers-unknown" if unknown else "possibly-same"
            lines[say(key, lang, why=clean(d.uncertain, _REASON))] = None
    if any(d.kind in _RIVALS for d in developments):
        lines[say("rivals", lang)] = None
    if any(d.quantity.total for d in developments):
        lines[say("totals", lang)] = None
    return [line for line in lines if line]


def _answer(development: Development, heard: set[ActorId | None], names: Names, lang: str) -> str:
    side, claimant = development.side, development.claimant
    if side is None or claimant is None:
        return ""
    if names.party(claimant.actor) == names.party(side):
        return say("own-losses", lang, side=names.side(side), who=phrases.party(claimant))
    return (
        ""
        if names.party(side) in heard
        else say("no-figure-from", lang, side=say("with-article", lang, side=names.side(side)))
    )


def _origin(alert: Alert, lang: str) -> Line:
    parts: list[Inline] = [Text("📰 "), Link(clean(alert.publisher or alert.source, _NAME), alert.url)]
    seen = alert.seen or alert.at
    same_day = alert.published is not None and alert.published.date() == seen.date()
    if alert.published is not None:
        parts += [Text(" · " + say("published", lang)), Time(alert.published)]
    return (*parts, Text(" · " + say("seen", lang)), Time(seen, "t" if same_day else "dt"))


def _standing(groups: Groups, line: str, lang: str) -> Iterable[str]:
    """How many stand behind the leading development, and when and where it is said to have happened.

    Who tells the claim that is answered does not stand behind the answer.
    """
    if not groups or groups[0][0].kind in _OF_NOTES:
        return
    lead = groups[0][0]
    counts = lead.counts
    if lead.kind not in _ANSWERS:
        yield "🔎 " + say("counts", lang, outlets=counts.outlets, origins=counts.origins, claimants=counts.claimants)
    place = phrases.place(lead)
    facts = [_day(lead.day, lang)] if lead.day else []
    if place and place not in line:
        facts.append(place)
    if facts:
        yield "📅 " + " · ".join(facts)


def _day(day: Day, lang: str) -> str:
    first, last = (f"{d:%a} {d.day} {d:%b}" for d in (day.first, day.last))
    words = first if day.first == day.last else f"{first} – {last}"
    return say("happened" if day.stated else "happened-inferred", lang, day=words)


def _reasons(alert: Alert, lang: str) -> Iterable[Line]:
    reasons = _joined([clean(r.why, _REASON) for r in alert.reasons if r.why])[:_REASONS]
    if len(reasons) == 1:
        yield (Text(f"{say('why-sent', lang)} {reasons[0]}", "i"),)
    elif reasons:
        yield (Text(say("why-sent", lang), "i"),)
        yield from ((Text(f"• {reason}", "i"),) for reason in reasons)


def _joined(reasons: Iterable[str]) -> list[str]:
    """Reasons as `RULE: WHAT – WHO`; what one rule found in one voice stands in one line."""
    lines: dict[tuple[str, str], dict[str, None]] = {}
    for reason in reasons:
        rule, colon, found = reason.partition(": ")
        what, dash, who = found.partition(" – ")
        lines.setdefault((rule + colon, dash + who), {})[what] = None
    return [f"{rule}{', '.join(whats)}{who}" for (rule, who), whats in lines.items()]


# --- several -----------------------------------------------------------------------------


def _digest(message: Message, alerts: Sequence[Alert], lang: str, names: Names) -> Iterable[Block]:
    """A line an alert, story by story; the latest stay where there is no room for all."""
    stories = len({(a.watch, a.story) for a in alerts})
    title = say("digest-title", lang, alerts=len(alerts), stories=stories)
    worst = max(alerts, key=lambda a: a.severity.rank)
    first = f"{EMOJI[worst.severity]} {headline(worst, names, lang)}"
    yield Block(((Text(first, "b"),),), ESSENTIAL)
    repeat = f"⚠️ {say('repeat', lang)} · " if message.unconfirmed else ""
    yield Block(((Text(f"{repeat}{title} · {say('digest-label', lang)}"),),), 8)
    for watch, group in groupby(sorted(alerts, key=lambda a: a.watch), key=lambda a: a.watch):
        yield Block(((Text(names.watch(watch), "b"),),), 8, gap=True)
        for alert in sorted(group, key=lambda a: (a.at, a.id)):
            yield Block((_entry(alert, names, lang),), 1 + alert.severity.rank)
    yield Block(((Text(say("digest-end", lang), "i"),),), 8, gap=True)


def _entry(alert: Alert, names: Names, lang: str) -> Line:
    link = Link(clean(alert.publisher or alert.source, _NAME), alert.url)
    line = cut(headline(alert, names, lang), _ENTRY)
    return (Text(f"{EMOJI[alert.severity]} {line} · "), link, Text(" "), Time(alert.at))


# --- buttons -----------------------------------------------------------------------------


def _buttons(message: Message, subscriber: Subscriber) -> tuple[tuple[Button, ...], ...]:
    """Each carries the message's stored id; what it may do, and until when, is looked up when pressed."""
    lang = subscriber.lang
    rows = [tuple(Button(say(f"button-{name}", lang), f"{name}:{message.id}") for name in ("mute", "why", "sources"))]
    if message.severity is Severity.CRITICAL:
        rows.append((Button(say("button-seen", lang), f"seen:{message.id}"),))
    if subscriber.admin:
        rows.append((Button(say("button-wrong", lang), f"wrong:{message.id}"),))
    return tuple(rows)
