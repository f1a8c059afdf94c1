"""The daemon on Telegram, killed every few seconds while every tenth answer is lost."""

import collections
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.core.records import SUBSCRIBERS
from monitor.core.view import Put
from monitor.model import ChatId, MessageState, Severity, Subscriber, WatchId
from monitor.store.sqlite import SqliteStore
from tests.lifetime import die_with_parent
from tests.telegram_peer.client import ROOT, Peer

CHATS, ALERTS = 25, 20
OFTEN = "min_interval: 1s, max_interval: 1s"
NOUNS = ["harbour", "bridge", "school", "market", "river"]
VERBS = ["reopened", "flooded", "burned", "expanded"]


class Feed(BaseHTTPRequestHandler):
    """A feed that grows by an entry whenever `count` does."""

    count = 0

    def do_GET(self):
        body = "".join(
            f"<item><guid isPermaLink='false'>g{n}</guid><title>{title(n)}</title>"
            f"<description>{title(n)}, the town says.</description></item>"
            for n in reversed(range(Feed.count))
        )
        page = f"<rss version='2.0'><channel><title>Example</title>{body}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


def title(n):
    return f"The {NOUNS[n % 5]} of ward {n:03d} {VERBS[n // 5 % 4]} in bulletin {n:03d}"


@pytest.fixture
def feed():
    Feed.count = 1
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/feed"
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path, feed):
    rules = tmp_path / "rules"
    rules.mkdir()
    source = f"{{id: a, url: '{feed}', publisher: A, owner: A Ltd, kind: wire, allow_private: true, {OFTEN}}}"
    (rules / "sources.yaml").write_text(f"sources:\n  - {source}\n")
    (rules / "bulletins.yaml").write_text("watch: bulletins\nabout: [bulletin]\nalert: [every item]\n")
    store = SqliteStore(tmp_path / "state" / "tocsin.db")
    chats = (Subscriber(ChatId(n), (WatchId("bulletins"),), level=Severity.INFO, tz="UTC") for n in range(1, CHATS + 1))
    store.apply(Put(SUBSCRIBERS, chat) for chat in chats)
    return tmp_path, store


@pytest.mark.slow
def test_nothing_is_lost_and_every_second_copy_is_marked_and_explained(home):
    folder, store = home
    peer = Peer()
    peer.sim("users", first=1, count=CHATS)
    peer.sim("fault", method="sendMessage", every=10, times=1_000_000, accept_then="drop")
    environment = os.environ | {
        "TOCSIN_RULES": str(folder / "rules"),
        "TOCSIN_STATE": str(folder / "state"),
        "TOCSIN_TELEGRAM_TOKEN": peer.token,
        "TOCSIN_TELEGRAM_API": peer.address,
    }
    wanted = {title(n) for n in range(1, ALERTS + 1)}
    deadline, deaths = time.monotonic() + 900, 0
    with (folder / "log").open("wb") as log:
        while time.monotonic() < deadline:
            command = [sys.executable, "-m", "monitor", "run"]
            daemon = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it waits for nothing
            )
            live(folder / "log", deaths + 1)
            done = Feed.count > ALERTS and settled(store)
            daemon.kill()
            daemon.wait()
            deaths += 1
            if done:
                break
    copies = {chat: texts(peer, chat) for chat in range(1, CHATS + 1)}
    rows = {(m.chat, m.id): m for m in store.messages([MessageState.SENT], limit=10_000) if m.kind == "alert"}
    peer.close()
    for chat, seen in copies.items():
        told = collections.Counter(key for text in seen for key in wanted if key in text)
        assert set(told) == wanted, f"lost in {chat}"
        marked = sum("possible repeat" in text for text in seen)
        assert marked >= sum(told.values()) - len(wanted), f"an unmarked copy in {chat}"
        explained = sum(m.unconfirmed for key, m in rows.items() if key[0] == chat)
        assert explained >= sum(told.values()) - len(wanted)
    assert deaths > 2
    assert peer.token not in (folder / "log").read_text("utf-8")


def live(log, starts):
    """Let the daemon live for some seconds of work, in which the feed grows."""
    while log.read_text("utf-8").count("msg=started") < starts:
        time.sleep(0.1)
    for _ in range(7):
        time.sleep(1)
        Feed.count = min(Feed.count + 1, ALERTS + 1)


def settled(store):
    counts = store.counts()
    waiting = (MessageState.PENDING, MessageState.SENDING, MessageState.UNCERTAIN)
    return counts.decided > ALERTS and not any(counts.messages.get(state) for state in waiting)


def texts(peer, chat):
    return [m.get("text", m.get("caption", "")) for m in peer.messages(chat)]
