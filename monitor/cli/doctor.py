"""Check the installation: settings, rules, database, time zones, pictures; with a token also Telegram.

`--chat ID` is the live check: the bot sends that chat a message with all its markup, edits it, answers it with
a picture, and takes all of it away again. Only Telegram itself can prove what a test server can't.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pathlib
import sys
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Literal

from monitor.cli.check import counted
from monitor.errors import TocsinError

if TYPE_CHECKING:
    from monitor.channels.base import Delivery, Outgoing
    from monitor.channels.telegram import Telegram
    from monitor.settings import Settings

Finding = tuple[bool, str]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--chat", type=int, metavar="ID", help="also send test messages to this Telegram chat")


def run(args: argparse.Namespace) -> int:
    """0 if all is well, 1 for any finding."""
    findings = []
    for well, what in _checks(args.chat):
        print(f"{'ok   ' if well else 'WRONG'} {what}")
        findings.append(well)
    if args.chat is None:
        print("tocsin: `--chat ID` also tries a real message", file=sys.stderr)
    return 0 if all(findings) else 1


def _checks(chat: int | None) -> Iterator[Finding]:
    from monitor.settings import Settings

    try:
        settings = Settings.read()
    except TocsinError as error:
        yield False, str(error)
        return
    for check in (_rules, _database, _zones, _pictures):
        try:
            yield check(settings)
        except TocsinError as error:
            yield False, str(error)
    if settings.telegram_token:
        yield from asyncio.run(_telegram(settings, settings.telegram_token, chat))
    else:
        yield chat is None, "no TOCSIN_TELEGRAM_TOKEN: alerts appear on the terminal"


def _rules(settings: Settings) -> Finding:
    from monitor import rulefiles
    from monitor.core.rules import load

    rules = load(rulefiles.read(settings.rules))
    enabled = sum(source.enabled for source in rules.sources.values())
    told = f"{counted(len(rules.watches), 'watch', 'watches')}, {counted(enabled, 'source')}"
    return enabled > 0, f"rules: {told}, in {settings.rules}"


def _database(settings: Settings) -> Finding:
    from monitor.store import is_new, open_store

    if troubles := _server_troubles(settings):
        return False, f"database: {settings.database}: {'; '.join(troubles)}"
    if is_new(settings):
        if not _makeable(settings):
            return (
                False,
                f"database: {settings.database} can't be made; TOCSIN_STATE names a folder that may be written",
            )
        return True, f"database: {settings.database} will be made at the first start"
    with open_store(settings) as store:
        counts = store.counts()
    return True, f"database: {settings.database}, {counts.decided} items decided, {counts.undecided} waiting"


def _makeable(settings: Settings) -> bool:
    if not isinstance(settings.database, pathlib.Path):
        return True  # what may be in the way has been looked for
    folder = settings.database.parent
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def _server_troubles(settings: Settings) -> list[str]:
    if isinstance(settings.database, pathlib.Path):
        return []
    from monitor import clock
    from monitor.store import troubles

    return troubles(settings.database, clock.now())


def _zones(_: Settings) -> Finding:
    from monitor.core.hours import zone

    return zone("Asia/Karachi").key == "Asia/Karachi", "time zones (package tzdata)"


def _pictures(_: Settings) -> Finding:
    from monitor.channels import chart

    told = "drawn" if chart.available() else "none: messages go without (the extra `charts` draws them)"
    return True, f"pictures: {told}"


async def _telegram(settings: Settings, token: str, chat: int | None) -> list[Finding]:
    from monitor import log
    from monitor.channels.telegram import Telegram
    from monitor.errors import ChannelError

    log.set_up("WARNING", [token])
    telegram = Telegram(token, settings.telegram_api)
    try:
        await telegram.open()
    except ChannelError as error:
        return [(False, str(error))]
    found = [(True, f"Telegram: the bot is @{telegram.bot.username}")]
    if chat is not None:
        found += [finding async for finding in _live(telegram, chat)]
    await telegram.close()
    return found


async def _live(telegram: Telegram, chat: int) -> AsyncIterator[Finding]:
    """A message, an edit, an answer with a picture; all of it is taken away again."""
    from telegram.error import TelegramError

    from monitor.channels.base import Sent

    numbers: list[int] = []
    for what, make in _TRIALS:
        delivery = await telegram.send(make(chat, numbers[0] if numbers else None))
        yield isinstance(delivery, Sent), f"{what}: {_told(delivery)}"
        if isinstance(delivery, Sent) and delivery.remote is not None:
            numbers.append(delivery.remote)
    try:
        for number in dict.fromkeys(numbers):
            await telegram.bot.delete_message(chat, number)
    except TelegramError as error:
        yield False, f"taking the messages away: {telegram.safe(error)}"


def _told(delivery: Delivery) -> str:
    from monitor.channels.base import Migrated, Sent

    match delivery:
        case Sent(remote):
            return f"arrived as number {remote}"
        case Migrated(new):
            return f"the chat is {new} now"
        case _:
            return delivery.why


def _message(chat: int, first: int | None) -> Outgoing:
    return _outgoing(chat, reply_to=first)


def _edit(chat: int, first: int | None) -> Outgoing:
    return _outgoing(chat, kind="edit", edits=first)


def _picture(chat: int, first: int | None) -> Outgoing:
    from monitor.channels import chart
    from monitor.core.standing import Series

    lines = [
        Series("one side", ((0.0, 70.0, 70.0), (7200.0, 80.0, 80.0))),
        Series("the other", ((3600.0, 31.0, 31.0),)),
    ]
    return _outgoing(chat, reply_to=first, photo=chart.draw(lines, "A trial", "invented figures"))


def _outgoing(
    chat: int,
    *,
    kind: Literal["notice", "edit"] = "notice",
    reply_to: int | None = None,
    edits: int | None = None,
    photo: bytes | None = None,
) -> Outgoing:
    from monitor import clock
    from monitor.bot.sample import sample
    from monitor.channels.base import Outgoing
    from monitor.core.markup import Block, Text, html, plain
    from monitor.core.render import CAPTION_LIMIT, Rendered
    from monitor.model import Button, ChatId, Message, MessageId

    now = clock.now()
    blocks = [Block(((Text(f"A trial by tocsin doctor: {kind}", "b"),),)), *sample("en")]
    rendered = Rendered(
        html(blocks, CAPTION_LIMIT), plain(blocks, CAPTION_LIMIT), ((Button("A button that does nothing", "trial"),),)
    )
    message = Message(MessageId("doctor"), ChatId(chat), kind, (), now, silent=True)
    return Outgoing(message, rendered, reply_to=reply_to, edits=edits, photo=photo)


_TRIALS = (
    ("a message with all its markup", _message),
    ("an edit of it", _edit),
    ("an answer to it with a picture", _picture),
)
