"""The desk over a store in memory: what a test says, and what came of it."""

import dataclasses
import datetime as dt

from monitor.bot import desk
from monitor.bot.access import hashed, new_code
from monitor.bot.answers import Ask
from monitor.bot.inbound import Moved, Person, Place, Pressed, Said, Welcomed
from monitor.bot.records import INVITES, PROGRESS, Invite, Progress
from monitor.channels.compose import compose
from monitor.core.audience import audience
from monitor.core.audience import due as due_now
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Draft, Put
from monitor.core.wording import names
from monitor.model import ChatId, WatchId
from monitor.store.memory import MemoryStore

RULES = load(
    {
        "sources.yaml": """
sources:
  - {id: wire, url: https://example.org/wire, publisher: Some Wire, owner: Some Wire Ltd, kind: wire}
  - {id: times, url: https://example.org/times, publisher: Nowhere Times, owner: Nowhere Group, kind: independent}
""",
        "peru-ecuador.yaml": """
watch: Peru–Ecuador
sides: {Peru: [Lima], Ecuador: [Quito]}
about: [Cenepa]
alert: [new claims, rival claims, contradictions, denials, corrections, escalation]
""",
        "quakes.yaml": "watch: Quakes\nabout: [earthquake]\n",
    }
)
BORDER, QUAKES = (WatchId(w.id) for w in sorted(RULES.watches, key=lambda w: w.name))
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)


class Room:
    """People, one bot, one store. Times move only by `wait`."""

    def __init__(self, access="open"):
        self.store, self.now, self.access = MemoryStore(), NOON, access
        self.update = 0
        self.sent = []

    def wait(self, **span):
        self.now += dt.timedelta(**span)

    # --- what people do ---

    def say(self, chat, text, *, kind="private", admin_here=True, name="Ada"):
        command, _, rest = text[1:].partition(" ") if text.startswith("/") else ("", "", text)
        place = Place(ChatId(chat), kind, name)
        return self._take(Said(self._next(), place, Person(abs(chat), name), command, rest), admin_here)

    def press(self, chat, label, *, admin_here=True, among=None):
        """Press the newest button of that label in a chat."""
        for message in reversed(among or [m for m in self.sent if m.chat == chat]):
            for button in (b for row in self.rendered(message).buttons for b in row):
                if label in button.label:
                    return self.press_data(chat, button.data, admin_here=admin_here)
        raise AssertionError(f"no button {label!r}")

    def press_data(self, chat, data, *, admin_here=True):
        pressed = Pressed(self._next(), Place(ChatId(chat), "private"), Person(chat), "q", data)
        return self._take(pressed, admin_here)

    def welcome(self, chat, welcome):
        return self._take(Welcomed(self._next(), Place(ChatId(chat), "private"), welcome, "blocked"), True)

    def move(self, old, new):
        return self._take(Moved(self._next(), Place(ChatId(old), "group"), ChatId(new)), True)

    def _next(self):
        self.update += 1
        return self.update

    def _take(self, inbound, admin_here):
        answer = desk.answer(self.ask(inbound, admin_here=admin_here))
        self.store.apply([*answer.puts, Put(PROGRESS, Progress(inbound.update))], answer.messages)
        self.sent += answer.messages
        return answer

    def ask(self, inbound, **more):
        view = self.store.view()
        return Ask(inbound, view, self.store.message, RULES, names(RULES), self.now, self.access, "a_bot", **more)

    # --- what the decider does ---

    def alert(self, alert):
        """An alert goes out to whom it concerns; returns the messages."""
        draft = Draft(self.store.view())
        draft.put(ALERTS, alert)
        return self._commit(draft, audience(alert, draft, self.now))

    def due(self):
        draft = Draft(self.store.view())
        return self._commit(draft, due_now(draft, self.now))

    def _commit(self, draft, messages):
        self.store.apply(draft.changes(), messages)
        self.sent += messages
        return list(messages)

    # --- what is there to see ---

    def admin(self, chat=1):
        """A first admin, let in by a code."""
        code = new_code()
        invite = Invite(hashed(code), "admin", 0.0, self.now.timestamp() + 60)
        self.store.apply([Put(INVITES, invite)])
        self.say(chat, f"/start {code}")
        return chat

    def subscriber(self, chat):
        return self.store.view().get(SUBSCRIBERS, str(chat))

    def set(self, chat, **fields):
        self.store.apply([Put(SUBSCRIBERS, dataclasses.replace(self.subscriber(chat), **fields))])

    def rendered(self, message):
        return compose(message, self.store.view(), self.store.message, names(RULES)).rendered

    def text(self, message):
        return self.rendered(message).plain

    def heard(self, chat):
        """All that a chat was told, newest last."""
        return [self.text(m) for m in self.sent if m.chat == chat]
