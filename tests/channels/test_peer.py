"""The peer itself: checked by a second, independent client, and against what Telegram is known to do.

A server that we write proves our reading of Telegram; another client's authors have read it too.
"""

import asyncio
import contextlib
import itertools
import json
import urllib.error
import urllib.request

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.filters import Command
from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from aiohttp import web

from tests.telegram_peer.client import PATIENCE, Peer
from tests.telegram_peer.entities import BadRequest, parse

_users = itertools.count(20_000)


@pytest.fixture
def chat(peer):
    user = next(_users)
    peer.sim("users", first=user, count=1)
    return user


def called(peer, call):
    """The answer of the server to a plain GET."""
    try:
        with urllib.request.urlopen(f"{peer.address}/bot{peer.token}/{call}", timeout=2 * PATIENCE) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


@pytest.fixture
async def bot(peer):
    async with _bot(peer) as client:
        yield client


@contextlib.asynccontextmanager
async def _bot(peer):
    session = AiohttpSession(api=TelegramAPIServer.from_base(peer.address))
    client = Bot(peer.token, session=session)
    yield client
    await session.close()


async def test_a_conversation_with_command_button_and_edit(bot, peer, chat):
    dispatcher = Dispatcher()

    @dispatcher.message(Command("hello"))
    async def hello(message):
        row = [[InlineKeyboardButton(text="Press me", callback_data="pressed")]]
        await message.answer("<b>Hi</b>", parse_mode="HTML", reply_markup=InlineKeyboardMarkup(inline_keyboard=row))

    @dispatcher.callback_query(F.data == "pressed")
    async def pressed(query):
        await query.message.edit_text("pressed")
        await query.answer("thanks")

    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
    peer.say(chat, "/hello")
    said = await asyncio.to_thread(peer.until, lambda: peer.messages(chat)[1:])
    press = peer.sim("press", user_id=chat, message_id=said[0]["message_id"], label="Press")
    await asyncio.to_thread(peer.until, lambda: peer.sim("answer", query=press["id"])["text"] == "thanks")
    assert peer.messages(chat)[1]["text"] == "pressed"
    await dispatcher.stop_polling()
    await polling


async def test_every_answer_is_an_object_that_a_strict_client_accepts(bot, peer, chat):
    group = -chat
    peer.sim("group", chat_id=group, admins=[chat], forum=True)
    sent = await bot.send_message(chat, "text")
    photo = await bot.send_photo(chat, BufferedInputFile(b"\x89PNG", "x.png"), caption="<i>c</i>", parse_mode="HTML")
    assert photo.caption_entities[0].type == "italic"
    await bot.send_document(chat, BufferedInputFile(b"{}", "x.json"), reply_parameters=ReplyParameters(message_id=1))
    assert (await bot.edit_message_caption(chat_id=chat, message_id=photo.message_id, caption="d")).caption == "d"
    await bot.pin_chat_message(chat, sent.message_id)
    await bot.set_my_commands([BotCommand(command="start", description="Begin")])
    assert (await bot.get_my_commands())[0].command == "start"
    assert (await bot.get_chat(group)).is_forum
    assert (await bot.get_chat_member(group, chat)).status == "administrator"
    assert [a.user.id for a in await bot.get_chat_administrators(group)] == [chat]
    topic = await bot.create_forum_topic(group, "A watch")
    assert (await bot.send_message(group, "x", message_thread_id=topic.message_thread_id)).is_topic_message
    assert await bot.delete_message(chat, sent.message_id)
    assert (await bot.get_me()).username == "tocsin_test_bot"
    assert (await bot.get_webhook_info()).url == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("é<b", "Unclosed start tag at byte offset 2"),
    ],
)
async def test_markup_is_refused_in_telegram_s_words(bot, chat, text, words):
    with pytest.raises(TelegramBadRequest, match="can't parse entities") as refused:
        await bot.send_message(chat, text, parse_mode="HTML")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda bot, chat: bot.send_message(chat, "x" * 4097), "message is too long"),
        (lambda bot, chat: bot.send_message(chat, " "), "message text is empty"),
        (lambda bot, chat: bot.send_message(chat + 10**9, "x"), "chat not found"),
        (lambda bot, chat: bot.send_message(chat, "x", reply_parameters=ReplyParameters(message_id=9)), "replied"),
        (lambda bot, chat: bot.send_message(chat, "x", message_thread_id=9), "message thread not found"),
        (lambda bot, chat: bot.edit_message_text(text="x", chat_id=chat, message_id=9), "message to edit not found"),
        (lambda bot, chat: bot.answer_callback_query(f"nothing{chat}"), "query is too old"),
        (
            lambda bot, chat: bot.send_message(
                chat,
                "x",
                reply_markup=InlineKeyboardMarkup(
                    inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="é" * 33)]]
                ),
            ),
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_limits_and_missing_things_are_refused_in_telegram_s_words(bot, chat, call, words):
    with pytest.raises(TelegramBadRequest, match=words):
        await call(bot, chat)


async def test_the_limit_counts_characters_after_parsing(bot, chat):
    assert await bot.send_message(chat, f"<b>{'🦊' * 4096}</b>", parse_mode="HTML")


async def test_gone_chats_and_moved_ones(bot, peer, chat):
    peer.sim("group", chat_id=-chat, kind="group")
    peer.sim("migrate", old=-chat, new=-1_000_000 - chat)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(-chat, "x")
    assert moved.value.migrate_to_chat_id == -1_000_000 - chat
    peer.sim("block", user_id=chat)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(chat, "x")


SLOWLY = ("--speed", "0.0001")
"""The server's clock all but stands, so that a busy machine sends within the same second all the same."""


async def test_the_limits_of_rate(chat):
    strict = Peer(*SLOWLY)
    strict.sim("users", first=1, count=60)
    strict.sim("group", chat_id=-5)
    async with _bot(strict) as bot:
        await bot.send_message(1, "x")
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(1, "y")
        assert refused.value.retry_after == 1
        answers = await asyncio.gather(*(bot.send_message(n, "x") for n in range(2, 60)), return_exceptions=True)
        assert sum(not isinstance(a, Exception) for a in answers) == 29
    strict.close()


async def test_a_group_bears_twenty_a_minute():
    strict = Peer(*SLOWLY)
    strict.sim("group", chat_id=-5)
    async with _bot(strict) as bot:
        accepted = 0
        for _ in range(22):
            with contextlib.suppress(TelegramRetryAfter):
                await bot.send_message(-5, "x")
                accepted += 1
            strict.sim("clock", ahead=1)
    strict.close()
    assert accepted == 20


async def test_the_older_of_two_pollers_is_ended(peer):
    def ask():
        return called(peer, "getUpdates?timeout=3&offset=999999")

    before = peer.sim("pollers")["count"]
    first = asyncio.create_task(asyncio.to_thread(called, peer, f"getUpdates?timeout={PATIENCE:.0f}&offset=999999"))
    await asyncio.to_thread(peer.until, lambda: peer.sim("pollers")["count"] > before)
    second = await asyncio.to_thread(ask)
    assert second["ok"]
    assert "terminated by other getUpdates" in (await first)["description"]


async def test_a_webhook_gets_updates_with_its_secret_and_ends_polling(peer, bot, chat):
    got = asyncio.Queue()

    async def hook(request):
        await got.put((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(address, secret_token="quiet", drop_pending_updates=True)  # noqa: S106 - a test's
    try:
        peer.say(chat, "over the hook")
        while True:
            secret, update = await asyncio.wait_for(got.get(), PATIENCE)
            if update.get("message", {}).get("text") == "over the hook":
                break
        assert secret == "quiet"  # noqa: S105 - a test's
        with pytest.raises(Exception, match="webhook is active"):
            await bot.get_updates()
    finally:
        await bot.delete_webhook()
        await runner.cleanup()


def test_an_unknown_method_or_parameter_is_refused(peer):
    assert called(peer, "sendRichMessage")["description"] == "Not Found: method not found"
    assert "unknown parameters" in called(peer, "getMe?x=1")["description"]


def test_the_page_shows_a_chat_as_its_member_sees_it(peer, chat):
    peer.say(chat, "<what> a day")
    assert "&lt;what&gt; a day" in peer.page(chat)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("@someone", ["mention"]),
        ("mail@example.org", ["email"]),
        ("see /start now", ["bot_command"]),
        ("and/or 1/2", []),
        ("https://example.org/x and example.org", ["url", "url"]),
        ("tg://resolve?domain=x", ["url"]),
        ("10.0.0.1", ["url"]),
        ("version 1.2.3", []),
        ("#tag $USD", ["hashtag", "cashtag"]),
        ("U.S. troops. Then", []),
    ],
)
def test_what_telegram_makes_active_by_itself(text, kinds):
    assert [e["type"] for e in parse(text, None)[1]] == kinds


def test_entities_count_utf16_units_and_references_are_read_once():
    text, entities = parse("🦊<b>&amp;lt;</b>", "HTML")
    assert text == "🦊&lt;"
    assert entities == [{"type": "bold", "offset": 2, "length": 4}]
    with pytest.raises(BadRequest):
        parse("x", "Markdown 9")
