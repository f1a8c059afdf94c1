"""Poll, decide and deliver until stopped (SIGTERM), by the rules of TOCSIN_RULES.

With TOCSIN_TELEGRAM_TOKEN alerts go to Telegram; the first start logs a code that makes whoever sends it
to the bot its admin. Without a token alerts appear here. SIGHUP reads the rules again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import os
import pathlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from monitor.errors import StoreError

if TYPE_CHECKING:
    from monitor.core.rules import Ruleset
    from monitor.daemon import Daemon
    from monitor.everywhere import Everywhere
    from monitor.life import Life
    from monitor.settings import Settings
    from monitor.store.base import Store


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the environment says everything."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - a command's signature
    """0 after a stop that was asked for."""
    from monitor import log, rulefiles
    from monitor.settings import Settings

    settings = Settings.read()
    log.set_up(settings.log_level, settings.secrets)
    place = settings.database if isinstance(settings.database, pathlib.Path) else settings.state / "tocsin"
    with _alone(place):
        asyncio.run(_run(settings, rulefiles.start(settings.rules, good_rules(settings))))
    return 0


@contextlib.contextmanager
def _alone(place: pathlib.Path) -> Iterator[None]:
    """Only one daemon a database file or, where several share a server, a state directory.

    The lock goes with the process, however it ends.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(f"{place}.lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise StoreError(f"{place}: {error.strerror}; TOCSIN_STATE names where state is kept") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise StoreError(
            f"{place}: another tocsin is running here; on one database server each needs a TOCSIN_STATE of its own"
        ) from None
    finally:
        os.close(file)


def good_rules(settings: Settings) -> pathlib.Path:
    """Where the last good rules are kept, so that a start with wrong ones is one too."""
    return settings.state / "rules.json"


async def _run(settings: Settings, ruleset: Ruleset) -> None:
    from monitor import rulefiles
    from monitor.daemon import Daemon
    from monitor.fetch import Fetcher, Parsers
    from monitor.store import make_store

    reload = partial(rulefiles.reload, settings.rules, copy=good_rules(settings))
    store = make_store(settings)
    own, others = (None, None) if isinstance(settings.database, pathlib.Path) else _among_others(settings, store)
    async with Fetcher(others=others) as fetcher, Parsers() as parsers:
        make = partial(Daemon, store, ruleset=ruleset, fetcher=fetcher, parsers=parsers, reload=reload)
        if own is not None:
            make = partial(make, owner=own.owner, name=own.name)
        daemon = (
            _on_telegram(settings.telegram_token, settings, store, make) if settings.telegram_token else _here(make)
        )
        daemon.services.append(rulefiles.Watching(settings.rules, daemon.ask_to_reload))
        daemon.handle_signals()
        await daemon.run()


def _among_others(settings: Settings, store: Store) -> tuple[Life, Everywhere]:
    """Who this process is among those that share a database, and its turns at hosts. What it last held is free."""
    from monitor import clock
    from monitor.everywhere import Everywhere
    from monitor.life import begin

    life = begin(settings.state)
    if life.before:
        store.recover(life.before)
    return life, Everywhere(store, life.owner, clock.now)


def _here(make: Callable[..., Daemon]) -> Daemon:
    """Whoever sits before the terminal follows every watch, and no limit of rate holds."""
    from monitor.channels.terminal import Terminal, subscriber
    from monitor.core.limits import Rates
    from monitor.daemon import Pace

    return make(
        channel=Terminal(),
        follow=lambda rules: [subscriber(watch.id for watch in rules.watches)],
        pace=Pace(rates=Rates(overall=(1000, 1.0), chat=(1000, 1.0))),
    )


def _on_telegram(token: str, settings: Settings, store: Store, make: Callable[..., Daemon]) -> Daemon:
    """Whoever the bot lets in follows what they choose."""
    from monitor import clock
    from monitor.bot.service import Service
    from monitor.channels.telegram import Telegram
    from monitor.core.wording import names

    telegram = Telegram(token, settings.telegram_api)
    daemon = make(channel=telegram)
    bot = Service(
        store,
        telegram,
        lambda: daemon.ruleset,
        lambda: names(daemon.ruleset),
        clock.now,
        settings.telegram_access,
        daemon.hurry,
        daemon.roles,
    )
    daemon.services.append(bot)
    return daemon
