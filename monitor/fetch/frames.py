"""What goes over the pipes between the daemon and its parse workers."""

from __future__ import annotations

import struct

import msgspec

from monitor.core.parse.document import Document, Job

HEADER = struct.Struct("!I?")
"""Length of the frame, and whether its sender wants to be replaced."""


class Failure(msgspec.Struct, tag="failure"):
    """A ParseError on its way between processes."""

    kind: str
    what: str


class Success(msgspec.Struct, tag="success"):
    """A Document on its way between processes."""

    document: Document


Reply = Failure | Success
encode = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode

_replies = msgspec.msgpack.Decoder(Reply)


def decode_reply(frame: bytes) -> Reply:
    """A worker's answer; raises msgspec.DecodeError for anything else."""
    reply: Reply = _replies.decode(frame)
    return reply
