"""Which addresses are public."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.guard import AddressRefused, is_public, public_socket


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1
    198.18.0.1 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1
    2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    2001:0:4136:e378:8000:63bf:80ff:fffe fec0::1 host 1.1.1""".split(),  # noqa: SIM905
)
def test_not_public(address):
    assert not is_public(address)


@given(st.ip_addresses())
def test_every_address_is_judged(address):
    assert is_public(str(address)) in {True, False}
    if address.is_private and not address.is_global:
        assert not is_public(str(address))


def test_the_socket_itself_is_refused():
    with pytest.raises(AddressRefused, match="allow_private"):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)))
    with public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 80))) as made:
        assert made.family == socket.AF_INET
