"""Which addresses may be connected to: only public ones, unless a source says that it is private.

The check stands where the socket is made, on the very address that it will connect to. So neither a name that
resolves differently the second time, nor a redirect, nor an odd spelling of 127.0.0.1 gets around it.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
"""One row of getaddrinfo: family, type, protocol, canonical name, socket address."""


class AddressRefused(OSError):
    """An address that is not public.

    The text is one for all addresses: of errors that differ aiohttp makes a single one that no longer says what it is.
    """

    def __init__(self, address: str) -> None:
        super().__init__("not a public address; a source may say `allow_private: true`")
        self.address = address


def is_public(address: str) -> bool:
    """Whether an IP address is reachable by everybody; embedded IPv4 addresses are judged as what they are."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local:
            return False
        teredo = ip.teredo[1] if ip.teredo else None
        for inner in (ip.ipv4_mapped, ip.sixtofour, teredo, _nat64(ip)):
            if inner is not None:
                return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def public_socket(info: AddressInfo) -> socket.socket:
    """A socket for a public address; raises AddressRefused for any other."""
    address = str(info[4][0])
    if not is_public(address):
        raise AddressRefused(address)
    return any_socket(info)


def any_socket(info: AddressInfo) -> socket.socket:
    """A socket for an address of a source that may be private."""
    return socket.socket(info[0], info[1], info[2])


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(ip.packed[-4:]) if ip in _NAT64 else None
