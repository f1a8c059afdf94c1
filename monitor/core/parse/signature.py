"""Whether a signed CAP alert still says what was signed (XML signatures, enveloped: https://www.w3.org/TR/xmldsig-core1/).

Only that is told. Whose key it is can't be: the key comes with the alert, and no register of alerting authorities'
keys exists. SignXML was tried and refuses two of three signatures as alerting systems publish them: lxml adds empty
namespaces to the canonical form of an inner element, and signatures of author and relay leave each other out.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from copy import deepcopy
from hashlib import new as new_hash
from typing import TYPE_CHECKING, Literal

from lxml import etree

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

State = Literal["unsigned", "signed", "signature_invalid", "signature_unchecked"]

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_CANONICAL = {
    _INCLUSIVE: (False, False),
    f"{_INCLUSIVE}#WithComments": (False, True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}
"""Algorithm → exclusive, with comments."""
_HASHES = frozenset({"sha1", "sha224", "sha256", "sha384", "sha512"})
_MOST_SIGNATURES = 5
_MOST_BITS = 8192


class _Unchecked(Exception):
    """The signature uses what is not supported here, or comes without its key."""


def state(alert: etree._Element) -> State:
    """What can be said of an alert's signatures: one that fits is enough, whatever was added after it.

    `signature_unchecked`: the alert is part of another document, its key or its algorithm is not at hand.
    """
    signatures = alert.findall(f"{_DS}Signature")[:_MOST_SIGNATURES]
    if not signatures:
        return "unsigned"
    states = {_state(alert, number) for number in range(len(signatures))}
    if "signed" in states:
        return "signed"
    whole = alert.getparent() is None
    return "signature_invalid" if whole and states == {"signature_invalid"} else "signature_unchecked"


def _state(alert: etree._Element, number: int) -> State:
    try:
        signature = alert.findall(f"{_DS}Signature")[number]
        fits = any(_digest_fits(alert, number, alone=alone) for alone in (True, False))
        return "signed" if fits and _key_fits(signature) else "signature_invalid"
    except (_Unchecked, binascii.Error, ValueError, etree.LxmlError):
        return "signature_unchecked"


# --- what was signed ---------------------------------------------------------------------


def _digest_fits(alert: etree._Element, number: int, *, alone: bool) -> bool:
    """Whether the alert has the digest that was signed, without this signature or (`alone`) without any.

    Relays add theirs after the author's, and both are made without the other.
    """
    copy = deepcopy(alert)
    signatures = copy.findall(f"{_DS}Signature")
    reference = _only(_only(signatures[number], "SignedInfo"), "Reference")
    if reference.get("URI"):
        raise _Unchecked
    for other in signatures if alone else [signatures[number]]:
        _cut(other)
    digest = _hash(_algorithm(reference, "DigestMethod"), _canonical(copy, _transform(reference)))
    return digest == b64decode(_value(reference, "DigestValue"))


def _transform(reference: etree._Element) -> str:
    """The canonical form that the reference names, beside being enveloped."""
    names = [e.get("Algorithm", "") for e in reference.iterfind(f"{_DS}Transforms/{_DS}Transform")]
    others = [name for name in names if name != _ENVELOPED]
    if len(others) > 1 or len(others) == len(names):
        raise _Unchecked
    return others[0] if others else _INCLUSIVE


def _canonical(element: etree._Element, algorithm: str) -> bytes:
    if algorithm not in _CANONICAL:
        raise _Unchecked
    exclusive, comments = _CANONICAL[algorithm]
    form: bytes = etree.tostring(element, method="c14n", exclusive=exclusive, with_comments=comments)
    return form


def _cut(element: etree._Element) -> None:
    """Take an element out, and leave the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


# --- who could sign it -------------------------------------------------------------------


def _key_fits(signature: etree._Element) -> bool:
    info = _only(signature, "SignedInfo")
    # As a document of its own: lxml adds empty namespaces to the canonical form of an inner element.
    signed = _canonical(
        etree.fromstring(etree.tostring(info, with_tail=False)), _algorithm(info, "CanonicalizationMethod")
    )
    method = _algorithm(info, "SignatureMethod")
    value = b64decode(_value(signature, "SignatureValue"))
    keys = list(_keys(signature))
    if not keys:
        raise _Unchecked
    return any(_verifies(key, method, value, signed) for key in keys)


def _keys(signature: etree._Element) -> Iterator[PublicKeyTypes]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.x509 import load_der_x509_certificate

    for certificate in signature.iterfind(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate"):
        yield load_der_x509_certificate(b64decode(certificate.text or "")).public_key()
    for key in signature.iterfind(f"{_DS}KeyInfo/{_DS}KeyValue/{_DS}RSAKeyValue"):
        modulus, exponent = (int.from_bytes(b64decode(_value(key, name))) for name in ("Modulus", "Exponent"))
        if modulus.bit_length() > _MOST_BITS or exponent.bit_length() > 32:
            raise _Unchecked
        yield RSAPublicNumbers(exponent, modulus).public_key()


def _verifies(key: PublicKeyTypes, method: str, value: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    family, _, name = method.rpartition("#")[2].partition("-")
    chosen = getattr(hashes, name.upper(), None) if name in _HASHES else None
    if chosen is None:
        raise _Unchecked
    try:
        if family == "rsa" and isinstance(key, rsa.RSAPublicKey) and key.key_size <= _MOST_BITS:
            key.verify(value, signed, padding.PKCS1v15(), chosen())
        elif family == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            r, s = (int.from_bytes(half) for half in (value[: len(value) // 2], value[len(value) // 2 :]))
            key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(chosen()))
        else:
            raise _Unchecked
    except UnsupportedAlgorithm as error:
        raise _Unchecked from error
    except InvalidSignature:
        return False
    return True


# --- elements ----------------------------------------------------------------------------


def _only(element: etree._Element, name: str) -> etree._Element:
    found = element.findall(f"{_DS}{name}")
    if len(found) != 1:
        raise _Unchecked
    return found[0]


def _value(element: etree._Element, name: str) -> str:
    return _only(element, name).text or ""


def _algorithm(element: etree._Element, name: str) -> str:
    return str(_only(element, name).get("Algorithm", ""))


def _hash(method: str, data: bytes) -> bytes:
    name = method.rpartition("#")[2]
    if name not in _HASHES:
        raise _Unchecked
    return new_hash(name, data, usedforsecurity=False).digest()
