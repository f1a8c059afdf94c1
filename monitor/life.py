"""Who a process is among those that share a database.

Its name is made once for a state directory, so that a process that starts again takes up at once what it held when it
died. Each life has an owner of its own, so that even two that go by one name never take each other for themselves.
"""

from __future__ import annotations

import pathlib
import secrets
import socket
from dataclasses import dataclass

from monitor.errors import StoreError


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the process `name`; `before` is its last owner, if it lived before."""

    name: str
    owner: str
    before: str | None


def begin(state: pathlib.Path) -> Life:
    """A new life for the process of this state directory. Raises StoreError if it can't be noted there."""
    file = state / "owner"
    try:
        before = file.read_text().strip() if file.exists() else None
        name = before.rpartition("/")[0] if before else f"{socket.gethostname()}-{secrets.token_hex(2)}"
        owner = f"{name}/{secrets.token_hex(4)}"
        file.write_text(f"{owner}\n")
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}; TOCSIN_STATE names where state is kept") from None
    return Life(name, owner, before)


def name(state: pathlib.Path) -> str | None:
    """The name of the process of this state directory; None if there was none."""
    file = state / "owner"
    return file.read_text().strip().rpartition("/")[0] if file.exists() else None
