"""The Telegram channel against the peer: what is sent, and what each way of failing comes out as."""

import asyncio
import datetime as dt
import itertools
import json
import logging

import pytest

from monitor.channels.base import BadMarkup, Dead, Migrated, Outgoing, RetryAt, Sent, Uncertain
from monitor.channels.telegram import Gate, Spacing, Telegram
from monitor.core.render import Rendered
from monitor.errors import ChannelError
from monitor.model import Button, ChatId, Message, MessageId

NOW = dt.datetime(2026, 2, 26, 18, 5, tzinfo=dt.UTC)
_users = itertools.count(1000)


@pytest.fixture
async def telegram(peer):
    channel = Telegram(peer.token, peer.address)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
async def away(peer):
    """A channel whose server is not there."""
    channel = Telegram(peer.token, "http://127.0.0.1:9")
    yield channel
    await channel.close()


@pytest.fixture
def chat(peer):
    user = next(_users)
    peer.sim("users", first=user, count=1)
    return user


def outgoing(chat, html="<b>Hello</b>", words="Hello", buttons=(), **fields):
    more = {k: fields.pop(k) for k in ("reply_to", "edits", "photo", "document") if k in fields}
    message = Message(MessageId("m1"), ChatId(chat), fields.pop("kind", "alert"), (), NOW, **fields)
    return Outgoing(message, Rendered(html, words, buttons), **more)


async def test_a_message_arrives_with_its_markup_and_buttons(telegram, peer, chat):
    buttons = ((Button("Why", "why:m1"), Button("Mute", "mute:m1")),)
    assert await telegram.send(outgoing(chat, "<b>Hello</b> &amp; more", buttons=buttons, silent=True)) == Sent(1)
    [seen] = peer.messages(chat)
    assert (seen["text"], seen["silent"]) == ("Hello & more", True)
    assert seen["entities"][0] == {"type": "bold", "offset": 0, "length": 5}
    assert [b["callback_data"] for b in seen["reply_markup"]["inline_keyboard"][0]] == ["why:m1", "mute:m1"]


async def test_links_have_no_preview(telegram, peer, chat):
    await telegram.send(outgoing(chat))
    assert json.loads(peer.calls("sendMessage")[-1]["given"]["link_preview_options"]) == {"is_disabled": True}


async def test_a_reply_quotes_its_parent_and_one_whose_parent_is_gone_goes_out_alone(telegram, peer, chat):
    await telegram.send(outgoing(chat))
    await telegram.send(outgoing(chat, reply_to=1))
    assert await telegram.send(outgoing(chat, reply_to=99)) == Sent(3)
    _, second, third = peer.messages(chat)
    assert second["reply_to_message"]["message_id"] == 1
    assert "reply_to_message" not in third


async def test_an_edit_changes_the_message_and_the_same_edit_again_is_no_failure(telegram, peer, chat):
    await telegram.send(outgoing(chat))
    for _ in range(2):
        assert await telegram.send(outgoing(chat, "now 9 outlets", edits=1, kind="edit")) == Sent(1)
    assert peer.messages(chat)[0]["text"] == "now 9 outlets"


async def test_a_photo_carries_the_words_as_its_caption_and_is_edited_as_one(telegram, peer, chat):
    assert await telegram.send(outgoing(chat, photo=b"\x89PNG", attachment="chart")) == Sent(1)
    assert await telegram.send(outgoing(chat, "<i>edited</i>", edits=1, attachment="chart")) == Sent(1)
    assert peer.messages(chat)[0]["caption"] == "edited"


async def test_a_document_arrives(telegram, peer, chat):
    assert await telegram.send(outgoing(chat, document=("export.json", b"{}"))) == Sent(1)
    assert peer.messages(chat)[0]["document"]["file_name"] == "export.json"


async def test_refused_markup_is_told_apart_and_the_plain_words_go_through(telegram, peer, chat):
    assert isinstance(await telegram.send(outgoing(chat, "<br>")), BadMarkup)
    assert await telegram.send(outgoing(chat, "<br>", "<br>", plain=True)) == Sent(1)
    assert peer.messages(chat)[0]["text"] == "<br>"


async def test_a_flooded_chat_says_for_how_long(telegram, peer, chat):
    flood = {"code": 429, "description": "Too Many Requests: retry after 7", "parameters": {"retry_after": 7}}
    peer.sim("fault", method="sendMessage", chat_id=chat, **flood)
    refused = await telegram.send(outgoing(chat))
    assert isinstance(refused, RetryAt)
    assert (refused.after, refused.flooded) == (7.0, True)


@pytest.mark.parametrize("how", ["blocked", "deactivated", "kicked", "left", "deleted"])
async def test_a_chat_that_is_gone_is_dead_for_everything(telegram, peer, chat, how):
    peer.sim("gone", chat_id=chat, how=how)
    refused = await telegram.send(outgoing(chat))
    assert isinstance(refused, Dead)
    assert refused.chat_gone


async def test_an_unknown_chat_is_gone_and_an_overlong_message_is_dead_alone(telegram, chat):
    assert (await telegram.send(outgoing(987654321))).chat_gone
    overlong = await telegram.send(outgoing(chat, "x" * 4097))
    assert isinstance(overlong, Dead)
    assert not overlong.chat_gone


async def test_a_group_that_became_a_supergroup_names_its_new_chat(telegram, peer):
    peer.sim("group", chat_id=-77, kind="group")
    peer.sim("migrate", old=-77, new=-10077)
    assert await telegram.send(outgoing(-77)) == Migrated(ChatId(-10077))


@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_a_lost_answer_is_uncertain_although_the_message_arrived(telegram, peer, chat, how):
    peer.sim("fault", method="sendMessage", chat_id=chat, accept_then=how, seconds=0.1)
    assert isinstance(await telegram.send(outgoing(chat)), Uncertain)
    assert len(peer.messages(chat)) == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"code": 500, "description": "Internal Server Error"}, RetryAt),
        ({"code": 502, "description": "Bad Gateway"}, RetryAt),
        ({"code": 502}, Uncertain),
        ({"code": 401, "description": "Unauthorized"}, RetryAt),
        ({"code": 400, "description": "Bad Request: something new"}, Dead),
    ],
)
async def test_an_error_answer_is_a_refusal_and_a_gateway_s_page_is_not(telegram, peer, chat, fault, outcome):
    peer.sim("fault", method="sendMessage", chat_id=chat, **fault)
    assert isinstance(await telegram.send(outgoing(chat)), outcome)


async def test_a_refused_connection_is_no_uncertainty(away, chat):
    assert isinstance(await away.send(outgoing(chat)), RetryAt)


async def test_a_topic_that_is_gone_does_not_cost_the_message(telegram, peer):
    peer.sim("group", chat_id=-78, forum=True)
    assert await telegram.send(outgoing(-78, thread=55)) == Sent(1)


async def test_a_wrong_token_is_said_at_once_without_showing_it(peer, caplog):
    caplog.set_level(logging.DEBUG, logger="monitor")
    wrong = "654321:WRONG-0123456789abcdefghijklmnopqrst"
    channel = Telegram(wrong, peer.address)
    with pytest.raises(ChannelError) as refused:
        await channel.open()
    assert wrong not in f"{refused.value} {channel!r} {caplog.text}"
    assert refused.value.__suppress_context__


async def test_no_failure_s_words_hold_the_token(telegram, away, peer, chat):
    for fault in ({"code": 401, "description": "Unauthorized"}, {"code": 404, "description": "Not Found"}):
        peer.sim("fault", method="sendMessage", chat_id=chat, **fault)
        assert peer.token not in repr(await telegram.send(outgoing(chat)))
    assert peer.token not in repr(await away.send(outgoing(chat)))


async def test_calls_are_spaced_by_when_they_begin_whatever_waited():
    loop = asyncio.get_running_loop()
    gate, begun = Gate(Spacing(count=3, window=0.1, least=0.01, chat=0.2)), []

    async def call(chat):
        await gate.passed(ChatId(chat))
        begun.append((loop.time(), chat))

    await asyncio.gather(*(call(n) for n in range(12)))
    times = [at for at, _ in begun]
    assert all(later - earlier >= 0.099 for earlier, later in zip(times, times[3:], strict=False))
    assert [chat for _, chat in begun] == list(range(12))
    await call(11)
    assert begun[-1][0] - begun[-2][0] >= 0.199
