"""`tocsin run` as an operator meets it: environment, rules on disk, signals, and the commands that look in."""

import asyncio
import os
import re
import signal
import sys

import pytest
from aiohttp import web

from tests.lifetime import die_with_parent
from tests.telegram_peer.client import Peer

SOURCES = """
sources:
  - id: good
    url: {address}/good
    publisher: Good Outlet
    owner: Good Outlet
    kind: independent
    allow_private: true
    min_interval: 1s
    max_interval: 1s
  - id: broken
    url: {address}/broken
    publisher: Broken Outlet
    owner: Broken Outlet
    kind: independent
    allow_private: true
    min_interval: 1s
    max_interval: 1s
"""

PATIENCE = 180
"""Seconds to wait for something on a machine that has much else to do."""


async def end(process):
    """Kill it if it still runs."""
    if process.returncode is None:
        process.kill()
        await process.wait()


class Operator:
    """Feeds on loopback, a rule directory, and the commands that an operator types."""

    def __init__(self, folder, **environment):
        self.environment = environment
        self.rules, self.state = folder / "rules", folder / "state"
        self.rules.mkdir()
        self.titles = ["The museum of Example City opens on Sunday"]
        self.output, self.errors = folder / "output", folder / "errors"
        self.daemon = None

    async def open(self):
        app = web.Application()
        app.add_routes([web.get("/good", self._good), web.get("/broken", self._broken)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        (self.rules / "sources.yaml").write_text(SOURCES.format(address=address))
        self.watch("watch: Everything\nalert: [every item]\n")

    def watch(self, text):
        (self.rules / "everything.yaml").write_text(text)

    async def close(self):
        if self.daemon:
            await end(self.daemon)
        await self._runner.cleanup()

    async def _good(self, _):
        items = "".join(f"<item><guid>{t}</guid><title>{t}</title></item>" for t in self.titles)
        return web.Response(text=f"<rss version='2.0'><channel>{items}</channel></rss>", content_type="text/xml")

    async def _broken(self, _):
        return web.Response(text="<html><body>Please log in</body></html>", content_type="text/html")

    async def command(self, *words, stdout, stderr, **environment):
        env = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
        env |= {"TOCSIN_RULES": str(self.rules), "TOCSIN_STATE": str(self.state)}
        env |= self.environment | environment
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "monitor", *words, env=env, stdout=stdout, stderr=stderr, preexec_fn=die_with_parent
        )

    async def ask(self, *words, **environment):
        """Exit status of a command, and what it wrote on both streams."""
        process = await self.command(
            *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, **environment
        )
        try:
            async with asyncio.timeout(PATIENCE):
                written, _ = await process.communicate()
        finally:
            await end(process)
        return process.returncode, written.decode()

    def written(self):
        return self.output.read_text() + self.errors.read_text() if self.output.exists() else ""

    async def until(self, words, patience=PATIENCE):
        async with asyncio.timeout(patience):
            while words not in self.written():  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.05)

    async def start(self, **environment):
        with self.output.open("ab") as output, self.errors.open("ab") as errors:
            return await self.command("run", stdout=output, stderr=errors, **environment)

    async def run(self, **environment):
        self.daemon = await self.start(**environment)
        await self.until("source=good items=1")

    async def run_again(self):
        """Start it on what it left behind."""
        before = self.written().count("msg=started")
        self.daemon = await self.start()
        async with asyncio.timeout(PATIENCE):
            while self.written().count("msg=started") == before:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)


@pytest.fixture
async def operator(tmp_path):
    made = Operator(tmp_path)
    await made.open()
    yield made
    await made.close()


async def test_a_day_in_the_life_of_an_operator(operator):
    """Start, be told, ask, reload, break the rules, mend nothing, stop."""
    assert (await operator.ask("health"))[0] == 1
    await operator.run()

    operator.titles.append("The bridge of Example City is closed")
    await operator.until("Good Outlet: The bridge of Example City is closed")
    assert "museum" not in operator.output.read_text()

    assert (await operator.ask("health"))[0] == 0
    status, told = await operator.ask("status")
    assert status == 1
    assert "unseen    broken" in told
    item = next(word for word in told.split() if word.startswith("good:")).rstrip(":")
    status, told = await operator.ask("explain", item)
    assert status == 0
    assert "alert" in told
    assert "sent after 1 try" in told

    status, told = await operator.ask("run")
    assert status == 1
    assert "another tocsin is running" in told

    operator.daemon.send_signal(signal.SIGHUP)
    await operator.until('msg="rules read"')
    operator.watch("watch: Everything\nalert: [nonsense]\n")
    operator.daemon.send_signal(signal.SIGHUP)
    await operator.until("wrong rules")
    await operator.until("everything.yaml:2:9")
    operator.titles.append("The last good rules go on")
    await operator.until("Good Outlet: The last good rules go on")

    operator.daemon.kill()
    await operator.daemon.wait()
    await operator.run()
    operator.titles.append("A restart does not forget the good rules")
    await operator.until("Good Outlet: A restart does not forget the good rules")

    operator.daemon.terminate()
    async with asyncio.timeout(PATIENCE):
        assert await operator.daemon.wait() == 0


async def test_wrong_rules_and_settings_end_the_start_with_their_names(operator):
    status, told = await operator.ask("run", TOCSIN_LOG_LEVEL="loud")
    assert status == 1
    assert "TOCSIN_LOG_LEVEL" in told
    operator.watch("watch: Everything\nalert: [nonsense]\n")
    status, told = await operator.ask("run")
    assert status == 1
    assert "everything.yaml:2:9" in told


async def test_whoever_sends_the_code_is_told_and_the_token_appears_nowhere(operator):
    """The first start logs a code; its sender becomes admin and follower. The token stays where it was given."""
    peer = Peer("--no-limits")
    try:
        telegram = {"TOCSIN_TELEGRAM_TOKEN": peer.token, "TOCSIN_TELEGRAM_API": peer.address}
        await operator.run(**telegram, TOCSIN_LOG_LEVEL="debug")
        await operator.until("code=")
        code = re.search(r"code=(\S+)", operator.written()).group(1)
        await asyncio.to_thread(peer.say, 77, f"/start {code}")
        await asyncio.to_thread(peer.until, lambda: peer.messages(77)[1:], PATIENCE)
        operator.titles.append("The tower of Example City is leaning")

        def told():
            return [m for m in peer.messages(77) if "tower of Example City" in m.get("text", "")]

        await asyncio.to_thread(peer.until, told, PATIENCE)
        await operator.until("state=sent")
        operator.daemon.kill()
        await operator.daemon.wait()
        await operator.run(**telegram)
        operator.titles.append("The second tower of Example City stands")
        await asyncio.to_thread(peer.until, lambda: len(told()) == 2, PATIENCE)
        status, _ = await operator.ask("status", **telegram)
        assert status == 1, "the broken source can't be seen"
        secret = peer.token.split(":")[1]
        assert secret not in operator.written()
        assert not [file for file in operator.state.iterdir() if secret.encode() in file.read_bytes()]
    finally:
        peer.close()


async def test_a_token_that_telegram_refuses_ends_the_start_without_showing_it(operator):
    peer = Peer()
    try:
        token = "999999:" + "x" * 35
        status, told = await operator.ask("run", TOCSIN_TELEGRAM_TOKEN=token, TOCSIN_TELEGRAM_API=peer.address)
        assert status == 1
        assert "token" in told
        assert token not in told
    finally:
        peer.close()


async def test_two_daemons_on_one_server_stand_in_for_each_other(tmp_path, address):
    """Each is asked about itself; one is killed and the other goes on; the database's password appears nowhere."""
    url = address.text.replace("tocsin@", "tocsin:s3cret-pw@")
    (tmp_path / "other").mkdir()
    one, other = Operator(tmp_path, TOCSIN_DATABASE=url), Operator(tmp_path / "other", TOCSIN_DATABASE=url)
    try:
        await one.open()
        assert (await one.ask("health"))[0] == 1
        await one.run()
        other.rules = one.rules
        other.daemon = await other.start()
        await other.until("msg=started")

        status, told = await one.ask("run")
        assert status == 1
        assert "TOCSIN_STATE of its own" in told
        assert (await one.ask("health"))[0] == 0
        assert (await other.ask("health"))[0] == 0
        status, told = await one.ask("doctor")
        assert status == 1
        assert "fsync is off" in told, "as it is for tests alone"

        one.daemon.kill()
        await one.daemon.wait()
        one.titles.append("The bridge of Example City is closed")
        # A poll that died with the first keeps its source for the three minutes of its lease.
        await other.until("Good Outlet: The bridge of Example City is closed", 2 * PATIENCE)
        status, told = await other.ask("status")
        assert "1 sent" in told
        await one.run_again()
        assert (await one.ask("health"))[0] == 0
        everything = one.written() + other.written() + told
        assert "s3cret" not in everything
        assert not [f for f in (*one.state.iterdir(), *other.state.iterdir()) if b"s3cret" in f.read_bytes()]
    finally:
        await one.close()
        if other.daemon:
            await end(other.daemon)
