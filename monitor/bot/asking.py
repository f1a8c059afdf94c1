"""Questions: what is claimed, what came lately, why, from where, and how things are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from monitor.bot.answers import Answer, Ask, lines, safe, told, words
from monitor.bot.watches import named
from monitor.core import render
from monitor.core.audience import SPENT
from monitor.core.markup import Block, Line, Link, Text, Time
from monitor.core.reach import REACHED
from monitor.core.records import ALERTS, ITEMS
from monitor.core.rules import Watch
from monitor.core.standing import standing
from monitor.core.stories import names_of, resolve
from monitor.model import Alert, Item, Message, Outcome

_LOOKED_AT = 300


def alerts_told(ask: Ask, limit: int) -> list[Alert]:
    """The latest alerts that this chat got, newest first."""
    chat = ask.place.chat
    recent = ask.view.latest(REACHED, limit=_LOOKED_AT)
    keys = [r.alert for r in recent if any(t.chat == chat for t in r.told)][:limit]
    return [alert for key in keys if (alert := ask.alert(key))]


def latest(ask: Ask, _: str) -> Answer:
    """`/latest`: the last ten alerts of what is followed, also those that were muted or below the level."""
    followed = ask.subscriber.watches if ask.subscriber else ()
    if not followed:
        return words(ask, "nothing-followed")
    found = ask.view.find(ALERTS, "watch", followed, limit=50)
    sent = [a for a in found if a.outcome is Outcome.SENT][:10]
    if not sent:
        return words(ask, "nothing-yet")
    title = Block(((Text(ask.say("latest-title"), "b"),),), 9)
    return Answer(messages=(told(ask, [title, *(Block((_entry(ask, a),)) for a in sent)]),))


def _entry(ask: Ask, alert: Alert) -> Line:
    words_told = render.headline(alert, ask.names, ask.lang)
    mark = render.EMOJI[alert.severity]
    return (Text(f"{mark} {words_told[:200]} · "), Link(safe(alert.publisher), alert.url), Text(" "), Time(alert.at))


def claims(ask: Ask, words_given: str) -> Answer:
    """`/claims WATCH`: what is claimed so far, side by side, and as a chart."""
    watch = named(ask, words_given) if words_given else _only(ask)
    if watch is None:
        return words(ask, "claims-how")
    state = standing(ask.view, watch.id, ask.names, ask.now, ask.lang)
    if not state:
        return words(ask, "nothing-claimed", watch=safe(watch.name))
    drawn = replace(told(ask, lines(ask.say("chart-of", watch=safe(watch.name))), part="chart", silent=True))
    chart = replace(drawn, attachment=f"chart:{watch.id}", watch=watch.id)
    return Answer(messages=(told(ask, state), chart))


def _only(ask: Ask) -> Watch | None:
    return ask.watches[0] if len(ask.watches) == 1 else None


def why(ask: Ask, _: str) -> Answer:
    """`/why`: the reasons behind the last alert."""
    last = alerts_told(ask, 1)
    return Answer(messages=(told(ask, _reasons(ask, last)),)) if last else words(ask, "nothing-yet")


def pressed_why(ask: Ask, message: Message) -> Answer:
    """The button: why this message came."""
    return Answer(messages=(told(ask, _reasons(ask, ask.alerts(message))),))


def _reasons(ask: Ask, alerts: Iterable[Alert]) -> list[Block]:
    return [
        Block(
            (
                (Text(render.headline(alert, ask.names, ask.lang), "b"),),
                *((Text(f"• {safe(r.rule, 60)} ({r.severity}): {safe(r.why, 200)}"),) for r in alert.reasons[:10]),
                (Text(ask.say("decided-by", watch=ask.names.watch(alert.watch), alert=alert.id)),),
            ),
            gap=True,
        )
        for alert in list(alerts)[:5]
    ]


def pressed_sources(ask: Ask, message: Message) -> Answer:
    """The button: every report behind this message."""
    found = [block for alert in ask.alerts(message)[:3] for block in _reports(ask, alert)]
    return Answer(messages=(told(ask, found),)) if found else words(ask, "too-old")


def _reports(ask: Ask, alert: Alert) -> list[Block]:
    """The items of the alert's story, oldest first: who printed it, when, and whose copy it was."""
    title = Block(((Text(render.headline(alert, ask.names, ask.lang), "b"),),), 9, gap=True)
    names = names_of(resolve(alert.story, ask.view), ask.view)
    keys = list(dict.fromkeys([alert.item, *(a.item for a in ask.view.find(ALERTS, "story", names, limit=30))]))
    items = sorted((i for key in keys if (i := ask.view.get(ITEMS, key))), key=lambda i: i.seen)
    return [title, *(Block((_report(ask, item),)) for item in items[:15])]


def _report(ask: Ask, item: Item) -> Line:
    source = ask.rules.sources.get(item.source)
    name = safe(source.publisher if source else item.source, 60)
    kind = ask.say(f"kind-{source.kind}") if source else ""
    credit = f" {ask.say('credits', origin=safe(item.origin, 60))}" if item.origin else ""
    return (Text("• "), Link(name, item.url), Text(f" ({kind}){credit} · " if kind else " · "), Time(item.seen))


def sources(ask: Ask, _: str) -> Answer:
    """`/sources`: how many there are and which can't be seen at present."""
    unseen = list(ask.unseen())
    text = ask.say("sources-all", n=len(ask.rules.sources), unseen=len(unseen))
    return Answer(messages=(told(ask, lines("\n".join([text, *(f"• {safe(line, 160)}" for line in unseen[:20])]))),))


def status(ask: Ask, _: str) -> Answer:
    """`/status`: what is followed and how, and what came today."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    names = ", ".join(ask.names.watch(key) for key in subscriber.watches) or "–"
    quiet = f"{subscriber.quiet[0]:02}–{subscriber.quiet[1]:02}" if subscriber.quiet else "–"
    spent = ask.view.get(SPENT, str(subscriber.chat))
    running = sum(m.until > ask.now for m in subscriber.mutes)
    text = ask.say(
        "status",
        watches=names,
        level=subscriber.level,
        quiet=quiet,
        tz=subscriber.tz,
        digest=subscriber.digest or "–",
        mutes=running,
        sounding=spent.sounding if spent else 0,
        unseen=len(list(ask.unseen())),
    )
    return Answer(messages=(told(ask, lines(text)),))


def export(ask: Ask, _: str) -> Answer:
    """`/export`: all that is kept about this chat, as a file."""
    if ask.subscriber is None:
        return words(ask, "not-here")
    return Answer(messages=(told(ask, lines(ask.say("export")), attachment="export"),))


def help_(ask: Ask, _: str) -> Answer:
    """`/help`."""
    return words(ask, "help")
