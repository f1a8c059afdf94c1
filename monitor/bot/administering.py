"""What admins may do: let people in, look after sources, speak to everybody, mend an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from monitor.bot import access
from monitor.bot.answers import Answer, Ask, lines, reply_id, safe, saved, told, words
from monitor.bot.inbound import ChatKind
from monitor.bot.records import INVITES, REQUESTS, Invite, Request
from monitor.bot.subscribing import first_words, newcomer
from monitor.core import render
from monitor.core.audience import muted, quiet_until
from monitor.core.markup import Block, Text
from monitor.core.reach import message_id, reached
from monitor.core.records import SUBSCRIBERS
from monitor.core.texts import say
from monitor.core.view import Put
from monitor.model import Alert, Button, ChatId, Message, MessageId, SourceId, Subscriber
from monitor.store.base import SOURCES

_ALL = 100_000


def admins_only(handler: Callable[[Ask, str], Answer]) -> Callable[[Ask, str], Answer]:
    """The handler, for admins in their own chat; nobody else learns that it exists."""

    def guarded(ask: Ask, words_given: str) -> Answer:
        return handler(ask, words_given) if is_admin(ask) else words(ask, "not-understood")

    return guarded


def is_admin(ask: Ask) -> bool:
    """Whether an admin asks, in private."""
    return ask.place.kind == "private" and ask.subscriber is not None and ask.subscriber.admin


def invite(ask: Ask, _: str) -> Answer:
    """`/invite`: a code for one chat, good for a week."""
    code = access.new_code()
    until = ask.now + access.INVITE_LIVES
    kept = Invite(access.hashed(code), "follower", ask.now.timestamp(), until.timestamp())
    link = f"https://t.me/{ask.username}?start={code}"
    text = ask.say("invited", code=code, link=link, until=f"{until:%d %b}")
    return Answer((Put(INVITES, kept),), (told(ask, lines(text)),))


def pending(ask: Ask, _: str) -> Answer:
    """`/pending`: who asked to come in."""
    waiting = [r for r in ask.view.latest(REQUESTS, limit=50) if not r.decided]
    if not waiting:
        return words(ask, "nobody-waits")
    message = reply_id(ask)
    rows = [
        (
            Button(f"✅ {safe(request.name, 30)}", f"approve:{message}:{request.chat}"),
            Button(f"❌ {safe(request.name, 30)}", f"deny:{message}:{request.chat}"),
        )
        for request in waiting[:20]
    ]
    return Answer(messages=(told(ask, lines(ask.say("waiting", n=len(waiting))), rows),))


def approve(ask: Ask, key: str) -> Answer:
    """`/approve CHAT`, or the button: let a stranger in. Once more changes nothing."""
    request = _request(ask, key)
    if request is None or request.decided:
        return words(ask, "decided-already" if request else "no-such-request")
    person = Subscriber(request.chat, title=request.name)
    known = ask.view.get(SUBSCRIBERS, str(request.chat)) or person
    fresh = replace(newcomer(ask), chat=request.chat, title=request.name, lang=known.lang, kind=_kind(request.chat))
    puts = (saved(fresh), Put(REQUESTS, replace(request, decided="approved")))
    welcome = told(ask, lines(say("approved", fresh.lang)), chat=request.chat, part="welcome")
    shown = tuple(_to(m, request.chat, ask) for m in first_words(ask, fresh))
    done = words(ask, "let-in", puts=puts, name=safe(request.name))
    return replace(done, messages=(*done.messages, welcome, *shown), refresh_menu=(request.chat,))


def _to(message: Message, chat: ChatId, ask: Ask) -> Message:
    return replace(message, id=message_id(chat, "welcome", str(ask.inbound.update), message.id), chat=chat, thread=None)


def _kind(chat: ChatId) -> ChatKind:
    return "private" if chat > 0 else "supergroup"


def deny(ask: Ask, key: str) -> Answer:
    """`/deny CHAT`, or the button."""
    request = _request(ask, key)
    if request is None or request.decided:
        return words(ask, "decided-already" if request else "no-such-request")
    return words(ask, "kept-out", puts=[Put(REQUESTS, replace(request, decided="denied"))], name=safe(request.name))


def _request(ask: Ask, key: str) -> Request | None:
    return ask.view.get(REQUESTS, key.strip()) if key else None


def source(ask: Ask, words_given: str) -> Answer:
    """`/source ID`: the health of one source."""
    found = ask.rules.sources.get(SourceId(words_given))
    if found is None:
        return words(ask, "no-such-source", source=safe(words_given))
    state = ask.view.get(SOURCES, found.id)
    text = ask.say(
        "source-state",
        source=safe(found.publisher),
        id=found.id,
        succeeded=f"{state.succeeded:%d %b %H:%M} UTC" if state and state.succeeded else "–",
        failing=f"{state.failing_since:%d %b %H:%M} UTC" if state and state.failing_since else "–",
        error=safe(state.what or state.error, 200) if state else "–",
        due=f"{state.due:%H:%M:%S} UTC" if state else "–",
    )
    return Answer(messages=(told(ask, lines(text)),))


def health(ask: Ask, _: str) -> Answer:
    """`/health`: subscribers, requests, and what can't be seen."""
    everybody = ask.view.latest(SUBSCRIBERS, limit=_ALL)
    active = sum(s.active for s in everybody)
    paused = sum(not s.active and bool(s.paused_why) for s in everybody)
    waiting = sum(not r.decided for r in ask.view.latest(REQUESTS, limit=_ALL))
    unseen = [safe(line, 160) for line in ask.unseen()]
    text = ask.say("health", active=active, paused=paused, waiting=waiting, unseen=len(unseen))
    return Answer(messages=(told(ask, lines("\n".join([text, *(f"• {line}" for line in unseen[:20])]))),))


def broadcast(ask: Ask, words_given: str) -> Answer:
    """`/broadcast TEXT`: shown back first; goes out when confirmed."""
    if not words_given:
        return words(ask, "broadcast-how")
    asked = told(ask, _announcement(words_given, ask.lang), [_confirm(ask, "broadcast")])
    return Answer(messages=(asked,))


def _confirm(ask: Ask, action: str, extra: str = "") -> tuple[Button, ...]:
    data = f"{action}:{reply_id(ask)}" + (f":{extra}" if extra else "")
    return (Button(ask.say("button-confirm"), data),)


def _announcement(text: str, lang: str) -> list[Block]:
    title = Block(((Text(say("broadcast-title", lang), "b"),),), 9)
    return [title, Block(tuple((Text(safe(line, 1000)),) for line in text.splitlines()))]


def pressed_broadcast(ask: Ask, message: Message) -> Answer:
    """Confirmed: to every active subscriber, once however often it is pressed."""
    everybody = [s for s in ask.view.latest(SUBSCRIBERS, limit=_ALL) if s.active and s.kind != "terminal"]
    sent = tuple(
        Message(
            message_id(s.chat, "broadcast", message.id), s.chat, "notice", (), ask.now, text=message.text, html=True
        )
        for s in everybody
    )
    return Answer(messages=sent, toast=ask.say("broadcast-sent", n=len(sent)))


def pressed_wrong(ask: Ask, message: Message) -> Answer:
    """**Wrong** under an alert: asks first, for everybody who got it will be told."""
    alerts = ask.alerts(message)
    if not alerts:
        return words(ask, "too-old")
    reach = len({t.chat for a in alerts for t in reached(ask.view, a.id).told})
    asked = told(ask, lines(ask.say("wrong-ask", n=reach)), [_confirm(ask, "wrongly", message.id)])
    return Answer(messages=(asked,))


def pressed_wrongly(ask: Ask, key: str) -> Answer:
    """Confirmed: every chat that got one of these alerts hears that we were wrong, as a reply to it."""
    message = ask.find(MessageId(key))
    sent = tuple(m for alert in (ask.alerts(message) if message else ()) for m in _taken_back(ask, alert))
    return Answer(messages=sent, toast=ask.say("wrong-sent", n=len(sent)))


def _taken_back(ask: Ask, alert: Alert) -> Iterator[Message]:
    for reader in reached(ask.view, alert.id).told:
        subscriber = ask.view.get(SUBSCRIBERS, str(reader.chat))
        if subscriber is not None and subscriber.active:
            yield Message(
                message_id(reader.chat, "wrong", alert.id),
                reader.chat,
                "correction",
                (alert.id,),
                ask.now,
                severity=alert.severity,
                silent=_hushed(ask, subscriber, alert),
                story=alert.story,
                watch=alert.watch,
                reply_to=reader.message,
                text=render.notice(_error(ask, alert, subscriber.lang)),
                html=True,
            )


def _hushed(ask: Ask, subscriber: Subscriber, alert: Alert) -> bool:
    return muted(subscriber, alert, ask.now) or quiet_until(subscriber, ask.now) is not None


def _error(ask: Ask, alert: Alert, lang: str) -> list[Block]:
    line = Block(((Text(say("we-were-wrong", lang), "b"),),), 9)
    return [line, Block(((Text(render.headline(alert, ask.names, lang)),),), 8)]
