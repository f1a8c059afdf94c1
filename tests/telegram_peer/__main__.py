"""`python -m tests.telegram_peer [--port N] [--token T] [--speed X] [--no-limits]`: prints its address, then serves."""

import argparse
import asyncio

from aiohttp import web

from .server import application
from .state import World

TOKEN = "123456:TEST-0123456789abcdefghijklmnopqrstu"  # noqa: S105 - nobody's


async def serve(arguments):
    world = World(arguments.token, arguments.speed, not arguments.no_limits)
    runner = web.AppRunner(application(world), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", arguments.port)
    await site.start()
    port = runner.addresses[0][1]
    print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201
    await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--no-limits", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
