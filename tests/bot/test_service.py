"""The bot against the peer: updates in, answers out through the outbox, each once, whatever dies in between."""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
import re

import pytest

from monitor import clock
from monitor.bot.inbound import read
from monitor.bot.service import Service
from monitor.channels.base import Sent
from monitor.channels.compose import compose
from monitor.channels.telegram import Telegram
from monitor.core.audience import audience
from monitor.core.records import ALERTS as ALERT_TABLE
from monitor.core.records import SUBSCRIBERS
from monitor.core.view import Draft
from monitor.core.wording import names
from monitor.model import MessageState
from monitor.store.base import BOT
from monitor.store.memory import MemoryStore
from monitor.store.roles import Roles
from tests.render.samples import ALERTS
from tests.telegram_peer.client import PATIENCE

from .room import BORDER, RULES

_users = itertools.count(5000)


@pytest.fixture
def store():
    return MemoryStore()


@contextlib.asynccontextmanager
async def running(peer, store, access="open", roles=None):
    """The service, and a sender that empties the outbox."""
    telegram = Telegram(peer.token, peer.address)
    await telegram.open()
    service = Service(store, telegram, lambda: RULES, lambda: names(RULES), clock.now, access, roles=roles)
    async with service:
        sender = asyncio.create_task(_send(store, telegram))
        yield telegram
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sender
    await telegram.close()


async def _send(store, telegram):
    while True:
        now = clock.now()
        waiting = store.lease_messages("test", now, now, [m.id for m in store.waiting(now, 100)])
        for held in waiting:
            outgoing = compose(held.message, store.view(), store.message, names(RULES))
            delivery = await telegram.send(outgoing)
            assert isinstance(delivery, Sent), delivery
            done = dataclasses.replace(held.message, state=MessageState.SENT, remote=delivery.remote)
            store.settle(held.lease, done)
        await asyncio.sleep(0.01)


async def until(ready, seconds=PATIENCE):
    for _ in range(int(seconds / 0.02)):
        if found := await asyncio.to_thread(ready):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")


def heard(peer, chat, words):
    def ready():
        return next((m for m in peer.messages(chat) if words in m.get("text", m.get("caption", ""))), None)

    return ready


async def test_from_the_first_word_to_a_pressed_button(peer, store):
    user = next(_users)
    async with running(peer, store):
        peer.say(user, "/start", lang="pt-br")
        welcome = await until(heard(peer, user, "claims, not facts"))
        press = peer.sim("press", user_id=user, message_id=welcome["message_id"], label="High and above")
        toast = await until(lambda: peer.sim("answer", query=press["id"])["text"])
    assert "level high" in toast
    assert store.view().get(SUBSCRIBERS, str(user)).level == "high"


async def test_the_first_start_logs_a_code_and_whoever_sends_it_is_admin(peer, store, caplog):
    user = next(_users)
    async with running(peer, store, "invite"):
        code = next(r.code for r in caplog.records if "become its admin" in r.message)
        peer.say(user, code.lower())
        await until(heard(peer, user, "You are the admin"))
        menu = await until(lambda: [c for c in peer.sim("commands")["commands"] if str(user) in c[0]])
    assert store.view().get(SUBSCRIBERS, str(user)).admin
    assert "broadcast" in [c["command"] for c in menu[0][2]]
    caplog.clear()
    async with running(peer, store, "invite"):
        assert not any("become its admin" in r.message for r in caplog.records)


async def test_an_update_whose_answer_was_committed_is_not_answered_again(peer, store):
    user = next(_users)
    async with running(peer, store):
        peer.say(user, "/start")
        await until(heard(peer, user, "claims, not facts"))
        # What the peer has and the store does not know to be sent is sent again.
        await until(lambda: not store.waiting(clock.now(), 1))
    async with running(peer, store):
        peer.say(user, "/status")
        await until(heard(peer, user, "Level: high"))
    assert sum("claims, not facts" in m.get("text", "") for m in peer.messages(user)) == 1


async def test_of_several_processes_one_listens_and_another_takes_its_place(peer, store):
    user, dead = next(_users), Roles(store, "dead", clock.now, dt.timedelta(hours=1))
    dead.hold(BOT)
    async with running(peer, store, roles=Roles(store, "alive", clock.now, dt.timedelta(hours=1))):
        peer.say(user, "/start")
        await asyncio.sleep(0.5)
        assert heard(peer, user, "claims, not facts")() is None
        dead.release()
        await until(heard(peer, user, "claims, not facts"))


async def test_an_answer_of_a_process_that_lost_its_role_changes_nothing(peer):
    user = next(_users)

    class Overtaken(MemoryStore):
        def apply(self, changes=(), messages=(), lease=None):
            if lease and lease.owner == "late":
                self.release(lease, clock.now(), clock.now())
                Roles(self, "other", clock.now, dt.timedelta(hours=1)).hold(BOT)
            super().apply(changes, messages, lease)

    store = Overtaken()
    roles = Roles(store, "late", clock.now, dt.timedelta(hours=1))
    async with running(peer, store, roles=roles):
        peer.say(user, "/start")
        await until(lambda: store.lease_role(BOT, "third", clock.now(), clock.now()) is None and not roles._held)
    assert store.view().get(SUBSCRIBERS, str(user)) is None


async def test_what_came_while_nobody_listened_is_answered_afterwards(peer, store):
    user = next(_users)
    peer.say(user, "/start")
    async with running(peer, store):
        await until(heard(peer, user, "claims, not facts"))


async def test_a_server_that_fails_is_asked_again(peer, store):
    user = next(_users)
    peer.sim("fault", method="getUpdates", times=1, code=500, description="Internal Server Error")
    async with running(peer, store):
        peer.say(user, "/start")
        await until(heard(peer, user, "claims, not facts"))


async def test_a_blocked_bot_pauses_the_subscriber_and_forgets_nothing(peer, store):
    user = next(_users)
    async with running(peer, store):
        peer.say(user, "/start")
        await until(heard(peer, user, "claims, not facts"))
        peer.sim("block", user_id=user)
        await until(lambda: not store.view().get(SUBSCRIBERS, str(user)).active)
    assert store.view().get(SUBSCRIBERS, str(user)).watches


async def test_in_a_group_the_server_is_asked_who_its_admins_are(peer, store):
    owner, member = next(_users), next(_users)
    peer.sim("group", chat_id=-1000 - owner, admins=[owner], members=[member])
    group = -1000 - owner
    async with running(peer, store):
        peer.say(member, "/start@tocsin_test_bot", chat_id=group)
        await until(heard(peer, group, "Only admins"))
        peer.say(owner, "/start", chat_id=group)
        await until(heard(peer, group, "claims, not facts"))
        peer.say(owner, "/start@another_bot", chat_id=group)
        peer.say(owner, "what a day", chat_id=group)
        peer.say(owner, "/status", chat_id=group)
        await until(heard(peer, group, "Level: high"))
    assert not any("don’t understand" in m.get("text", "") for m in peer.messages(group))


async def test_a_forum_gets_a_topic_for_each_watch_and_alerts_go_there(peer, store):
    owner = next(_users)
    group = -1000 - owner
    peer.sim("group", chat_id=group, admins=[owner], forum=True)
    async with running(peer, store):
        peer.say(owner, "/start", chat_id=group)
        await until(heard(peer, group, "claims, not facts"))
        peer.say(owner, "/topics on", chat_id=group)
        await until(heard(peer, group, "a topic of its own now"))
        alert = dataclasses.replace(ALERTS["denial"], watch=BORDER)
        draft = Draft(store.view())
        draft.put(ALERT_TABLE, alert)
        store.apply(draft.changes(), audience(alert, draft, clock.now()))
        told = await until(heard(peer, group, "Denied by"))
    topics = {
        key: made["given"]["name"] for key, made in zip((1000, 1001), peer.calls("createForumTopic")[-2:], strict=True)
    }
    assert topics[told["message_thread_id"]] == "Peru–Ecuador"


async def test_a_group_without_topics_is_told_what_it_takes(peer, store):
    owner = next(_users)
    peer.sim("group", chat_id=-1000 - owner, admins=[owner])
    async with running(peer, store):
        peer.say(owner, "/topics on", chat_id=-1000 - owner)
        await until(heard(peer, -1000 - owner, "/topics on gives each watch"))


async def test_a_channel_s_posts_are_its_admins_words(peer, store):
    channel = -1000 - next(_users)
    peer.sim("group", chat_id=channel, kind="channel", title="News")
    async with running(peer, store):
        peer.say(1, "/start", chat_id=channel)
        await until(heard(peer, channel, "claims, not facts"))


async def test_a_group_s_new_number_is_learned_from_the_service_message(peer, store):
    owner = next(_users)
    old, new = -owner, -1000000 - owner
    peer.sim("group", chat_id=old, kind="group", admins=[owner])
    async with running(peer, store):
        peer.say(owner, "/start", chat_id=old)
        await until(heard(peer, old, "claims, not facts"))
        peer.sim("migrate", old=old, new=new)
        await until(lambda: store.view().get(SUBSCRIBERS, str(new)))
    assert store.view().get(SUBSCRIBERS, str(new)).watches


async def test_nothing_logged_holds_the_token(peer, store, caplog):
    caplog.set_level("DEBUG", logger="monitor")
    user = next(_users)
    peer.sim("fault", method="getUpdates", times=2, code=401, description="Unauthorized")
    async with running(peer, store):
        peer.say(user, "/start")
        await until(heard(peer, user, "claims, not facts"))
    assert peer.token not in caplog.text
    assert not re.search(r"\d{6}:[A-Za-z0-9_-]{30}", caplog.text)


def test_an_update_that_is_nothing_to_us_is_none():
    from telegram import Update

    assert read(Update(1), "a_bot") is None
