"""HTTP: /bot<token>/<method>, /sim/<action>, /chat/<id>."""

import asyncio

from aiohttp import ClientSession, web

from .methods import Methods
from .page import page
from .sim import Sim
from .state import Refusal, World


def application(world: World) -> web.Application:
    """The server over one world."""
    app = web.Application(client_max_size=60_000_000)
    peer = _Server(world)
    app.router.add_route("*", "/bot{token}/{method}", peer.bot)
    app.router.add_post("/sim/{action}", peer.sim)
    app.router.add_get("/chat/{chat}", peer.page)
    app.cleanup_ctx.append(peer.webhooks)
    return app


class _Server:
    def __init__(self, world):
        self.world, self.methods, self.simulator = world, Methods(world), Sim(world)

    async def bot(self, request):
        if request.match_info["token"] != self.world.token:
            return _refused(Refusal(401, "Unauthorized"))
        method = request.match_info["method"]
        given = await _parameters(request)
        chat = int(given["chat_id"]) if str(given.get("chat_id", "")).lstrip("-").isdigit() else None
        entry = {"method": method, "at": self.world.now(), "given": {k: v for k, v in given.items() if _plain(v)}}
        fault = self.world.fault(method, chat)
        if fault and "accept_then" not in fault:
            return await self._faulty(fault, entry)
        answer = await self._answered(method, given, entry)
        if fault:
            await self._lost(fault, request)
        return answer

    async def _answered(self, method, given, entry):
        try:
            result = await self.methods.call(method, given)
        except Refusal as refusal:
            self._note(entry, code=refusal.code, error=refusal.description)
            return _refused(refusal)
        self._note(entry, code=200, message_id=result.get("message_id") if isinstance(result, dict) else None)
        return web.json_response({"ok": True, "result": result})

    def _note(self, entry, **fields):
        if entry["method"] != "getUpdates" or fields.get("code") != 200:
            self.world.journal.append(entry | fields)

    async def _faulty(self, fault, entry):
        await asyncio.sleep(fault.get("seconds", 0) / self.world.speed)
        code = fault["code"]
        self._note(entry, code=code, error=fault.get("description", ""), fault=True)
        if code >= 500 and "description" not in fault:
            return web.Response(status=code, text="<html>Bad Gateway</html>", content_type="text/html")
        return _refused(Refusal(code, fault.get("description", ""), **fault.get("parameters", {})))

    async def _lost(self, fault, request):
        """The call was accepted; its answer comes late, or never."""
        if fault["accept_then"] in {"hang", "slow"}:
            await asyncio.sleep(fault.get("seconds", 5))
        if fault["accept_then"] in {"hang", "drop"}:
            request.transport.abort()

    async def sim(self, request):
        given = await request.json() if request.can_read_body else {}
        return web.json_response(await self.simulator.call(request.match_info["action"], given))

    async def page(self, request):
        chat = self.world.chats[int(request.match_info["chat"])]
        return web.Response(text=page(self.world, chat), content_type="text/html")

    async def webhooks(self, _):
        """Deliver updates to the webhook while one is set; one that is refused is sent again."""
        task = asyncio.create_task(self._push())
        yield
        task.cancel()

    async def _push(self):
        async with ClientSession() as session:
            while True:
                hook = self.world.webhook
                if not hook or not self.world.updates:
                    await asyncio.sleep(0.02)
                    continue
                headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
                async with session.post(hook["url"], json=self.world.updates[0], headers=headers) as response:
                    if response.status < 300:
                        del self.world.updates[0]
                    else:
                        await asyncio.sleep(0.2)


def _plain(value):
    return isinstance(value, str | int | float | bool | dict | list)


def _refused(refusal):
    body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.code)


async def _parameters(request):
    """Query, form, multipart or JSON; an uploaded file becomes (name, bytes), also by `attach://`."""
    given = dict(request.query)
    if request.content_type == "application/json":
        return given | (await request.json() or {})
    if request.method != "POST":
        return given
    files = {}
    for key, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[key] = (value.filename, value.file.read())
        else:
            given[key] = value
    for key, value in list(given.items()):
        name = value.removeprefix("attach://") if isinstance(value, str) else ""
        if name in files and value.startswith("attach://"):
            given[key] = files.pop(name)
    return given | files
