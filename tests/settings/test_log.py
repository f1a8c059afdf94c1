"""No secret reaches a log line, whichever way it comes."""

import io
import logging
import re
import subprocess
import sys

import httpx
import pytest

from monitor import log

TOKEN = "987654321:" + "Zz_-9" * 7


@pytest.fixture
def lines():
    root = logging.getLogger()
    before, level, hook = root.handlers[:], root.level, sys.excepthook
    stream = io.StringIO()
    log.set_up("DEBUG", [TOKEN, "other-secret"], stream)
    yield stream
    root.handlers[:], sys.excepthook = before, hook
    root.setLevel(level)


def test_a_token_in_message_fields_and_traceback_is_taken_out(lines):
    try:
        int(f"https://api.example.org/bot{TOKEN}/sendMessage")
    except ValueError:
        logging.getLogger("monitor.x").exception("to %s", TOKEN, extra={"url": f"bot{TOKEN.replace(':', '%3A')}"})
    logging.getLogger("monitor.x").info("other-secret")
    written = lines.getvalue()
    assert "ValueError" in written
    assert TOKEN not in written
    assert TOKEN.split(":")[1] not in written
    assert "other-secret" not in written


def test_whatever_looks_like_a_token_is_taken_out_unasked(lines):
    stranger = "111111111:" + "B" * 35
    logging.getLogger("monitor.x").warning("got %s", stranger)
    assert stranger not in lines.getvalue()


async def test_the_http_client_is_quiet_and_its_addresses_are_redacted(lines):
    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"https://api.example.org/bot{TOKEN}/getMe")
    logging.getLogger("httpx").warning("HTTP Request: GET https://api.example.org/bot%s/getMe", TOKEN)
    assert TOKEN not in lines.getvalue()
    assert lines.getvalue().count("HTTP Request") == 1


def test_a_line_is_logfmt_in_utc(lines):
    logging.getLogger("monitor.x").info("accepted", extra={"source": "a b", "items": 3})
    line = r'at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ level=INFO logger=monitor.x msg=accepted source="a b" items=3\n'
    assert re.fullmatch(line, lines.getvalue())


def test_what_ends_the_process_is_redacted_too():
    code = f"from monitor import log; log.set_up('INFO', ['{TOKEN}']); raise RuntimeError('bot{TOKEN}')"
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert died.returncode == 1
    assert "RuntimeError" in died.stderr
    assert TOKEN not in died.stderr
