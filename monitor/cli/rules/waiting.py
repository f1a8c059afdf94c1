"""`tocsin rules` pending, mute, unmute: what waits, and what operators keep silent for a while."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import getpass
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from hashlib import blake2b
from typing import TYPE_CHECKING

from monitor.cli.check import counted, loaded
from monitor.cli.rules.common import Commands, chosen, command, known_rules
from monitor.errors import RuleFileError, UsageError

if TYPE_CHECKING:
    from monitor.core.rules.state import Muting
    from monitor.core.view import View
    from monitor.model import Alert
    from monitor.store.base import Store

LONGEST = dt.timedelta(days=7)
_MATCHERS = ("watch", "rule", "source", "story", "claimant")
"""As `core.rules.muting` has them, which takes too long to load for a look at the options."""
_PREVIEW = dt.timedelta(days=7)


def configure(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    bare = argparse.ArgumentParser(add_help=False)
    command(commands, bare, "pending", "what waits for another account, and what it lacks", _pending)
    mute = command(commands, shared, "mute", "keep matching alerts silent for a while; without matchers: list", _mute)
    for name in _MATCHERS:
        mute.add_argument(f"--{name}", default="", metavar="ID", help=f"alerts of this {name}")
    mute.add_argument("--for", dest="length", default="6h", metavar="TIME", help="how long, at most 7d (6h)")
    mute.add_argument("--why", default="", help="the reason, which explain tells")
    mute.add_argument("--by", default="", help="who (default: the login name)")
    mute.add_argument("--preview", action="store_true", help="only show what it would have hidden in the last week")
    unmute = command(commands, bare, "unmute", "end a mute", _unmute)
    unmute.add_argument("id", help="id of the mute, as `rules mute` lists it")


def _pending(args: argparse.Namespace) -> int:
    del args
    from monitor.core.rules.firing import described
    from monitor.core.rules.state import HELD

    with _store() as store:
        held = sorted(store.view().find(HELD, "open", ["all"]), key=lambda h: h.at)
    for entry in held:
        state = "sent lower" if entry.sent else "held"
        print(
            f"{entry.watch}/{entry.rule} {entry.severity}, {state} {_time(entry.at)}, until {_time(entry.until)}: "
            f"{described(entry.development)}; has {entry.missing}; item {entry.item}"
        )
    return 0


def _mute(args: argparse.Namespace) -> int:
    from monitor import clock
    from monitor.core.rules.state import MUTES
    from monitor.core.view import Put

    now = clock.now()
    _known(args)
    with _store() as store:
        if not any(getattr(args, m) for m in _MATCHERS):
            print("\n".join(_standing(store.view(), now)) or "nothing is muted")
            return 0
        muting = _muting(args, now)
        view = store.view()
        hidden = [a for a in _sent(view, now) if hides(muting, a, view)]
        print(f"in the last week it would have hidden {counted(len(hidden), 'alert')}")
        for alert in hidden[:10]:
            print(f"  {alert.at:%Y-%m-%d %H:%M} {alert.severity}: {alert.why}")
        if not args.preview:
            store.apply([Put(MUTES, muting)])
            print(f"muted as {muting.id} until {_time(muting.until)}; corrections go out all the same")
    return 0


def _known(args: argparse.Namespace) -> None:
    """Raise UsageError for a watch or rule that is none, as far as rule files can be read: it would hide nothing."""
    if args.rule or args.watch:
        with contextlib.suppress(RuleFileError):
            known_rules(chosen(loaded(args.rules), args.watch or None), [args.rule] if args.rule else [])


def _muting(args: argparse.Namespace, now: dt.datetime) -> Muting:
    from monitor.core.rules.state import Muting

    matchers = {m: getattr(args, m) for m in _MATCHERS}
    if not matchers["rule"] and sum(map(bool, matchers.values())) < 2:
        raise UsageError("name a rule, or at least two of watch, source, story, claimant: broad mutes hide too much")
    if not args.why and not args.preview:
        raise UsageError("say --why: whoever misses an alert will ask")
    length = _length(args.length)
    by = args.by or getpass.getuser()
    name = blake2b(f"{now.isoformat()}{by}{matchers}".encode(), digest_size=3).hexdigest()
    return Muting(name, now.timestamp(), (now + length).timestamp(), by, args.why, **matchers)


def _length(text: str) -> dt.timedelta:
    from monitor.core.rules.form import seconds

    if not re.fullmatch(r"\d+(?:\.\d+)?[smhd]", text):
        raise UsageError(f"{text!r} is no length of time: write 90m, 6h or 2d")
    length = dt.timedelta(seconds=seconds(text))
    if length > LONGEST:
        raise UsageError(
            f"at most {LONGEST.days} days: a forgotten mute hides alerts; mute again if it is still needed"
        )
    return length


def hides(muting: Muting, alert: Alert, view: View) -> bool:
    """Whether a mute would have kept a whole alert silent: every rule of it and every matcher fits.

    A mute of a story fits under each name that the alert's story has had by now, as it does when rules are judged.
    """
    from monitor.core.stories.aliases import names_of, resolve

    names = names_of(resolve(alert.story, view), view) if muting.story else []
    claimants = {w for d in alert.developments if d.claimant for w in (d.claimant.text, d.claimant.actor)}
    pairs = (
        (muting.watch, {alert.watch}),
        (muting.source, {alert.source}),
        (muting.story, {alert.story, *names}),
        (muting.claimant, claimants),
    )
    rules = {r.rule for r in alert.reasons}
    return (not muting.rule or rules == {muting.rule}) and all(not w or w in having for w, having in pairs)


def _sent(view: View, now: dt.datetime) -> list[Alert]:
    from monitor.core.records import ALERTS
    from monitor.model import Outcome

    found = view.latest(ALERTS, since=(now - _PREVIEW).timestamp(), limit=100_000)
    return [a for a in found if a.outcome is Outcome.SENT]


def _standing(view: View, now: dt.datetime) -> Iterator[str]:
    from monitor.core.rules.muting import told
    from monitor.core.rules.state import MOST_MUTES, MUTES

    for muting in view.latest(MUTES, limit=MOST_MUTES):
        if muting.until > now.timestamp():
            yield f"{muting.id} until {_time(muting.until)}: {told(muting)}"


def _unmute(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from monitor import clock
    from monitor.core.rules.state import MUTES
    from monitor.core.view import Put

    with _store() as store:
        muting = store.view().get(MUTES, args.id)
        if muting is None:
            raise UsageError(f"no mute {args.id!r}; `tocsin rules mute` lists them")
        store.apply([Put(MUTES, replace(muting, until=min(muting.until, clock.now().timestamp())))])
    print(f"{args.id} has ended")
    return 0


def _store() -> AbstractContextManager[Store]:
    from monitor.settings import Settings
    from monitor.store import open_store

    return open_store(Settings.read())


def _time(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%d %H:%M} UTC"
