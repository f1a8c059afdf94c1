"""A feed server on loopback that publishes the demo's script in the demo's time."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from xml.sax.saxutils import escape

from monitor.demo.script import Outlet, Publication, Script

Now = Callable[[], dt.datetime]


@contextmanager
def serve(script: Script, now: Now) -> Iterator[str]:
    """Serve every outlet's feed at `ADDRESS/OUTLET`; gives the address on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script, now))
    Thread(target=server.serve_forever, name="demo-feeds", daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def document(outlet: Outlet, publications: list[Publication]) -> tuple[str, bytes]:
    """Content type and bytes of an outlet's feed."""
    content_type, write = _FORMATS[outlet.format]
    return content_type, write(outlet, publications).encode()


def _handler(script: Script, now: Now) -> type[BaseHTTPRequestHandler]:
    outlets = {o.id: o for o in script.outlets}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            outlet = outlets.get(self.path.strip("/"))
            if outlet is None:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"", "")
                return
            content_type, body = document(outlet, script.published(outlet.id, now()))
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            known = self.headers.get("If-None-Match") == etag
            status = HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK
            self._answer(status, content_type, b"" if known else body, etag)

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes, etag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Stay silent: the terminal belongs to the subscriber."""

    return Handler


def _link(p: Publication) -> str:
    return f"https://example.org/{p.outlet}/{p.id}"


def _rss(outlet: Outlet, publications: list[Publication]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{p.id}</guid><link>{_link(p)}</link><title>{escape(p.title)}</title>"
        f"<description>{escape(p.text)}</description><pubDate>{format_datetime(p.at)}</pubDate></item>"
        for p in publications
    )
    return f"<rss version='2.0'><channel><title>{escape(outlet.publisher)}</title>{items}</channel></rss>"


def _atom(outlet: Outlet, publications: list[Publication]) -> str:
    entries = "".join(
        f"<entry><id>urn:{p.outlet}:{p.id}</id><link href='{_link(p)}'/><title>{escape(p.title)}</title>"
        f"<summary>{escape(p.text)}</summary><published>{p.at.isoformat()}</published>"
        f"<updated>{p.at.isoformat()}</updated></entry>"
        for p in publications
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{escape(outlet.publisher)}</title>{entries}</feed>"


def _rdf(outlet: Outlet, publications: list[Publication]) -> str:
    items = "".join(
        f"<item rdf:about='{_link(p)}'><title>{escape(p.title)}</title><link>{_link(p)}</link>"
        f"<description>{escape(p.text)}</description><dc:date>{p.at.isoformat()}</dc:date></item>"
        for p in publications
    )
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel rdf:about='https://example.org/{outlet.id}'><title>{escape(outlet.publisher)}</title></channel>"
        f"{items}</rdf:RDF>"
    )


def _json(outlet: Outlet, publications: list[Publication]) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.publisher,
            "items": [
                {
                    "id": p.id,
                    "url": _link(p),
                    "title": p.title,
                    "content_text": p.text,
                    "date_published": p.at.isoformat(),
                }
                for p in publications
            ],
        }
    )


_FORMATS: dict[str, tuple[str, Callable[[Outlet, list[Publication]], str]]] = {
    "rss": ("application/rss+xml", _rss),
    "atom": ("application/atom+xml", _atom),
    "rdf": ("application/rdf+xml", _rdf),
    "json": ("application/feed+json", _json),
}
