"""Starting the peer as a process of its own, and playing its users from a test."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.request

from tests.lifetime import die_with_parent

from .__main__ import TOKEN

ROOT = pathlib.Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds to wait for something on a machine that has much else to do."""


class Peer:
    """A running peer. `sim("message", user_id=1, text="/start")` plays a user."""

    token = TOKEN

    def __init__(self, *arguments):
        command = [sys.executable, "-m", "tests.telegram_peer", *arguments]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it waits for nothing
        )
        self.address = self._process.stdout.readline().strip()

    def sim(self, action, **given):
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.address}/sim/{action}",
            data=json.dumps(given).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            return json.load(response)

    def say(self, user_id, text, **more):
        return self.sim("message", user_id=user_id, text=text, **more)["message_id"]

    def messages(self, chat_id):
        return self.sim("chat", chat_id=chat_id)["messages"]

    def calls(self, method=None):
        return [c for c in self.sim("outbox")["calls"] if method in {None, c["method"]}]

    def page(self, chat_id):
        with urllib.request.urlopen(f"{self.address}/chat/{chat_id}", timeout=PATIENCE) as response:  # noqa: S310
            return response.read().decode()

    def until(self, ready, seconds=PATIENCE):
        """Wait until `ready()` is true, and return what it returned."""
        deadline = time.monotonic() + seconds
        while not (found := ready()):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)
        return found

    def close(self):
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._process.stdout.close()
