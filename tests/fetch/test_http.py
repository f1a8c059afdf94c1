"""One request: conditional, bounded, honest about what went wrong, and never where it must not go."""

import asyncio
import contextlib
import datetime as dt
import gzip
import socket
import zlib
from dataclasses import replace
from functools import partial

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.core.schedule import WHOLE_READ, Validators
from monitor.errors import FetchError
from monitor.fetch import Fetcher
from monitor.fetch.hosts import Hosts

from .server import FEED, Server, drip, serving

squeeze = partial(gzip.compress, mtime=0)
"""The same bytes in every process: they are part of the tests' names."""


async def kind_of(fetcher: Fetcher, source, validators: Validators | None = None) -> str:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(source, validators or Validators())
    return caught.value.kind


# --- what changed ------------------------------------------------------------------------


async def test_a_body_comes_with_what_the_next_request_needs(server, fetcher):
    server.says(
        "/feed", ETag='"a"', Last_Modified="Fri, 27 Feb 2026 07:38:00 GMT", Cache_Control="max-age=90", Age="30"
    )
    fetched = await fetcher.fetch(server.source("/feed"), Validators())
    assert (fetched.body, fetched.status, fetched.url) == (FEED, 200, server.url("/feed"))
    assert (fetched.validators.etag, fetched.validators.modified) == ('"a"', "Fri, 27 Feb 2026 07:38:00 GMT")
    assert fetched.pace.fresh_for == 60.0
    assert "If-None-Match" not in server.requests[0].headers


async def test_conditions_are_sent_and_304_brings_no_body(server, fetcher):
    server.says("/feed", ETag='"a"')
    first = await fetcher.fetch(server.source("/feed"), Validators())
    server.says("/feed", b"", 304, Last_Modified="Fri, 27 Feb 2026 07:38:00 GMT")
    second = await fetcher.fetch(server.source("/feed"), replace(first.validators, prints=("p",)))
    assert server.requests[1].headers["If-None-Match"] == '"a"'
    assert second.body is None
    assert (second.validators.etag, second.validators.modified) == ('"a"', "Fri, 27 Feb 2026 07:38:00 GMT")
    assert second.validators.prints == ("p",)


async def test_the_same_bytes_are_no_news_even_without_a_304(server, fetcher):
    server.says("/feed")
    first = await fetcher.fetch(server.source("/feed"), Validators())
    assert (await fetcher.fetch(server.source("/feed"), first.validators)).body is None
    server.says("/feed", FEED + b" ")
    assert (await fetcher.fetch(server.source("/feed"), first.validators)).body == FEED + b" "


async def test_after_a_while_everything_is_read_without_conditions(server):
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    server.says("/feed", ETag='"for ever"')
    async with Fetcher(now=lambda: now, pause=0) as early:
        known = (await early.fetch(server.source("/feed"), Validators())).validators
    async with Fetcher(now=lambda: now + WHOLE_READ, pause=0) as late:
        fetched = await late.fetch(server.source("/feed"), replace(known, prints=("p",)))
    assert fetched.body == FEED
    assert fetched.validators.prints == ()
    assert "If-None-Match" not in server.requests[1].headers


async def test_a_validator_that_is_not_ascii_goes_back_as_it_came(server, fetcher):
    server.says("/feed", ETag='"é"')
    known = (await fetcher.fetch(server.source("/feed"), Validators())).validators
    await fetcher.fetch(server.source("/feed"), known)
    assert server.requests[1].headers["If-None-Match"] == '"é"'


async def test_a_sources_own_headers_replace_ours(server, fetcher):
    server.says("/feed")
    own = (("user-agent", "Mine"), ("ACCEPT", "text/xml"))
    await fetcher.fetch(server.source("/feed", headers=own), Validators())
    sent = server.requests[0].headers
    assert (sent.getall("User-Agent"), sent.getall("Accept")) == (["Mine"], ["text/xml"])


async def test_validators_of_another_address_are_not_used(server, fetcher):
    server.says("/feed", ETag='"a"')
    known = (await fetcher.fetch(server.source("/feed"), Validators())).validators
    server.says("/other", b"", 304)
    assert await kind_of(fetcher, server.source("/other"), known) == "network"


async def test_an_answer_that_is_stale_at_once_is_not_asked_about(server, fetcher):
    server.says("/feed", ETag='"a"', Expires="0")
    assert (await fetcher.fetch(server.source("/feed"), Validators())).validators.etag == ""


# --- bodies ------------------------------------------------------------------------------


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", squeeze(FEED)),
        ("x-gzip", squeeze(FEED[:20]) + squeeze(FEED[20:])),
        ("deflate", zlib.compress(FEED)),
        ("deflate", deflated(FEED)),
        ("identity", FEED),
    ],
)
async def test_encoded_bodies_are_decoded(server, fetcher, encoding, body):
    server.says("/feed", body, Content_Encoding=encoding)
    assert (await fetcher.fetch(server.source("/feed"), Validators())).body == FEED


@pytest.mark.parametrize(
    ("kind", "encoding", "body"),
    [
        ("too_big", "gzip", squeeze(b"\0" * 60_000_000)),
        ("too_big", "gzip", squeeze(b"\0" * 1_500_000) * 2),
        ("too_big", "identity", b"x" * 2_000_001),
        ("encoding", "gzip", b"no gzip"),
        ("encoding", "br", b"\x0b\x02\x80abc\x03"),
        ("encoding", "gzip, gzip", squeeze(squeeze(FEED))),
        ("network", "gzip", squeeze(FEED * 50)[:-20]),
        ("encoding", "gzip", squeeze(b"") * 2_000),
        ("too_big", "deflate", b"\x00\x00\x00\xff\xff" * 500_000),
    ],
    ids=["bomb", "bombs", "long", "lie", "unasked", "twice", "cut", "empty pieces", "empty blocks"],
)
async def test_bodies_that_are_too_long_or_not_what_they_say_are_refused(server, fetcher, kind, encoding, body):
    server.says("/feed", body, Content_Encoding=encoding)
    assert await kind_of(fetcher, server.source("/feed")) == kind


async def test_a_server_that_drips_is_cut_off(server, hasty):
    server.answers["/feed"] = drip
    assert await kind_of(hasty, server.source("/feed")) == "timeout"


async def test_endless_headers_are_refused(server, fetcher):
    server.says("/feed", X_Long="x" * 100_000)
    assert await kind_of(fetcher, server.source("/feed")) == "network"


@contextlib.asynccontextmanager
async def raw(answer: bytes):
    """A source whose server says just this."""

    async def handle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as listening:
        yield Server(listening.sockets[0].getsockname()[1]).source("/feed")


async def test_odd_headers_are_read_as_far_as_they_are_text(fetcher):
    head = (
        b'ETag: "\xff\xfea"\r\nContent-Type: text/xml\xff\r\nCache-Control: no-store\r\nCache-Control: max-age=90\r\n'
    )
    async with raw(b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: 2\r\n\r\nhi") as source:
        fetched = await fetcher.fetch(source, Validators())
    assert (fetched.body, fetched.validators.etag, fetched.content_type) == (b"hi", '"a"', "text/xml")
    assert fetched.pace.fresh_for is None


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("network", b""),
        ("network", b"<rss></rss>\r\n\r\n"),
        ("network", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi"),
        ("network", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi"),
        ("network", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ("network", b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 10_000 + b"\r\n"),
        ("encoding", b"HTTP/1.1 200 OK\r\n" + b"Content-Encoding: gzip\r\n" * 2 + b"\r\nhi"),
        ("redirect", b"HTTP/1.1 302 Found\r\nLocation: /feed\xff\r\n\r\n"),
    ],
    ids=["nothing", "a feed", "cut", "two lengths", "no chunk", "many headers", "encoded twice", "to itself"],
)
async def test_answers_that_are_no_http_are_failures(fetcher, kind, answer):
    async with raw(answer) as source:
        assert await kind_of(fetcher, source) == kind


@contextlib.asynccontextmanager
async def endless(head: bytes, body: bytes):
    """A source whose server sends such a head and then this body for ever; when it was asked, and when left alone."""
    came, left = asyncio.Event(), asyncio.Event()

    async def handle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        came.set()
        writer.write(b"HTTP/1.1 " + head + b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(body)
                await writer.drain()
                await asyncio.sleep(0.005)
        left.set()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as listening:
        yield Server(listening.sockets[0].getsockname()[1]).source("/feed"), came, left


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"200 OK", b"x" * 1_000_000),
        (b"200 OK\r\nContent-Encoding: br", b"x"),
        (b"500 No", b"x" * 100_000),
        (b"302 Found\r\nLocation: ftp://example.org/", b"x"),
        (b"200 OK", b"x"),
        (b"200 OK\r\nContent-Length: 9", b""),
    ],
    ids=["long", "encoded", "error", "redirect", "drip", "silent"],
)
@pytest.mark.parametrize("cancelled", [False, True])
async def test_no_connection_is_left_behind(head, body, cancelled, hasty):
    async with endless(head, body) as (source, came, left):
        asked = asyncio.create_task(hasty.fetch(source, Validators()))
        await came.wait()
        if cancelled:
            asked.cancel()
        (ended,) = await asyncio.gather(asked, return_exceptions=True)
        assert isinstance(ended, (FetchError, asyncio.CancelledError))
        await asyncio.wait_for(left.wait(), 10)


# --- refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, "http_4xx"), (403, "http_4xx"), (410, "gone"), (429, "rate_limited"), (502, "http_5xx"), (304, "network")],
)
async def test_statuses_are_classified(server, fetcher, status, kind):
    server.says("/feed", b"", status)
    assert await kind_of(fetcher, server.source("/feed")) == kind


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [(403, b"", {"cf_mitigated": "challenge"}), (503, b"<html><title>Just a moment...</title></html>", {})],
)
async def test_a_challenge_is_told_apart_from_a_refusal(server, fetcher, status, body, headers):
    server.says("/feed", body, status, **headers)
    assert await kind_of(fetcher, server.source("/feed")) == "blocked"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("315360000", 86400.0), ("soon", None), ("Fri, 27 Feb 1970 07:38:00 GMT", 0.0)],
)
async def test_retry_after_is_read_and_clamped(server, fetcher, value, seconds):
    server.says("/feed", b"", 429, Retry_After=value)
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(server.source("/feed"), Validators())
    assert caught.value.retry_after == seconds


async def test_network_failures_are_classified(fetcher, server):
    gone = replace(server.source("/feed"), url="http://127.0.0.1:1/")
    nowhere = replace(server.source("/feed"), url="http://no-such-host.invalid/")
    assert await kind_of(fetcher, gone) == "refused"
    assert await kind_of(fetcher, nowhere) == "dns"
    assert await kind_of(fetcher, replace(gone, url=f"https://127.0.0.1:{server.port}/")) == "tls"


async def test_errors_do_not_tell_the_query_of_an_address(server, fetcher):
    server.says("/feed", b"", 500)
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(server.source("/feed?key=s3cret"), Validators())
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "location", ["ftp://example.org/?key=s3cret", "http://u:s3cret@[::1", "http://s3cret@example.org/"]
)
async def test_errors_do_not_tell_what_a_redirect_repeats(server, fetcher, location):
    server.says("/feed", b"", 302, Location=location)
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(server.source("/feed?key=s3cret"), Validators())
    assert "s3cret" not in str(caught.value)


# --- redirects ---------------------------------------------------------------------------


async def test_redirects_are_followed_and_permanent_ones_reported(server, fetcher):
    server.says("/a", b"", 301, Location="/b")
    server.says("/b", b"", 308, Location=server.url("/feed"))
    server.says("/feed", ETag='"x"')
    fetched = await fetcher.fetch(server.source("/a"), Validators())
    assert (fetched.body, fetched.url, fetched.moved) == (FEED, server.url("/feed"), server.url("/feed"))
    server.says("/b", b"", 302, Location="/feed")
    assert (await fetcher.fetch(server.source("/a"), Validators())).moved == ""


async def test_conditions_hold_at_the_end_of_a_redirect(server, fetcher):
    server.says("/a", b"", 302, Location="/feed")
    server.says("/feed", ETag='"x"')
    known = (await fetcher.fetch(server.source("/a"), Validators())).validators
    server.says("/feed", b"", 304)
    assert (await fetcher.fetch(server.source("/a"), known)).body is None
    assert "If-None-Match" not in server.requests[2].headers
    assert server.requests[3].headers["If-None-Match"] == '"x"'


@pytest.mark.parametrize(
    "location",
    [
        "/a",
        "",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://x/",
        "http://user:pw@example.org/",
        "http://:@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://[::1",
        "http://a b/",
        "http://127.0.0.1:99999/",
        "http://999.1.1.1/",
        "http://xn--a.example/",
        "http://xn--zz--.example/",
    ],
)
async def test_redirects_that_lead_nowhere_are_refused(server, fetcher, location):
    server.says("/a", b"", 302, Location=location)
    assert await kind_of(fetcher, server.source("/a")) == "redirect"


async def test_credentials_stay_with_their_host(server, fetcher):
    source = server.source("/a", headers=(("Authorization", "Bearer s3cret"),))
    server.says("/a", b"", 302, Location=server.url("/feed", "localhost"))
    server.says("/feed")
    await fetcher.fetch(source, Validators())
    assert [r.headers.get("Authorization") for r in server.requests] == ["Bearer s3cret", None]


async def test_an_address_asked_directly_replaces_the_sources_own(server, fetcher):
    server.says("/new")
    assert (await fetcher.fetch(server.source("/old"), Validators(), url=server.url("/new"))).url == server.url("/new")


async def test_a_page_is_fetched_under_the_same_limits(server, fetcher):
    server.says("/article", b"<html>x</html>", Content_Type="text/html")
    assert await fetcher.page(server.url("/article"), server.source("/feed")) == (
        server.url("/article"),
        b"<html>x</html>",
        "text/html",
    )
    server.says("/article", b"x" * 3_000_000)
    with pytest.raises(FetchError):
        await fetcher.page(server.url("/article"), server.source("/feed"))


@pytest.mark.parametrize("url", ["http://999.1.1.1/", "http://xn--a.example/", "http://example.org/" + "a" * 70_000])
async def test_a_link_that_cannot_be_asked_is_that_pages_failure(server, fetcher, url):
    with pytest.raises(FetchError) as caught:
        await fetcher.page(url, server.source("/feed"))
    assert caught.value.kind == "redirect"


# --- the guard ---------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"])  # noqa: S104
async def test_private_addresses_are_refused_however_they_are_written(server, fetcher, host):
    server.says("/feed")
    assert await kind_of(fetcher, server.source("/feed", host=host, private=False)) in {"address", "dns", "redirect"}
    assert server.requests == []


async def test_a_name_of_which_no_address_is_public_is_refused_as_that(server):
    async with Fetcher(pause=0, resolver=Names(["::1", "127.0.0.1"])) as fetcher:
        with pytest.raises(FetchError, match=r"::1 is not a public address.*allow_private") as caught:
            await fetcher.fetch(server.source("/feed", host="two.example", private=False), Validators())
    assert caught.value.kind == "address"


async def test_a_connection_of_a_private_source_is_not_lent_to_another(server, fetcher):
    server.says("/feed")
    await fetcher.fetch(server.source("/feed"), Validators())
    assert await kind_of(fetcher, server.source("/feed", private=False)) == "address"


class Names(AbstractResolver):
    """Every name has these addresses, in turn: a list for each question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = answers
        self.asked = 0

    async def resolve(self, host, port=0, family=socket.AF_INET):
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        rows = [(address, socket.AF_INET6 if ":" in address else socket.AF_INET) for address in found]
        fit = [
            ResolveResult(hostname=host, host=address, port=port, family=of, proto=0, flags=0)
            for address, of in rows
            if family in (socket.AF_UNSPEC, of)
        ]
        if not fit:
            raise socket.gaierror(socket.EAI_NONAME, "no address of this family")
        return fit

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_host_whose_first_address_does_not_answer_is_asked_at_the_next(server):
    server.says("/feed")
    async with Fetcher(pause=0, resolver=Names(["::1", "127.0.0.1"])) as fetcher:
        assert (await fetcher.fetch(server.source("/feed", host="two.example"), Validators())).body == FEED


@pytest.mark.parametrize("status", [403, 451])
async def test_what_is_refused_by_ipv6_is_asked_for_by_ipv4(server, status):
    server.says("/feed")
    async with serving("::1", server.port) as other, Fetcher(pause=0, resolver=Names(["::1", "127.0.0.1"])) as fetcher:
        other.says("/feed", b"", status)
        source = server.source("/feed", host="two.example")
        assert (await fetcher.fetch(source, Validators())).body == FEED
        assert len(other.requests) == 1
        assert (await fetcher.fetch(source, Validators())).body == FEED
        assert len(other.requests) == 1


async def test_what_is_refused_by_ipv4_from_then_on_is_asked_for_by_ipv6_again(server):
    server.says("/feed")
    async with serving("::1", server.port) as other, Fetcher(pause=0, resolver=Names(["::1", "127.0.0.1"])) as fetcher:
        other.says("/feed", b"", 403)
        source = server.source("/feed", host="two.example")
        await fetcher.fetch(source, Validators())
        server.says("/feed", b"", 403)
        other.says("/feed")
        assert await kind_of(fetcher, source) == "http_4xx"
        assert (await fetcher.fetch(source, Validators())).body == FEED


async def test_a_refusal_by_ipv6_stands_where_there_is_nothing_else(server):
    async with serving("::1", server.port) as other, Fetcher(pause=0, resolver=Names(["::1"])) as fetcher:
        other.says("/feed", b"", 403)
        assert await kind_of(fetcher, server.source("/feed", host="one.example")) == "http_4xx"
        other.says("/feed", b"", 429)
        assert await kind_of(fetcher, server.source("/feed", host="one.example")) == "rate_limited"
    assert len(other.requests) == 2


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused(server):
    server.says("/feed")
    async with Fetcher(pause=0, resolver=Names(["192.0.2.1"], ["127.0.0.1"])) as fetcher:
        source = server.source("/feed", host="rebound.example", private=False)
        assert await kind_of(fetcher, source) == "address"
        assert await kind_of(fetcher, replace(source, url=source.url.replace("rebound", "again"))) == "address"
    assert server.requests == []


class NameServer(asyncio.DatagramProtocol):
    """Knows one address for every name; of names that begin with "silent" it says nothing."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        name = data[12:].partition(b"\0")[0]
        end = 12 + len(name) + 5
        if name[1:].startswith(b"silent"):
            return
        is_ipv4 = data[end - 4 : end - 2] == b"\0\1"
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\5\0\4\x7f\0\0\1" if is_ipv4 else b""
        self.transport.sendto(
            data[:2] + b"\x81\x80\0\1\0" + bytes([is_ipv4]) + b"\0\0\0\0" + data[12:end] + answer, client
        )


async def test_names_that_nobody_answers_for_hold_up_no_others(server):
    server.says("/feed")
    asked = asyncio.get_running_loop().create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    listening, _ = await asked
    port = listening.get_extra_info("sockname")[1]
    names = aiohttp.AsyncResolver(nameservers=[f"127.0.0.1:{port}"], timeout=20, tries=10)
    async with Fetcher(pause=0, deadline=20, resolver=names) as fetcher:
        silent = [
            asyncio.create_task(fetcher.fetch(server.source("/feed", host=f"silent{n}.example"), Validators()))
            for n in range(50)
        ]
        await asyncio.sleep(0)
        assert (await fetcher.fetch(server.source("/feed", host="good.example"), Validators())).body == FEED
        assert not any(task.done() for task in silent)
        for task in silent:
            task.cancel()
        await asyncio.gather(*silent, return_exceptions=True)
    await names.close()
    listening.close()


async def test_names_are_looked_up_without_threads():
    assert issubclass(aiohttp.DefaultResolver, aiohttp.AsyncResolver)


# --- politeness --------------------------------------------------------------------------


async def test_one_request_is_in_flight_a_host(server):
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.02)
        return web.Response(body=FEED)

    for number in range(6):
        server.answers[f"/{number}"] = slow
    async with Fetcher(pause=0.0) as fetcher:
        await asyncio.gather(*(fetcher.fetch(server.source(f"/{n}"), Validators()) for n in range(6)))
    assert server.most_at_once == 1


async def test_a_crowd_at_one_host_keeps_few_hands():
    hosts = Hosts(pause=1.0, patience=30.0)

    async def enter() -> None:
        async with hosts.turn("crowded.example"):
            pass

    async with hosts.turn("crowded.example"):
        waiting = [asyncio.create_task(enter()) for _ in range(30)]
        await asyncio.sleep(0)
        with pytest.raises(FetchError, match="busy with other requests"):
            await enter()
        assert not any(task.done() for task in waiting)
        async with hosts.turn("other.example"):
            pass
    for task in waiting:
        task.cancel()
    assert await asyncio.gather(*waiting, return_exceptions=True)
    await enter()


async def test_who_waits_too_long_for_a_host_is_told_that_it_is_busy(server):
    server.answers["/feed"] = drip
    async with Fetcher(pause=0.0, patience=0.1, deadline=1.0) as fetcher:
        outcomes = await asyncio.gather(
            *(fetcher.fetch(server.source("/feed"), Validators()) for _ in range(2)), return_exceptions=True
        )
    assert sorted(error.kind for error in outcomes) == ["busy", "timeout"]
