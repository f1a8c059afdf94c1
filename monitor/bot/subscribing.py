"""Coming in, following, leaving."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from monitor.bot import access
from monitor.bot.answers import Answer, Ask, lines, reply_id, safe, saved, told, words
from monitor.bot.records import REQUESTS, Invite
from monitor.bot.sample import sample
from monitor.bot.watches import by_token, named, token
from monitor.core.audience import SPENT
from monitor.core.markup import Block, Text
from monitor.core.reach import TOPICS
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import Watch
from monitor.core.standing import standing
from monitor.core.view import Drop, Put
from monitor.model import Button, Message, Severity, Subscriber, WatchId

WatchAct = Callable[[Ask, Watch], Answer]


def start(ask: Ask, words_given: str) -> Answer:
    """`/start [invite]`: let in whoever may come in, and show what comes next."""
    invite = access.invitation(ask.view, words_given, ask.now)
    known = ask.subscriber
    if known is not None and invite is None:
        return _welcome(ask, replace(known, active=True, paused_why=""), None)
    if invite is None and ask.access != "open":
        return access.knock(ask)
    return _welcome(ask, _admitted(ask, known, invite), invite)


def code(ask: Ask, words_given: str) -> Answer:
    """Words without a command: a code, or nothing that we understand."""
    if access.invitation(ask.view, words_given, ask.now):
        return start(ask, words_given)
    return words(ask, "not-understood") if ask.subscriber else access.knock(ask)


def newcomer(ask: Ask, *, level: Severity = Severity.HIGH) -> Subscriber:
    """A chat that was just let in: it follows everything from `level` on."""
    place = ask.place
    lang = ask.inbound.person.lang if hasattr(ask.inbound, "person") else "en"
    return Subscriber(
        place.chat,
        tuple(watch.id for watch in ask.watches),
        level=level,
        lang=lang,
        title=place.title,
        kind=place.kind,
    )


def _admitted(ask: Ask, known: Subscriber | None, invite: Invite | None) -> Subscriber:
    admin = invite is not None and invite.role == "admin"
    if known is not None:
        return replace(known, active=True, paused_why="", admin=known.admin or admin)
    return replace(newcomer(ask, level=Severity.LOW if admin else Severity.HIGH), admin=admin)


def _welcome(ask: Ask, subscriber: Subscriber, invite: Invite | None) -> Answer:
    puts: list[Put[Any]] = [saved(subscriber), *([access.used(invite, ask)] if invite else [])]
    admin = [ask.say("you-are-admin"), ""] if invite is not None and invite.role == "admin" else []
    text = "\n".join([*admin, ask.say("welcome")])
    message = reply_id(ask)
    buttons = (
        Button(ask.say("button-high"), f"high:{message}"),
        Button(ask.say("button-choose"), f"choose:{message}"),
    )
    greeting = told(ask, lines(text), [buttons])
    return Answer(tuple(puts), (greeting, *first_words(ask, subscriber)), refresh_menu=(subscriber.chat,))


def first_words(ask: Ask, subscriber: Subscriber) -> tuple[Message, ...]:
    """A sample alert, and silently what is claimed so far."""
    example = [*lines(ask.say("sample")), *sample(subscriber.lang)]
    state = [block for key in subscriber.watches for block in standing(ask.view, key, ask.names, ask.now)]
    shown = told(ask, example, part="sample", silent=True)
    return (shown, told(ask, state, part="standing", silent=True)) if state else (shown,)


def watches(ask: Ask, _: str) -> Answer:
    """`/watches`: all that can be followed, and what is."""
    if not ask.watches:
        return words(ask, "no-watches")
    return Answer(messages=(told(ask, _listed(ask, _followed(ask)), _toggles(ask, _followed(ask))),))


def _followed(ask: Ask) -> tuple[str, ...]:
    return ask.subscriber.watches if ask.subscriber else ()


def _listed(ask: Ask, followed: Iterable[str]) -> list[Block]:
    names = [f"{n}. {'✅' if w.id in followed else '▫️'} {safe(w.name)}" for n, w in enumerate(ask.watches, 1)]
    return [Block(((Text(ask.say("watches-title"), "b"),), *((Text(name),) for name in names)))]


def _toggles(ask: Ask, followed: Iterable[str]) -> list[tuple[Button, ...]]:
    message = reply_id(ask)
    return [
        (
            Button(
                f"{ask.say('unfollow-it' if watch.id in followed else 'follow-it')} {safe(watch.name, 40)}",
                f"{'unfollow' if watch.id in followed else 'follow'}:{message}:{token(watch.id)}",
            ),
        )
        for watch in ask.watches[:40]
    ]


def follow(ask: Ask, words_given: str) -> Answer:
    """`/follow WATCH`."""
    return _of_watch(ask, words_given, _following)


def unfollow(ask: Ask, words_given: str) -> Answer:
    """`/unfollow WATCH`."""
    return _of_watch(ask, words_given, _leaving)


def pressed_follow(ask: Ask, key: str) -> Answer:
    """The button beside a watch."""
    watch = by_token(ask, key)
    return _following(ask, watch) if watch else words(ask, "no-such-watch")


def pressed_unfollow(ask: Ask, key: str) -> Answer:
    """The button beside a followed watch."""
    watch = by_token(ask, key)
    return _leaving(ask, watch) if watch else words(ask, "no-such-watch")


def _of_watch(ask: Ask, words_given: str, act: WatchAct) -> Answer:
    if not words_given:
        return watches(ask, "")
    watch = named(ask, words_given)
    return act(ask, watch) if watch else words(ask, "no-such-watch")


def _following(ask: Ask, watch: Watch) -> Answer:
    subscriber = _present(ask)
    if watch.id in subscriber.watches:
        return words(ask, "already-followed", watch=safe(watch.name))
    changed = replace(subscriber, watches=(*subscriber.watches, watch.id))
    answer = words(ask, "followed", puts=[saved(changed)], watch=safe(watch.name), level=changed.level)
    state = standing(ask.view, watch.id, ask.names, ask.now)
    shown = (told(ask, state, part="standing", silent=True),) if state else ()
    wanted = missing_topics(ask, changed) if changed.topics else ()
    return replace(answer, messages=(*answer.messages, *shown), topics=wanted, refused=answer)


def _leaving(ask: Ask, watch: Watch) -> Answer:
    subscriber = _present(ask)
    left = replace(subscriber, watches=tuple(w for w in subscriber.watches if w != watch.id))
    return words(ask, "unfollowed", puts=[saved(left)], watch=safe(watch.name))


def topics(ask: Ask, words_given: str) -> Answer:
    """`/topics on|off`: in a forum, a topic of its own for each watch."""
    subscriber = _present(ask)
    if words_given.casefold() == "off":
        return words(ask, "topics-off", puts=[saved(replace(subscriber, topics=False))])
    if words_given.casefold() != "on" or not ask.place.forum:
        return words(ask, "topics-how")
    changed = replace(subscriber, topics=True)
    answer = words(ask, "topics-on", puts=[saved(changed)])
    return replace(answer, topics=missing_topics(ask, changed), refused=words(ask, "topics-refused"))


def missing_topics(ask: Ask, subscriber: Subscriber) -> tuple[WatchId, ...]:
    """The followed watches that have no topic in this chat yet."""
    chat = subscriber.chat
    return tuple(key for key in subscriber.watches if ask.view.get(TOPICS, f"{chat}/{key}") is None)


def level(ask: Ask, words_given: str) -> Answer:
    """`/level info|low|high|critical`."""
    if words_given.casefold() not in set(Severity):
        return words(ask, "level-is", level=_present(ask).level)
    return _at_level(ask, Severity(words_given.casefold()))


def _at_level(ask: Ask, severity: Severity) -> Answer:
    return words(ask, "level-set", puts=[saved(replace(_present(ask), level=severity))], level=severity)


def pressed_high(ask: Ask, _: str) -> Answer:
    """The button for high and above."""
    return _at_level(ask, Severity.HIGH)


def pressed_choose(ask: Ask, _: str) -> Answer:
    """The button for choosing: the watches with their buttons."""
    return watches(ask, "")


def stop(ask: Ask, _: str) -> Answer:
    """`/stop`: nothing is kept of what the chat told us; where one needs to be let in, it begins at the door again."""
    chat = ask.place.chat
    kept: list[Drop[Any]] = [Drop(SUBSCRIBERS, str(chat)), Drop(SPENT, str(chat))]
    kept += [Drop(TOPICS, f"{chat}/{watch.id}") for watch in ask.rules.watches]
    request = ask.view.get(REQUESTS, str(chat))
    if request and request.decided != "denied":  # a refusal is the admins' word, not the chat's
        kept.append(Drop(REQUESTS, str(chat)))
    return replace(words(ask, "stopped"), puts=tuple(kept), refresh_menu=(chat,))


def _present(ask: Ask) -> Subscriber:
    return ask.subscriber or newcomer(ask)
