"""A response body, decoded as it arrives and cut off as soon as it is too long."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable
from typing import Protocol

from monitor.errors import FetchError

ACCEPTED = "gzip, deflate"
"""Encodings whose decoder can be told where to stop; nothing else is asked for."""

_OVERHEAD = 65_536
"""Bytes that an encoding may add: a longer body that decodes to nothing would keep us busy until the deadline."""
_MAX_MEMBERS = 1_000
"""Members of a gzip body. Empty ones are 20 bytes long, and each is a step that holds up all other requests."""


class _Decoder(Protocol):
    def decode(self, data: bytes, room: int) -> bytes: ...
    def finished(self) -> bool: ...


async def read(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """The decoded body of at most `limit` bytes.

    Raises FetchError: `too_big` (counted after decoding, so that a small bomb is seen as what it is), `encoding`.
    """
    decoder, parts, room, left = _decoder(encoding), list[bytes](), limit, limit + _OVERHEAD
    async for chunk in chunks:
        left -= len(chunk)
        parts.append(_decoded(decoder, chunk, room + 1))
        room -= len(parts[-1])
        if room < 0 or left < 0:
            raise FetchError("too_big", f"the body has over {limit:,} bytes")
    if room < limit and not decoder.finished():
        raise FetchError("network", "the compressed body ended early")
    # One part alone is not copied.
    return b"".join(parts)


def _decoded(decoder: _Decoder, chunk: bytes, room: int) -> bytes:
    try:
        return decoder.decode(chunk, room)
    except zlib.error as error:
        raise FetchError("encoding", f"the body is not encoded as its header says: {error}") from error


def _decoder(encoding: str) -> _Decoder:
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return _Plain()
    if name in {"gzip", "x-gzip", "deflate"}:
        return _Inflate()
    raise FetchError("encoding", f"the body is encoded as {encoding!r}, which was not asked for")


class _Plain:
    def decode(self, data: bytes, room: int) -> bytes:
        return data if len(data) <= room else data[:room]

    def finished(self) -> bool:
        return True


class _Inflate:
    """gzip (several members too), zlib, or the bare deflate that some servers send under that name."""

    _ANY_HEADER = 32 + zlib.MAX_WBITS

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(self._ANY_HEADER)
        self._started = False
        self._members = 1

    def decode(self, data: bytes, room: int) -> bytes:
        out = self._first(data, room) if not self._started else self._inflater.decompress(data, room)
        while self._inflater.eof and self._inflater.unused_data and len(out) < room:
            rest = self._inflater.unused_data
            self._members += 1
            if self._members > _MAX_MEMBERS:
                raise FetchError("encoding", f"the body is compressed in over {_MAX_MEMBERS:,} pieces")
            self._inflater = zlib.decompressobj(self._ANY_HEADER)
            out += self._inflater.decompress(rest, room - len(out))
        return out

    def finished(self) -> bool:
        return self._inflater.eof

    def _first(self, data: bytes, room: int) -> bytes:
        self._started = True
        try:
            return self._inflater.decompress(data, room)
        except zlib.error:
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._inflater.decompress(data, room)
