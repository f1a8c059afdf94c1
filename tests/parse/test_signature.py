"""Signed alerts: what can be told of a signature, and that nothing about it drops the alert."""

import datetime as dt
import hashlib
from base64 import b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from .writing import atom, cap, read

DS = "http://www.w3.org/2000/09/xmldsig#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8))


def certificate(key) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Office")])
    day = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    new = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + dt.timedelta(days=30))
    return b64(new.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def key_info(key) -> str:
    if key is KEY:
        n = key.public_key().public_numbers()
        value = f"<Modulus>{number(n.n)}</Modulus><Exponent>{number(n.e)}</Exponent>"
        return f"<KeyValue><RSAKeyValue>{value}</RSAKeyValue></KeyValue>"
    return f"<X509Data><X509Certificate>{certificate(key)}</X509Certificate></X509Data>"


def signed(key, data: bytes) -> bytes:
    if key is KEY:
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def sign(alert: str, key=KEY, *, form=INCLUSIVE, uri="", method: str = "", info: str | None = None) -> str:
    """An alert with one more enveloped signature over what it is without any."""
    root = etree.fromstring(alert)
    for other in root.findall(f"{{{DS}}}Signature"):
        root.remove(other)
    canonical = etree.tostring(root, method="c14n", exclusive=form == EXCLUSIVE)
    digest = b64(hashlib.sha256(canonical).digest())
    more = "" if form == INCLUSIVE else f'<Transform Algorithm="{form}"></Transform>'
    family = method or ("rsa-sha256" if key is KEY else "ecdsa-sha256")
    body = (
        f'<CanonicalizationMethod Algorithm="{form}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{family}"></SignatureMethod>'
        f'<Reference URI="{uri}"><Transforms><Transform Algorithm="{DS}enveloped-signature"></Transform>{more}'
        '</Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference>"
    )
    value = b64(signed(key, f'<SignedInfo xmlns="{DS}">{body}</SignedInfo>'.encode()))
    keys = f"<KeyInfo>{key_info(key) if info is None else info}</KeyInfo>"
    signature = (
        f'<Signature xmlns="{DS}" Id="an office"><SignedInfo>{body}</SignedInfo>'
        f"<SignatureValue>{value}</SignatureValue>{keys}</Signature>"
    )
    return alert.replace("</alert>", f"{signature}</alert>")


def marks(document: str | bytes) -> set[str]:
    (entry,) = read(document).entries
    assert entry.title.endswith("River over its banks")
    return {m for m in entry.marks if "sign" in m}


@pytest.mark.parametrize("form", [INCLUSIVE, EXCLUSIVE])
@pytest.mark.parametrize("key", [KEY, ELLIPTIC], ids=["rsa", "ecdsa"])
def test_a_signature_that_fits(key, form):
    assert marks(sign(cap(), key, form=form)) == {"cap:signed"}


def test_no_signature():
    assert marks(cap()) == {"cap:unsigned"}


def test_an_alert_changed_after_signing_is_told_and_says_so():
    alert = sign(cap()).replace("Leave the valley", "Stay where you are")
    assert marks(alert) == {"cap:signature_invalid"}
    assert read(alert).entries[0].title == "Signature invalid: River over its banks"


def test_another_key_than_the_one_that_signed():
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert marks(sign(cap(), info=key_info(other))) == {"cap:signature_invalid"}


def test_a_relay_signs_beside_the_author():
    assert marks(sign(sign(cap()), ELLIPTIC)) == {"cap:signed"}


@pytest.mark.parametrize(
    "how",
    [{"info": ""}, {"method": "rsa-md5"}, {"method": "hmac-sha256"}, {"uri": "#part"}, {"info": "<X509Data/>"}],
    ids=["no-key", "md5", "hmac", "part", "no-certificate"],
)
def test_what_cannot_be_checked_is_not_called_invalid(how):
    assert marks(sign(cap(), **how)) == {"cap:signature_unchecked"}


@pytest.mark.parametrize("broken", ["", "<SignedInfo/>", "<KeyInfo>x</KeyInfo>", "<SignatureValue>%</SignatureValue>"])
def test_a_broken_signature_drops_nothing(broken):
    alert = cap().replace("</alert>", f'<Signature xmlns="{DS}">{broken}</Signature></alert>')
    assert marks(alert) == {"cap:signature_unchecked"}


def test_inside_a_feed_only_a_fit_is_told():
    def entry(alert: str) -> bytes:
        return atom(f"<entry><id>x</id><title>T</title><content type='text/xml'>{alert}</content></entry>")

    assert marks(entry(sign(cap()))) == {"cap:signed"}
    assert marks(entry(sign(cap()).replace("Leave", "Love"))) == {"cap:signature_unchecked"}
