"""A server that can't prove who it is gets no request: expired, made by itself, or somebody else's name."""

import contextlib
import datetime as dt
import ipaddress
import ssl

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitor import clock
from monitor.core.schedule import Validators
from monitor.errors import FetchError
from monitor.fetch import Fetcher
from monitor.model import Source, SourceId, SourceKind

from .server import FEED


def certificate(path, *, days):
    """A certificate of our own for 127.0.0.1, valid for so many days from yesterday on."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = clock.now() - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


@contextlib.asynccontextmanager
async def secured(file, answer):
    """The port of a server with this certificate."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=served).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


def source_at(url):
    return Source(SourceId("s"), url, "E", "E", SourceKind.WIRE, allow_private=True)


@pytest.mark.parametrize(
    ("host", "days", "trusted", "good"),
    [
        ("127.0.0.1", 9, True, True),
        ("127.0.0.1", 9, False, False),
        ("127.0.0.1", 0.5, True, False),
        ("localhost", 9, True, False),
    ],
    ids=["good", "own", "expired", "other name"],
)
async def test_only_who_proves_itself_is_asked(tmp_path, host, days, trusted, good):
    file, asked = certificate(tmp_path / "server.pem", days=days), []
    trust = ssl.create_default_context(cafile=str(file)) if trusted else ssl.create_default_context()

    async def answer(request):
        asked.append(request)
        return web.Response(body=FEED)

    async with secured(file, answer) as port, Fetcher(pause=0, trust=trust) as fetcher:
        source = source_at(f"https://{host}:{port}/")
        if good:
            assert (await fetcher.fetch(source, Validators())).body == FEED
        else:
            with pytest.raises(FetchError, match="no trusted TLS connection") as caught:
                await fetcher.fetch(source, Validators())
            assert (caught.value.kind, asked) == ("tls", [])


async def test_a_step_down_to_plain_http_is_marked(tmp_path, server):
    server.says("/feed")
    file = certificate(tmp_path / "server.pem", days=9)

    async def answer(_):
        return web.Response(status=301, headers={"Location": server.url("/feed")})

    trust = ssl.create_default_context(cafile=str(file))
    async with secured(file, answer) as port, Fetcher(pause=0, trust=trust) as fetcher:
        fetched = await fetcher.fetch(source_at(f"https://127.0.0.1:{port}/"), Validators())
    assert (fetched.body, fetched.marks, fetched.moved) == (FEED, ("downgraded",), server.url("/feed"))
